"""Gatos: paper interpolated under a first ink, and a threshold that follows the paper's light.

    f = m + (v - n) (g - m) / v, or m where v < n       Wiener; m, v of 3 x 3, n the mean of v
    S = Sauvola's ink of f
    B = f off S, the mean of the paper in the window on it
    delta = mean of B - f on S          b = mean of B off S
    d(B) = q delta ((1 - p2) / (1 + exp(-4 B / (b (1 - p1)) + 2 (1 + p1) / (1 - p1))) + p2)
    ink = B - f > d(B)

Basilios Gatos, Ioannis Pratikakis, Stavros J. Perantonis, "Adaptive degraded document image
binarization", Pattern Recognition 39, 2006; q = 0.6, p1 = 0.5, p2 = 0.8 are the paper's. Its
upsampling and post-processing after are left out. f is rounded to whole levels; a window without
paper takes b.

doxapy 0.9.2 has another ink on up to 2 % of the pixels of a page. It puts into d not B but the code
of S, 0 on ink and 255 on paper, and so asks p2 of q delta of what is in S, and it cuts f and B to
whole levels. `scripts/bench/agreement` changes these two things here, and no pixel differs. Its
`glyph` is half of `background`.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from docbin.classical.sauvola import Sauvola
from docbin.classical.scale import WINDOW_DOC, check_window, window_pixels
from docbin.errors import SettingError
from docbin.native.window import local_moments
from docbin.page import Gray, Ink, Page

__all__ = ["Gatos", "wiener_filtered"]


@dataclass(frozen=True)
class Gatos:
    """Binarize against paper interpolated under a first ink."""

    window: int | str = 75
    k: float = 0.2
    q: float = 0.6
    p1: float = 0.5
    p2: float = 0.8
    background: int | str = 75
    wiener: int = 3

    SETTINGS: ClassVar[dict[str, str]] = {
        "window": WINDOW_DOC + "; of the first ink",
        "k": "Sauvola's k for the first ink, -1 to 1",
        "q": "share of the ink's mean depth that makes ink, above 0, at most 2",
        "p1": "paper this share as light as b has half the drop to p2, 0 to 0.99",
        "p2": "the least share of q that dark paper is left with, 0 to 1",
        "background": WINDOW_DOC + "; of the paper, two characters wide",
        "wiener": "odd window of the Wiener filter in pixels, 1 for none",
    }
    PAPER: ClassVar[str] = (
        "Gatos, Pratikakis, Perantonis, Adaptive degraded document image binarization, "
        "Pattern Recognition 39, 2006"
    )

    def __post_init__(self) -> None:
        check_window("gatos", self.window)
        check_window("gatos", self.background)
        if self.wiener < 1 or self.wiener % 2 == 0:
            raise SettingError(f"gatos: wiener must be odd and at least 1, got {self.wiener}")
        bounds = (("k", -1, 1), ("q", 0.01, 2), ("p1", 0, 0.99), ("p2", 0, 1))
        for name, least, most in bounds:
            value = getattr(self, name)
            if not least <= value <= most:
                raise SettingError(f"gatos: {name} must be {least} to {most}, got {value:g}")

    def __call__(self, page: Page, /) -> Ink:
        """Return the ink of the page; without a first ink there is none."""
        f = wiener_filtered(page.gray, self.wiener)
        S = Sauvola(window=self.window, k=self.k)(Page(f, page.dpi))
        if not S.any() or S.all():
            return np.zeros(f.shape, np.bool_)
        b = float(f[~S].mean(dtype=np.float64))
        B = _paper_under(f, S, window_pixels(self.background, page), b)
        depth = B - f
        delta = float(depth[S].mean(dtype=np.float64))
        return np.asarray(depth > self._depths(delta, b)[np.rint(B).astype(np.uint8)], np.bool_)

    def _depths(self, delta: float, b: float) -> NDArray[np.float32]:
        """Return d(B) for the 256 levels of paper: to half a level, far below its slope."""
        B = np.arange(256)
        e = -4 * B / (max(b, 1.0) * (1 - self.p1)) + 2 * (1 + self.p1) / (1 - self.p1)
        share = (1 - self.p2) / (1 + np.exp(np.minimum(e, 700))) + self.p2
        return (self.q * delta * share).astype(np.float32)


def wiener_filtered(gray: Gray, window: int) -> Gray:
    """Return the page smoothed where it varies no more than it does on the whole."""
    if window == 1:
        return gray
    f, v = local_moments(gray, window)
    np.square(v, out=v)
    noise = np.float32(v.mean(dtype=np.float64))
    if noise == 0:
        return gray
    np.divide(noise, np.maximum(v, noise, out=v), out=v)
    f -= gray
    f *= v
    f += gray
    return np.asarray(np.rint(f, out=f), np.uint8)


def _paper_under(f: Gray, S: Ink, side: int, b: float) -> NDArray[np.float32]:
    """Return B: f off S, on it the mean of the paper in the window, or b where there is none."""
    import cv2

    # OpenCV's border is zero here for both sums: the pixels that exist, and no others.
    bare = (~S).astype(np.uint8)
    number, light = (
        cv2.boxFilter(
            part, cv2.CV_32F, (side, side), normalize=False, borderType=cv2.BORDER_CONSTANT
        )
        for part in (bare, bare * f)
    )
    under = np.where(number > 0, light / np.maximum(number, 1), np.float32(b))
    return np.where(S, under, f).astype(np.float32)
