"""Inked: the page divided by its paper, and white wherever no ink is near.

The grey of docbin.classical.normalized keeps the soft edges that a recogniser trained on grey reads
best, and with them show-through and stains, which it reads too. The ink of docbin.classical.auto
tells which are strokes; what lies further from it than half of `reach` becomes paper.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from docbin.classical.auto import Auto
from docbin.classical.normalized import Normalized
from docbin.errors import SettingError
from docbin.page import Gray, Page

__all__ = ["Inked"]


@dataclass(frozen=True)
class Inked:
    """Divide the page by its paper and keep what is near its ink."""

    reach: int = 5

    SETTINGS: ClassVar[dict[str, str]] = {
        "reach": "odd, 1 to 99: side of the square around a pixel of ink that is kept, in pixels"
    }
    PAPER: ClassVar[str] = "this project: normalized grey under the ink of auto"

    def __post_init__(self) -> None:
        if not 1 <= self.reach <= 99 or self.reach % 2 == 0:
            raise SettingError(f"inked: reach must be odd and 1 to 99, got {self.reach}")

    def __call__(self, page: Page, /) -> Gray:
        """Return the page as grey, (h, w) uint8, 255 away from its ink."""
        import cv2

        gray = Normalized()(page)
        kernel = np.ones((self.reach, self.reach), np.uint8)
        near = cv2.dilate(Auto()(page).view(np.uint8), kernel)
        return np.asarray(np.where(near > 0, gray, np.uint8(255)), np.uint8)
