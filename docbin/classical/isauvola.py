"""ISauvola: the parts of Sauvola's ink that touch an edge.

    C = (high - low) / (high + low)         over 3 x 3 pixels
    seeds = C above Otsu's threshold of C, and Sauvola's ink
    ink = the 8-connected parts of Sauvola's ink that hold a seed

Zineb Hadjadj, Abdelkrim Meziane, Yazid Cherfa, Mohamed Cheriet, Insaf Setitra, "ISauvola: improved
Sauvola's algorithm for document image binarization", ICIAR 2016. The paper also opens the map of
seeds by a 3 x 3 square; that removes faint strokes whole, and is left out, as doxapy does.
"""

from dataclasses import dataclass
from typing import ClassVar

from docbin.classical.sauvola import Sauvola
from docbin.native.parts import keep_touched
from docbin.native.window import local_contrast
from docbin.page import Ink, Page

__all__ = ["ISauvola"]


@dataclass(frozen=True)
class ISauvola(Sauvola):
    """Binarize by Sauvola's local threshold, keeping what has an edge."""

    PAPER: ClassVar[str] = (
        "Hadjadj, Meziane, Cherfa, Cheriet, Setitra, ISauvola: improved Sauvola's algorithm for "
        "document image binarization, ICIAR 2016"
    )

    def __call__(self, page: Page, /) -> Ink:
        """Return (h, w) bool, True where there is ink."""
        import cv2

        ink = super().__call__(page)
        contrast = local_contrast(page.gray, 3, threads=self.threads)
        level, _ = cv2.threshold(contrast, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
        return keep_touched(ink, contrast > level)
