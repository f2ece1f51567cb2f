"""Orientation: turn a sideways or upside-down page upright.

Which way is up is told by neighbouring letters: in most scripts with small letters more of them
rise above their neighbour than hang below it (R. S. Caprari, "Algorithm for text page up/down
orientation determination", 2000, counts ascenders and descenders of whole lines; here each pair of
neighbours whose feet are level and heads are not is a vote for upright, and the reverse against).
The page is asked as it lies and on its side, and whichever way the votes lean furthest is taken:
which of the two has the sharper lines says little, as the letters of a typewriter stand in columns
too. Text in capitals or in characters without either gives no votes, and the page stays as it is.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from docbin.errors import SettingError
from docbin.page import Page
from docbin.prepare.geometry import Geometry
from docbin.prepare.sketch import Sketch, sketch
from docbin.prepare.skew import rough_skew
from docbin.prepare.step import Part, StepResult, Verdict, empty, size_of, unchanged

__all__ = ["Orientation", "upright_votes"]

_CLEARER = 1.5  # how much further the votes must lean than on the other side
_REACH = 8.0  # degrees of skew
_LEVEL, _APART = 0.12, 0.22  # of the letters' height


@dataclass(frozen=True)
class Orientation:
    """Turn the page by quarters until its text stands upright."""

    sure: float = 4.0

    SETTINGS: ClassVar[dict[str, str]] = {
        "sure": "standard deviations by which the votes must lean one way, 1 to 20"
    }

    def __post_init__(self) -> None:
        if not 1 <= self.sure <= 20:
            raise SettingError(f"orientation: sure must be from 1 to 20, got {self.sure:g}")

    def __call__(self, page: Page, /) -> StepResult:
        """Return the page upright, or as it is when it is so or cannot be told."""
        seen = sketch(page)
        if not seen.has_text:
            return unchanged(page, "orientation", empty(seen.ink), "no letters to go by")
        (up, hanging, lean), (left, right, side) = _votes(seen), _votes(seen.quarter())
        values = {
            "rising": float(up),
            "hanging": float(hanging),
            "rising_on_its_side": float(left),
            "hanging_on_its_side": float(right),
        }
        sideways = abs(side) > abs(lean)
        least, lean = sorted((lean, side), key=abs)
        if abs(lean) < max(self.sure, _CLEARER * abs(least)):
            reason = "too few letters that rise or hang to tell up from down"
            return unchanged(page, "orientation", "uncertain", reason, values)
        quarters = (1 if sideways else 0) if lean > 0 else (3 if sideways else 2)
        if quarters == 0:
            return unchanged(page, "orientation", "left unchanged", "upright already", values)
        reason = f"turned counterclockwise by {90 * quarters} degrees"
        part = Part(_quarters(page, quarters), Geometry.turned(size_of(page), quarters))
        return StepResult((part,), Verdict("orientation", "done", reason, values))


def _votes(seen: Sketch) -> tuple[int, int, float]:
    """Return both counts, and how many standard deviations they lean towards upright."""
    up, hanging = upright_votes(seen, rough_skew(seen, _REACH).angle)
    return up, hanging, (up - hanging) / max(1.0, float(np.sqrt(up + hanging)))


def upright_votes(seen: Sketch, angle: float) -> tuple[int, int]:
    """Count neighbours whose heads differ on level feet, and whose feet differ below level heads.

    `angle` is the skew of the lines in degrees.
    """
    import cv2

    p, size = seen.parts, seen.letter_height
    letters = seen.letters & (p.height >= 0.6 * size) & (p.height <= 2.2 * size)
    # Letters of a line run together when each is drawn out to its neighbours.
    reach = 2 * max(1, round(0.7 * size)) + 1
    drawn = cv2.dilate(p.select(letters).view(np.uint8), np.ones((1, reach), np.uint8))
    _, lines = cv2.connectedComponents(drawn, connectivity=4, ltype=cv2.CV_32S)
    left, width = p.left[letters], p.width[letters]
    rise = np.tan(np.radians(angle)) * (left + width / 2)
    top = p.top[letters] + rise
    bottom = top + p.height[letters]
    rows = np.clip((top - rise + (bottom - top) / 2).astype(int), 0, lines.shape[0] - 1)
    columns = np.clip(left + width // 2, 0, lines.shape[1] - 1)
    # The middle of an o or a c may be bare; it is drawn over unless the letter is very wide.
    line = np.asarray(lines)[rows, columns]
    order = np.lexsort((left, line))
    line, left, right = line[order], left[order], (left + width)[order]
    top, bottom = top[order], bottom[order]
    gap = left[1:] - right[:-1]
    pair = (line[1:] == line[:-1]) & (line[1:] > 0) & (gap < size) & (gap > -0.4 * size)
    overlap = np.minimum(bottom[1:], bottom[:-1]) - np.maximum(top[1:], top[:-1])
    pair &= overlap > 0.4 * size
    heads, feet = np.abs(np.diff(top)) / size, np.abs(np.diff(bottom)) / size
    up = pair & (feet < _LEVEL) & (heads > _APART)
    hanging = pair & (heads < _LEVEL) & (feet > _APART)
    return int(np.count_nonzero(up)), int(np.count_nonzero(hanging))


def _quarters(page: Page, quarters: int) -> Page:
    dpi = page.dpi if page.dpi is None or quarters % 2 == 0 else (page.dpi[1], page.dpi[0])
    return Page(np.ascontiguousarray(np.rot90(page.pixels, quarters)), dpi, page.source)
