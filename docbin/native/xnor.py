"""Single binary layers on the active target; the twins are in `docbin.native.reference_xnor`."""

import numpy as np
from numpy.typing import NDArray

from docbin.errors import ArrayError
from docbin.native import _native
from docbin.native.packed import pack_weights
from docbin.native.reference_xnor import Bits, Ints

__all__ = ["binary_convolution", "binary_signs", "plane_counts", "residual_unit"]


def _checked(signs: Bits, weights: Bits) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    shapes = f"got {signs.shape} and {weights.shape}"
    if signs.ndim != 3 or weights.ndim != 4 or weights.shape[1] != signs.shape[0]:
        raise ArrayError(f"binary layer: signs must be (C, h, w), weights (O, C, k, k), {shapes}")
    if weights.shape[2:] not in ((1, 1), (3, 3)) or 0 in signs.shape + weights.shape:
        raise ArrayError(f"binary layer: k must be 1 or 3 and no side empty, {shapes}")
    if signs.dtype != np.bool_ or weights.dtype != np.bool_:
        raise ArrayError("binary layer: signs and weights must be bool, True = -1")
    return np.ascontiguousarray(signs).view(np.uint8), pack_weights(weights)


def _numbers(values: Ints, count: int) -> NDArray[np.int32]:
    array = np.ascontiguousarray(values, np.int32)
    if array.shape != (count,):
        raise ArrayError(f"binary layer: one number a channel, {count}, got {array.shape}")
    return array


def binary_convolution(signs: Bits, weights: Bits) -> NDArray[np.int32]:
    """Convolve +-1 with +-1, +1 padding: see the twin. Returns int32 (O, h, w)."""
    x, w = _checked(signs, weights)
    out = np.empty((weights.shape[0], *signs.shape[1:]), np.int32)
    _native.xnor_sums(x, w, out)
    return out


def binary_signs(signs: Bits, weights: Bits, thresholds: Ints, flips: Bits) -> NDArray[np.bool_]:
    """Return (dot < threshold) XOR flip of a binary convolution, (O, h, w), without its sums."""
    x, w = _checked(signs, weights)
    count = weights.shape[0]
    flip = np.ascontiguousarray(flips, np.bool_)
    if flip.shape != (count,):
        raise ArrayError(f"binary layer: one flip a channel, {count}, got {flip.shape}")
    out = np.empty((count, *signs.shape[1:]), np.uint8)
    _native.xnor_signs(x, w, _numbers(thresholds, count), flip.view(np.uint8), out)
    return out.view(np.bool_)


def residual_unit(
    stream: Ints,
    weights: Bits,
    bias: Ints,
    positive: Ints,
    negative: Ints,
    threshold: Ints,
    next_threshold: Ints,
    *,
    digits: int = 2,
    bits: int = 16,
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Run one residual unit; also returns the stream's signs against the next unit's threshold.

    The stream is (C, h, w) within `bits` bits, and sums wrap there (a network file is proved not
    to); the rest as in the twin, `docbin.native.reference_xnor.residual_unit`.
    """
    values = np.array(stream, np.int32, order="C")
    _, w = _checked(np.zeros(values.shape, np.bool_), weights)
    count = values.shape[0]
    half = 1 << (bits - 1)
    if weights.shape[0] != count or values.min() < -half or values.max() >= half:
        raise ArrayError(f"binary layer: a unit keeps its channels, and {bits} bits a value")
    following = np.empty(values.shape, np.uint8)
    _native.xnor_unit(
        values,
        w,
        _numbers(bias, count),
        _numbers(positive, count),
        _numbers(negative, count),
        _numbers(threshold, count),
        _numbers(next_threshold, count),
        digits,
        bits,
        following,
    )
    return values, following.view(np.bool_)


def plane_counts(weights: Bits) -> dict[str, int]:
    """Count the bit-planes one block of a layer adds, by the ways there are to add them.

    `all`: every tap. `direct`: only those with weight -1. `complement`: of a channel's taps and the
    others, whichever are fewer. `tree`: each channel from the nearest one in a minimum spanning
    tree, by the planes that differ (MST-compression: Vo et al., 2023), the root by `complement`.
    `grouped` is what runs: taps summed once for `share` output channels at a time.
    """
    share, direct, grouped = _native.xnor_plan_counts(pack_weights(weights), weights.shape[1])
    rows = weights.reshape(weights.shape[0], -1)
    ones = rows.sum(axis=1)
    fewer = np.minimum(ones, rows.shape[1] - ones)
    return {
        "share": share,
        "all": weights.size,
        "direct": direct,
        "complement": int(fewer.sum()),
        "tree": int(fewer.min()) + _spanning_tree(rows),
        "grouped": grouped,
    }


def _spanning_tree(rows: Bits) -> int:
    """Sum the edges of the minimum spanning tree of rows (n, taps), by how many bits differ."""
    x = np.where(rows, -1.0, 1.0)
    differ = ((rows.shape[1] - x @ x.T) / 2).round().astype(np.int64)
    nearest = differ[0].copy()  # of each row outside, to the tree: Prim (1957)
    inside = np.zeros(rows.shape[0], np.bool_)
    inside[0] = True
    total = 0
    for _ in range(rows.shape[0] - 1):
        following = int(np.argmin(np.where(inside, rows.shape[1] + 1, nearest)))
        total += int(nearest[following])
        inside[following] = True
        nearest = np.minimum(nearest, differ[following])
    return total
