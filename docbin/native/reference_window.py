"""NumPy twins of the window kernels: slow, plain, and the specification.

The order of the floating-point operations below is part of it: the compiled kernels repeat it
operation by operation and so equal it bit for bit.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
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

_Floats = NDArray[np.float64]


@dataclass
class _Window:
    """Of every pixel's window: its pixels n, sum S, sum of squares Q, and D = n Q - S^2."""

    grey: _Floats
    n: _Floats
    S: _Floats
    Q: _Floats
    D: _Floats


def _edges(length: int, window: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    at = np.arange(length)
    return np.maximum(at - window // 2, 0), np.minimum(at + window // 2 + 1, length)


def _sums(values: NDArray[np.int64], window: int) -> NDArray[np.int64]:
    height, width = values.shape
    table = np.zeros((height + 1, width + 1), np.int64)
    table[1:, 1:] = values.cumsum(0).cumsum(1)
    top, bottom = _edges(height, window)
    left, right = _edges(width, window)
    rows = table[bottom] - table[top]
    return np.asarray(rows[:, right] - rows[:, left])


def _windows(gray: NDArray[np.uint8], window: int) -> _Window:
    grey = gray.astype(np.int64)
    n, S, Q = _sums(np.ones_like(grey), window), _sums(grey, window), _sums(grey * grey, window)
    if int(n.max()) <= 1 << 25:  # D < 2^64: exact modulo 2^64, rounded once
        D = (n.astype(np.uint64) * Q.astype(np.uint64) - S.astype(np.uint64) ** 2).astype(float)
    else:
        D = (n.astype(object) * Q.astype(object) - S.astype(object) ** 2).astype(float)
    return _Window(grey.astype(float), n.astype(float), S.astype(float), Q.astype(float), D)


def threshold(
    gray: NDArray[np.uint8],
    formula: str,
    window: int,
    *settings: float,
    plane: NDArray[np.uint8] | None = None,
    packed: bool = False,
    threads: int = 1,
) -> NDArray[Any]:
    """Return the ink of one rule; x|x| <= y|y| D stands for x <= y sqrt(D)."""
    w = _windows(gray, window)
    n, S, Q, D, grey = w.n, w.S, w.Q, w.D, w.grey
    p = (*settings, 0.0, 0.0, 0.0, 0.0)
    k = p[0]
    rest = 1.0 - k
    if formula == "niblack":
        x = n * grey - S
        ink = (x * abs(x) <= (k * abs(k)) * D) & (D > 0)
    elif formula == "nick":
        x = n * grey - S
        power = n * (n * Q) - S * S
        ink = (n * (x * abs(x)) <= (k * abs(k)) * power) & (D > 0)
    elif formula == "bradley":
        ink = (n * grey <= rest * S) & (S > 0)
    elif formula == "singh":
        x = n * grey
        e = abs(x - S) if p[1] else x - S
        ink = ((x - rest * S) * (255.0 * n - e) <= k * (S * e)) & (D > 0)
    else:
        slope = (k / p[1]) * abs(k / p[1])
        if formula == "sauvola":
            x, y = n * (n * grey - rest * S), S
        elif formula == "wolf":
            x, y = n * (n * grey - (rest * S + (k * p[2]) * n)), S - p[2] * n
        elif formula == "phansalkar":
            dark = _exponential((-p[3] / 255.0) * (S / n))
            x, y = n * (n * grey - (rest + p[2] * dark) * S), S
        else:
            assert formula == "wan"
            assert plane is not None
            y = n * plane.astype(float) + S
            x = n * ((2.0 * n) * grey - rest * y)
        ink = (x * abs(x) <= (slope * (y * y)) * D) & (D > 0)
    return np.packbits(ink, axis=1) if packed else ink


def _exponential(x: _Floats) -> _Floats:
    shift = 6755399441055744.0
    t = x * 1.4426950408889634 + shift
    k = t - shift
    r = (x - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10
    total = r * (1.0 / 13) + 1.0
    for divisor in range(12, 0, -1):
        total = total * (r * (1.0 / divisor)) + 1.0
    power = t.view(np.uint64) << np.uint64(52)
    return (total.view(np.uint64) + power).view(np.float64)


def local_moments(
    gray: NDArray[np.uint8], window: int, *, threads: int = 1
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the local mean and standard deviation, each rounded once to float32."""
    w = _windows(gray, window)
    return (w.S / w.n).astype(np.float32), (np.sqrt(w.D) / w.n).astype(np.float32)


def max_deviation(gray: NDArray[np.uint8], window: int, *, threads: int = 1) -> float:
    """Return the largest local standard deviation: D by the rows, then by the columns."""
    top, bottom = _edges(gray.shape[0], window)
    left, right = _edges(gray.shape[1], window)
    rows, columns = (bottom - top).astype(float)[:, None], (right - left).astype(float)[None]
    variance = (_windows(gray, window).D * (1.0 / (rows * rows))) / (columns * columns)
    return float(np.sqrt(variance.max()))


def _extreme(gray: NDArray[np.uint8], window: int, ufunc: np.ufunc) -> NDArray[np.uint8]:
    for _ in range(2):  # down the columns, then, transposed, along the rows
        ends = zip(*_edges(gray.shape[0], window), strict=True)
        gray = np.stack([ufunc.reduce(gray[a:b], axis=0) for a, b in ends]).T
    return np.ascontiguousarray(gray)


def local_minimum(gray: NDArray[np.uint8], window: int, *, threads: int = 1) -> NDArray[np.uint8]:
    """Return the smallest grey value of each window."""
    return _extreme(gray, window, np.minimum)


def local_maximum(gray: NDArray[np.uint8], window: int, *, threads: int = 1) -> NDArray[np.uint8]:
    """Return the largest grey value of each window."""
    return _extreme(gray, window, np.maximum)


def local_extremes(
    gray: NDArray[np.uint8], window: int, *, threads: int = 1
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the local minimum and maximum."""
    return local_minimum(gray, window), local_maximum(gray, window)


def local_contrast(
    gray: NDArray[np.uint8], window: int = 3, *, threads: int = 1
) -> NDArray[np.uint8]:
    """Return floor(255 (high - low) / (high + low + 0.0001))."""
    low, high = (extreme.astype(float) for extreme in local_extremes(gray, window))
    return np.asarray(255.0 * ((high - low) / (0.0001 + (high + low)))).astype(np.uint8)


def bernsen(
    gray: NDArray[np.uint8],
    window: int,
    contrast: int,
    fallback: int,
    *,
    packed: bool = False,
    threads: int = 1,
) -> NDArray[Any]:
    """Return grey <= (low + high) // 2 where high - low > contrast, else grey <= fallback."""
    low, high = (extreme.astype(int) for extreme in local_extremes(gray, window))
    level = np.where(high - low > contrast, (low + high) // 2, fallback)
    ink = (gray <= level) & (high > low)
    return np.packbits(ink, axis=1) if packed else ink


def ink_by_edges(
    gray: NDArray[np.uint8], edge: NDArray[np.bool_], window: int, least: int, spread: float
) -> NDArray[np.bool_]:
    """Return N >= least and grey <= m + spread s, of the N edge pixels in a window."""
    light = edge * gray.astype(np.int64)
    padded = [np.pad(plane, window // 2) for plane in (edge.astype(np.int64), light, light * light)]
    views = (np.lib.stride_tricks.sliding_window_view(p, (window, window)) for p in padded)
    N, S, S2 = (view.sum((2, 3)).astype(np.float64) for view in views)
    deviation = np.sqrt(np.maximum(N * S2 - S * S, 0))
    return np.asarray((gray * N <= S + spread * deviation) & (max(least, 1) <= N))
