"""Isodata: the threshold halfway between the means of the two classes it makes.

T. W. Ridler, S. Calvard, "Picture Thresholding Using an Iterative Selection Method", 1978.

t = (m0 + m1) / 2, with m0, m1 the means at or below and above t. Several t may satisfy it; the
iteration of the paper depends on where it starts, so all are found and the lowest is taken.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from docbin.classical.histogram import Histogram, ink_below
from docbin.page import Ink, Page

__all__ = ["Isodata", "isodata_threshold"]


@dataclass(frozen=True)
class Isodata:
    """Threshold halfway between the mean ink and the mean paper."""

    PAPER: ClassVar[str] = (
        "T. W. Ridler, S. Calvard, Picture Thresholding Using an Iterative Selection Method, "
        "IEEE Trans. SMC, 1978"
    )

    def __call__(self, page: Page, /) -> Ink:
        """Return the ink of the page."""
        return ink_below(page.gray, isodata_threshold)


def isodata_threshold(counts: Histogram) -> int:
    """Return the highest ink level of a histogram with at least two levels in use."""
    first, last = np.flatnonzero(counts)[[0, -1]]
    levels = np.arange(first, last)
    number = np.cumsum(counts)
    total = np.cumsum(counts * np.arange(counts.size))
    m0 = total[first:last] / number[first:last]
    m1 = (total[-1] - total[first:last]) / (number[-1] - number[first:last])
    middle = (m0 + m1) / 2
    # t lies at or above the first level and its middle falls in [t, t + 1): at least one does,
    # as middle - t is positive at the first level and below 1 at the last, and no faster than -1.
    return int(levels[np.flatnonzero(middle < levels + 1)[0]])
