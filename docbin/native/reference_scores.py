"""Twins of the scoring kernels: pixel by pixel, in the order the definitions give."""

import numpy as np
from numpy.typing import NDArray

from docbin.native.scores import Distortion, WeightedSums

__all__ = ["distortion", "distortion_single", "weighted_sums"]

Bits = NDArray[np.bool_]


def distortion(ink: Bits, truth: Bits) -> Distortion:
    """Count what flipped pixels differ from; neighbours beyond the page count as equal."""
    classes = {1: 0, 2: 1, 4: 2, 5: 3, 8: 4}
    counts = [0] * 5
    height, width = truth.shape
    for y, x in np.argwhere(ink != truth).tolist():
        for row in range(max(y - 2, 0), min(y + 3, height)):
            for column in range(max(x - 2, 0), min(x + 3, width)):
                if (row, column) != (y, x) and truth[row, column] != ink[y, x]:
                    counts[classes[(row - y) ** 2 + (column - x) ** 2]] += 1
    blocks = truth[: height // 8 * 8, : width // 8 * 8].reshape(height // 8, 8, width // 8, 8)
    mixed = int((blocks.any(axis=(1, 3)) & ~blocks.all(axis=(1, 3))).sum())
    a, b, c, d, e = counts
    return Distortion((a, b, c, d, e), mixed)


def distortion_single(ink: Bits, truth: Bits, weights: NDArray[np.float32]) -> float:
    """Sum the (5, 5) weights of differing neighbours in single precision, in scan order."""
    total = np.float32(0)
    height, width = truth.shape
    for y, x in np.argwhere(ink != truth).tolist():
        pixel = np.float32(0)
        for dx in range(-2, 3):
            for dy in range(-2, 3):
                inside = 0 <= y + dy < height and 0 <= x + dx < width
                if inside and truth[y + dy, x + dx] != ink[y, x]:
                    pixel += weights[dy + 2, dx + 2]
        total += pixel
    return float(total)


def weighted_sums(
    ink: Bits, truth: Bits, recall: NDArray[np.float64], precision: NDArray[np.float64]
) -> WeightedSums:
    """Sum two weight maps of the page's shape over the classes of pixels, in scan order."""
    found = wanted = right = claimed = 0.0
    for i in np.ndindex(*ink.shape):
        if truth[i]:
            wanted += float(recall[i])
            found += float(recall[i]) if ink[i] else 0.0
        if ink[i]:
            claimed += 1.0 + float(precision[i])
            right += 1.0 + float(precision[i]) if truth[i] else 0.0
    return WeightedSums(found, wanted, right, claimed)
