"""Normalized: the page divided by its paper, grey, for OCR engines that read grey.

    G = 255 g / B

B is the paper under each pixel: docbin.classical.background. The division takes shadows, stains
and gradients off and leaves every stroke its soft edge, and whatever else is on the page.
"""

from dataclasses import dataclass
from typing import ClassVar

from docbin.classical.background import flattened, paper
from docbin.errors import SettingError
from docbin.page import Gray, Page

__all__ = ["Normalized"]


@dataclass(frozen=True)
class Normalized:
    """Divide the page by its paper."""

    cover: int = 7
    smooth: int = 31

    SETTINGS: ClassVar[dict[str, str]] = {
        "cover": "odd, 1 to 255: side of the maximum that covers ink, in pixels of a quarter page",
        "smooth": "odd, 3 to 255: side of the median that smooths it, in pixels of a quarter page",
    }
    PAPER: ClassVar[str] = "this project: a grey-level closing as paper, and a division by it"

    def __post_init__(self) -> None:
        for name, value, least in (("cover", self.cover, 1), ("smooth", self.smooth, 3)):
            if not least <= value <= 255 or value % 2 == 0:
                raise SettingError(
                    f"normalized: {name} must be odd and {least} to 255, got {value}"
                )

    def __call__(self, page: Page, /) -> Gray:
        """Return the page as grey, (h, w) uint8, its paper at 255."""
        return flattened(page.gray, paper(page.gray, self.cover, self.smooth))
