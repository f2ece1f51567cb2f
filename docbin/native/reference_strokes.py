"""Twin of the stroke weights: those of Ntirogiannis, Gatos and Pratikakis (2013), step by step.

See ``kernels/src/stroke_weights.hpp`` for what they mean.
"""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from docbin.native.reference_distance import contour
from docbin.native.reference_thinning import AROUND, ring_of, thin_lee_chen

__all__ = ["components", "seeded_skeleton", "stroke_weights", "weigh"]

Bits = NDArray[np.bool_]
Component = list[tuple[int, int]]  # (y, x) in scan order
OUTSIDE = 250  # a distance beyond the reach of every stroke
NEVER = 65535  # a distance to nothing


def components(image: Bits) -> list[Component]:
    """Find 8-connected components, by first pixel, their pixels in scan order."""
    seen = np.zeros_like(image)
    found: list[Component] = []
    for first_y, first_x in np.argwhere(image).tolist():
        start = (int(first_y), int(first_x))
        if seen[start]:
            continue
        seen[start] = True
        member, waiting = [start], [start]
        while waiting:
            y, x = waiting.pop()
            for (dy, dx), is_set in zip(AROUND, ring_of(image, y, x), strict=True):
                if is_set and not seen[y + dy, x + dx]:
                    seen[y + dy, x + dx] = True
                    member.append((y + dy, x + dx))
                    waiting.append((y + dy, x + dx))
        found.append(sorted(member))
    return found


def seeded_skeleton(image: Bits, found: list[Component]) -> Bits:
    """Thin; a component thinned away keeps the middle of its mass, or else its first pixel."""
    skeleton = thin_lee_chen(image)
    _seed(skeleton, found)
    return skeleton


def _seed(skeleton: Bits, found: list[Component]) -> None:
    for member in found:
        if not any(skeleton[pixel] for pixel in member):
            middle = tuple(
                math.floor(sum(axis) / len(member) + 0.5) for axis in zip(*member, strict=True)
            )
            skeleton[middle if middle in member else member[0]] = True


def _distance(seeds: Bits) -> NDArray[np.int64]:
    """Chessboard distance to the nearest seed."""
    where = np.argwhere(seeds)
    if not len(where):
        return np.full(seeds.shape, NEVER)
    pixels = np.indices(seeds.shape).transpose(1, 2, 0)[:, :, None]
    return np.asarray(np.abs(pixels - where).max(axis=-1).min(axis=-1), np.int64)


class _NearestInBox:
    """The set pixels nearest to a pixel, all of them, within a component's bounding box."""

    def __init__(self, seeds: Bits) -> None:
        self.where = np.argwhere(seeds)

    def __call__(self, member: Component, y: int, x: int) -> list[tuple[int, int]]:
        box = np.array(member)
        low, high = box.min(axis=0), box.max(axis=0)
        inside = self.where[((self.where >= low) & (self.where <= high)).all(axis=1)]
        if not len(inside):
            return []
        distance = np.abs(inside - (y, x)).max(axis=1)
        return [(a, b) for a, b in inside[distance == distance.min()].tolist()]


def _clamped(shape: tuple[int, ...], y: int, x: int) -> Iterator[tuple[int, int]]:
    """The pixels above, below, left and right; the page's edge repeats."""
    yield max(y - 1, 0), x
    yield min(y + 1, shape[0] - 1), x
    yield y, max(x - 1, 0)
    yield y, min(x + 1, shape[1] - 1)


def weigh(
    D: NDArray[np.int64], skeleton: Bits, contour: Bits, found: list[Component]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the half width at skeleton pixels and N everywhere; D is raised in place on ridges."""
    shape = D.shape
    for y, x in np.argwhere(skeleton).tolist():
        if 0 < D[y, x] < OUTSIDE and all(D[p] == D[y, x] for p in _clamped(shape, y, x)):
            D[y, x] += 1
    counts = (D > 0) & (D < OUTSIDE)
    nearest, to_skeleton = _NearestInBox(skeleton), _distance(skeleton)
    to_skeleton[skeleton & ~contour] = 1
    half_width = skeleton.astype(np.int64)
    for member in found:
        for y, x in member:
            if counts[y, x]:
                for q in nearest(member, y, x):
                    half_width[q] = D[q] + (to_skeleton[y, x] % 256 >= D[q])
    for member in found:
        for y, x in member:
            if skeleton[y, x]:
                end = _only_neighbour(skeleton, half_width, y, x)
                half_width[y, x] = end + 1 if end > 0 else half_width[y, x]
    N = np.zeros(shape, np.int64)
    for member in found:
        for y, x in member:
            if counts[y, x]:
                N[y, x] = max((D[q] * half_width[q] for q in nearest(member, y, x)), default=0)
    for y, x in np.argwhere(counts).tolist():
        beside = [N[p] for p in _clamped(shape, y, x)]
        if all(beside) and N[y, x] not in beside:
            N[y, x] = N[y, x - 1]
    return half_width, N


def _only_neighbour(skeleton: Bits, half_width: NDArray[np.int64], y: int, x: int) -> int:
    """Half width of the only skeleton neighbour, or -1; the tool misreads the one below right."""
    height, width = skeleton.shape
    up, down, left, right = (
        max(y - 1, 0),
        min(y + 1, height - 1),
        max(x - 1, 0),
        min(x + 1, width - 1),
    )
    # fmt: off
    around = [(up, x), (down, x), (y, left), (y, right),
              (up, left), (down, right), (down, left), (up, right)]
    # fmt: on
    there = [i for i, q in enumerate(around) if skeleton[q]]
    if len(there) != 1:
        return -1
    row, column = around[there[0]]
    return int(half_width[row, right - x if there[0] == 5 else column])


def stroke_weights(truth: Bits) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the recall and precision weight of every pixel, (h, w) float64, six decimals."""
    outline, strokes = contour(truth), components(truth)
    skeleton = seeded_skeleton(truth, strokes)
    from_contour = _distance(outline)
    D = np.where(outline & skeleton, 1, from_contour % 256) * truth
    half_width, N = weigh(D, skeleton, outline, strokes)
    recall = np.zeros(truth.shape)
    for i in map(tuple, np.argwhere((D > 0) & (N > 0)).tolist()):
        recall[i] = float(f"{D[i] / N[i]:.6f}")

    reach = np.zeros(truth.shape, np.int64)
    owner = np.zeros(truth.shape, np.int64)
    region = np.zeros_like(truth)
    for number, member in enumerate(strokes):
        widths = [int(half_width[p]) for p in member if skeleton[p]]
        stroke = sum(widths) // len(widths) * 2
        (top, left), (bottom, right) = np.min(member, axis=0), np.max(member, axis=0)
        rows = slice(max(top - 2 * stroke, 0), bottom + 2 * stroke + 1)
        region[rows, max(left - 2 * stroke, 0) : right + 2 * stroke + 1] = True
        for p in member:
            reach[p], owner[p] = stroke % 256, number
    return recall, _precision(truth, outline, from_contour, region, reach, owner)


def _precision(
    truth: Bits,
    outline: Bits,
    from_contour: NDArray[np.int64],
    region: Bits,
    reach: NDArray[np.int64],
    owner: NDArray[np.int64],
) -> NDArray[np.float64]:
    background = ~truth
    found = components(background)
    framed = background.copy()
    framed[[0, -1]] = framed[:, [0, -1]] = False
    skeleton = thin_lee_chen(framed)
    _seed(skeleton, found)
    D = np.where(region, from_contour % 256, OUTSIDE) * background
    _, N = weigh(D, skeleton, np.zeros_like(truth), found)
    half_gap = np.floor(np.sqrt(N) + 0.5).astype(np.int64)

    nearest = _NearestInBox(outline)
    widest = np.zeros(truth.shape, np.int64)
    merging = np.zeros_like(truth)
    for member in found:
        for y, x in member:
            if not 0 < D[y, x] < OUTSIDE:
                continue
            edge = nearest(member, y, x)
            width = max((int(reach[q]) for q in edge), default=0)
            if D[y, x] <= width:
                widest[y, x] = width
                between = len({int(owner[q]) for q in edge}) > 1
                merging[y, x] = between and half_gap[y, x] % 256 != 0
    from_merging = _distance(merging)
    precision = np.zeros(truth.shape)
    for i in map(tuple, np.argwhere(widest > 0).tolist()):
        divisor, room = int(widest[i]), int(widest[i] - D[i])
        if room > 0 and from_merging[i] <= room:
            divisor = min(divisor, int(half_gap[i]))
        if divisor % 256:
            precision[i] = float(f"{min(D[i] / (divisor % 256), 2.0):.6f}")
    return precision
