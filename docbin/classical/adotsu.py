"""AdOtsu: Otsu's threshold in a window around each pixel, where the window holds more than paper.

    T = Otsu's threshold of the window     where s > k s_B, else there is no ink

s is the window's deviation, s_B that of its paper, here the pixels of the page that Otsu's
threshold of their own window calls light, over a window four times as wide.

Reza Farrahi Moghaddam, Mohamed Cheriet, "AdOtsu: An adaptive and parameterless generalization of
Otsu's method for document image binarization", Pattern Recognition 45, 2012. As there, thresholds
are computed on a grid, here half a window apart, and interpolated. The paper finds its window from
stroke width and line height and repeats the method on several scales; here the window is a setting.

The paper's text was not at hand: the rule is from recall, and k = 1.6 with it. Checked is that the
grid's levels are Otsu's of their windows, not that rule and k are the paper's.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from docbin.classical.scale import WINDOW_DOC, check_window, window_pixels
from docbin.errors import SettingError
from docbin.page import Gray, Ink, Page

__all__ = ["AdOtsu", "grid_histograms", "otsu_levels"]


@dataclass(frozen=True)
class AdOtsu:
    """Binarize by Otsu's threshold of each window."""

    window: int | str = 75
    k: float = 1.6

    SETTINGS: ClassVar[dict[str, str]] = {
        "window": WINDOW_DOC,
        "k": "0 to 10: a window with at most so many times its paper's deviation has no ink",
    }
    PAPER: ClassVar[str] = (
        "R. Farrahi Moghaddam, M. Cheriet, AdOtsu: An adaptive and parameterless generalization of "
        "Otsu's method for document image binarization, Pattern Recognition 45, 2012"
    )

    def __post_init__(self) -> None:
        check_window("adotsu", self.window)
        if not 0 <= self.k <= 10:
            raise SettingError(f"adotsu: k must be 0 to 10, got {self.k:g}")

    def __call__(self, page: Page, /) -> Ink:
        """Return the ink of the page; a page of one grey level has none."""
        import cv2

        gray = page.gray
        cell = max(2, min(window_pixels(self.window, page), max(gray.shape)) // 2)
        counts = grid_histograms(gray, cell)
        level = otsu_levels(counts)
        values = np.arange(256)
        light = counts * (values > level[:, :, None])
        wide = np.stack([cv2.blur(plane, (5, 5)) for plane in np.moveaxis(light, 2, 0)], axis=2)
        paper = np.sqrt(_variance(wide))
        inked = np.sqrt(_variance(counts)) > self.k * np.maximum(paper, 0.5)
        threshold = np.where(inked, level, -1.0).astype(np.float32)
        shape = (gray.shape[1], gray.shape[0])
        # A grid point is the corner that four cells share: half a cell off the points of a resize.
        matrix = np.array([[1 / cell, 0, 0.5 / cell], [0, 1 / cell, 0.5 / cell]])
        full = cv2.warpAffine(
            threshold,
            matrix,
            shape,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return np.asarray(gray <= full, np.bool_)


def grid_histograms(gray: Gray, cell: int) -> NDArray[np.float64]:
    """Return the counts of grey levels around each corner of the cells, (rows, columns, 256).

    A corner's window is the four cells that share it, those that exist.
    """
    height, width = gray.shape
    rows, columns = -(-height // cell), -(-width // cell)
    counts = np.empty((rows, columns, 256))
    offset = (np.arange(width) // cell * 256).astype(np.int64)
    for row in range(rows):
        part = gray[row * cell : (row + 1) * cell]
        flat = np.bincount((part + offset).ravel(), minlength=256 * columns)
        counts[row] = flat.reshape(columns, 256)
    padded = np.pad(counts, ((1, 1), (1, 1), (0, 0)))
    return np.asarray(padded[1:, 1:] + padded[:-1, 1:] + padded[1:, :-1] + padded[:-1, :-1])


def otsu_levels(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Otsu's threshold of each histogram: the highest dark level; -1 for one grey level."""
    number = counts.cumsum(axis=-1)
    total = (counts * np.arange(256)).cumsum(axis=-1)
    n, s = number[..., -1:], total[..., -1:]
    with np.errstate(invalid="ignore", divide="ignore"):
        between = (s * number - n * total) ** 2 / (number * (n - number))
    between = np.nan_to_num(between[..., :-1], nan=-1.0, posinf=-1.0)
    level: NDArray[np.float64] = between.argmax(axis=-1).astype(np.float64)
    level[between.max(axis=-1) <= 0] = -1
    return level


def _variance(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    values = np.arange(256.0)
    n = np.maximum(counts.sum(axis=-1), 1e-9)
    mean = (counts * values).sum(axis=-1) / n
    variance = (counts * values**2).sum(axis=-1) / n - mean**2
    spread: NDArray[np.float64] = np.maximum(variance, 0.0)
    return spread
