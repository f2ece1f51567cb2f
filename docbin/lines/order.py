"""Reading order: lines to blocks, blocks to an order that survives columns and notes.

Blocks first: two lines belong together when each is the other's nearest neighbour (below, above),
they are alike in height, share an edge or a middle or most of their width, and neither reaches over
a second line that stands beside the other (a heading over two columns is a block of its own).

Then T. Breuel's two rules ("High Performance Document Layout Analysis", 2003) on blocks:

    a comes before b  if they overlap sideways and a is above b
                      or a lies left of b, and no c between them in height overlaps both

and the order is one that breaks no rule (topological); where rules contradict, the highest first.
Everything is measured in heights of lines, in a frame turned by the page's own slant.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from docbin.lines.outline import direction, weighted_median
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
    groups = blocks_of(frame.boxes, frame.heights)
    outer = np.array([_hull(frame.boxes[group]) for group in groups])
    ordered: list[TextLine] = []
    for number, block in enumerate(_sorted_blocks(outer)):
        for i in _rows(frame, groups[block]):
            ordered.append(replace(lines[i], order=len(ordered), block=number))
    return ordered


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
    count = len(boxes)
    left, top, right, bottom = boxes.T
    middle = (top + bottom) / 2
    width = right - left
    shared = np.minimum(right[:, None], right) - np.maximum(left[:, None], left)
    narrow = np.minimum(width[:, None], width)
    beneath = (shared > 0.3 * narrow) & (middle > middle[:, None])  # [i, j]: j is beneath i
    beneath &= top > middle[:, None]
    distance = np.where(beneath, middle - middle[:, None], np.inf)
    owner = np.arange(count)
    for i in range(count):
        if not beneath[i].any():
            continue
        j = int(distance[i].argmin())
        if int(distance[:, j].argmin()) == i and _belong(i, j, boxes, heights, shared, width):
            owner[owner == owner[j]] = owner[i]
    groups: dict[int, list[int]] = {}
    for i, own in enumerate(owner.tolist()):
        groups.setdefault(own, []).append(i)
    return _tables(list(groups.values()), boxes, heights)


def _belong(i: int, j: int, boxes: Boxes, heights: NDArray[np.float64], shared: NDArray[np.float64],
            width: NDArray[np.float64]) -> bool:  # fmt: skip
    """Whether line j, the nearest beneath i, is of its block."""
    low, high = sorted((float(heights[i]), float(heights[j])))
    gap = (boxes[j, 1] + boxes[j, 3] - boxes[i, 1] - boxes[i, 3]) / 2
    if high > LIKE * low or gap > NEAR * high:
        return False
    edges = np.abs(boxes[i, [0, 2]] - boxes[j, [0, 2]])
    centred = abs(float(boxes[i, [0, 2]].mean() - boxes[j, [0, 2]].mean()))
    wide = max(width[i], width[j])
    if not (edges.min() <= 2 * high or centred <= high or shared[i, j] >= 0.6 * wide):
        return False
    for one, other in ((i, j), (j, i)):
        beside = (np.minimum(boxes[:, 3], boxes[other, 3]) - np.maximum(boxes[:, 1],
                  boxes[other, 1])) > 0.5 * np.minimum(heights, heights[other])  # fmt: skip
        beside[[i, j]] = False
        if (beside & (shared[one] > 0.5 * width)).any():
            return False
    return True


def _tables(groups: list[list[int]], boxes: Boxes, heights: NDArray[np.float64]) -> list[list[int]]:
    """Join narrow columns whose lines stand in the same rows: a table is read row by row."""
    typical = float(np.median(heights))
    hulls = [_hull(boxes[group]) for group in groups]
    merged = True
    while merged:
        merged = False
        for a in range(len(groups)):
            for b in range(len(groups)):
                if a == b or not _same_rows(groups[a], groups[b], hulls[a], hulls[b], boxes,
                                            typical):  # fmt: skip
                    continue
                groups[a] = groups[a] + groups[b]
                hulls[a] = _hull(boxes[groups[a]])
                del groups[b], hulls[b]
                merged = True
                break
            if merged:
                break
    return groups


def _same_rows(first: list[int], second: list[int], one: Boxes, other: Boxes, boxes: Boxes,
               typical: float) -> bool:  # fmt: skip
    gap = max(one[0], other[0]) - min(one[2], other[2])
    widths = [float((boxes[g, 2] - boxes[g, 0]).max()) for g in (first, second)]
    if not 0 <= gap <= NARROW * typical or max(widths) > NARROW * typical:
        return False
    middles = (boxes[second, 1] + boxes[second, 3]) / 2
    rows = sum(bool(((boxes[i, 1] < middles) & (middles < boxes[i, 3])).any()) for i in first)
    fewer = min(len(first), len(second))
    return rows >= 0.7 * fewer and fewer >= 2


def _sorted_blocks(boxes: Boxes) -> list[int]:
    """The blocks' numbers in reading order."""
    left, top, right, bottom = boxes.T
    middle = (top + bottom) / 2
    shared = np.minimum(right[:, None], right) - np.maximum(left[:, None], left)
    width = right - left
    over = shared > 0.15 * np.minimum(width[:, None], width)
    above = (bottom[:, None] <= top) | (
        (middle[:, None] < middle) & (bottom[:, None] - top < 0.5 * (bottom - top))
    )
    above |= (middle[:, None] < middle) & (top[:, None] < top)
    before = over & above
    leftward = ~over & (left[:, None] < left)
    for a, b in np.argwhere(leftward):
        low, high = sorted((middle[a], middle[b]))
        between = (middle > low) & (middle < high) & over[a] & over[b]
        between[[a, b]] = False
        before[a, b] |= not between.any()
    np.fill_diagonal(before, False)
    remaining = list(range(len(boxes)))
    order: list[int] = []
    while remaining:
        waits = before[np.ix_(remaining, remaining)].sum(0)
        free = np.flatnonzero(waits == waits.min())
        pick = min((remaining[k] for k in free), key=lambda k: (top[k], left[k]))
        order.append(pick)
        remaining.remove(pick)
    return order


def _rows(frame: _Frame, group: list[int]) -> list[int]:
    """A block's lines from top to bottom; lines of one row from left to right."""
    middle = (frame.boxes[:, 1] + frame.boxes[:, 3]) / 2
    waiting = sorted(group, key=lambda i: float(middle[i]))
    ordered: list[int] = []
    while waiting:
        head = waiting[0]
        reach = frame.boxes[head, 3] - 0.3 * frame.heights[head]
        row = [i for i in waiting if middle[i] <= reach]
        ordered += sorted(row, key=lambda i: float(frame.boxes[i, 0]))
        waiting = [i for i in waiting if i not in row]
    return ordered


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
    return abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2


def _hull(boxes: Boxes) -> Boxes:
    return np.concatenate([boxes[:, :2].min(0), boxes[:, 2:].max(0)])
