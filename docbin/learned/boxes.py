"""Text regions from a map of their shrunk insides: contours, their score, and growing them back.

M. Liao et al., "Real-time Scene Text Detection with Differentiable Binarization" (2020), section
3.6: the probability map is cut at a threshold, each connected region is scored by its mean, and
grown by a distance D. The published code takes D = 1.5 A'/L', fitted to words. Here D undoes the
shrinking: a region that was made by D = A (1 - r²) / L from a polygon with about four corners gives

    (8 - 4c) D² + (1 - c) L' D - c A' = 0,    c = 1 - r²

with A' and L' the area and perimeter of the shrunk region, so lines and words both come back to
their own height. There is no cap on the number of regions.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from docbin.learned.apart import band_height, cut_columns, extent, rows_of
from docbin.lines.outline import Outline, grown, outline, weighted_median

__all__ = ["CERTAIN", "Region", "find_regions", "scaled", "unshrink"]

SMALLEST = 3.0
"""Height in pixels of the map below which a grown region is no text."""
MOST_CORNERS = 500
"""Corners of a region that are grown: what noise leaves has thousands, and takes minutes."""
CERTAIN = 0.7
"""Probability above which the usual height of a line is measured; mean of a piece that is text
wherever it stands."""
CUT_OFF, EDGE = 0.3, 0.004
"""Part of the usual length below which what the picture's edge cuts off is no line, and how near it
is, as a share of the width. Of 21 such pieces in 326 training pages none was in the truth."""


@dataclass(frozen=True, eq=False)
class Region:
    """A region: polygon (n, 2) x, y in pixels of the map, and the map's mean inside it.

    `known` are its edges, where it was made from them.
    """

    polygon: NDArray[np.float64]
    score: float
    known: Outline | None = None

    @cached_property
    def edges(self) -> Outline:
        """Its upper and lower edge."""
        return outline(self.polygon) if self.known is None else self.known


def scaled(
    regions: list[Region], step: NDArray[np.float64], limit: NDArray[np.float64]
) -> list[Region]:
    """Return regions and their edges on pixels of which `step` (x, y) are one of theirs.

    No point lies beyond 0..`limit` (x, y).
    """
    if not regions:
        return []
    parts = [part for r in regions for part in (r.polygon, r.edges.top, r.edges.bottom)]
    points = (np.concatenate(parts) + 0.5) * step - 0.5
    points = np.minimum(np.maximum(points, 0), limit)
    moved = iter(np.split(points, np.cumsum([len(part) for part in parts])[:-1]))
    return [
        Region(polygon, region.score, Outline(top, bottom))
        for region, polygon, top, bottom in zip(regions, moved, moved, moved, strict=True)
    ]


@dataclass(frozen=True, eq=False)
class _Piece:
    """A connected region before it is grown, and the mask it came from."""

    contour: NDArray[np.int32]  # (n, 2)
    score: float
    height: float


def find_regions(
    probability: NDArray[np.float32],
    *,
    shrink: float,
    threshold: float = 0.3,
    score: float = 0.5,
    unclip: float = 1.0,
    rectangles: bool = False,
) -> list[Region]:
    """Return the text regions of a probability map (h, w).

    `shrink` is the r of the network's targets, `score` the least mean of a region, `unclip`
    multiplies D; `rectangles` gives four corners, otherwise the polygon follows the line.
    """
    typical, count = _heights(probability, score)
    if count > 3:
        probability = cut_columns(probability, max(typical / shrink**2, 4.0))
    pieces = []
    for piece in _pieces(probability, probability > threshold, score):
        rows = rows_of(probability, piece.contour, typical) if count > 1 else []
        pieces += [_piece(probability, row) for row in rows] if len(rows) > 1 else [piece]
    regions = []
    for piece in pieces:
        polygon = _grown(piece, shrink, unclip, rectangles)
        if polygon is not None:
            regions.append(Region(polygon, piece.score))
    return _without_cut_off(regions, probability.shape[1])


def _without_cut_off(regions: list[Region], width: int) -> list[Region]:
    """Leave out what the left or right edge of the picture leaves of the lines of a facing page."""
    if not regions:
        return regions
    usual = float(np.median([region.edges.length for region in regions]))
    edge = 1 + EDGE * width
    return [
        region
        for region in regions
        if region.edges.length > CUT_OFF * usual
        or (region.polygon[:, 0].min() > edge and region.polygon[:, 0].max() < width - 1 - edge)
    ]


def unshrink(area: float, perimeter: float, shrink: float) -> float:
    """Return D, the distance by which a region was shrunk, from what is left of it."""
    c = 1 - shrink**2
    a, b = 8 - 4 * c, (1 - c) * perimeter
    return float((-b + (b * b + 4 * a * c * area) ** 0.5) / (2 * a))


def _pieces(
    probability: NDArray[np.float32], inside: NDArray[np.bool_], score: float
) -> list[_Piece]:
    """The connected regions of a mask of the map, of at least this mean."""
    mask = np.ascontiguousarray(inside).view(np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    pieces = (_piece(probability, np.asarray(c, np.int32).reshape(-1, 2)) for c in contours)
    return [piece for piece in pieces if piece.score >= score]


def _piece(probability: NDArray[np.float32], points: NDArray[np.int32]) -> _Piece:
    return _Piece(points, _mean_inside(probability, points), band_height(points))


def _mean_inside(probability: NDArray[np.float32], points: NDArray[np.int32]) -> float:
    left, top, width, height = cv2.boundingRect(points)
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [points - [left, top]], 1)
    part = probability[top : top + height, left : left + width]
    return float(cv2.mean(part, mask)[0])


def _heights(probability: NDArray[np.float32], score: float) -> tuple[float, int]:
    """The usual height of what is certainly text, pixels, long pieces first; and how many pieces.

    Above a high threshold lines seldom run together.
    """
    pieces = _pieces(probability, probability > CERTAIN, score)
    if not pieces:
        return 0.0, 0
    lengths = [float(np.ptp(piece.contour[:, 0])) + 1 for piece in pieces]
    return weighted_median([piece.height for piece in pieces], lengths), len(pieces)


def _grown(
    piece: _Piece, shrink: float, unclip: float, rectangles: bool
) -> NDArray[np.float64] | None:
    area, length = extent(piece.contour)
    distance = unshrink(area, length, shrink) * unclip + 0.5  # pixels reach half beyond centres
    if rectangles:
        (x, y), (width, height), angle = cv2.minAreaRect(piece.contour.astype(np.float32))
        sides = (width + 2 * distance, height + 2 * distance)
        if min(sides) < SMALLEST:
            return None
        return np.asarray(cv2.boxPoints(((x, y), sides, angle)), np.float64)
    points: NDArray[Any] = piece.contour.astype(np.float64)
    coarse = 0.75
    while len(points) > (8 if coarse < 1 else MOST_CORNERS):
        points = cv2.approxPolyDP(piece.contour, coarse, True).reshape(-1, 2).astype(np.float64)
        coarse *= 2
    if len(points) < 3 or cv2.contourArea(points.astype(np.float32)) < 1:
        low, high = piece.contour.min(0) - 0.5, piece.contour.max(0) + 0.5
        points = np.array([low, [high[0], low[1]], high, [low[0], high[1]]])
        distance -= 0.5
    largest = grown(points, distance)
    if largest is None:
        return None
    simple = cv2.approxPolyDP(largest.astype(np.float32), max(0.03 * distance, 0.3), True)
    polygon = simple.reshape(-1, 2).astype(np.float64)
    if len(polygon) < 3 or min(cv2.minAreaRect(simple)[1]) < SMALLEST:
        return None
    return polygon
