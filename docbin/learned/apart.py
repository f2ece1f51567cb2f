"""Lines that run together in a probability map: columns by their gutter, rows by higher thresholds.

columns   The crest of the map, its maximum over a line's height, is high across a block of
          text. Between two columns that nearly touch it dips at the same place in line after
          line: its black top-hat along the lines, averaged over `ROWS` of them, peaks there,
          and the map is cut along the peak. A word's gap stands at another place in every
          line.
rows      A region higher than the others is looked at above higher and higher thresholds. Where
          it falls into parts that lie over one another, those that follow one another in a row
          are one line, and every pixel goes to the nearest line, so the lines together are as
          large as the region was.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["band_height", "cut_columns", "extent", "rows_of"]

STEPS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""The higher thresholds, tenths: `_may_be_stacked` counts in them."""
STACKED = 1.4
"""Parts lie over one another where their lengths are this many times the width they cover."""
COVERED = 0.6
"""The share of a region's width that its parts must cover together."""
HIGHER, LEAST = 1.25, 0.35
"""Shares of a line's usual height: above the first a region may be several lines, none of which is
less high than the second."""
COMB = 2.0
"""And so may one that is this many heights across, however thin: lines that only their ends join
have the perimeter of lines."""
FOLLOWS, LEVEL = 4.0, 0.6
"""Parts of one region are one line where one begins so many heights from another's end, and as
little above or below it."""
ROWS = 9
DEEP, FAINT = 0.25, 0.1
"""The mean depth of a gutter, as a probability, somewhere, and wherever it goes on."""

Contour = NDArray[np.int32]  # (n, 2)


def cut_columns(probability: NDArray[np.float32], height: float) -> NDArray[np.float32]:
    """Return the map (h, w) with a slit between columns; `height` of a line in its pixels.

    They are looked for at half its size, where they are as plain.
    """

    def odd(lines: float) -> int:
        return max(1, round(lines * height / 2)) | 1

    rows, columns = probability.shape
    levels = cv2.convertScaleAbs(
        cv2.resize(probability, (-(-columns // 2), -(-rows // 2)), interpolation=cv2.INTER_AREA),
        alpha=255.0,
    )
    crest = cv2.dilate(levels, np.ones((odd(1.2), 1), np.uint8))
    long = np.ones((1, odd(3)), np.uint8)
    # An initial is no column, and with zeros beyond the page a margin is no gutter.
    crest = cv2.morphologyEx(
        crest, cv2.MORPH_OPEN, long, borderType=cv2.BORDER_CONSTANT, borderValue=0
    )
    dips = cv2.morphologyEx(
        crest, cv2.MORPH_BLACKHAT, long, borderType=cv2.BORDER_CONSTANT, borderValue=0
    )
    dips = cv2.blur(dips, (odd(0.25), 1))
    depth = cv2.blur(dips, (1, odd(ROWS)), borderType=cv2.BORDER_CONSTANT)
    peak = cv2.dilate(depth, np.ones((1, odd(2)), np.uint8))
    ridge = ((depth > FAINT * 255) & (depth == peak)).view(np.uint8)
    ridge = _with_a_deep_part(ridge, depth, odd(0.25))
    if not ridge.any():
        return probability
    ridge = cv2.resize(ridge, (columns, rows), interpolation=cv2.INTER_NEAREST)
    slit = cv2.dilate(ridge, np.ones((3, 3), np.uint8)) > 0
    return np.where(slit, np.float32(0), probability)


def _with_a_deep_part(
    ridge: NDArray[np.uint8], depth: NDArray[Any], reach: int
) -> NDArray[np.uint8]:
    """Keep the ridges that are deep somewhere; `reach` is how far they may step sideways."""
    joined = cv2.dilate(ridge, np.ones((3, reach), np.uint8))
    count, labels = cv2.connectedComponents(joined, connectivity=8)
    deep = np.zeros(count, np.bool_)
    deep[labels[(depth > DEEP * 255) & (ridge > 0)]] = True
    deep[0] = False
    kept: NDArray[np.uint8] = (deep[labels] & (ridge > 0)).view(np.uint8)
    return kept


def rows_of(
    probability: NDArray[np.float32], contour: Contour, usual: float, step: int = 0
) -> list[Contour]:
    """Return the contours of the lines in one region of the map, [contour] where it is one line.

    `usual` is the height of a line that is one, as shrunk as the map; `step` is where in `STEPS` to
    begin.
    """
    across = min(cv2.minAreaRect(contour)[1]) + 1
    if band_height(contour) <= HIGHER * usual and across <= COMB * usual:
        return [contour]
    left, top, width, height = cv2.boundingRect(contour)
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [contour - [left, top]], 1)
    part = probability[top : top + height, left : left + width] * mask
    if not _may_be_stacked(part):
        return [contour]
    for number in range(step, len(STEPS)):
        inside = (part > STEPS[number]).view(np.uint8)
        found, _ = cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        seeds = [np.asarray(c, np.int32).reshape(-1, 2) for c in found]
        seeds = [c for c in seeds if band_height(c) > LEAST * usual]
        if len(seeds) > 1 and _stacked(seeds, width):
            return [
                row
                for seed in _shared_out(mask, _in_rows(seeds, usual))
                for row in rows_of(
                    probability, seed + np.array([left, top], np.int32), usual, number + 1
                )
            ]
    return [contour]


def _may_be_stacked(part: NDArray[np.float32]) -> bool:
    """Whether parts above any of `STEPS` can be stacked: enough columns of pixels have two peaks.

    Two parts in one column have a valley between them, a step deep or more.
    """
    levels = np.maximum(cv2.convertScaleAbs(part, alpha=10.0, beta=0.5), np.uint8(4))
    rises = cv2.reduce(cv2.subtract(levels[1:], levels[:-1]), 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S)
    again = levels[0] + rises[0] - levels.max(0)  # what rises after it fell, 0 with one peak
    return bool(again.sum() > (STACKED - 1) * COVERED * part.shape[1])


def band_height(points: Contour) -> float:
    """Return the height of a band of this outline, counting pixels, not what joins their centres.

    The shorter side of the rectangle with its area and perimeter.
    """
    area, length = extent(points)
    half = length / 2
    return float((half - max(half**2 - 4 * area, 0.0) ** 0.5) / 2)


def extent(points: Contour) -> tuple[float, float]:
    """Return area and perimeter of a region of pixels: half a pixel beyond their centres."""
    area = cv2.contourArea(points)
    length = cv2.arcLength(points, True)
    return float(area + length / 2 + 1), float(length + 4)


def _stacked(seeds: list[Contour], width: int) -> bool:
    covered = np.zeros(width, np.bool_)
    length = 0
    for seed in seeds:
        first, last = int(seed[:, 0].min()), int(seed[:, 0].max()) + 1
        covered[first:last] = True
        length += last - first
    count = int(covered.sum())
    return length > STACKED * count and count > COVERED * width


def _in_rows(seeds: list[Contour], usual: float) -> list[list[Contour]]:
    """Seeds of one region that follow one another in a row, grouped: the region joins them."""
    seeds = sorted(seeds, key=lambda seed: int(seed[:, 0].min()))
    ends = np.full((len(seeds), 2), np.inf)  # where each row ends so far, x, y
    rows: list[list[Contour]] = []
    for seed in seeds:
        gap, step = np.abs(ends[: len(rows)] - _end(seed, usual, last=False)).T
        fits = np.flatnonzero((gap <= FOLLOWS * usual) & (step < LEVEL * usual))
        number = int(fits[gap[fits].argmin()]) if len(fits) else len(rows)
        if number == len(rows):
            rows.append([])
        rows[number].append(seed)
        ends[number] = _end(seed, usual, last=True)
    return rows


def _end(seed: Contour, usual: float, *, last: bool) -> tuple[float, float]:
    """Where a seed begins or ends, and its middle's height there."""
    x = seed[:, 0]
    at = float(x.max() if last else x.min())
    y = seed[np.abs(x - at) <= usual, 1]
    return at, float(y.min() + y.max()) / 2


def _shared_out(mask: NDArray[Any], seeds: list[list[Contour]]) -> list[Contour]:
    """The region's pixels, each given to the row of seeds that is nearest, as a contour a row."""
    away = np.ones(mask.shape, np.uint8)
    owner = np.zeros(mask.shape, np.int32)
    for number, row in enumerate(seeds, 1):
        for seed in row:
            cv2.fillPoly(owner, [seed], number)
    away[owner > 0] = 0
    _, nearest = cv2.distanceTransformWithLabels(
        away, cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    of_label = np.zeros(int(nearest.max()) + 1, np.int32)
    of_label[nearest[away == 0]] = owner[away == 0]
    owner = of_label[nearest]
    parts = []
    for number in range(1, len(seeds) + 1):
        own = ((owner == number) & (mask > 0)).view(np.uint8)
        found, _ = cv2.findContours(own, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        if found:
            parts.append(np.asarray(max(found, key=cv2.contourArea), np.int32).reshape(-1, 2))
    return parts
