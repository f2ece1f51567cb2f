"""A page turned a little, or laid out by any affine map near that: cubic, in two passes.

The maths, the bounds and whose method it is are in kernels/src/turning.hpp; the twin is in
``docbin.native.reference_turning``.
"""

import numpy as np
from numpy.typing import NDArray

from docbin.errors import ArrayError
from docbin.native import _native

__all__ = ["Places", "places_of", "turned"]

_PART = 4096  # of a pixel
_LEAST = 0.5  # of e: below this the second pass would skip rows
_FARTHEST = 2**17  # pixels

Places = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]


def turned(
    pixels: NDArray[np.uint8],
    matrix: tuple[tuple[float, float, float], tuple[float, float, float]],
    size: tuple[int, int],
    fill: tuple[int, ...],
) -> NDArray[np.uint8]:
    """Return the page laid out anew, (h, w) or (h, w, channels) as `pixels` is.

    ``matrix`` takes x, y of the result to x, y of the page, ``size`` is the result's (width,
    height), ``fill`` the colour beyond the page, a value a channel. The map may turn by up to 60
    degrees; ArrayError otherwise.

    >>> page = np.arange(12, dtype=np.uint8).reshape(3, 4)
    >>> turned(page, ((1, 0, 1), (0, 1, 0)), (4, 3), (0,)).tolist()
    [[1, 2, 3, 0], [5, 6, 7, 0], [9, 10, 11, 0]]
    """
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3) or not pixels.size:
        raise ArrayError(f"a page to turn must be uint8 (h, w) or (h, w, channels), {pixels.shape}")
    channels = pixels.shape[2] if pixels.ndim == 3 else 1
    if len(fill) != channels:
        raise ArrayError(f"fill must have {channels} values, got {len(fill)}")
    if min(size) < 1:
        raise ArrayError(f"size must be at least 1 x 1, got {size[0]} x {size[1]}")
    places = places_of(matrix, size, pixels.shape[0])
    page = np.ascontiguousarray(pixels).reshape(*pixels.shape[:2], channels)
    out = np.empty((size[1], size[0], channels), np.uint8)
    _native.turned(page, *places, np.array(fill, np.uint8), out)
    return out.reshape(size[1], size[0], *pixels.shape[2:])


def places_of(
    matrix: tuple[tuple[float, float, float], tuple[float, float, float]],
    size: tuple[int, int],
    height: int,
) -> Places:
    """Return the tables ``across, row, down, rows`` of kernels/src/turning.hpp, int32.

    ``height`` is that of the page. ArrayError when the map turns too far or leads too far away.
    """
    (a, b, c), (d, e, f) = matrix
    if not e >= _LEAST:  # false for NaN too
        raise ArrayError("the map must not turn the page by more than 60 degrees")
    x, y, v = (np.arange(n, dtype=np.float64) for n in (*size, height))
    # Beyond x itself, so that what is rounded rises or falls evenly with x.
    tables = (a - b * d / e - 1) * x + (c - b * f / e), (b / e) * v, d * x, e * y + f
    if not all(np.abs(table).max() < _FARTHEST for table in tables):
        raise ArrayError(f"the map leads more than {_FARTHEST} pixels away from the page")
    across, row, down, rows = (np.rint(_PART * table).astype(np.int32) for table in tables)
    return across + _PART * np.arange(len(x), dtype=np.int32), row, down, rows
