"""Feng and Tan: a threshold that follows the contrast of a window within that of a wider one.

    T = (1 - a1) m + a2 (s / R) (m - M) + a3 M,   a2 = k1 (s / R)^gamma,   a3 = k2 (s / R)^gamma

m, s and M are the mean, deviation and minimum of the window, R the largest deviation within a wider
one. T is computed at points one window apart and interpolated between them, as in the paper.

Meng-Ling Feng, Yap-Peng Tan, "Contrast adaptive binarization of low quality document images",
IEICE Electronics Express 1(16), 2004, with gamma = 2 and a1 = 0.12, k1 = 0.25, k2 = 0.04, within
its ranges (0.1 to 0.2, 0.15 to 0.25, 0.01 to 0.05). The paper sizes its windows by the text: the
first holds one or two characters (here 25 pixels, which does best on DIBCO), the second several
(here `reach` windows to each side). It also smooths the page first, which is left to the reader.
R is kept from falling below `noise`, so that bare paper stays bare.

The paper's text was not at hand: the formula, the constants and their ranges are from recall and
from public sources. `window`, `reach` and `noise` are ours.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from docbin.classical.moments import WindowMethod
from docbin.classical.scale import window_pixels
from docbin.native.window import local_extremes, local_moments
from docbin.page import Ink, Page

__all__ = ["Feng"]


@dataclass(frozen=True)
class Feng(WindowMethod):
    """Binarize by Feng and Tan's interpolated threshold."""

    window: int | str = 25
    a1: float = 0.12
    k1: float = 0.25
    k2: float = 0.04
    gamma: float = 2.0
    reach: int = 2
    noise: float = 10.0

    PAPER: ClassVar[str] = (
        "Feng, Tan, Contrast adaptive binarization of low quality document images, "
        "IEICE Electronics Express 1(16), 2004"
    )
    SETTINGS: ClassVar[dict[str, str]] = {
        **WindowMethod.SETTINGS,
        "a1": "share of the mean taken away everywhere, 0 to 1; higher gives less ink",
        "k1": "how much contrast raises the threshold, 0 to 1",
        "k2": "how much of the darkest grey is given back, 0 to 1",
        "gamma": "how fast both fall as the contrast does, 0 to 10",
        "reach": "the wider window, in windows to each side, 1 to 100",
        "noise": "least deviation, in grey levels, that is taken for text, 0 to 128",
    }

    def __post_init__(self) -> None:
        super().__post_init__()
        for setting in ("a1", "k1", "k2"):
            self._check(setting, 0.0, 1.0)
        self._check("gamma", 0.0, 10.0)
        self._check("reach", 1, 100)
        self._check("noise", 0.0, 128.0)

    def __call__(self, page: Page, /) -> Ink:
        """Return (h, w) bool, True where there is ink."""
        gray = page.gray
        side = window_pixels(self.window, page)
        mean, deviation = local_moments(gray, side, threads=self.threads)
        low, high = local_extremes(gray, side, threads=self.threads)
        rows, columns = _points(page.height, side), _points(page.width, side)
        at = np.ix_(rows, columns)
        m, s, M = (plane[at].astype(np.float64) for plane in (mean, deviation, low))
        R = np.maximum(_around(s, self.reach), max(self.noise, 1e-9))
        share = s / R
        power = share**self.gamma
        T = (1 - self.a1) * m + self.k1 * power * share * (m - M) + self.k2 * power * M
        level = _between(rows, columns, T, page.height, page.width)
        ink: Ink = (gray <= level) & (high > low)
        return ink


def _points(length: int, step: int) -> NDArray[np.int64]:
    """Pixels one step apart, the first and the last of the page among them."""
    return np.unique(np.append(np.arange(0, length, step), length - 1))


def _around(values: NDArray[np.float64], reach: int) -> NDArray[np.float64]:
    """The largest value within `reach` points."""
    padded = np.pad(values, reach, mode="edge")
    square = (2 * reach + 1, 2 * reach + 1)
    return np.asarray(np.lib.stride_tricks.sliding_window_view(padded, square).max((2, 3)))


def _between(
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    values: NDArray[np.float64],
    height: int,
    width: int,
) -> NDArray[np.float32]:
    """Bilinear interpolation from the points to every pixel."""
    across = np.stack([np.interp(np.arange(width), columns, line) for line in values])
    upper = np.clip(np.searchsorted(rows, np.arange(height), "right") - 1, 0, len(rows) - 1)
    lower = np.minimum(upper + 1, len(rows) - 1)
    share = (np.arange(height) - rows[upper]) / np.maximum(rows[lower] - rows[upper], 1)
    down = across.astype(np.float32)
    weight = share.astype(np.float32)[:, None]
    return np.asarray(down[upper] * (1 - weight) + down[lower] * weight)
