"""Short pieces on a page of lines: page numbers are text, initials, ornaments and stains are not.

On a page whose pieces are nearly all short (a receipt, a form) all are kept. On others what stands
alone in its row is text with less certainty than what stands beside a line, and less still where
its ink is as dark as the page's: stains, pencil and what shows through are paler. The network sees
little of a single character and draws it small: alone, it is as high as the lines of its page.
"""

import numpy as np
from numpy.typing import NDArray

from docbin.learned.boxes import CERTAIN, Region
from docbin.learned.text_scale import in_short_pieces
from docbin.lines.outline import grown
from docbin.page import Gray

__all__ = ["without_doubtful"]

LONG, SHORT, SHORTISH = 8.5, 2.5, 4.0
"""A page is one of long lines where half of them are longer than so many of their heights; what is
shorter than so many is then seldom a line."""
SURE = 0.6
"""Mean probability of one that is less short, beside another."""
ALONE, APART = 3.0, 2.0
"""A piece shorter than so many heights stands alone where nothing is beside it over so many."""
SURE_ALONE, DARK_ALONE, DARK = 0.65, 0.55, 0.6
"""Mean of a piece alone that is text, and of one with at least so much of the page's contrast."""
AS_HIGH = 0.9
"""How high a piece alone is at least, in heights of the page's lines."""


def without_doubtful(regions: list[Region], gray: Gray) -> list[Region]:
    """Return the regions of a page (h, w) less the short ones that are hardly lines.

    All are in pixels of `gray`, the page at the map's size.
    """
    if not regions or in_short_pieces(regions):
        return regions
    lengths = np.array([region.edges.slenderness for region in regions])
    long_lines = bool(np.median(lengths) >= LONG)
    usual = float(np.median([region.edges.height for region in regions]))
    boxes = np.array([[*r.polygon.min(0), *r.polygon.max(0)] for r in regions])
    contrast = _contrast(gray[::4, ::4], 2, 75)
    kept = []
    for region, length, box in zip(regions, lengths, boxes, strict=True):
        if length < ALONE and _alone(box, boxes[lengths > length], APART * region.edges.height):
            region = _as_high(region, AS_HIGH * usual)
            dark = _contrast(_inside(region, gray), 5, 90) >= DARK * contrast
            least = DARK_ALONE if dark else SURE_ALONE
        elif not long_lines or length >= SHORTISH:
            least = 0.0
        else:
            least = CERTAIN if length < SHORT else SURE
        if region.score >= least:
            kept.append(region)
    return kept


def _alone(box: NDArray[np.float64], others: NDArray[np.float64], reach: float) -> bool:
    """Whether no other box (left, top, right, bottom) of the row is within `reach` beside it."""
    left, top, right, bottom = others.T
    shared = np.minimum(bottom, box[3]) - np.maximum(top, box[1])
    row = shared > 0.3 * np.minimum(bottom - top, box[3] - box[1])
    return not np.any(row & (left < box[2] + reach) & (right > box[0] - reach))


def _as_high(region: Region, height: float) -> Region:
    """The region, grown on all sides until it is as high as that."""
    lacking = (height - region.edges.height) / 2
    polygon = grown(region.polygon, lacking) if lacking > 0 else None
    return region if polygon is None else Region(polygon, region.score)


def _inside(region: Region, gray: Gray) -> Gray:
    """The pixels of the box around a region."""
    left, top = np.maximum(np.floor(region.polygon.min(0)), 0).astype(int)
    right, bottom = np.ceil(region.polygon.max(0)).astype(int) + 1
    return gray[top:bottom, left:right]


def _contrast(gray: Gray, ink: float, paper: float) -> float:
    """The difference of two percentiles."""
    low, high = np.percentile(gray, (ink, paper)) if gray.size else (0.0, 0.0)
    return float(high - low)
