"""Sauvola: the mean, lowered where the window has little contrast.

    T = m (1 + k (s / R - 1))

Jaakko Sauvola, Matti Pietikäinen, "Adaptive document image binarization", Pattern Recognition 33,
2000. R = 128 is the paper's, half the range of grey; k = 0.2 and a window of 75 are the values most
used since (the paper has k = 0.5), and better on every DIBCO year.
"""

from dataclasses import dataclass
from typing import ClassVar

from docbin.classical.moments import WindowMethod
from docbin.page import Ink, Page

__all__ = ["Sauvola"]


@dataclass(frozen=True)
class Sauvola(WindowMethod):
    """Binarize by Sauvola's local threshold."""

    k: float = 0.2
    R: float = 128.0

    PAPER: ClassVar[str] = (
        "Sauvola, Pietikäinen, Adaptive document image binarization, Pattern Recognition 33, 2000"
    )
    SETTINGS: ClassVar[dict[str, str]] = {
        **WindowMethod.SETTINGS,
        "k": "share of the mean taken away without contrast, -1 to 1; higher gives less ink",
        "R": "the deviation at which nothing is taken away, 1 to 1000 grey levels",
    }

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check("k", -1.0, 1.0)
        self._check("R", 1.0, 1000.0)

    def __call__(self, page: Page, /) -> Ink:
        """Return (h, w) bool, True where there is ink."""
        return self._ink(page, "sauvola", self.k, self.R)
