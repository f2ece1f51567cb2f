"""Reading order: lines to blocks, blocks to an order that survives columns and notes.

Blocks first: two lines belong together when each is the other's nearest neighbour (below, above),
they are alike in height, share an edge or a middle or most of their width, and neither reaches over
a second line that stands beside the other (a heading over two columns is a block of its own).

Then T. Breuel's two rules ("High Performance Document Layout Analysis", 2003) on blocks:

    a comes before b  if they overlap sideways and a is above b
                      or a lies left of b, and no c between them in height overlaps both

and the order is one that breaks no rule (topological); where rules contradict, the highest first.
A page of short pieces (a receipt, a form) has no columns: it is read row by row.
Everything is measured in heights of lines, in a frame turned by the page's own slant.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from docbin.lines.outline import direction, weighted_median
from docbin.lines.rows import in_rows, is_of_pieces, strips
from docbin.protocols import TextLine

__all__ = ["arrange", "blocks_of", "page_slant"]

Boxes = NDArray[np.float64]  # (n, 4): left, top, right, bottom

NEAR = 2.2
"""Lines of a block are at most this many heights apart, middle to middle."""
LIKE = 1.7
NARROW = 12.0
"""Columns of a table are at most this many line heights wide."""


@dataclass(frozen=True, eq=False)
class _Frame:
    boxes: Boxes
    heights: NDArray[np.float64]


def arrange(lines: Sequence[TextLine]) -> list[TextLine]:
    """Return the lines in reading order, with `order` and `block` set."""
    if not lines:
        return []
    frame = _frame(lines)
    ordered: list[TextLine] = []
    boxes, heights = frame.boxes, frame.heights
    found = strips(boxes, heights, NEAR) if is_of_pieces(boxes, heights) else _blocks(frame)
    for number, block in enumerate(found):
        for i in block:
            ordered.append(replace(lines[i], order=len(ordered), block=number))
    return ordered


def _blocks(frame: _Frame) -> list[list[int]]:
    """The blocks' lines, both in reading order."""
    groups = blocks_of(frame.boxes, frame.heights)
    outer = np.array([_hull(frame.boxes[group]) for group in groups])
    return [in_rows(frame.boxes, frame.heights, groups[block]) for block in _sorted_blocks(outer)]


def page_slant(polygons: Sequence[NDArray[np.float64]]) -> float:
    """Return the slant of the page's lines, radians, the median weighted by their length."""
    turns, lengths = [], []
    for polygon in polygons:
        along = direction(polygon)
        spread = polygon @ along
        if abs(along[1]) < 0.3:
            turns.append(float(np.arctan2(along[1], along[0])))
            lengths.append(float(np.ptp(spread)))
    if not turns:
        return 0.0
    return weighted_median(turns, lengths)


def blocks_of(boxes: Boxes, heights: NDArray[np.float64]) -> list[list[int]]:
    """Group lines, boxes (n, 4), into blocks: lists of line numbers."""
    below, above = _neighbours(boxes)
    owner = np.arange(len(boxes))
    for i, j in enumerate(below):
        if j >= 0 and above[j] == i and _belong(i, j, boxes, heights):
            owner[owner == owner[j]] = owner[i]
    groups: dict[int, list[int]] = {}
    for i, own in enumerate(owner.tolist()):
        groups.setdefault(own, []).append(i)
    return _tables(list(groups.values()), boxes, heights)


def _neighbours(boxes: Boxes) -> tuple[list[int], list[int]]:
    """The nearest line beneath every line, and the nearest above it; -1 where none is.

    Row by row, as all that compares every line with every other: thousands of lines fit in memory.
    """
    top, middle, width = boxes[:, 1], _middles(boxes), boxes[:, 2] - boxes[:, 0]
    below: list[int] = []
    above: list[int] = []
    for i in range(len(boxes)):
        beside = _shared(boxes, i) > 0.3 * np.minimum(width[i], width)
        for lies, nearest in (
            ((top > middle[i]) & (middle > middle[i]), below),
            ((top[i] > middle) & (middle[i] > middle), above),
        ):
            distance = np.where(beside & lies, np.abs(middle - middle[i]), np.inf)
            j = int(distance.argmin())
            nearest.append(j if np.isfinite(distance[j]) else -1)
    return below, above


def _belong(i: int, j: int, boxes: Boxes, heights: NDArray[np.float64]) -> bool:
    """Whether line j, the nearest beneath i, is of its block."""
    low, high = sorted((float(heights[i]), float(heights[j])))
    (left, top, right, bottom), (left_j, top_j, right_j, bottom_j) = boxes[[i, j]].tolist()
    if high > LIKE * low or (top_j + bottom_j - top - bottom) / 2 > NEAR * high:
        return False
    edges = min(abs(left - left_j), abs(right - right_j))
    centred = abs((left + right) / 2 - (left_j + right_j) / 2)
    wide = max(right - left, right_j - left_j)
    shared = min(right, right_j) - max(left, left_j)
    if not (edges <= 2 * high or centred <= high or shared >= 0.6 * wide):
        return False
    width = boxes[:, 2] - boxes[:, 0]
    for one, other in ((i, j), (j, i)):
        beside = (np.minimum(boxes[:, 3], boxes[other, 3]) - np.maximum(boxes[:, 1],
                  boxes[other, 1])) > 0.5 * np.minimum(heights, heights[other])  # fmt: skip
        beside[i] = beside[j] = False
        if (beside & (_shared(boxes, one) > 0.5 * width)).any():
            return False
    return True


def _shared(boxes: Boxes, i: int) -> NDArray[np.float64]:
    """How much of its width every box has in common with box i; negative: the gap."""
    shared: NDArray[np.float64] = np.minimum(boxes[i, 2], boxes[:, 2]) - np.maximum(
        boxes[i, 0], boxes[:, 0]
    )
    return shared


def _middles(boxes: Boxes) -> NDArray[np.float64]:
    middles: NDArray[np.float64] = (boxes[:, 1] + boxes[:, 3]) / 2
    return middles


def _tables(groups: list[list[int]], boxes: Boxes, heights: NDArray[np.float64]) -> list[list[int]]:
    """Join narrow columns whose lines stand in the same rows: a table is read row by row."""
    typical = float(np.median(heights))
    # A column has two lines at least, all of them narrow; others are not compared with anything.
    widths = boxes[:, 2] - boxes[:, 0]
    narrow = [len(g) > 1 and float(widths[g].max()) <= NARROW * typical for g in groups]
    alone: list[tuple[list[int], Boxes]] = []
    columns = [(g, _hull(boxes[g])) for g, fits in zip(groups, narrow, strict=True) if fits]
    while columns:
        own, hull = columns.pop(0)
        others = alone + columns
        hulls = np.array([other for _, other in others]).reshape(-1, 4)
        gaps = np.maximum(hull[0], hulls[:, 0]) - np.minimum(hull[2], hulls[:, 2])
        level = np.minimum(hull[3], hulls[:, 3]) > np.maximum(hull[1], hulls[:, 1])
        beside = np.flatnonzero((gaps >= 0) & (gaps <= NARROW * typical) & level)
        k = next((k for k in beside if _same_rows(own, others[k][0], boxes)), None)
        if k is None:
            alone.append((own, hull))
            continue
        own = own + others.pop(k)[0]
        split = len(alone) - (k < len(alone))
        alone, columns = others[:split], [(own, _hull(boxes[own])), *others[split:]]
    return [g for g, _ in alone] + [g for g, fits in zip(groups, narrow, strict=True) if not fits]


def _same_rows(first: list[int], second: list[int], boxes: Boxes) -> bool:
    middle = _middles(boxes)
    within = (boxes[first, 1, None] < middle[second]) & (middle[second] < boxes[first, 3, None])
    held = (boxes[second, 1, None] < middle[first]) & (middle[first] < boxes[second, 3, None])
    rows = max(within.any(1).sum(), held.any(1).sum())
    return bool(rows >= 0.7 * min(len(first), len(second)))


def _sorted_blocks(boxes: Boxes) -> list[int]:
    """The blocks' numbers in reading order."""
    left, top, _, bottom = boxes.T
    middle, width, height = _middles(boxes), boxes[:, 2] - boxes[:, 0], bottom - top
    count = len(boxes)
    over = np.empty((count, count), np.bool_)
    for a in range(count):
        over[a] = _shared(boxes, a) > 0.15 * np.minimum(width[a], width)
    before = np.empty((count, count), np.bool_)
    for a in range(count):
        lower = middle[a] < middle
        above = (bottom[a] <= top) | (lower & ((height[a] < 0.5 * height) | (top[a] < top)))
        before[a] = over[a] & above
        right = np.flatnonzero(~over[a] & (left[a] < left))
        between = np.flatnonzero(over[a] & (np.arange(count) != a))
        low, high = np.minimum(middle[a], middle[right]), np.maximum(middle[a], middle[right])
        at = middle[between, None]
        held = (over[np.ix_(between, right)] & (at > low) & (at < high)).any(0)
        before[a, right[~held]] = True
    np.fill_diagonal(before, False)
    waits = before.sum(0)
    remaining = np.ones(count, np.bool_)
    order: list[int] = []
    while len(order) < count:
        free = np.flatnonzero(remaining & (waits == waits[remaining].min()))
        pick = min(free.tolist(), key=lambda k: (top[k], left[k]))
        order.append(pick)
        remaining[pick] = False
        waits -= before[pick]
    return order


def _frame(lines: Sequence[TextLine]) -> _Frame:
    """Boxes and heights of lines, turned so that the page's lines are level."""
    turn = page_slant([line.polygon for line in lines])
    back = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    turned = [line.polygon @ back.T for line in lines]
    boxes = np.array([[*points.min(0), *points.max(0)] for points in turned])
    # Area over length is the height of a band, however it is bent.
    heights = np.array([_area(points) for points in turned]) / np.maximum(
        np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]), 1e-6
    )
    return _Frame(boxes, np.maximum(heights, 1e-6))


def _area(points: NDArray[np.float64]) -> float:
    x, y = points.T
    after_x, after_y = (np.concatenate([v[1:], v[:1]]) for v in (x, y))
    return abs(float(x @ after_y - y @ after_x)) / 2


def _hull(boxes: Boxes) -> Boxes:
    return np.concatenate([boxes[:, :2].min(0), boxes[:, 2:].max(0)])
