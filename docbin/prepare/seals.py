"""Seals: take red stamps off the page and leave what is written under and beside them.

A seal is looked for by its colour, R - max(G, B) above that of the paper, and by its shape: a
compact patch of red, as words, rules and initials in red are not. In red light red ink is hardly
seen (docbin.classical.seal paints it over, with whatever lies under it): with s the seal's own R,

    out = paper min(1, R / s)

so that black writing under a seal stays black. Anything else red is content, and stays.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from docbin.classical.scale import resolution
from docbin.errors import SettingError
from docbin.page import Page
from docbin.prepare.geometry import Geometry
from docbin.prepare.render import paper_color
from docbin.prepare.step import Part, StepResult, Verdict, size_of, unchanged

__all__ = ["Seals"]

_CLOSE_INCH = 0.05  # gaps in a seal
_LEAST_INCH = 0.25  # least side of a seal
_SLENDER = 3.0  # longest side over the other; a line of writing is more slender
_FULL = 0.15  # least share of its box that is red
_TINGE = 0.35  # of `redness`: the soft edge of a seal

_Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Seals:
    """Take red seals and stamps off a colour page; text under them stays."""

    redness: float = 40.0
    most: float = 0.15
    keep_everything: bool = False

    SETTINGS: ClassVar[dict[str, str]] = {
        "redness": "grey levels, 5 to 255: so much redder than the paper is a seal",
        "most": "share of the page beyond which red is no seal, 0.001 to 0.5",
        "keep_everything": "only say what would be taken off",
    }

    def __post_init__(self) -> None:
        if not 5 <= self.redness <= 255:
            raise SettingError(f"seals: redness must be from 5 to 255, got {self.redness:g}")
        if not 0.001 <= self.most <= 0.5:
            raise SettingError(f"seals: most must be from 0.001 to 0.5, got {self.most:g}")

    def __call__(self, page: Page, /) -> StepResult:
        """Return the page without seals, or as it is when it has none or in doubt."""
        if not page.is_color:
            return unchanged(page, "seals", "left unchanged", "a grey page has no colour to tell")
        red = _redness(page)
        found, count = _compact(red >= self.redness, resolution(page))
        if not count:
            return unchanged(page, "seals", "left unchanged", "no compact patch of red")
        share = float(found.mean())
        values = {"seals": float(count), "share": round(share, 4)}
        if share > self.most:
            reason = "so much of the page is red that it may be a picture"
            return unchanged(page, "seals", "uncertain", reason, values)
        words = f"{count} seal{'s' if count > 1 else ''}"
        if self.keep_everything:
            reason = f"{words} would be taken off"
            return unchanged(page, "seals", "left unchanged", reason, values)
        made = _without(page, found, red, self.redness)
        part = Part(made, Geometry.identity(size_of(page)))
        return StepResult((part,), Verdict("seals", "done", f"{words} taken off", values))


def _redness(page: Page) -> NDArray[np.int16]:
    """Return R - max(G, B) above that of most of the page, (h, w)."""
    r, g, b = np.moveaxis(page.rgb, 2, 0)
    red = np.asarray(r.astype(np.int16) - np.maximum(g, b), np.int16)
    step = max(1, round((red.size / 60_000) ** 0.5))
    red -= np.int16(np.median(red[::step, ::step]))
    return red


def _compact(red: _Mask, dpi: float) -> tuple[_Mask, int]:
    """Return the boxes of compact patches of red, (h, w) bool, and their number."""
    import cv2

    side = 2 * max(1, round(_CLOSE_INCH * dpi / 2)) + 1
    closed = cv2.morphologyEx(red.view(np.uint8), cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    _, parts, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8, ltype=cv2.CV_32S)
    wide, high = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    area = np.bincount(parts[red], minlength=len(stats))
    short, long = np.minimum(wide, high), np.maximum(wide, high)
    seal = (short >= _LEAST_INCH * dpi) & (long <= _SLENDER * short)
    seal &= area >= _FULL * wide.astype(np.int64) * high
    seal[0] = False
    found = np.zeros(red.shape, np.bool_)
    for left, top, width, height, _ in stats[seal]:
        found[top : top + height, left : left + width] = True
    return found, int(np.count_nonzero(seal))


def _without(page: Page, found: _Mask, red: NDArray[np.int16], redness: float) -> Page:
    import cv2

    strong = found & (red >= redness)
    near = cv2.dilate(found.view(np.uint8), np.ones((5, 5), np.uint8)).view(np.bool_)
    touched = near & (red >= _TINGE * redness)
    pixels = np.array(page.pixels)
    level = max(float(np.median(pixels[:, :, 0][strong])), 1.0)
    share = np.minimum(1.0, pixels[:, :, 0][touched] / level)
    paper = np.array(paper_color(page), np.float64)
    pixels[touched] = np.rint(share[:, None] * paper).astype(np.uint8)
    return Page(pixels, page.dpi, page.source)
