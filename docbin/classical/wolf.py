"""Wolf and Jolion: Sauvola's threshold with the page's own contrast in place of a constant.

    T = m - k (1 - s / R) (m - M)      M the page's smallest grey, R its largest local deviation

Christian Wolf, Jean-Michel Jolion, "Extraction and recognition of artificial text in multimedia
documents", Pattern Analysis and Applications 6, 2003, with its k = 0.5; a window of 51, between
the paper's 40 and what the others use.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from docbin.classical.moments import WindowMethod
from docbin.classical.scale import window_pixels
from docbin.native.window import max_deviation, threshold
from docbin.page import Ink, Page

__all__ = ["Wolf"]


@dataclass(frozen=True)
class Wolf(WindowMethod):
    """Binarize by Wolf's local threshold."""

    window: int | str = 51
    k: float = 0.5

    PAPER: ClassVar[str] = (
        "Wolf, Jolion, Extraction and recognition of artificial text in multimedia documents, "
        "Pattern Analysis and Applications 6, 2003"
    )
    SETTINGS: ClassVar[dict[str, str]] = {
        **WindowMethod.SETTINGS,
        "k": "share of the distance to black taken away where contrast is low, -1 to 1",
    }

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check("k", -1.0, 1.0)

    def __call__(self, page: Page, /) -> Ink:
        """Return (h, w) bool, True where there is ink."""
        side = window_pixels(self.window, page)
        R = max_deviation(page.gray, side, threads=self.threads)
        if R == 0.0:  # a page of one grey value
            return np.zeros(page.gray.shape, np.bool_)
        M = float(page.gray.min())
        return threshold(page.gray, "wolf", side, self.k, R, M, threads=self.threads)
