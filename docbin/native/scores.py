"""Kernels for scoring: distortion, distances, weighted sums, skeletons, stroke weights.

Images are (h, w) bool, True where there is ink. Twins in ``docbin.native.reference_scores``,
``reference_strokes``, ``reference_distance`` and ``reference_thinning``.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from docbin.errors import ArrayError
from docbin.native import _native

__all__ = [
    "DistanceSums",
    "Distortion",
    "WeightedSums",
    "contour_distances",
    "distortion",
    "distortion_single",
    "stroke_weighted_sums",
    "stroke_weights",
    "thin_guo_hall",
    "thin_lee_chen",
    "weighted_sums",
]


class Distortion(NamedTuple):
    """What the distance-reciprocal distortion is made of.

    ``differing`` counts, over all flipped pixels, the 5 x 5 neighbours that differ from the flipped
    value, by squared distance 1, 2, 4, 5, 8. ``mixed_blocks`` counts the complete 8 x 8 blocks of
    the truth that are not of one colour.
    """

    differing: tuple[int, int, int, int, int]
    mixed_blocks: int


LONGEST_SIDE = 1 << 18


class DistanceSums(NamedTuple):
    """Distances from the truth's contour, in pixels, over the wrong pixels and over the page."""

    wrong: float
    page: float


class WeightedSums(NamedTuple):
    """Recall weight of the truth found and of all truth; of right ink and of all ink 1 + weight."""

    found: float
    truth: float
    right: float
    ink: float


def distortion(ink: NDArray[np.bool_], truth: NDArray[np.bool_]) -> Distortion:
    """Count what flipped pixels differ from; neighbours beyond the page count as equal."""
    ink, truth = _image(ink), _image(truth)
    _check_same(ink, truth)
    *differing, mixed = _native.distortion(ink, truth)
    a, b, c, d, e = differing
    return Distortion((a, b, c, d, e), mixed)


def distortion_single(
    ink: NDArray[np.bool_], truth: NDArray[np.bool_], weights: NDArray[np.float32]
) -> float:
    """Sum the (5, 5) weights of differing neighbours in single precision, in scan order."""
    ink, truth = _image(ink), _image(truth)
    _check_same(ink, truth)
    if weights.shape != (5, 5):
        raise ArrayError(f"distortion weights must have shape (5, 5), got {weights.shape}")
    return _native.distortion_single(ink, truth, np.ascontiguousarray(weights, np.float32))


def contour_distances(ink: NDArray[np.bool_], truth: NDArray[np.bool_]) -> DistanceSums:
    """Sum Euclidean distances from the contour of the truth; 0 and 0 where it has no ink.

    The contour is the ink with a background pixel, or the page's end, above, below, left or right.
    Each distance is rounded to 2^-24. Raises ArrayError for a side above 262,144 pixels.
    """
    ink, truth = _image(ink), _image(truth)
    _check_same(ink, truth)
    if max(ink.shape) > LONGEST_SIDE:
        raise ArrayError(f"distances are for sides up to {LONGEST_SIDE} pixels, got {ink.shape}")
    return DistanceSums(*_native.contour_distances(ink, truth))


def weighted_sums(
    ink: NDArray[np.bool_],
    truth: NDArray[np.bool_],
    recall: NDArray[np.float64],
    precision: NDArray[np.float64],
) -> WeightedSums:
    """Sum two weight maps of the page's shape over the classes of pixels."""
    ink, truth = _image(ink), _image(truth)
    recall = np.ascontiguousarray(recall, np.float64)
    precision = np.ascontiguousarray(precision, np.float64)
    for other in (truth, recall, precision):
        _check_same(ink, other)
    return WeightedSums(*_native.weighted_sums(ink, truth, recall, precision))


def thin_guo_hall(ink: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Thin to a skeleton as Guo and Hall (1989) do, in MATLAB's variant."""
    return _thin(ink, lee_chen=False)


def thin_lee_chen(ink: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Thin as Zhang and Suen (1984) do, then clean up with Lee and Chen's table (1992)."""
    return _thin(ink, lee_chen=True)


def stroke_weights(
    truth: NDArray[np.bool_],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the recall and precision weight of every pixel, (h, w) float64, six decimals."""
    truth = _image(truth)
    recall, precision = np.empty(truth.shape), np.empty(truth.shape)
    _native.stroke_weights(truth, recall, precision)
    return recall, precision


def stroke_weighted_sums(ink: NDArray[np.bool_], truth: NDArray[np.bool_]) -> WeightedSums:
    """Do what `weighted_sums` does with the truth's `stroke_weights`, in less time and memory."""
    ink, truth = _image(ink), _image(truth)
    _check_same(ink, truth)
    return WeightedSums(*_native.stroke_weighted_sums(ink, truth))


def _thin(ink: NDArray[np.bool_], *, lee_chen: bool) -> NDArray[np.bool_]:
    ink = _image(ink)
    skeleton = np.empty_like(ink)
    _native.thin(ink, lee_chen, skeleton)
    return skeleton


def _image(image: NDArray[np.bool_]) -> NDArray[np.bool_]:
    if image.dtype != np.bool_ or image.ndim != 2 or image.size == 0:
        raise ArrayError(f"ink must be bool of shape (h, w), got {image.dtype} {image.shape}")
    return np.ascontiguousarray(image)


def _check_same(one: NDArray[Any], other: NDArray[Any]) -> None:
    if one.shape != other.shape:
        raise ArrayError(f"arrays must have one shape, got {one.shape} and {other.shape}")
