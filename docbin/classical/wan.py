"""Wan: Sauvola's threshold from halfway between the mean and the brightest pixel.

    T = (h + m) / 2 (1 + k (s / R - 1))            h the local maximum, R = 128

Wan Azani Mustafa, Mohamed Mydin M. Abdul Kader, "Binarization of document image using optimum
threshold modification", Journal of Physics: Conference Series 1019, 2018.
"""

from dataclasses import dataclass
from typing import ClassVar

from docbin.classical.sauvola import Sauvola
from docbin.classical.scale import window_pixels
from docbin.native.window import local_maximum, threshold
from docbin.page import Ink, Page

__all__ = ["Wan"]


@dataclass(frozen=True)
class Wan(Sauvola):
    """Binarize by Wan's local threshold; the settings are Sauvola's."""

    PAPER: ClassVar[str] = (
        "Mustafa, Abdul Kader, Binarization of document image using optimum threshold "
        "modification, J. Phys. Conf. Ser. 1019, 2018"
    )

    def __call__(self, page: Page, /) -> Ink:
        """Return (h, w) bool, True where there is ink."""
        side = window_pixels(self.window, page)
        high = local_maximum(page.gray, side, threads=self.threads)
        return threshold(page.gray, "wan", side, self.k, self.R, plane=high, threads=self.threads)
