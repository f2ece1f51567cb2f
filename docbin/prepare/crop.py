"""Crop: cut the page down to what is on it, with a margin of paper all around.

All ink counts but specks, a page number in a corner too. Dark slivers along the edge of the scan
are not content, anything thicker there is. Where there is less paper than the margin asks for,
paper is added.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from docbin.errors import SettingError
from docbin.page import Page
from docbin.prepare.geometry import Geometry
from docbin.prepare.render import paper_color, with_margin
from docbin.prepare.sketch import Sketch, sketch
from docbin.prepare.step import Part, StepResult, Verdict, empty, size_of, unchanged

__all__ = ["Crop"]

_MILLIMETRES = 25.4
_SLIVER = 3.0  # millimetres
_LETTER = 1.8  # millimetres: what a letter is high on paper when the page does not say its dpi


@dataclass(frozen=True)
class Crop:
    """Cut the page to its content."""

    margin: float = 5.0
    speck: float = 0.5
    keep_everything: bool = False

    SETTINGS: ClassVar[dict[str, str]] = {
        "margin": "paper around the content, millimetres, 0 to 100",
        "speck": "millimetres: ink smaller than this, both ways, may be cut off, 0 to 5",
        "keep_everything": "cut nothing off; only add what the margin lacks",
    }

    def __post_init__(self) -> None:
        if not 0 <= self.margin <= 100:
            raise SettingError(f"crop: margin must be from 0 to 100 mm, got {self.margin:g}")
        if not 0 <= self.speck <= 5:
            raise SettingError(f"crop: speck must be from 0 to 5 mm, got {self.speck:g}")

    def __call__(self, page: Page, /) -> StepResult:
        """Return what is on the page, or all of it when nothing is."""
        seen = sketch(page)
        dots = _dots_per_millimetre(page, seen)
        box = _content(seen, dots, self.speck)
        if box is None:
            return unchanged(page, "crop", empty(seen.ink), "nothing to cut down to")
        left, top = (int(np.floor(box[i] - self.margin * dots[i])) for i in (0, 1))
        right, low = (int(np.ceil(box[i + 2] + self.margin * dots[i])) for i in (0, 1))
        if self.keep_everything:
            left, top = min(left, 0), min(top, 0)
            right, low = max(right, page.width), max(low, page.height)
        values = {
            "left": float(left),
            "top": float(top),
            "right": float(right),
            "bottom": float(low),
        }
        moved = max(abs(left), abs(top), abs(right - page.width), abs(low - page.height))
        if moved <= 0.005 * max(size_of(page)):
            return unchanged(page, "crop", "left unchanged", "the margin is right", values)
        geometry = Geometry.cut(size_of(page), left, top, (right - left, low - top))
        cut = with_margin(page, geometry, paper_color(page))
        reason = f"to {right - left} x {low - top} pixels"
        return StepResult((Part(cut, geometry),), Verdict("crop", "done", reason, values))


def _dots_per_millimetre(page: Page, seen: Sketch) -> tuple[float, float]:
    if page.dpi is not None:
        return page.dpi[0] / _MILLIMETRES, page.dpi[1] / _MILLIMETRES
    height = seen.letter_height * seen.scale[1]
    dots = height / _LETTER if seen.has_text else max(page.width, page.height) / 297
    return dots, dots


def _content(
    seen: Sketch, dots: tuple[float, float], speck: float
) -> tuple[float, float, float, float] | None:
    """Return left, top, right, bottom of the ink that counts, in pixels of the page."""
    p = seen.parts
    height, width = seen.ink.shape
    wide, high = p.width * (seen.scale[0] / dots[0]), p.height * (seen.scale[1] / dots[1])
    right, low = p.left + p.width, p.top + p.height
    edge = (p.left <= 1) | (p.top <= 1) | (right >= width - 1) | (low >= height - 1)
    sliver = edge & (np.minimum(wide, high) < _SLIVER) & ~seen.letters
    counts = (np.maximum(wide, high) >= speck) & (p.area >= 2) & ~sliver
    if not counts.any():
        return None
    x, y = seen.scale
    return (
        float(p.left[counts].min() * x),
        float(p.top[counts].min() * y),
        float(right[counts].max() * x),
        float(low[counts].max() * y),
    )
