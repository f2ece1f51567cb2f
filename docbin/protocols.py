"""What a method is: settings in the constructor, a pure call from page to result."""

from typing import Protocol, runtime_checkable

from docbin.page import Gray, Ink, Page

__all__ = ["Binarizer", "Cleaner"]


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
