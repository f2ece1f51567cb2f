"""Multi-Otsu: Otsu with more than two classes; the darkest of them are ink.

Ping-Sung Liao, Tse-Sheng Chen, Pau-Choo Chung, "A Fast Algorithm for Multilevel Thresholding",
2001.

The thresholds maximise sum_k S_k^2 / w_k over the classes, w_k the pixels of class k and S_k their
sum of grey levels, which is the between-class variance up to constants. The best cuts of the first
levels into k classes follow from those into k - 1, so any number of classes costs 256^2 steps each
(the paper enumerates all cuts).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from docbin.classical.histogram import Histogram, ink_below
from docbin.errors import SettingError
from docbin.page import Ink, Page

__all__ = ["MultiOtsu", "multi_otsu_thresholds"]


@dataclass(frozen=True)
class MultiOtsu:
    """Cut the grey levels into classes and call the darkest ones ink."""

    classes: int = 3
    ink: int = 1

    SETTINGS: ClassVar[dict[str, str]] = {
        "classes": "2 to 16: how many classes the grey levels are cut into",
        "ink": "1 to classes - 1: how many of them, from the darkest, are ink",
    }
    PAPER: ClassVar[str] = (
        "P.-S. Liao, T.-S. Chen, P.-C. Chung, A Fast Algorithm for Multilevel Thresholding, "
        "J. Inf. Sci. Eng., 2001"
    )

    def __post_init__(self) -> None:
        if not 2 <= self.classes <= 16:
            raise SettingError(f"multi-otsu: classes must be 2 to 16, got {self.classes}")
        if not 1 <= self.ink < self.classes:
            raise SettingError(
                f"multi-otsu: ink must be 1 to classes - 1 = {self.classes - 1}, got {self.ink}"
            )

    def __call__(self, page: Page, /) -> Ink:
        """Return the ink of the page. A page with fewer levels than classes uses what it has."""
        return ink_below(page.gray, self._threshold)

    def _threshold(self, counts: Histogram) -> int:
        classes = min(self.classes, int(np.count_nonzero(counts)))
        thresholds = multi_otsu_thresholds(counts, classes)
        return thresholds[min(self.ink, classes - 1) - 1]


def multi_otsu_thresholds(counts: Histogram, classes: int) -> list[int]:
    """Return the highest level of every class but the last.

    `counts` must have at least `classes` levels in use.
    """
    used = np.flatnonzero(counts)
    w = np.concatenate([[0], np.cumsum(counts[used])]).astype(np.float64)
    S = np.concatenate([[0], np.cumsum(counts[used] * used)]).astype(np.float64)
    # merit[i, j]: one class of the used levels i .. j - 1, which must not be empty.
    with np.errstate(divide="ignore", invalid="ignore"):
        merit = (S[None, :] - S[:, None]) ** 2 / (w[None, :] - w[:, None])
    merit[np.tril_indices(len(w))] = -np.inf
    best = merit[0]
    cuts = []
    for _ in range(classes - 1):
        total = best[:, None] + merit
        cuts.append(total.argmax(axis=0))
        best = total.max(axis=0)
    thresholds = []
    end = len(used)
    for cut in reversed(cuts):
        end = int(cut[end])
        thresholds.append(int(used[end - 1]))
    return thresholds[::-1]
