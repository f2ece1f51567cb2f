"""Local sums, extremes and thresholds over a square window clipped at the page edge.

Every function takes grey pages, (h, w) uint8, and an odd window in pixels; a window larger than
the page reaches the whole page. ``threads`` bands of rows run at once; the answer is the same for
any number, on any target. Maths, bounds and layout: kernels/src/window.hpp; twins in
``docbin.native.reference_window``.

``threshold`` decides ``grey <= T`` for every pixel in one pass. With m the local mean, s the local
deviation and the settings in the order given here, T is

==========  =======================================================  ===================
niblack     m + k s                                                  k
sauvola     m (1 + k (s/R - 1))                                      k, R
wolf        m - k (1 - s/R) (m - M)                                  k, R, M
nick        m + k sqrt((sum of squares - m^2) / pixels)              k
phansalkar  m (1 + p exp(-q m/255) + k (s/R - 1))                    k, R, p, q
singh       m (1 + k (d/(1 - d) - 1)), d = (grey - m)/255 or |d|     k, 1 for |d|
bradley     m (1 - t)                                                t
wan         (h + m)/2 (1 + k (s/R - 1)), h the plane given           k, R
==========  =======================================================  ===================

A window of one grey value (for bradley: of zeros) holds no ink.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from docbin.errors import ArrayError, SettingError
from docbin.native import _native

__all__ = [
    "FORMULAS",
    "bernsen",
    "ink_by_edges",
    "local_contrast",
    "local_extremes",
    "local_maximum",
    "local_minimum",
    "local_moments",
    "max_deviation",
    "threshold",
]

FORMULAS = ("niblack", "sauvola", "wolf", "nick", "phansalkar", "singh", "bradley", "wan")
"""The rules `threshold` knows; the place of a name is its number in the compiled module."""


def threshold(
    gray: NDArray[np.uint8],
    formula: str,
    window: int,
    *settings: float,
    plane: NDArray[np.uint8] | None = None,
    packed: bool = False,
    threads: int = 1,
) -> NDArray[Any]:
    """Return the ink of one rule: (h, w) bool, or packed as ``numpy.packbits(ink, axis=1)``."""
    gray, window, threads = _checked(gray, window, threads)
    if formula not in FORMULAS:
        raise SettingError(f"threshold: formula must be one of {', '.join(FORMULAS)}")
    if (plane is None) == (formula == "wan"):
        raise ArrayError("threshold: wan, and only wan, takes a plane")
    if plane is not None:
        plane = _page(plane)
    p = (*settings, 0.0, 0.0, 0.0, 0.0)[:4]
    ink = _ink(gray, packed)
    number = FORMULAS.index(formula)
    _native.window_threshold(
        gray, number, (p[0], p[1], p[2], p[3]), plane, window, ink, packed, threads
    )
    return ink if packed else ink.view(np.bool_)


def bernsen(
    gray: NDArray[np.uint8],
    window: int,
    contrast: int,
    fallback: int,
    *,
    packed: bool = False,
    threads: int = 1,
) -> NDArray[Any]:
    """Return grey <= (low + high) // 2 where high - low > contrast, else grey <= fallback.

    Low and high are the local extremes; where they are equal there is no ink.
    """
    gray, window, threads = _checked(gray, window, threads)
    if not (0 <= contrast <= 255 and 0 <= fallback <= 255):
        raise SettingError("bernsen: contrast and fallback must be 0 to 255")
    ink = _ink(gray, packed)
    _native.window_bernsen(gray, window, contrast, fallback, ink, packed, threads)
    return ink if packed else ink.view(np.bool_)


def local_moments(
    gray: NDArray[np.uint8], window: int, *, threads: int = 1
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the local mean and standard deviation, (h, w) float32 each.

    The sums are exact integers; each result is computed in double and rounded once to float32.

    >>> mean, deviation = local_moments(np.array([[0, 10]], np.uint8), 3)
    >>> float(mean[0, 0]), float(deviation[0, 1])
    (5.0, 5.0)
    """
    gray, window, threads = _checked(gray, window, threads)
    mean, deviation = np.empty(gray.shape, np.float32), np.empty(gray.shape, np.float32)
    _native.window_moments(gray, window, mean, deviation, threads)
    return mean, deviation


def max_deviation(gray: NDArray[np.uint8], window: int, *, threads: int = 1) -> float:
    """Return the largest local standard deviation of the page."""
    gray, window, threads = _checked(gray, window, threads)
    return float(np.sqrt(_native.window_max_variance(gray, window, threads)))


def local_minimum(gray: NDArray[np.uint8], window: int, *, threads: int = 1) -> NDArray[np.uint8]:
    """Return the smallest grey value of each window."""
    gray, window, threads = _checked(gray, window, threads)
    low = np.empty(gray.shape, np.uint8)
    _native.window_extremes(gray, window, low, None, None, threads)
    return low


def local_maximum(gray: NDArray[np.uint8], window: int, *, threads: int = 1) -> NDArray[np.uint8]:
    """Return the largest grey value of each window."""
    gray, window, threads = _checked(gray, window, threads)
    high = np.empty(gray.shape, np.uint8)
    _native.window_extremes(gray, window, None, high, None, threads)
    return high


def local_extremes(
    gray: NDArray[np.uint8], window: int, *, threads: int = 1
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return `local_minimum` and `local_maximum` from one reading of the page."""
    gray, window, threads = _checked(gray, window, threads)
    low, high = np.empty(gray.shape, np.uint8), np.empty(gray.shape, np.uint8)
    _native.window_extremes(gray, window, low, high, None, threads)
    return low, high


def local_contrast(
    gray: NDArray[np.uint8], window: int = 3, *, threads: int = 1
) -> NDArray[np.uint8]:
    """Return floor(255 (high - low) / (high + low + 0.0001)) of each window's extremes.

    Bolan Su, Shijian Lu, Chew Lim Tan, "Binarization of Historical Document Images Using the Local
    Maximum and Minimum", 2010, scaled to a grey page.
    """
    gray, window, threads = _checked(gray, window, threads)
    contrast = np.empty(gray.shape, np.uint8)
    _native.window_extremes(gray, window, None, None, contrast, threads)
    return contrast


def ink_by_edges(
    gray: NDArray[np.uint8], edge: NDArray[np.bool_], window: int, least: int, spread: float
) -> NDArray[np.bool_]:
    """Return N >= least and grey <= m + spread s, of the N edge pixels in a window of up to 1023.

    `least` is at least 1. Maths: kernels/src/edge_mean.hpp.
    """
    gray, window, _ = _checked(gray, window, 1)
    if edge.dtype != np.bool_ or edge.shape != gray.shape:
        raise ArrayError(f"edge must be bool of shape {gray.shape}, got {edge.dtype} {edge.shape}")
    out = np.empty(gray.shape, np.uint8)
    seeds = np.ascontiguousarray(edge).view(np.uint8)
    _native.ink_by_edges(gray, seeds, window, max(least, 1), spread, out)
    return out.view(np.bool_)


def _page(gray: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if (
        not isinstance(gray, np.ndarray)
        or gray.dtype != np.uint8
        or gray.ndim != 2
        or not gray.size
    ):
        raise ArrayError("a window kernel takes a grey page, (h, w) uint8 with at least one pixel")
    if gray.size > 2**31:
        raise ArrayError(f"a page may have up to 2^31 pixels here, got {gray.size}")
    return np.ascontiguousarray(gray)


def _checked(
    gray: NDArray[np.uint8], window: int, threads: int
) -> tuple[NDArray[np.uint8], int, int]:
    if window < 1 or window % 2 == 0:
        raise SettingError(f"window must be odd and at least 1, got {window}")
    if threads < 1:
        raise SettingError(f"threads must be at least 1, got {threads}")
    gray = _page(gray)
    reach = 2 * max(gray.shape) + 1  # the whole page from any pixel
    return gray, min(int(window), reach), min(int(threads), 256)


def _ink(gray: NDArray[np.uint8], packed: bool) -> NDArray[np.uint8]:
    height, width = gray.shape
    return np.empty((height, (width + 7) // 8 if packed else width), np.uint8)
