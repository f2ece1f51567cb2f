"""Otsu: the threshold that best separates the grey levels into two classes.

Nobuyuki Otsu, "A Threshold Selection Method from Gray-Level Histograms", 1979.

With w0(t), w1(t) the pixels at or below and above t, and S0(t), S1(t) their sums of grey levels,
the threshold maximises the between-class variance w0 w1 (S0/w0 - S1/w1)^2, the lowest t of equals.
The variance is compared as an exact fraction: no page is large enough to move the threshold.
"""

from dataclasses import dataclass
from typing import ClassVar

from docbin.classical.histogram import Histogram, ink_below
from docbin.page import Ink, Page

__all__ = ["Otsu", "otsu_threshold"]


@dataclass(frozen=True)
class Otsu:
    """Threshold the page where the variance between ink and paper is greatest."""

    PAPER: ClassVar[str] = (
        "N. Otsu, A Threshold Selection Method from Gray-Level Histograms, IEEE Trans. SMC, 1979"
    )

    def __call__(self, page: Page, /) -> Ink:
        """Return the ink of the page."""
        return ink_below(page.gray, otsu_threshold)


def otsu_threshold(counts: Histogram) -> int:
    """Return the highest ink level of a histogram of any length with at least two levels in use."""
    levels = [int(count) for count in counts]
    total = sum(levels)
    total_sum = sum(level * count for level, count in enumerate(levels))
    best, above, below = 0, -1, 1  # the greatest variance is above / below
    w0 = S0 = 0
    for t, count in enumerate(levels):
        if count == 0:
            continue
        w0 += count
        S0 += t * count
        w1 = total - w0
        if w1 == 0:
            break
        variance, share = (S0 * w1 - (total_sum - S0) * w0) ** 2, w0 * w1
        if variance * below > above * share:
            best, above, below = t, variance, share
    return best
