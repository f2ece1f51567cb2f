"""How well lines of text were found: ICDAR 2015 matching, and coverage that needs no box heights.

ICDAR 2015 (D. Karatzas et al., "ICDAR 2015 competition on Robust Reading", challenge 4): a line is
found by the first unused detection with an intersection over union above a threshold, one to one,
lines in the order of the truth. A detection more than half of whose area lies in text marked don't
care is left out, as is such text. Counts are summed over pages.

Box heights are a convention (with or without ascenders, as tall as the pitch), and an IoU of a thin
line measures it as much as detection. Coverage looks at middle lines only: the share of the true
lines' middles that lies inside a detection, each detection serving the one line it covers most of,
and the share of the detections' middles that lies inside true lines, each line serving the one
detection that covers it most. Two lines found as one thus count as one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from docbin.lines.outline import outline

__all__ = ["LineCounts", "count_lines", "f_measure", "intersections"]

Points = NDArray[np.float64]
_FINE = 16  # integers a pixel, for the clipper
STEP = 4.0
"""Pixels between the points at which a middle line is looked at."""


@dataclass(frozen=True)
class LineCounts:
    """Sums over one page or several; `+` adds them.

    `matched` of `truths` lines and `detections`, at each threshold; `covered` of `truth_length` and
    `sound` of `found_length`, pixels.
    """

    truths: int = 0
    detections: int = 0
    matched: tuple[int, ...] = ()
    covered: float = 0.0
    truth_length: float = 0.0
    sound: float = 0.0
    found_length: float = 0.0

    def __add__(self, other: "LineCounts") -> "LineCounts":
        if not self.matched or not other.matched:
            matched = self.matched or other.matched
        else:
            matched = tuple(a + b for a, b in zip(self.matched, other.matched, strict=True))
        return LineCounts(
            self.truths + other.truths,
            self.detections + other.detections,
            matched,
            self.covered + other.covered,
            self.truth_length + other.truth_length,
            self.sound + other.sound,
            self.found_length + other.found_length,
        )

    def precision(self, index: int) -> float:
        """Return the share of detections that are lines, at threshold number `index`."""
        return self.matched[index] / self.detections if self.detections else 0.0

    def recall(self, index: int) -> float:
        """Return the share of lines that were found, at threshold number `index`."""
        return self.matched[index] / self.truths if self.truths else 1.0

    def f(self, index: int) -> float:
        """Return the F-measure at threshold number `index`."""
        return f_measure(self.precision(index), self.recall(index))

    @property
    def coverage(self) -> float:
        """F of the covered shares of the middle lines."""
        recall = self.covered / self.truth_length if self.truth_length else 1.0
        precision = self.sound / self.found_length if self.found_length else 0.0
        return f_measure(precision, recall)


def f_measure(precision: float, recall: float) -> float:
    """Return 2 P R / (P + R), 0 where both are 0."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def count_lines(
    found: Sequence[Points],
    truth: Sequence[Points],
    ignored: Sequence[Points] = (),
    thresholds: Sequence[float] = (0.3, 0.5),
) -> LineCounts:
    """Compare the polygons found on a page, (n, 2) each, with the true ones and don't-care ones.

    Polygons without area are passed over.
    """
    found, truth, ignored = (
        [p for p in polygons if _area(p) > 0] for polygons in (found, truth, ignored)
    )
    if found and ignored:
        shares = intersections(found, ignored).max(1) / np.array([_area(p) for p in found])
        found = [p for p, share in zip(found, shares, strict=True) if share <= 0.5]
    areas = np.array([_area(p) for p in found])
    true_areas = np.array([_area(p) for p in truth])
    if found and truth:
        shared = intersections(truth, found)
        overlap = shared / np.maximum(true_areas[:, None] + areas - shared, 1e-9)
    else:
        overlap = np.zeros((len(truth), len(found)))
    matched = tuple(_greedy(overlap, threshold) for threshold in thresholds)
    covered, length = _covered(truth, found)
    sound, found_length = _covered(found, truth)
    return LineCounts(len(truth), len(found), matched, covered, length, sound, found_length)


def intersections(first: Sequence[Points], second: Sequence[Points]) -> NDArray[np.float64]:
    """Return the areas (n, m) that polygons have in common, square pixels."""
    import pyclipper

    out = np.zeros((len(first), len(second)))
    boxes = [np.array([[*p.min(0), *p.max(0)] for p in side]) for side in (first, second)]
    paths = [[_simple(p) for p in side] for side in (first, second)]
    for i, (left, top, right, bottom) in enumerate(boxes[0]):
        near = (
            (boxes[1][:, 0] < right)
            & (boxes[1][:, 2] > left)
            & (boxes[1][:, 1] < bottom)
            & (boxes[1][:, 3] > top)
        )
        for j in np.flatnonzero(near):
            if not paths[0][i] or not paths[1][j]:
                continue
            clipper = pyclipper.Pyclipper()
            clipper.AddPaths(paths[0][i], pyclipper.PT_SUBJECT, True)
            clipper.AddPaths(paths[1][j], pyclipper.PT_CLIP, True)
            common = clipper.Execute(
                pyclipper.CT_INTERSECTION, pyclipper.PFT_NONZERO, pyclipper.PFT_NONZERO
            )
            # Outer rings are counter-clockwise, holes clockwise: signs do the rest.
            out[i, j] = abs(sum(pyclipper.Area(path) for path in common)) / _FINE**2
    return out


def _simple(polygon: Points) -> Any:
    """A polygon as the clipper takes it, without crossings of itself."""
    import pyclipper

    path = np.rint(polygon * _FINE).astype(np.int64).tolist()
    return [p for p in pyclipper.SimplifyPolygon(path, pyclipper.PFT_NONZERO) if len(p) > 2]


def _greedy(overlap: NDArray[np.float64], threshold: float) -> int:
    used = np.zeros(overlap.shape[1], np.bool_)
    matched = 0
    for row in overlap:
        free = np.flatnonzero((row > threshold) & ~used)
        if len(free):
            used[free[0]] = True
            matched += 1
    return matched


def _covered(lines: Sequence[Points], by: Sequence[Points]) -> tuple[float, float]:
    """The length of the middles of `lines` that lies in `by`, each serving one line; and all."""
    middles = [_middle(line) for line in lines]
    lengths = np.array([length for _, length in middles])
    inside = np.zeros((len(lines), len(by)))
    firsts = np.array([points.min(0) for points, _ in middles]).reshape(-1, 2)
    lasts = np.array([points.max(0) for points, _ in middles]).reshape(-1, 2)
    for j, polygon in enumerate(by):
        contour = polygon.astype(np.float32)
        low, high = polygon.min(0), polygon.max(0)
        for i in np.flatnonzero(((lasts >= low) & (firsts <= high)).all(1)):
            points, length = middles[i]
            near = ((points >= low) & (points <= high)).all(1)
            hits = sum(
                cv2.pointPolygonTest(contour, (float(x), float(y)), False) >= 0
                for x, y in points[near]
            )
            inside[i, j] = hits / len(points) * length
    if not inside.size:
        return 0.0, float(lengths.sum())
    serves = inside.argmax(0)
    covered = np.zeros(len(lines))
    for j, i in enumerate(serves):
        covered[i] += inside[i, j]
    return float(np.minimum(covered, lengths).sum()), float(lengths.sum())


def _middle(polygon: Points) -> tuple[Points, float]:
    """Points along the middle line, `STEP` apart, and its length."""
    edges = outline(polygon)
    middle = edges.at(0.5)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(middle, axis=0).T))])
    count = max(2, int(along[-1] / STEP))
    wanted = (np.arange(count) + 0.5) / count * along[-1]
    points = np.column_stack([np.interp(wanted, along, middle[:, k]) for k in (0, 1)])
    return points, float(along[-1])


def _area(polygon: Points) -> float:
    if len(polygon) < 3:
        return 0.0
    x, y = polygon.T
    return abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2
