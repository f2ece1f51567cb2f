"""NumPy twins of ``docbin.native.parts``: what the kernels must equal."""

import numpy as np
from numpy.typing import NDArray

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
    """Count the pixels of each grey level."""
    return np.bincount(gray.reshape(-1), minlength=256).astype(np.int64)


def block_means(gray: NDArray[np.uint8], factor: int) -> NDArray[np.uint8]:
    """Reduce a page by means of blocks, halves up."""
    height, width = (side // factor for side in gray.shape)
    whole = gray[: height * factor, : width * factor].reshape(height, factor, width, factor)
    total = whole.astype(np.int64).sum(axis=(1, 3))
    return np.asarray((total + factor**2 // 2) // factor**2, np.uint8)


def part_boxes(ink: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return the boxes of the 8-connected parts of `ink`, the first pixel's part first."""
    boxes, left = [], ink.copy()
    while left.any():
        seed = np.zeros_like(left)
        seed.reshape(-1)[np.argmax(left)] = True
        part = keep_touched(left, seed)
        rows, columns = np.nonzero(part)
        boxes.append((rows.min(), rows.max(), columns.min(), columns.max()))
        left &= ~part
    return np.array(boxes, np.int32).reshape(-1, 4)


def keep_touched(ink: NDArray[np.bool_], seeds: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the 8-connected parts of `ink` that hold a pixel of `seeds`: grow until it stops."""
    kept = ink & seeds
    while True:
        grown = ink & _widened(kept)
        if np.array_equal(grown, kept):
            return kept
        kept = grown


def dark_boxes(gray: NDArray[np.uint8], level: int) -> NDArray[np.int32]:
    """Return `part_boxes` of the pixels of at most `level`."""
    return part_boxes(gray <= level)


def keep_reaching(values: NDArray[np.int16], weak: int, strong: int) -> NDArray[np.bool_]:
    """Return the parts of values of `weak` at least that hold one of `strong`."""
    return keep_touched(values >= weak, values >= strong)


def luma(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return (9798 R + 19235 G + 3735 B) / 2^15, rounded: BT.601 luma in 15 bits."""
    sums = rgb.astype(np.int64) @ np.array([9798, 19235, 3735])
    return np.asarray((sums + (1 << 14)) >> 15, np.uint8)


def _widened(ink: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return `ink` and its eight neighbours everywhere."""
    height, width = ink.shape
    wide = np.pad(ink, 1)
    parts = [wide[y : y + height, x : x + width] for y in range(3) for x in range(3)]
    return np.asarray(np.logical_or.reduce(parts))


def small_parts(ink: NDArray[np.bool_], side: int) -> NDArray[np.bool_]:
    """Return the 8-connected parts of `ink` at most `side` pixels wide and high, one by one."""
    left, small = ink.copy(), np.zeros_like(ink)
    while left.any():
        seed = np.zeros_like(ink)
        seed[tuple(np.argwhere(left)[0])] = True
        part = keep_touched(ink, seed)
        rows, columns = np.nonzero(part)
        if max(np.ptp(rows), np.ptp(columns)) < side:
            small |= part
        left &= ~part
    return small
