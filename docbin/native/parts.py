"""The grey levels of a page, counted or averaged; the connected parts of ink, measured or chosen.

Parts are 8-connected. Twins in ``docbin.native.reference_parts``.
"""

import numpy as np
from numpy.typing import NDArray

from docbin.errors import ArrayError
from docbin.native import _native

__all__ = [
    "block_means",
    "dark_boxes",
    "histogram",
    "keep_reaching",
    "keep_touched",
    "luma",
    "part_boxes",
    "small_parts",
]


def histogram(gray: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Count the pixels of each grey level of a page (h, w) uint8: int64 (256,)."""
    if gray.dtype != np.uint8 or gray.ndim != 2 or not gray.size:
        raise ArrayError(f"a histogram is of a grey page, (h, w) uint8, got {gray.dtype}")
    counts = np.empty(256, np.int64)
    _native.histogram(np.ascontiguousarray(gray), counts)
    return counts


def block_means(gray: NDArray[np.uint8], factor: int) -> NDArray[np.uint8]:
    """Reduce a page (h, w) uint8 to (h // factor, w // factor): means of blocks, halves up.

    Rows may be a part of longer ones. `factor`: 1 to 4096.
    """
    if gray.dtype != np.uint8 or gray.ndim != 2 or not 1 <= factor <= min(4096, *gray.shape):
        raise ArrayError(
            f"block_means takes (h, w) uint8 and a factor from 1 to 4096 within it, "
            f"got {gray.dtype} {gray.shape}, {factor}"
        )
    means = np.empty((gray.shape[0] // factor, gray.shape[1] // factor), np.uint8)
    rows = gray if gray.strides[1] == 1 and gray.strides[0] > 0 else np.ascontiguousarray(gray)
    _native.block_means(rows, factor, means)
    return means


def keep_reaching(values: NDArray[np.int16], weak: int, strong: int) -> NDArray[np.bool_]:
    """Return the parts of ``values >= weak``, of (h, w) int16, that hold a value of `strong`.

    The ink as `keep_touched` gives it with ``values >= strong`` for seeds, without either array.
    """
    if values.dtype != np.int16 or values.ndim != 2 or not values.size:
        raise ArrayError(f"keep_reaching takes (h, w) int16, got {values.dtype} {values.shape}")
    if not -(1 << 15) <= weak <= strong < 1 << 15:
        raise ArrayError(f"keep_reaching takes weak <= strong within int16, got {weak}, {strong}")
    out = np.empty(values.shape, np.uint8)
    _native.keep_reaching(np.ascontiguousarray(values), weak, strong, out)
    return out.view(np.bool_)


def luma(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the grey of a page (h, w, 3) uint8 RGB: BT.601 luma, as OpenCV rounds it."""
    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3:
        raise ArrayError(f"luma is of a page (h, w, 3) uint8, got {rgb.dtype} {rgb.shape}")
    gray = np.empty(rgb.shape[:2], np.uint8)
    _native.luma(np.ascontiguousarray(rgb), gray)
    return gray


def part_boxes(ink: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return a row for each part of `ink` (h, w) bool: top, bottom, left, right, all inclusive.

    int32 (parts, 4), in the order of the parts' first pixels.
    """
    return _native.part_boxes(_ink("part_boxes", ink))


def dark_boxes(gray: NDArray[np.uint8], level: int) -> NDArray[np.int32]:
    """Return the boxes of the parts of ``gray <= level``, (h, w) uint8: see `part_boxes`."""
    if gray.dtype != np.uint8 or gray.ndim != 2 or not gray.size or not 0 <= level < 256:
        raise ArrayError(
            f"dark_boxes takes a grey page, (h, w) uint8, and a level of 0 to 255, "
            f"got {gray.dtype} {gray.shape}, {level}"
        )
    return _native.dark_boxes(np.ascontiguousarray(gray), level)


def keep_touched(ink: NDArray[np.bool_], seeds: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the parts of `ink`, (h, w) bool, that hold a pixel of `seeds`."""
    if ink.shape != seeds.shape:
        raise ArrayError("keep_touched takes two (h, w) bool arrays of one shape")
    out = np.empty(ink.shape, np.uint8)
    _native.keep_touched(_ink("keep_touched", ink), _ink("keep_touched", seeds), out)
    return out.view(np.bool_)


def small_parts(ink: NDArray[np.bool_], side: int) -> NDArray[np.bool_]:
    """Return the parts of `ink`, (h, w) bool, at most `side` pixels wide and high."""
    out = np.empty(ink.shape, np.uint8)
    _native.small_parts(_ink("small_parts", ink), side, out)
    return out.view(np.bool_)


def _ink(name: str, plane: NDArray[np.bool_]) -> NDArray[np.uint8]:
    if plane.dtype != np.bool_ or plane.ndim != 2 or not plane.size:
        raise ArrayError(f"{name} takes (h, w) bool with at least one pixel, got {plane.dtype}")
    return np.ascontiguousarray(plane).view(np.uint8)
