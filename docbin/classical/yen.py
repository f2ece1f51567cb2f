"""Yen: the threshold of maximum correlation between the two parts of the histogram.

Jui-Cheng Yen, Fu-Juay Chang, Shyang Chang, "A New Criterion for Automatic Multilevel
Thresholding", 1995.

With p the shares of the levels and P(t) their sum up to t, the threshold maximises
-ln(sum_{i<=t} p_i^2 sum_{i>t} p_i^2) + 2 ln(P(t) (1 - P(t))).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from docbin.classical.histogram import Histogram, ink_below
from docbin.page import Ink, Page

__all__ = ["Yen", "yen_threshold"]


@dataclass(frozen=True)
class Yen:
    """Threshold where the two parts of the histogram correlate most with themselves."""

    PAPER: ClassVar[str] = (
        "J.-C. Yen, F.-J. Chang, S. Chang, A New Criterion for Automatic Multilevel Thresholding, "
        "IEEE Trans. Image Processing, 1995"
    )

    def __call__(self, page: Page, /) -> Ink:
        """Return the ink of the page."""
        return ink_below(page.gray, yen_threshold)


def yen_threshold(counts: Histogram) -> int:
    """Return the highest ink level of a histogram with at least two levels in use."""
    first, last = np.flatnonzero(counts)[[0, -1]]
    p = counts[first : last + 1] / counts.sum()
    P = np.cumsum(p)[:-1]
    square_below = np.cumsum(p**2)[:-1]
    square_above = np.cumsum(p[::-1] ** 2)[::-1][1:]
    criterion = 2 * np.log(P * (1 - P)) - np.log(square_below * square_above)
    return int(first + np.argmax(criterion))
