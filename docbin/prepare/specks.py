"""Despeckle: paint the dust of a page over with its paper, sized in strokes.

What dust is, is said in docbin.classical.despeckle: parts of the ink whose box is at most so many
strokes wide and high. Many of them close together are no dust but a halftone or a worn print, and
stay. A page without strokes to measure by is left as it is.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from docbin.classical.background import flattened, paper, reduced_paper
from docbin.classical.despeckle import check_strokes, despeckle, stroke_width
from docbin.classical.histogram import histogram
from docbin.classical.otsu import otsu_threshold
from docbin.page import Ink, Page
from docbin.prepare.geometry import Geometry
from docbin.prepare.step import Part, StepResult, Verdict, empty, size_of, unchanged

__all__ = ["Despeckle"]

_CROWD = 25  # strokes a side, in which the share of specks is counted
_CROWDED = 0.012


@dataclass(frozen=True)
class Despeckle:
    """Paint specks over with the paper around them."""

    specks: float = 0.7
    keep_everything: bool = False

    SETTINGS: ClassVar[dict[str, str]] = {
        "specks": "strokes, 0 to 5: ink of this size, both ways, is dust; the dot of an i has 1",
        "keep_everything": "only say what would be painted over",
    }

    def __post_init__(self) -> None:
        check_strokes("despeckle: specks", self.specks)

    def __call__(self, page: Page, /) -> StepResult:
        """Return the page without specks, or as it is when it has none or in doubt."""
        ink = _all_ink(page)
        stroke = stroke_width(ink)
        if stroke is None:
            return unchanged(page, "despeckle", empty(ink), "no strokes to measure by")
        dust = ink & ~despeckle(ink, self.specks, stroke=stroke)
        dust, crowded = _alone(dust, stroke) if dust.any() else (dust, 0)
        values = {
            "stroke": stroke,
            "pixels": float(np.count_nonzero(dust)),
            "pixels_in_crowds": float(crowded),
        }
        if not dust.any():
            if crowded:
                reason = "specks so close together that they may be a picture"
                return unchanged(page, "despeckle", "uncertain", reason, values)
            return unchanged(page, "despeckle", "left unchanged", "no specks", values)
        if self.keep_everything:
            reason = f"{values['pixels']:.0f} pixels would be painted over"
            return unchanged(page, "despeckle", "left unchanged", reason, values)
        part = Part(_painted(page, dust), Geometry.identity(size_of(page)))
        reason = f"{values['pixels']:.0f} pixels of dust painted over"
        return StepResult((part,), Verdict("despeckle", "done", reason, values))


def _all_ink(page: Page) -> Ink:
    """Return whatever is dark on the page, dust too."""
    flat = flattened(page.gray, paper(page.gray))
    counts = histogram(flat)
    if np.count_nonzero(counts) < 2:
        return np.zeros(flat.shape, np.bool_)
    ink: Ink = flat <= min(otsu_threshold(counts), 225)
    return ink


def _alone(dust: Ink, stroke: float) -> tuple[Ink, int]:
    """Return the dust that is not in a crowd, and how many pixels are."""
    import cv2

    side = 2 * max(1, round(_CROWD * stroke / 2)) + 1
    share = cv2.boxFilter(
        dust.view(np.uint8), cv2.CV_32F, (side, side), borderType=cv2.BORDER_REPLICATE
    )
    middle = dust & (np.asarray(share) > _CROWDED)
    if not middle.any():
        return dust, 0
    near = cv2.dilate(middle.view(np.uint8), np.ones((side, side), np.uint8)).view(np.bool_)
    crowd = dust & near  # its outskirts too
    alone: Ink = dust & ~crowd
    return alone, int(np.count_nonzero(crowd))


def _painted(page: Page, dust: Ink) -> Page:
    import cv2

    grown = cv2.dilate(dust.view(np.uint8), np.ones((3, 3), np.uint8)).view(np.bool_)
    rows, columns = np.divmod(np.flatnonzero(grown), page.width)
    # Whole blocks of pixels are averaged faster, and paper is even: its nearest value will do.
    right, low = (max(side - side % 4, min(side, 4)) for side in size_of(page))
    light = reduced_paper(page.pixels[:low, :right])
    pixels = np.array(page.pixels)
    pixels[rows, columns] = light[
        rows * light.shape[0] // page.height, columns * light.shape[1] // page.width
    ]
    return Page(pixels, page.dpi, page.source)
