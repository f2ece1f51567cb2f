"""Bernsen: halfway between the darkest and the brightest pixel of the window.

    T = (low + high) / 2  where high - low > contrast, else the page-wide `level`

John Bernsen, "Dynamic thresholding of grey-level images", ICPR 1986. Where the contrast is low the
window is of one class, and `level` says which. Halves are rounded down, which changes nothing:
grey values are whole.
"""

from dataclasses import dataclass
from typing import ClassVar

from docbin.classical.moments import WindowMethod
from docbin.classical.scale import window_pixels
from docbin.native.window import bernsen
from docbin.page import Ink, Page

__all__ = ["Bernsen"]


@dataclass(frozen=True)
class Bernsen(WindowMethod):
    """Binarize by Bernsen's local threshold."""

    contrast: int = 25
    level: int = 100

    PAPER: ClassVar[str] = "Bernsen, Dynamic thresholding of grey-level images, ICPR 1986"
    SETTINGS: ClassVar[dict[str, str]] = {
        **WindowMethod.SETTINGS,
        "contrast": "least high - low that is taken for text, 0 to 255 grey levels",
        "level": "threshold where contrast is lower, 0 to 255",
    }

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check("contrast", 0, 255)
        self._check("level", 0, 255)

    def __call__(self, page: Page, /) -> Ink:
        """Return (h, w) bool, True where there is ink."""
        side = window_pixels(self.window, page)
        return bernsen(page.gray, side, self.contrast, self.level, threads=self.threads)
