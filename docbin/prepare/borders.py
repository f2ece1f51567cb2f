"""Borders: what lies beyond the paper, a scanner's black, a table, the edges of other leaves, goes.

Looked at on a small copy, about 60 dpi. Two things count as border:

* a dark region along the edge of the scan, too thick for strokes, which ends in a step of light: a
  shadow, a gutter or an unlit corner fades and is left to the shading correction;
* a band of stripes along one side that run with it all the way, as leaf edges do.

Border is filled with the paper next to it; nothing is moved. A dark region that reaches far into
the page may be a picture, and the page is left as it is.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from docbin.errors import SettingError
from docbin.page import Gray, Page
from docbin.prepare.filling import filled
from docbin.prepare.geometry import Geometry
from docbin.prepare.leaves import leaf_edges
from docbin.prepare.rims import without_rims
from docbin.prepare.sketch import keep_sketch, sketch, sketch_of
from docbin.prepare.step import Part, StepResult, Verdict, size_of, unchanged

__all__ = ["Borders"]

_PIXELS = 350_000
_DARK = 0.68  # of the paper's light
_LEAST_RUN = 0.35  # of a side, along which a border has to lie
_STEP = 0.2  # least share of the light by which a border ends
_EVEN = 50.0  # grey levels within which most of a lid or a table lies; a picture has more
_SOFT = 2  # pixels of the small copy that an edge may take
_FADING = 0.2  # most of an outline that may have no step: beyond it a shadow goes with the border
_LONGEST_FADING = 0.1  # of the shorter side, that it may have none in one place
_ARM = 2.5  # what is so many times less thick than a border, and longer, is a stroke touching it
_MOST_OF_PAGE = 0.5
_CLEAR = 24  # grey levels between a letter and what is around it
_LETTERS = 8  # more parts like letters than this are text

_Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Borders:
    """Fill what lies beyond the paper with paper."""

    deepest: float = 0.25
    keep_everything: bool = False

    SETTINGS: ClassVar[dict[str, str]] = {
        "deepest": "share of the page's side that a border may reach into it, 0.01 to 0.45",
        "keep_everything": "only say what would be filled",
    }

    def __post_init__(self) -> None:
        if not 0.01 <= self.deepest <= 0.45:
            raise SettingError(f"borders: deepest must be from 0.01 to 0.45, got {self.deepest:g}")

    def __call__(self, page: Page, /) -> StepResult:
        """Return the page with its borders filled, or as it is when it has none or in doubt."""
        small = _reduced(sketch(page).gray, page)
        if min(small.shape) < 16:
            return unchanged(page, "borders", "uncertain", "too small to have borders")
        dark = _dark_border(small)
        leaves = leaf_edges(small)
        border = without_rims(dark | leaves, sketch(page))
        share = float(border.mean())
        values = {"share": round(share, 4)}
        if share == 0:
            return unchanged(page, "borders", "left unchanged", "no borders", values)
        depth = _depth(border)
        values["depth"] = round(depth, 3)
        if depth > self.deepest or share > _MOST_OF_PAGE:
            reason = "a dark region reaches far into the page: it may be a picture"
            return unchanged(page, "borders", "uncertain", reason, values)
        letters = _written(page, border)
        values["letters"] = float(letters)
        if letters > _LETTERS:
            reason = "there seems to be text in what would be filled"
            return unchanged(page, "borders", "uncertain", reason, values)
        if self.keep_everything:
            reason = f"{100 * share:.1f} % of the page would be filled"
            return unchanged(page, "borders", "left unchanged", reason, values)
        made = filled(page, border)
        seen = sketch(page)
        keep_sketch(made, sketch_of(filled(Page(seen.gray), border).gray, seen.scale))
        part = Part(made, Geometry.identity(size_of(page)))
        reason = f"{100 * share:.1f} % of the page filled with paper"
        return StepResult((part,), Verdict("borders", "done", reason, values))


def _reduced(gray: Gray, page: Page) -> Gray:
    """Return the page at about 60 dpi, made of a copy that is larger."""
    import cv2

    factor = max(1, round((page.width * page.height / _PIXELS) ** 0.5))
    if factor == 1:
        return gray
    size = max(1, page.width // factor), max(1, page.height // factor)
    return np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8)


def _dark_border(gray: Gray) -> _Mask:
    """Return the dark regions along the edge that end in a step."""
    import cv2

    height, width = gray.shape
    middle = gray[height // 5 : height - height // 5, width // 5 : width - width // 5]
    light = float(np.percentile(middle, 60))
    # The page goes on beyond the scan as its edge: a region there is not eaten from outside.
    pad = 8
    padded = cv2.copyMakeBorder(gray, pad, pad, pad, pad, cv2.BORDER_REPLICATE)
    dark = (padded < _DARK * light).view(np.uint8)
    side = max(3, round(min(height, width) / 90) | 1)
    # Thinner than a border is, a stroke goes with the opening.
    solid = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    _, labels = cv2.connectedComponents(solid, connectivity=4, ltype=cv2.CV_32S)
    inner = np.asarray(labels)[pad:-pad, pad:-pad]
    at_edge = np.unique(np.concatenate([inner[0], inner[-1], inner[:, 0], inner[:, -1]]))
    border = np.zeros(gray.shape, np.bool_)
    for label in at_edge[at_edge > 0]:
        region = inner == label
        if _along_edge(region) >= _LEAST_RUN and _ends_in_a_step(gray, region):
            border |= region
    if not border.any():
        return border
    # The opening cuts corners and the edge is soft: take what is still dark right beside it.
    grown = cv2.dilate(border.view(np.uint8), np.ones((2 * _SOFT + 1,) * 2, np.uint8))
    near: _Mask = grown.view(np.bool_) & (border | (gray < 0.85 * light))
    # Ink that goes on beyond what was grown touches the border: better a dark rim there.
    around = cv2.dilate(gray, np.ones((2 * side + 1,) * 2, np.uint8))
    beyond = (gray < 0.85 * around.astype(np.float32)) & ~grown.view(np.bool_)
    touching = _dilated(beyond, 1) & grown.view(np.bool_)
    return near & ~_arms(border, side) & ~_dilated(touching, side)


def _arms(border: _Mask, side: int) -> _Mask:
    """Return what of a border reaches into the page as a thick stroke does, and what is around."""
    import cv2

    wide = 2 * round(_ARM * side / 2) + 1
    # Beyond the scan the border goes on: along its edge it is as thick as need be.
    padded = cv2.copyMakeBorder(border.view(np.uint8), *(wide,) * 4, cv2.BORDER_REPLICATE)
    thick = cv2.morphologyEx(padded, cv2.MORPH_OPEN, np.ones((wide, wide), np.uint8))
    rest = border & ~_dilated(thick[wide:-wide, wide:-wide].view(np.bool_), 1)
    _, parts, stats, _ = cv2.connectedComponentsWithStats(rest.view(np.uint8), connectivity=8)
    long = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) >= wide
    long[0] = False
    return _dilated(np.asarray(long[parts]), 2 * side)


def _along_edge(region: _Mask) -> float:
    """Return the largest share of a side that a region covers: a stroke or a blot covers little."""
    sides = (region[0], region[-1], region[:, 0], region[:, -1])
    return max(float(side.mean()) for side in sides)


def _ends_in_a_step(gray: Gray, region: _Mask) -> bool:
    """Whether most of a region's outline, inside the page, is a sharp change of light."""
    import cv2

    kernel = np.ones((2 * _SOFT + 1,) * 2, np.uint8)
    inside = region & ~_eroded(region, _SOFT)
    # Light within an edge's width, on either side of the outline.
    lightest = cv2.dilate(gray, kernel).astype(np.float32)
    darkest = cv2.erode(gray, kernel).astype(np.float32)
    steps = (lightest - darkest) / np.maximum(lightest, 1)
    step = steps[inside]
    # Beside the outline, not far from it: light that fades is nearly the same there.
    lid = gray[_eroded(region, _SOFT) & ~_eroded(region, 4 * _SOFT)]
    paper = gray[_dilated(region, 4 * _SOFT) & ~_dilated(region, _SOFT)]
    if not (step.size and lid.size and paper.size):
        return False
    dark, deep, bright = (float(v) for v in np.percentile(lid, (10, 50, 90)))
    if bright - dark > _EVEN:
        return False
    beyond = float(np.percentile(paper, 60))  # there may be ink
    sharp = np.mean(step > _STEP) >= 1 - _FADING
    return bool(sharp and deep < (1 - _STEP) * beyond) and not _fades(inside & (steps <= _STEP))


def _fades(soft: _Mask) -> bool:
    """Whether an outline is without a step for long in one place, as where a shadow begins."""
    import cv2

    joined = cv2.dilate(soft.view(np.uint8), np.ones((3, 3), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    sides = stats[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
    return bool((sides > _LONGEST_FADING * min(soft.shape)).any())


def _eroded(region: _Mask, reach: int) -> _Mask:
    """Take off what lies within `reach` of the outline; the page's edge is none."""
    import cv2

    kernel = np.ones((2 * reach + 1,) * 2, np.uint8)
    return cv2.erode(region.view(np.uint8), kernel, borderValue=1).astype(np.bool_)


def _dilated(region: _Mask, reach: int) -> _Mask:
    import cv2

    kernel = np.ones((2 * reach + 1,) * 2, np.uint8)
    return cv2.dilate(region.view(np.uint8), kernel).astype(np.bool_)


def _written(page: Page, border: _Mask) -> int:
    """Count the letters that lie in the border: of the size of the page's own."""
    import cv2

    seen = sketch(page)
    p = seen.parts
    beside = cv2.resize(
        _eroded(border, 1).view(np.uint8), seen.ink.shape[::-1], interpolation=cv2.INTER_NEAREST
    )
    size = seen.letter_height
    like = seen.letters & (p.height > 0.6 * size) & (p.height < 1.7 * size)
    rows, columns = (p.top + p.height // 2)[like], (p.left + p.width // 2)[like]
    inside = beside[rows, columns] > 0
    # What is no more than the grain of a dark board has little contrast.
    reach = max(1, round(size / 2))
    found = 0
    for y, x in zip(rows[inside].tolist(), columns[inside].tolist(), strict=True):
        around = seen.gray[max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1]
        found += int(around.max()) - int(around.min()) >= _CLEAR
    return found


def _depth(border: _Mask) -> float:
    """Return how far from the nearest edge the border reaches, as a share of that side."""
    height, width = border.shape
    y, x = np.nonzero(border)
    across = np.minimum(x, width - 1 - x) / width
    down = np.minimum(y, height - 1 - y) / height
    return float(np.percentile(np.minimum(across, down), 99.5))
