"""Multi-scale Sauvola: each object gets the threshold of the scale that its size asks for.

    I_s: the page reduced 3, 6 and 12 times, Sauvola's ink of each with one window w
    objects of scale s: 8-connected parts of its ink, of an area in
        first scale   up to 0.7 w^2
        between       0.9 * 0.7 w^2 / 4 to 0.7 w^2
        last scale    from 0.9 * 0.7 w^2 / 4
    T(x): Sauvola's threshold of the scale of the object nearest to x;  ink = g <= T

A window as wide as a letter hollows out headlines, one as wide as a headline loses small letters in
shadows.

Guillaume Lazzara, Thierry Géraud, "Efficient multiscale Sauvola's binarization", IJDAR 17, 2014,
with its k = 0.34 and reductions by 3 and then 2. `window` is in pixels of the page at the first
scale, w is a third of it; 101 is the default of its authors' program. The limits of the areas are
given as recalled, and the final comparison is made on the page itself.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from docbin.classical.scale import WINDOW_DOC, check_window, window_pixels
from docbin.errors import SettingError
from docbin.native.window import local_moments, threshold
from docbin.page import Gray, Ink, Page

__all__ = ["MultiscaleSauvola"]

_FIRST, _NEXT, _SCALES = 3, 2, 3
_R = 128.0


@dataclass(frozen=True)
class MultiscaleSauvola:
    """Binarize by Sauvola's threshold at the scale of each object."""

    window: int | str = 101
    k: float = 0.34

    SETTINGS: ClassVar[dict[str, str]] = {
        "window": WINDOW_DOC + ", at the finest scale; twice and four times as wide at the others",
        "k": "share of the mean taken away without contrast, -1 to 1; higher gives less ink",
    }
    PAPER: ClassVar[str] = (
        "G. Lazzara, T. Géraud, Efficient multiscale Sauvola's binarization, IJDAR 17, 2014"
    )

    def __post_init__(self) -> None:
        check_window("multiscale-sauvola", self.window)
        if not -1 <= self.k <= 1:
            raise SettingError(f"multiscale-sauvola: k must be -1 to 1, got {self.k:g}")

    def __call__(self, page: Page, /) -> Ink:
        """Return the ink of the page; a page of one grey level has none."""
        import cv2

        gray = page.gray
        side = max(3, window_pixels(self.window, page) // _FIRST // 2 * 2 + 1)
        most = 0.7 * side * side
        least = 0.9 * most / _NEXT**2
        small = _reduced(gray, _FIRST)
        shape = (small.shape[1], small.shape[0])
        scale_of = np.zeros(small.shape, np.uint8)  # 0: no object here
        levels: list[NDArray[np.float32]] = []
        for s in range(_SCALES):
            ink, level = _sauvola(small, side, self.k)
            low = least if s > 0 else 0
            high = most if s < _SCALES - 1 else np.inf
            objects = _of_area(ink, low, high).view(np.uint8)
            here = cv2.resize(objects, shape, interpolation=cv2.INTER_NEAREST).view(np.bool_)
            scale_of[here] = s + 1  # where scales disagree the coarser has the whole object
            levels.append(np.asarray(cv2.resize(level, shape, interpolation=cv2.INTER_LINEAR)))
            small = _reduced(small, _NEXT)
        if not scale_of.any():
            return np.zeros(gray.shape, np.bool_)
        nearest = _spread(scale_of)
        T = np.choose(nearest - 1, levels)
        full = cv2.resize(T, (gray.shape[1], gray.shape[0]), interpolation=cv2.INTER_LINEAR)
        return np.asarray(gray <= full, np.bool_)


def _reduced(gray: Gray, times: int) -> Gray:
    import cv2

    size = (max(1, gray.shape[1] // times), max(1, gray.shape[0] // times))
    return np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8)


def _sauvola(gray: Gray, side: int, k: float) -> tuple[Ink, NDArray[np.float32]]:
    """Return Sauvola's ink and its threshold, -1 in windows of one grey level."""
    mean, deviation = local_moments(gray, side)
    level = mean * (1 + np.float32(k) * (deviation / np.float32(_R) - 1))
    level[deviation == 0] = -1
    return threshold(gray, "sauvola", side, k, _R), np.asarray(level, np.float32)


def _of_area(ink: Ink, low: float, high: float) -> Ink:
    import cv2

    _, parts, stats, _ = cv2.connectedComponentsWithStats(ink.view(np.uint8), connectivity=8)
    area = stats[:, cv2.CC_STAT_AREA]
    chosen = (area >= low) & (area <= high)
    chosen[0] = False
    kept: Ink = chosen[parts]
    return kept


def _spread(scale_of: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return for every pixel the scale of the nearest object."""
    import cv2

    away = (scale_of == 0).view(np.uint8)
    _, label = cv2.distanceTransformWithLabels(away, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    label = np.asarray(label)
    table = np.zeros(int(label.max()) + 1, np.uint8)
    on = scale_of > 0
    table[label[on]] = scale_of[on]
    return np.asarray(table[label], np.uint8)
