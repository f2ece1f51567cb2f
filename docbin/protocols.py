"""What a method is: settings in the constructor, a pure call from page to result."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from docbin.page import Gray, Ink, Page

__all__ = ["Binarizer", "Cleaner", "Detector", "TextLine"]


@runtime_checkable
class Binarizer(Protocol):
    """A method from page to ink. Calling it twice gives the same ink and changes nothing."""

    def __call__(self, page: Page, /) -> Ink:
        """Return (h, w) bool, True where there is ink."""
        ...


@runtime_checkable
class Cleaner(Protocol):
    """A method from page to cleaner page: grey for engines, or colour for people."""

    def __call__(self, page: Page, /) -> Gray:
        """Return (h, w) uint8, 0 black to 255 white, or RGB (h, w, 3)."""
        ...


@dataclass(frozen=True, eq=False)
class TextLine:
    """A line of text on a page.

    ``polygon`` is (n, 2) and ``baseline`` (m, 2), x and y in pixels of the page, the baseline in
    the direction of reading; ``score`` lies in 0..1; ``order`` counts the lines of the page as they
    are read, from 0, and ``block`` the groups of lines (columns, notes, headings) that they form;
    ``text`` is what the line says, where that is known.
    """

    polygon: NDArray[np.float64]
    baseline: NDArray[np.float64]
    score: float = 1.0
    order: int = 0
    block: int = 0
    text: str = ""


@runtime_checkable
class Detector(Protocol):
    """A method from page to lines of text, in reading order; none on a page without text."""

    def __call__(self, page: Page, /) -> list[TextLine]:
        """Return the lines of the page, `order` 0, 1, 2 ..."""
        ...
