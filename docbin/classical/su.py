"""Su: the mean of the high-contrast pixels around each pixel, for pixels that have enough of them.

    C = 255 (high - low) / (high + low)           over 3 x 3 pixels
    E = C above Otsu's threshold of C             the high-contrast pixels
    ink = N_E >= N_min and g <= m_E + f s_E       N_E, m_E, s_E over the E in the window, f = 1/2

Bolan Su, Shijian Lu, Chew Lim Tan, "Binarization of Historical Document Images Using the Local
Maximum and Minimum", DAS 2010. The paper's window is twice the stroke width at least and N_min
about its side. The paper prints s_E as the root of half the sum of squared differences; it
is taken as the standard deviation it is called, since half the sum grows with the window.
Windows are clipped at the page's edge. Sums are exact whole numbers. doxapy 0.9.2 leaves the
deviation out: `spread=0` gives its ink.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from docbin.classical.edges import LARGEST, ink_by_edges
from docbin.classical.histogram import histogram
from docbin.classical.otsu import otsu_threshold
from docbin.classical.scale import WINDOW_DOC, check_window, window_pixels
from docbin.errors import SettingError
from docbin.native.window import local_contrast
from docbin.page import Ink, Page

__all__ = ["Su"]


@dataclass(frozen=True)
class Su:
    """Binarize by the mean of the high-contrast pixels around each pixel."""

    window: int | str = 9
    least: int = 9
    spread: float = 0.5

    SETTINGS: ClassVar[dict[str, str]] = {
        "window": WINDOW_DOC + ", at most 1023 pixels",
        "least": "0 or more: the high-contrast pixels a window needs to have ink",
        "spread": "f, -2 to 2: deviations added to their mean; higher gives more ink",
    }
    PAPER: ClassVar[str] = (
        "B. Su, S. Lu, C. L. Tan, Binarization of Historical Document Images Using the Local "
        "Maximum and Minimum, DAS 2010"
    )

    def __post_init__(self) -> None:
        check_window("su", self.window)
        if isinstance(self.window, int) and self.window > LARGEST:
            raise SettingError(f"su: window must be at most {LARGEST}, got {self.window}")
        if self.least < 0:
            raise SettingError(f"su: least must be 0 or more, got {self.least}")
        if not -2 <= self.spread <= 2:
            raise SettingError(f"su: spread must be -2 to 2, got {self.spread:g}")

    def __call__(self, page: Page, /) -> Ink:
        """Return the ink of the page; a page of one grey level has none."""
        gray = page.gray
        contrast = local_contrast(gray, 3)
        counts = histogram(contrast)
        if np.count_nonzero(counts) < 2:
            return np.zeros(gray.shape, np.bool_)
        edge = contrast > otsu_threshold(counts)
        side = min(window_pixels(self.window, page), LARGEST)
        return ink_by_edges(gray, edge, side, self.least, self.spread)
