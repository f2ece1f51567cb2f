"""Distance-reciprocal distortion, DRD, and the misclassification penalty, MPM.

DRD: each flipped pixel k costs the weights of those of its 5 x 5 neighbours in the truth that
differ from its value; a weight is the reciprocal distance from the middle, the middle 0, all
normalised to sum 1; the sum is divided by the number of non-uniform 8 x 8 blocks of the truth::

    DRD = sum_k DRD_k / NUBN

MPM: with d the Euclidean distance of a pixel from the truth's contour::

    MPM = (sum of d over missed ink + sum of d over false ink) / (2 sum of d over the page)

Lu, Kot, Shi: Distance-reciprocal distortion measure for binary document images, IEEE Signal
Processing Letters 11(2), 2004. Gatos, Ntirogiannis, Pratikakis: DIBCO 2009 document image
binarization contest, IJDAR 14(1), 2011 (MPM). The contour is the ink with a background pixel, or
the page's end, above, below, left or right; distances are exact to 2^-25 pixel.
"""

import math

import numpy as np
from numpy.typing import NDArray

from docbin.native import scores as native
from docbin.page import Ink

__all__ = ["drd", "mpm"]

SQUARED_DISTANCES = (1, 2, 4, 5, 8)
NEIGHBOURS = (4, 4, 4, 8, 4)  # how many of the 5 x 5 lie at each
TOTAL = sum(n / math.sqrt(d) for n, d in zip(NEIGHBOURS, SQUARED_DISTANCES, strict=True))


def drd(ink: Ink, truth: Ink, *, official_rounding: bool = False) -> float:
    """Return the distance-reciprocal distortion: 0 for a perfect page, infinite if no block mixes.

    Exact up to the last double rounding. The official tool adds in single precision, pixel after
    pixel: its third to fifth digit drifts on bad pages; `official_rounding` repeats that.
    """
    counted = native.distortion(ink, truth)
    if official_rounding:
        total = native.distortion_single(ink, truth, _single_weights())
    else:
        total = math.fsum(
            n / math.sqrt(d) / TOTAL
            for n, d in zip(counted.differing, SQUARED_DISTANCES, strict=True)
        )
    if counted.mixed_blocks == 0:
        return 0.0 if bool((ink == truth).all()) else math.inf
    if official_rounding:
        return float(np.float32(total) / np.float32(counted.mixed_blocks))
    return total / counted.mixed_blocks


def mpm(ink: Ink, truth: Ink) -> float:
    """Return the misclassification penalty: 0 for a perfect page, infinite on a blank truth."""
    if not truth.any():
        return math.inf if ink.any() else 0.0
    distances = native.contour_distances(ink, truth)
    if distances.page == 0:  # every pixel of the page is contour
        return math.inf if bool((ink != truth).any()) else 0.0
    return distances.wrong / (2 * distances.page)


def _single_weights() -> NDArray[np.float32]:
    """The 5 x 5 matrix as the official tool has it, rounded at each step."""
    y, x = np.mgrid[-2:3, -2:3]
    distance = np.sqrt((x * x + y * y).astype(np.float32))
    distance[2, 2] = 1
    weights = np.float32(1) / distance
    weights[2, 2] = 0
    total = np.add.accumulate(weights.ravel(), dtype=np.float32)[-1]  # one after another
    return np.asarray(weights / total, np.float32)
