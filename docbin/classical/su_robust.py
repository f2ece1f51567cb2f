"""Su's robust method: strokes' edges by a contrast that adapts, and the mean of the edges around.

    C = (high - low) / (high + low)                  over 3 x 3 pixels
    Ca = a C + (1 - a) (high - low) / 255            a = (s / 128)^gamma, s the page's deviation
    E = Ca above Otsu's threshold of Ca, and an edge of Canny's
    W = the distance most frequent between neighbouring edges along the rows
    ink = N_E >= W and g <= m_E + s_E / 2            over the E in a window of 2 W

The contrast C lifts faint ink on dark paper and with it the noise of dark paper; the difference
high - low does neither. A page of strong contrast leans to C, a weak one to the difference.

Bolan Su, Shijian Lu, Chew Lim Tan, "Robust Document Image Binarization Technique for Degraded
Document Images", IEEE Transactions on Image Processing 22, 2013; gamma = 1 is the paper's. Canny's
thresholds are not given there: Otsu's threshold of the gradient, and half of it. The paper's
clean-up of single pixels at the end is left out; `--despeckle` does it.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from docbin.classical.edges import LARGEST, edge_distance, ink_by_edges
from docbin.classical.histogram import histogram
from docbin.classical.otsu import otsu_threshold
from docbin.errors import SettingError
from docbin.native.window import local_extremes
from docbin.page import Gray, Ink, Page

__all__ = ["SuRobust"]


@dataclass(frozen=True)
class SuRobust:
    """Binarize by the edges of an adaptive contrast, without a window to choose."""

    gamma: float = 1.0
    spread: float = 0.5

    SETTINGS: ClassVar[dict[str, str]] = {
        "gamma": "0 to 10: how fast a page of weak contrast leans to plain differences",
        "spread": "-2 to 2: deviations of the edges' grey added to their mean; higher gives more",
    }
    PAPER: ClassVar[str] = (
        "B. Su, S. Lu, C. L. Tan, Robust Document Image Binarization Technique for Degraded "
        "Document Images, IEEE Transactions on Image Processing 22, 2013"
    )

    def __post_init__(self) -> None:
        if not 0 <= self.gamma <= 10:
            raise SettingError(f"su-robust: gamma must be 0 to 10, got {self.gamma:g}")
        if not -2 <= self.spread <= 2:
            raise SettingError(f"su-robust: spread must be -2 to 2, got {self.spread:g}")

    def __call__(self, page: Page, /) -> Ink:
        """Return the ink of the page; a page of one grey level has none."""
        import cv2

        gray = page.gray
        contrast = self._contrast(gray)
        counts = histogram(contrast)
        if np.count_nonzero(counts) < 2:
            return np.zeros(gray.shape, np.bool_)
        step, _ = cv2.threshold(contrast, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
        # Canny's sums of Sobel count four differences of a pixel each side.
        canny = cv2.Canny(gray, 2 * step, 4 * step)
        edge = (contrast > otsu_threshold(counts)) & (canny > 0)
        width = edge_distance(edge)
        side = min(2 * width + 1, LARGEST)
        return ink_by_edges(gray, edge, side, width, self.spread)

    def _contrast(self, gray: Gray) -> Gray:
        low, high = local_extremes(gray, 3)
        difference = (high - low).astype(np.float32)
        ratio = difference / np.maximum(low.astype(np.float32) + high, 1)
        share = min(1.0, (float(gray.std()) / 128) ** self.gamma)
        mixed = share * 255 * ratio + (1 - share) * difference
        return np.asarray(np.rint(mixed), np.uint8)
