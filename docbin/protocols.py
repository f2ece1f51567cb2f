"""What a method is: settings in the constructor, a pure call from page to result."""

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from docbin.errors import InputError
from docbin.page import Gray, Ink, Page

__all__ = ["Binarizer", "Cleaner", "Detector", "TextLine", "checked"]


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


def checked(result: Any, page: Page, method: str, kind: str) -> NDArray[Any]:
    """Return what a method, which may be somebody's own, gave; InputError for what is no result.

    `kind` is "ink" (bool), or else uint8 grey or RGB is due.
    """
    dtype = np.bool_ if kind == "ink" else np.uint8
    shapes: list[tuple[int, ...]] = [(page.height, page.width)]
    if kind != "ink":
        shapes.append((page.height, page.width, 3))
    if isinstance(result, np.ndarray) and result.dtype == dtype and result.shape in shapes:
        return result
    is_array = isinstance(result, np.ndarray)
    got = f"{result.dtype} {result.shape}" if is_array else type(result).__name__
    raise InputError(
        f"method {method!r} must return a {np.dtype(dtype).name} array of shape {shapes[0]}, "
        f"it returned {got}"
    )
