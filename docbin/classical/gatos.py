"""Gatos: paper interpolated under a first ink, and a threshold that follows the paper's light.

    B = g off the ink S of Sauvola, the mean of the paper in the window on it
    delta = mean of B - g on S          b = mean of B off S
    d(B) = q delta ((1 - p2) / (1 + exp(-4 B / (b (1 - p1)) + 2 (1 + p1) / (1 - p1))) + p2)
    ink = B - g > d(B)

Basilios Gatos, Ioannis Pratikakis, Stavros J. Perantonis, "Adaptive degraded document image
binarization", Pattern Recognition 39, 2006; q = 0.6, p1 = 0.5, p2 = 0.8 are the paper's. Its
Wiener filter before, and its upsampling and post-processing after, are left out. A window without
paper takes b. doxapy 0.9.2 has another ink on 0.1 to 1.5 % of the pixels of four pages. In part it
asks bright paper for about p2 of q delta, where the formula asks for 0.976 of it, and so has more
ink: with q = 0.48 and p2 = 1, 0.1 to 1.3 % remain, for which no cause was found.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from docbin.classical.sauvola import Sauvola
from docbin.classical.scale import WINDOW_DOC, check_window, window_pixels
from docbin.errors import SettingError
from docbin.page import Ink, Page

__all__ = ["Gatos"]


@dataclass(frozen=True)
class Gatos:
    """Binarize against paper interpolated under a first ink."""

    window: int | str = 75
    k: float = 0.2
    q: float = 0.6
    p1: float = 0.5
    p2: float = 0.8

    SETTINGS: ClassVar[dict[str, str]] = {
        "window": WINDOW_DOC,
        "k": "Sauvola's k for the first ink, -1 to 1",
        "q": "share of the ink's mean depth that makes ink, above 0, at most 2",
        "p1": "paper this share as light as b has half the drop to p2, 0 to 0.99",
        "p2": "the least share of q that dark paper is left with, 0 to 1",
    }
    PAPER: ClassVar[str] = (
        "Gatos, Pratikakis, Perantonis, Adaptive degraded document image binarization, "
        "Pattern Recognition 39, 2006"
    )

    def __post_init__(self) -> None:
        check_window("gatos", self.window)
        bounds = (("k", -1, 1), ("q", 0.01, 2), ("p1", 0, 0.99), ("p2", 0, 1))
        for name, least, most in bounds:
            value = getattr(self, name)
            if not least <= value <= most:
                raise SettingError(f"gatos: {name} must be {least} to {most}, got {value:g}")

    def __call__(self, page: Page, /) -> Ink:
        """Return the ink of the page; without a first ink there is none."""
        import cv2

        gray = page.gray
        first = Sauvola(window=self.window, k=self.k)(page)
        if not first.any() or first.all():
            return np.zeros(gray.shape, np.bool_)
        b = float(gray[~first].mean(dtype=np.float64))
        side = (window_pixels(self.window, page),) * 2
        # OpenCV's border is zero here for both sums: the pixels that exist, and no others.
        zero = cv2.BORDER_CONSTANT
        bare = (~first).astype(np.uint8)
        number = cv2.boxFilter(bare, cv2.CV_32F, side, normalize=False, borderType=zero)
        light = cv2.boxFilter(bare * gray, cv2.CV_32F, side, normalize=False, borderType=zero)
        B = np.where(first, np.where(number > 0, light / np.maximum(number, 1), b), gray)
        B = B.astype(np.float32)
        depth = B - gray
        delta = float(depth[first].mean(dtype=np.float64))
        return np.asarray(depth > self._depths(delta, b)[np.rint(B).astype(np.uint8)], np.bool_)

    def _depths(self, delta: float, b: float) -> NDArray[np.float32]:
        """Return d(B) for the 256 levels of paper: to half a level, far below its slope."""
        B = np.arange(256)
        e = -4 * B / (max(b, 1.0) * (1 - self.p1)) + 2 * (1 + self.p1) / (1 - self.p1)
        share = (1 - self.p2) / (1 + np.exp(np.minimum(e, 700))) + self.p2
        return (self.q * delta * share).astype(np.float32)
