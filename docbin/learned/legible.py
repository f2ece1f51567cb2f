"""Legible: grey for engines that read grey but look for their lines in an ink of their own.

    G = 255 (s (1 - p) + (1 - s) g / B)     near the network's ink; 255 elsewhere

p is the network's probability of ink (docbin.learned.xnor), B the paper under it
(docbin.classical.background), s a share. Tesseract reads the grey of a line, but finds the line in
Otsu's ink of the page. The probability is sharp, so that this ink is thin and its lines stay apart
where a carbon copy has run; the page's own grey keeps what the network cannot know, the inside of
an e that is nearly full. Either alone reads worse (docs/prepare.md). Near is within a
hundredth of an inch of what may be ink and is no speck: the network's own ink would be too strict
there and blot faded words out, and farther out show-through comes in.

What shows through beside a letter is dark enough for the network, but not for soft ink
(docbin.classical.soft_ink), which in turn loses faint words. So the lighter of both is taken,
unless soft ink would lose `trust` or more of what the network is sure of. The edges of sheets are
no ink either (docbin.learned.sheet_edges).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from docbin.classical.background import flattened, paper
from docbin.classical.despeckle import check_strokes, despeckle
from docbin.classical.scale import resolution
from docbin.classical.soft_ink import SoftInk
from docbin.errors import SettingError
from docbin.learned.sheet_edges import without_sheet_edges
from docbin.learned.working import Scale, as_gray, keep_strong
from docbin.learned.xnor import SETTINGS, Xnor
from docbin.page import Gray, Page

__all__ = ["Legible"]

_DOUBTFUL, _LIKELY = 0.2, 0.9  # probabilities: a faded word is doubtful in places, not all over
_BARE = 200  # grey of soft ink above which it sees paper


@dataclass(frozen=True)
class Legible:
    """Mix the page's own grey with the network's ink; white away from it."""

    share: float = 0.35
    reach: float = 0.01
    specks: float = 0.9
    trust: float = 0.01
    threads: int = 0
    scale: Scale = "auto"
    model: str = "shipped"

    PAPER: ClassVar[str] = "this project: docbin's xnor beside the page's own grey"
    SETTINGS: ClassVar[dict[str, str]] = {
        "share": "0 to 1: how much of the network's ink there is in the grey",
        "reach": "0 to 0.2 inches: what is farther from ink is white",
        "specks": "ink of up to this many strokes, 0 to 5, is none",
        "trust": "0 to 1: share of the ink that soft ink may miss and still be asked; 0: never",
        **SETTINGS,
    }

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise SettingError(f"legible: share must be from 0 to 1, got {self.share:g}")
        if not 0 <= self.reach <= 0.2:
            raise SettingError(f"legible: reach must be from 0 to 0.2 inches, got {self.reach:g}")
        if not 0 <= self.trust <= 1:
            raise SettingError(f"legible: trust must be from 0 to 1, got {self.trust:g}")
        check_strokes("legible: specks", self.specks)
        self._network()

    def _network(self) -> Xnor:
        return Xnor(threads=self.threads, scale=self.scale, model=self.model)

    def __call__(self, page: Page, /) -> Gray:
        """Return the page as grey, (h, w) uint8; a blank page is white."""
        import cv2

        found = self._network().probability(page)
        ink = despeckle(keep_strong(found, _DOUBTFUL, _LIKELY), self.specks)
        if not ink.any():
            return np.full(ink.shape, 255, np.uint8)
        gray = flattened(page.gray, paper(page.gray))
        ink = without_sheet_edges(ink, gray)
        mixed = cv2.addWeighted(as_gray(found), self.share, gray, 1 - self.share, 0)
        side = 2 * max(1, round(self.reach * resolution(page))) + 1
        near = cv2.dilate(ink.view(np.uint8), np.ones((side, side), np.uint8))
        legible = np.asarray(np.where(near > 0, mixed, np.uint8(255)), np.uint8)
        if self.trust == 0:
            return legible
        soft = SoftInk()(page)
        sure = ink & (found > _LIKELY)
        missed = int(np.count_nonzero(sure & (soft > _BARE)))
        believed = missed < self.trust * int(np.count_nonzero(sure))
        return np.maximum(legible, soft) if believed else legible
