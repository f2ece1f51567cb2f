"""Li: the threshold of minimum cross entropy between the page and its two-level picture.

C. H. Li, P. K. S. Tam, "An Iterative Algorithm for Minimum Cross Entropy Thresholding", 1998.

From the page's mean, t <- (m1 - m0) / (ln m1 - ln m0), with m0, m1 the means at or below and above
t, until t stays. Levels are counted from 1, as the logarithm asks, and back.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from docbin.classical.histogram import Histogram, ink_below
from docbin.page import Ink, Page

__all__ = ["Li", "li_threshold"]


@dataclass(frozen=True)
class Li:
    """Threshold where the two-level page keeps the most of the page's information."""

    PAPER: ClassVar[str] = (
        "C. H. Li, P. K. S. Tam, An Iterative Algorithm for Minimum Cross Entropy Thresholding, "
        "Pattern Recognition Letters, 1998"
    )

    def __call__(self, page: Page, /) -> Ink:
        """Return the ink of the page."""
        return ink_below(page.gray, li_threshold)


def li_threshold(counts: Histogram) -> int:
    """Return the highest ink level of a histogram with at least two levels in use."""
    used = np.flatnonzero(counts)
    number = np.cumsum(counts[used])
    total = np.cumsum(counts[used] * (used + 1))
    t = float(total[-1] / number[-1]) - 1.0
    for _ in range(256):
        below = int(np.searchsorted(used, math.floor(t), side="right"))
        below = min(max(below, 1), used.size - 1)
        m0 = total[below - 1] / number[below - 1]
        m1 = (total[-1] - total[below - 1]) / (number[-1] - number[below - 1])
        before, t = t, float((m1 - m0) / (math.log(m1) - math.log(m0))) - 1.0
        if math.floor(before) == math.floor(t):
            break
    return min(max(math.floor(t), int(used[0])), int(used[-1]) - 1)
