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
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from docbin.lines.outline import offset

__all__ = ["Region", "find_regions", "unshrink"]

SMALLEST = 3.0
"""Height in pixels of the map below which a grown region is no text."""
STEPS = (0.5, 0.7, 0.85)
"""Higher thresholds at which a region far higher than the others is tried to come apart."""


class Region(NamedTuple):
    """A region: polygon (n, 2) x, y in pixels of the map, and the map's mean inside it."""

    polygon: NDArray[np.float64]
    score: float


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
    pieces = _pieces(probability, probability > threshold, (0, 0), score)
    if len(pieces) > 3:
        typical = float(np.median([piece.height for piece in pieces]))
        pieces = [part for piece in pieces for part in _apart(probability, piece, typical, score)]
    regions = []
    for piece in pieces:
        polygon = _grown(piece, shrink, unclip, rectangles)
        if polygon is not None:
            regions.append(Region(polygon, piece.score))
    return regions


def unshrink(area: float, perimeter: float, shrink: float) -> float:
    """Return D, the distance by which a region was shrunk, from what is left of it."""
    c = 1 - shrink**2
    a, b = 8 - 4 * c, (1 - c) * perimeter
    return float((-b + (b * b + 4 * a * c * area) ** 0.5) / (2 * a))


def _pieces(
    probability: NDArray[np.float32], inside: NDArray[np.bool_], at: tuple[int, int], score: float
) -> list[_Piece]:
    """The connected regions of a mask whose top left corner lies at (x, y) of the map."""
    mask = np.ascontiguousarray(inside).view(np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE, offset=at)
    pieces = []
    for contour in contours:
        points = np.asarray(contour, np.int32).reshape(-1, 2)
        value = _mean_inside(probability, points)
        if value >= score:
            pieces.append(_Piece(points, value, _height(points)))
    return pieces


def _mean_inside(probability: NDArray[np.float32], points: NDArray[np.int32]) -> float:
    left, top, width, height = cv2.boundingRect(points)
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [points - [left, top]], 1)
    part = probability[top : top + height, left : left + width]
    return float(cv2.mean(part, mask)[0])


def _height(points: NDArray[np.int32]) -> float:
    """Height of a band of this outline, counting pixels, not the lines between their centres."""
    area, length = _extent(points)
    half = length / 2
    return float((half - max(half**2 - 4 * area, 0.0) ** 0.5) / 2)


def _extent(points: NDArray[np.int32]) -> tuple[float, float]:
    """Area and perimeter of a region of pixels: half a pixel beyond their centres all round."""
    area = cv2.contourArea(points)
    length = cv2.arcLength(points, True)
    return float(area + length / 2 + 1), float(length + 4)


def _apart(
    probability: NDArray[np.float32], piece: _Piece, typical: float, score: float
) -> list[_Piece]:
    """Cut a region that joins lines: one far higher than the others, if it comes apart higher up.

    Its parts must be about as high as the others are, and hold most of it.
    """
    if piece.height < 1.6 * typical:
        return [piece]
    left, top, width, height = cv2.boundingRect(piece.contour)
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [piece.contour - [left, top]], 1)
    part = probability[top : top + height, left : left + width]
    for step in STEPS:
        inside = (part > step) & (mask > 0)
        found = _pieces(probability, inside, (left, top), score)
        found = [p for p in found if p.height > 0.4 * typical]
        length = sum(float(np.ptp(p.contour[:, 0])) for p in found)
        if len(found) > 1 and length > 1.3 * width:
            return found
    return [piece]


def _grown(
    piece: _Piece, shrink: float, unclip: float, rectangles: bool
) -> NDArray[np.float64] | None:
    area, length = _extent(piece.contour)
    distance = unshrink(area, length, shrink) * unclip + 0.5  # pixels reach half beyond centres
    if rectangles:
        (x, y), (width, height), angle = cv2.minAreaRect(piece.contour.astype(np.float32))
        sides = (width + 2 * distance, height + 2 * distance)
        if min(sides) < SMALLEST:
            return None
        return np.asarray(cv2.boxPoints(((x, y), sides, angle)), np.float64)
    points: NDArray[Any] = piece.contour.astype(np.float64)
    if len(points) > 8:
        points = cv2.approxPolyDP(piece.contour, 0.75, True).reshape(-1, 2).astype(np.float64)
    if len(points) < 3 or cv2.contourArea(points.astype(np.float32)) < 1:
        low, high = piece.contour.min(0) - 0.5, piece.contour.max(0) + 0.5
        points = np.array([low, [high[0], low[1]], high, [low[0], high[1]]])
        distance -= 0.5
    grown = offset(points, distance)
    if not grown:
        return None
    largest = max(grown, key=lambda p: cv2.contourArea(p.astype(np.float32)))
    simple = cv2.approxPolyDP(largest.astype(np.float32), max(0.03 * distance, 0.3), True)
    polygon = simple.reshape(-1, 2).astype(np.float64)
    if len(polygon) < 3 or min(cv2.minAreaRect(simple)[1]) < SMALLEST:
        return None
    return polygon
