"""NICK: Niblack's threshold, moved down so that bare paper stays clean.

    T = m + k sqrt((sum of g^2 - m^2) / n)         over the n pixels g of the window

Khurram Khurshid, Imran Siddiqi, Claudie Faure, Nicole Vincent, "Comparison of Niblack inspired
binarization methods for ancient documents", Document Recognition and Retrieval XVI, 2009, with k
from -0.1 (more ink) to -0.2 (less noise). Others compute sqrt(s^2 + m^2), which is larger by less
than one part in n.
"""

from dataclasses import dataclass
from typing import ClassVar

from docbin.classical.moments import WindowMethod
from docbin.page import Ink, Page

__all__ = ["Nick"]


@dataclass(frozen=True)
class Nick(WindowMethod):
    """Binarize by Nick's local threshold."""

    k: float = -0.2

    PAPER: ClassVar[str] = (
        "Khurshid, Siddiqi, Faure, Vincent, Comparison of Niblack inspired binarization methods "
        "for ancient documents, DRR XVI, 2009"
    )
    SETTINGS: ClassVar[dict[str, str]] = {
        **WindowMethod.SETTINGS,
        "k": "weight, -1 to 1, in the paper -0.2 to -0.1; lower gives less ink",
    }

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check("k", -1.0, 1.0)

    def __call__(self, page: Page, /) -> Ink:
        """Return (h, w) bool, True where there is ink."""
        return self._ink(page, "nick", self.k)
