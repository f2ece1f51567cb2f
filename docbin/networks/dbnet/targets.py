"""The targets of DB: shrunk text regions, and the threshold map around their edges.

M. Liao et al. (2020), section 3.4. A text polygon of area A and perimeter L is shrunk, and grown,
by

    D = A (1 - r²) / L

with r = 0.4 (B. Vatti's clipping, by pyclipper, round joins). P's target is the shrunk region. T's
target is 0.3 + 0.4 max(0, 1 - d / D) within the grown region, d the distance to the polygon's edge;
where regions overlap the larger counts. Text whose shorter side is below `MIN_SIDE` pixels, text
that shrinks to nothing, and text marked don't care are left out of the loss.

A long line shrinks to r² of its height: 16 % at 0.4, 49 % at 0.7. Lines of pages are long, so the
shipped network was trained with 0.7 (its recipe says so), words and the papers' configs have 0.4.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from docbin.lines.outline import offset

__all__ = [
    "MIN_SIDE", "SHRINK", "T_MAX", "T_MIN", "Targets", "TextArea", "draw_targets", "text_area",
]  # fmt: skip

SHRINK = 0.4
"""r, the papers' value."""
MIN_SIDE = 8.0
"""Shorter side, in pixels of the crop, below which text is not learned."""
T_MIN, T_MAX = 0.3, 0.7

Points = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TextArea:
    """A polygon and what is made of it once a page; points (n, 2) x, y in pixels of the page.

    `shrunk` may be several pieces, or none; `distance` is D; `height` the shorter side, area over
    half the perimeter; `ignore` leaves the text out of the loss.
    """

    polygon: Points
    shrunk: tuple[Points, ...]
    grown: Points
    distance: float
    height: float
    ignore: bool


class Targets(NamedTuple):
    """Targets of a crop, each (h, w) float32."""

    shrunk: NDArray[Any]  # 1 inside shrunk text
    mask: NDArray[Any]  # 0 where P is not judged
    threshold: NDArray[Any]  # T_MIN to T_MAX
    border: NDArray[Any]  # 1 where T is judged


def text_area(polygon: Points, *, shrink: float = SHRINK, ignore: bool = False) -> TextArea:
    """Work out what a polygon shrinks and grows to; nothing that is given makes it fail."""
    points = np.asarray(polygon, np.float64).reshape(-1, 2)
    closed = np.vstack([points, points[:1]])
    length = float(np.hypot(*np.diff(closed, axis=0).T).sum())
    x, y = closed.T
    area = abs(float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum())) / 2
    if length < 1e-6 or area < 1.0:
        return TextArea(points, (), points, 0.0, 0.0, True)
    distance = area * (1 - shrink**2) / length
    grown = offset(points, distance)
    largest = max(grown, key=len, default=points)
    shrunk = tuple(offset(points, -distance))
    # The shorter side of the rectangle with this area and perimeter.
    half = length / 2
    height = (half - max(half**2 - 4 * area, 0.0) ** 0.5) / 2
    return TextArea(points, shrunk, largest, distance, height, ignore or not shrunk or not grown)


def draw_targets(
    areas: Sequence[TextArea], matrix: NDArray[np.float64], size: tuple[int, int]
) -> Targets:
    """Draw the targets of a crop (h, w) that `matrix` (2, 3), page to crop, was cut with."""
    height, width = size
    shrunk = np.zeros(size, np.uint8)
    mask = np.ones(size, np.uint8)
    near = np.zeros(size, np.float32)  # 1 at an edge, 0 at D from it
    border = np.zeros(size, np.uint8)
    scale = float(abs(np.linalg.det(matrix[:, :2]))) ** 0.5
    for area in areas:
        outer = _moved(area.grown, matrix)
        (left, top), (right, bottom) = np.floor(outer.min(0)), np.ceil(outer.max(0))
        if right < 0 or bottom < 0 or left >= width or top >= height:
            continue
        if area.ignore or area.height * scale < MIN_SIDE:
            cv2.fillPoly(mask, [_fixed(_moved(area.polygon, matrix))], 0, shift=_SHIFT)
            continue
        for piece in area.shrunk:
            cv2.fillPoly(shrunk, [_fixed(_moved(piece, matrix))], 1, shift=_SHIFT)
        reach = area.distance * scale
        cv2.fillPoly(border, [_fixed(outer)], 1, shift=_SHIFT)
        _draw_near(near, _moved(area.polygon, matrix), outer, reach)
    mask[shrunk > 0] = 1
    threshold = T_MIN + (T_MAX - T_MIN) * near
    return Targets(
        shrunk.astype(np.float32), mask.astype(np.float32), threshold, border.astype(np.float32)
    )


def _draw_near(near: NDArray[Any], polygon: Points, outer: Points, reach: float) -> None:
    """Raise `near` to 1 - d / reach around a polygon's edge, inside `outer`."""
    height, width = near.shape
    margin = int(reach) + 2  # the nearest edge of a pixel in reach may lie outside the crop
    low = np.maximum(np.floor(outer.min(0)).astype(int), 0) - margin
    high = np.minimum(np.ceil(outer.max(0)).astype(int) + 1, [width, height]) + margin
    if (high <= low).any():
        return
    far = np.ones((high[1] - low[1], high[0] - low[0]), np.uint8)
    cv2.polylines(far, [_fixed(polygon - low)], True, 0, shift=_SHIFT)
    distance = cv2.distanceTransform(far, cv2.DIST_L2, 3)
    inside = np.zeros_like(far)
    cv2.fillPoly(inside, [_fixed(outer - low)], 1, shift=_SHIFT)
    value = np.maximum(1 - distance / max(reach, 1e-6), 0) * inside
    value = value[margin:-margin, margin:-margin]
    top, left = low[1] + margin, low[0] + margin
    view = near[top : top + value.shape[0], left : left + value.shape[1]]
    np.maximum(view, value, out=view)


_SHIFT = 4


def _fixed(points: Points) -> NDArray[np.int32]:
    """Fixed-point coordinates for OpenCV's drawing."""
    return np.rint(np.clip(points, -20_000, 20_000) * (1 << _SHIFT)).astype(np.int32)


def _moved(points: Points, matrix: NDArray[np.float64]) -> Points:
    return points @ matrix[:, :2].T + matrix[:, 2]
