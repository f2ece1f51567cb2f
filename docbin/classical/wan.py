"""Wan: Sauvola's threshold from halfway between the mean and the brightest pixel.

    T = (h + m) / 2 (1 + k (s / R - 1))            h the local maximum, R = 128

Wan Azani Mustafa, Mohamed Mydin M. Abdul Kader, "Binarization of document image using optimum
threshold modification", Journal of Physics: Conference Series 1019, 2018.
"""

from dataclasses import dataclass
from typing import ClassVar

from docbin.classical.moments import WindowMethod
from docbin.classical.scale import window_pixels
from docbin.native.window import local_maximum, threshold
from docbin.page import Ink, Page

__all__ = ["Wan"]


@dataclass(frozen=True)
class Wan(WindowMethod):
    """Binarize by Wan's local threshold."""

    k: float = 0.2
    R: float = 128.0

    PAPER: ClassVar[str] = (
        "Mustafa, Abdul Kader, Binarization of document image using optimum threshold "
        "modification, J. Phys. Conf. Ser. 1019, 2018"
    )
    SETTINGS: ClassVar[dict[str, str]] = {
        **WindowMethod.SETTINGS,
        "k": "share taken away where there is no contrast, -1 to 1; higher gives less ink",
        "R": "the deviation at which nothing is taken away, 1 to 1000 grey levels",
    }

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check("k", -1.0, 1.0)
        self._check("R", 1.0, 1000.0)

    def __call__(self, page: Page, /) -> Ink:
        """Return (h, w) bool, True where there is ink."""
        side = window_pixels(self.window, page)
        high = local_maximum(page.gray, side, threads=self.threads)
        return threshold(page.gray, "wan", side, self.k, self.R, plane=high, threads=self.threads)
