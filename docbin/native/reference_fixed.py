"""The NumPy twin of the fixed-point layers: the specification, bit for bit.

Maps are whole numbers (h, w, channels) without a frame; outside a map every value is 0. The kernels
reach the same sums by Winograd's way, which is exact in whole numbers.
"""

import numpy as np
from numpy.typing import NDArray

from docbin.native.fixed_layers import LARGEST, FixedLayer
from docbin.native.reference_xnor import Ints

__all__ = ["convolve", "down", "film", "logits", "up"]

FILM_BITS = 12


def _ended(sums: Ints, layer: FixedLayer, skip: Ints | int) -> NDArray[np.int64]:
    rounded = (sums + layer.bias + (1 << (layer.shift - 1))) >> layer.shift
    return np.asarray(np.clip(rounded + skip, layer.low, layer.high), np.int64)


def _taps(values: Ints, weight: Ints, height: int, width: int, stride: int) -> NDArray[np.int64]:
    """Correlate (h, w, I) with (O, I, k, k) at every `stride`-th position; (height, width, O)."""
    x = np.asarray(values, np.int64)
    total = np.zeros((height, width, weight.shape[0]), np.int64)
    for dy, dx in np.ndindex(*weight.shape[2:]):
        part = x[dy : dy + stride * height : stride, dx : dx + stride * width : stride]
        total += part @ np.asarray(weight[:, :, dy, dx], np.int64).T
    return total


def convolve(layer: FixedLayer, values: Ints, skip: Ints | int = 0) -> NDArray[np.int64]:
    """Convolve 3x3 with zeros outside: (h, w, I) to (h, w, O), with `skip` (h, w, O) added."""
    height, width = values.shape[:2]
    framed = np.pad(values, ((1, 1), (1, 1), (0, 0)))
    return _ended(_taps(framed, layer.weight, height, width, 1), layer, skip)


def down(layer: FixedLayer, values: Ints) -> NDArray[np.int64]:
    """Weigh every 2x2 pixels: (h, w, I) to (h/2, w/2, O)."""
    height, width = values.shape[0] // 2, values.shape[1] // 2
    return _ended(_taps(values, layer.weight, height, width, 2), layer, 0)


def up(layer: FixedLayer, values: Ints, skip: Ints | int = 0) -> NDArray[np.int64]:
    """Make 2x2 pixels of each: (h, w, I) to (2 h, 2 w, O/4), with `skip` (2 h, 2 w, O/4) added."""
    height, width = values.shape[:2]
    rounded = _taps(values, layer.weight, height, width, 1) + layer.bias
    rounded = (rounded + (1 << (layer.shift - 1))) >> layer.shift
    squares = rounded.reshape(height, width, 2, 2, -1).transpose(0, 2, 1, 3, 4)
    large = squares.reshape(2 * height, 2 * width, -1)
    return np.asarray(np.clip(large + skip, layer.low, layer.high), np.int64)


def logits(layer: FixedLayer, values: Ints) -> NDArray[np.int64]:
    """Go up to one number a pixel: (h, w, I) to (2 h, 2 w)."""
    return up(layer, values)[..., 0]


def film(values: Ints, gain: Ints, offset: Ints) -> NDArray[np.int64]:
    """Scale and shift: clamp((gain x + offset + half) >> 12, 0, 8191), one of each a channel."""
    x = np.asarray(values, np.int64) * gain + offset
    return np.asarray(np.clip((x + (1 << (FILM_BITS - 1))) >> FILM_BITS, 0, LARGEST), np.int64)
