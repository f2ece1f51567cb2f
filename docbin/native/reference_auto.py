"""The twins of the automatic method's kernels: windows by sliding views, parts by growing.

The order of the floating-point operations is part of the specification.
"""

import numpy as np
from numpy.typing import NDArray

from docbin.native.auto_ink import STEPS, EdgePower, InkDepth, Window
from docbin.native.reference_parts import keep_touched

__all__ = [
    "edge_ink",
    "edge_power",
    "enlarged_ink",
    "ink_depth",
    "keep_edged",
    "outlined_parts",
    "sharpened",
]

_Gray = NDArray[np.uint8]
_Ink = NDArray[np.bool_]
_Whole = NDArray[np.int64]


def edge_power(gray: _Gray) -> EdgePower:
    """Return the squared Sobel sums of a page, and what they say of it."""
    near = np.lib.stride_tricks.sliding_window_view(_mirrored(gray.astype(np.int64), 1), (3, 3))
    down = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]])
    power = (near * down).sum((2, 3)) ** 2 + (near * down.T).sum((2, 3)) ** 2
    some = power[::3, ::3].ravel()
    quantiles = [_quantile(some, share) for share in (0.95, 0.5)]
    weighted = float((power * gray).sum())
    return EdgePower(power.astype(np.int32), float(power.sum()), weighted, *quantiles)


def edge_ink(
    gray: _Gray, power: NDArray[np.int32], windows: tuple[Window, Window], mean: float
) -> tuple[_Ink, _Ink]:
    """Return the ink of the first window of (side, calm), and what only the second says is ink."""
    weight = power.astype(np.int64)
    inks = []
    for side, factor in windows:
        calm = side * side * factor
        S, T = _sums(weight, side), _sums(weight * gray, side)
        inks.append(gray * (S + calm) <= T + calm * mean)
    return inks[0], inks[1] & ~inks[0]


def outlined_parts(
    first: _Ink, second: _Ink, power: NDArray[np.int32]
) -> tuple[list[int], list[float], list[bool], float]:
    """Return each part's outline length, gradients' sum there, and whether it reaches the end.

    Last is the noise of the rest.
    """
    outlines = [_outline(first), _outline(second) & ~_grown(first)]
    lengths, sums, ends = [], [], []
    for plane, outline in zip((first, second), outlines, strict=True):
        for part in _parts(plane):
            length, gradient = _edge(part & outline, power)
            lengths.append(length)
            sums.append(gradient)
            ends.append(_reaches_end(part))
    bare = power[~_grown(_grown(first | second))][::7]
    if not bare.size:
        return lengths, sums, ends, 0.0
    median = np.float32(_quantile(bare.astype(np.int64), 0.5))
    return lengths, sums, ends, float(np.sqrt(median / np.float32(64)))


def ink_depth(
    gray: _Gray,
    ink: _Ink,
    paper: tuple[Window, Window],
    depth: tuple[Window, Window],
    share: float,
) -> InkDepth:
    """Return the paper, how deep below it the ink is, and the level `share` of that below it."""
    bare = (~_grown(ink)).astype(np.int64)
    seen = bare * gray
    mean = float(seen.sum()) / max(1.0, float(bare.sum()))
    B = np.floor(_trusted(seen, bare, paper, mean) * STEPS + 0.5).astype(np.int64)
    below = np.where(ink, B - STEPS * gray.astype(np.int64), 0)
    mean = float(below.sum()) / max(1.0, float(ink.sum()))
    depths = np.maximum(_trusted(below, ink.astype(np.int64), depth, mean), float(STEPS))
    level = np.maximum((B - share * depths) * (1.0 / STEPS), 0.0)
    return InkDepth(
        B.astype(np.float32) / np.float32(STEPS),
        (depths * (1.0 / STEPS)).astype(np.float32),
        (255 - (255.0 - level).astype(np.int64)).astype(np.uint8),
    )


def sharpened(gray: _Gray) -> _Gray:
    """Return a page with its strokes raised from what is around them."""
    whole = gray.astype(np.int64)
    around = 228 * _sums(whole, 3).astype(np.int64) - 26 * _sums(whole, 7).astype(np.int64)
    return np.asarray(((246 * whole + around + 512) >> 10).clip(0, 255), np.uint8)


def keep_edged(
    ink: _Ink, first: _Ink, power: NDArray[np.int32], known: float, apart: float
) -> _Ink:
    """Return the parts of `ink` that `first` knows and whose outline is an edge."""
    outline = _outline(ink)
    parts = [
        part
        for part in _parts(ink)
        if np.count_nonzero(part & first) >= known * np.count_nonzero(part)
    ]
    edges = [_edge(part & outline, power) for part in parts]
    inner = [edge for part, edge in zip(parts, edges, strict=True) if not _reaches_end(part)]
    if not sum(length for length, _ in inner):
        inner = edges
    length, gradient = (sum(values) for values in zip((0, 0.0), *inner, strict=True))
    kept = np.zeros_like(ink)
    for part, edge in zip(parts, edges, strict=True):
        if not length or edge[1] * length > apart * gradient * edge[0]:
            kept |= part
    return kept


def enlarged_ink(gray: _Gray, level: _Gray, near: _Ink) -> _Ink:
    """Return the ink of a page below the level of a reduced copy, where the copy says `near`."""
    rows, columns = (
        _between(length, copy) for length, copy in zip(gray.shape, level.shape, strict=True)
    )
    whole = level.astype(np.int64)
    blend = whole[rows[0]] * (256 - rows[2])[:, None] + whole[rows[1]] * rows[2][:, None]
    blend = blend[:, columns[0]] * (256 - columns[2]) + blend[:, columns[1]] * columns[2]
    height, width = gray.shape
    covering = np.ix_(
        np.arange(height) * level.shape[0] // height, np.arange(width) * level.shape[1] // width
    )
    return np.asarray((65536 * gray.astype(np.int64) + 32768 <= blend) & near[covering])


def _between(length: int, copy: int) -> tuple[_Whole, _Whole, _Whole]:
    place = (2 * np.arange(length) + 1) * copy - length
    low = place // (2 * length)
    part = (place - low * 2 * length) * 256 // (2 * length)
    return np.maximum(low, 0), np.minimum(low + 1, copy - 1), part


def _trusted(
    value: _Whole, count: _Whole, windows: tuple[Window, Window], mean: float
) -> NDArray[np.float64]:
    (side, trust), (far_side, far_trust) = windows
    q, far_q = side * side * trust, far_side * far_side * far_trust
    D = _sums(count, far_side) + far_q
    top = _sums(value, side) * D + q * (_sums(value, far_side) + far_q * mean)
    return np.asarray(top / ((_sums(count, side) + q) * D))


def _quantile(values: _Whole, share: float) -> float:
    rank = share * (len(values) - 1)
    low = int(rank)
    ordered = np.sort(values)
    if rank == low:
        return float(ordered[low])
    return float(ordered[low]) + (rank - low) * (float(ordered[low + 1]) - float(ordered[low]))


def _mirrored(values: _Whole, reach: int) -> _Whole:
    for axis, length in enumerate(values.shape):
        at = np.arange(-reach, length + reach)
        if length > 1:
            at = np.abs((at + length - 1) % (2 * length - 2) - length + 1)
        else:
            at = np.zeros_like(at)
        values = values.take(at, axis)
    return values


def _sums(values: _Whole, side: int) -> NDArray[np.float64]:
    padded = np.pad(_mirrored(values, side // 2), ((1, 0), (1, 0))).cumsum(0).cumsum(1)
    sums = padded[side:, side:] - padded[:-side, side:] - padded[side:, :-side]
    return np.asarray(sums + padded[:-side, :-side], np.float64)


def _grown(ink: _Ink) -> _Ink:
    padded = np.pad(ink, 1)
    return np.asarray(np.lib.stride_tricks.sliding_window_view(padded, (3, 3)).any((2, 3)))


def _outline(ink: _Ink) -> _Ink:
    return ink & _grown(~ink)


def _edge(outline: _Ink, power: NDArray[np.int32]) -> tuple[int, float]:
    """The length of an outline, and the gradients along it, summed."""
    along = np.sqrt(power[outline].astype(np.float32) / np.float32(64))
    return len(along), float(sum(along.astype(float).tolist()))


def _reaches_end(part: _Ink) -> bool:
    return bool(part[[0, -1]].any() or part[:, [0, -1]].any())


def _parts(ink: _Ink) -> list[_Ink]:
    """The 8-connected parts, by their first pixel in scan order."""
    left, parts = ink.copy(), []
    while left.any():
        seed = np.zeros_like(ink)
        seed.ravel()[left.ravel().argmax()] = True
        parts.append(keep_touched(ink, seed))
        left &= ~parts[-1]
    return parts
