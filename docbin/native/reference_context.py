"""The NumPy twin of page-level context: what the whole page says to every tile.

A small real-valued (16-bit integer) branch sees the page reduced to 128 x 128 and gives each
residual unit a gain and an offset a channel, FiLM (Perez, Strub, de Vries, Dumoulin, Courville,
2018). They are folded into the unit's own numbers once a page, so tiles pay nothing.
"""

import numpy as np
from numpy.typing import NDArray

from docbin.native.reference_xnor import Ints, convolution

__all__ = ["area_view", "context_features", "fold_film"]

VIEW = 128
FEATURE_LIMIT = 4095  # hidden values of the branch are 0 .. 4095
FILM_ONE = 1 << 8
FILM_GAIN = (128, 384)  # a gain stays within 0.5 .. 1.5
FILM_OFFSET = 256  # an offset of dot within +- 256


def area_view(page: NDArray[np.uint8], size: int = VIEW) -> NDArray[np.uint8]:
    """Reduce a page (h, w) or (h, w, c) to (c, size, size) uint8 by exact area averages.

    A cell covers h / size by w / size pixels, edge pixels counted by the fraction covered;
    rounded to nearest, half up. Exact in integers, so the order of summation does not matter.
    """
    planes = page[..., None] if page.ndim == 2 else page
    height, width = planes.shape[:2]

    def cover(length: int) -> NDArray[np.int64]:
        cell = np.arange(size, dtype=np.int64)[:, None] * length
        pixel = np.arange(length, dtype=np.int64)[None, :] * size
        overlap = np.minimum(cell + length, pixel + size) - np.maximum(cell, pixel)
        return np.asarray(np.maximum(overlap, 0))

    rows, columns = cover(height), cover(width)
    views = []
    for channel in range(planes.shape[2]):
        total = rows @ planes[:, :, channel].astype(np.int64) @ columns.T
        views.append((total + height * width // 2) // (height * width))
    return np.stack(views).astype(np.uint8)


def context_features(
    view: NDArray[np.uint8], layers: list[tuple[Ints, Ints, Ints]]
) -> NDArray[np.int64]:
    """Run the branch on a view (c, n, n): stride-2 convolutions, ReLU, mean over the page.

    `layers` are (weight, bias, shift) as in `convolution`, on the inverted view (white is 0).
    Every layer ends in a clamp to 0 .. 4095. Returns (F,), the mean rounded down.
    """
    values: Ints = 255 - view.astype(np.int64)
    for weight, bias, shift in layers:
        values = np.maximum(convolution(values, weight, bias, shift, FEATURE_LIMIT, stride=2), 0)
    return np.asarray(values.sum(axis=(1, 2)) // (values.shape[1] * values.shape[2]))


def fold_film(
    features: Ints,
    film: tuple[Ints, Ints, Ints],
    bias: Ints,
    positive: Ints,
    negative: Ints,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Fold a page's features into one unit: return its (bias, positive, negative) for this page.

    `film` is (weight (2 C, F), bias (2 C,), shift (2 C,)): f = (weight features + bias + half)
    >> shift; the first C are gains minus one in 1/256, clamped to 0.5 .. 1.5, the last C are
    offsets of dot, clamped to +- 256. positive and negative become (value gain + 128) >> 8.
    """
    weight, film_bias, shift = (np.asarray(a, np.int64) for a in film)
    value = (weight @ np.asarray(features, np.int64) + film_bias + (1 << (shift - 1))) >> shift
    channels = value.size // 2
    gain = np.clip(FILM_ONE + value[:channels], *FILM_GAIN)
    offset = np.clip(value[channels:], -FILM_OFFSET, FILM_OFFSET)
    folded = [(np.asarray(g, np.int64) * gain + FILM_ONE // 2) >> 8 for g in (positive, negative)]
    return np.asarray(bias, np.int64) + offset, folded[0], folded[1]
