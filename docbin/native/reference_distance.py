"""The twin of the kernel for distances from the contour: every distance by comparing all columns.

Sums are of roots rounded to multiples of 2^-24, so they do not depend on their order.
"""

import math

import numpy as np
from numpy.typing import NDArray

from docbin.native.scores import DistanceSums

__all__ = ["contour", "contour_distances"]

Bits = NDArray[np.bool_]


def contour_distances(ink: Bits, truth: Bits) -> DistanceSums:
    """Sum the distances from the truth's contour over wrong pixels and over the page."""
    squared = _squared_distances(contour(truth))
    if squared is None:
        return DistanceSums(0.0, 0.0)
    roots = [round(math.sqrt(value) * 2**24) for value in squared.ravel().tolist()]
    wrong = (ink ^ truth).ravel().tolist()
    some = sum(root for root, differs in zip(roots, wrong, strict=True) if differs)
    return DistanceSums(some / 2**24, sum(roots) / 2**24)


def contour(ink: Bits) -> Bits:
    """Ink with a background pixel, or the page's end, above, below, left or right."""
    padded = np.pad(ink, 1)
    inside = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return ink & ~inside


def _squared_distances(seeds: Bits) -> NDArray[np.int64] | None:
    """(h, w), or None where nothing is set."""
    if not seeds.any():
        return None
    height, width = seeds.shape
    never = 1 << 40
    steps = np.full((height, width), never, np.int64)  # to the nearest seed of the same column
    for x in np.flatnonzero(seeds.any(0)):
        rows = np.flatnonzero(seeds[:, x])
        steps[:, x] = np.abs(np.arange(height)[:, None] - rows[None]).min(1)
    squared = np.where(steps == never, 1 << 60, steps * steps)
    across = (np.arange(width)[:, None] - np.arange(width)[None]) ** 2
    result: NDArray[np.int64] = (squared[:, None, :] + across[None]).min(2)
    return result
