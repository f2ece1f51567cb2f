"""Niblack: the mean, lowered by a share of the deviation.

    T = m + k s

Wayne Niblack, "An Introduction to Digital Image Processing", Prentice Hall, 1986, p. 115-116, with
k = -0.2. The window is 75, as in the published comparisons, where the book has 15: smaller ones
fill with ink as soon as they lie on bare paper.
"""

from dataclasses import dataclass
from typing import ClassVar

from docbin.classical.moments import WindowMethod
from docbin.page import Ink, Page

__all__ = ["Niblack"]


@dataclass(frozen=True)
class Niblack(WindowMethod):
    """Binarize by Niblack's local threshold."""

    k: float = -0.2

    PAPER: ClassVar[str] = "Niblack, An Introduction to Digital Image Processing, 1986"
    SETTINGS: ClassVar[dict[str, str]] = {
        **WindowMethod.SETTINGS,
        "k": "weight of the deviation, -1 to 1; lower gives less ink",
    }

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check("k", -1.0, 1.0)

    def __call__(self, page: Page, /) -> Ink:
        """Return (h, w) bool, True where there is ink."""
        return self._ink(page, "niblack", self.k)
