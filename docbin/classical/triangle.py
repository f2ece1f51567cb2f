"""Triangle: the level farthest from the line between the histogram's peak and its end.

G. W. Zack, W. E. Rogers, S. A. Latt, "Automatic Measurement of Sister Chromatid Exchange
Frequency", 1977.

The line goes from the peak to the end of the longer tail; the threshold is the level whose count
lies farthest below it.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from docbin.classical.histogram import Histogram, ink_below
from docbin.page import Ink, Page

__all__ = ["Triangle", "triangle_threshold"]


@dataclass(frozen=True)
class Triangle:
    """Threshold where the histogram's tail leaves its peak."""

    PAPER: ClassVar[str] = (
        "G. W. Zack, W. E. Rogers, S. A. Latt, Automatic Measurement of Sister Chromatid Exchange "
        "Frequency, J. Histochem. Cytochem., 1977"
    )

    def __call__(self, page: Page, /) -> Ink:
        """Return the ink of the page."""
        return ink_below(page.gray, triangle_threshold)


def triangle_threshold(counts: Histogram) -> int:
    """Return the highest ink level of a histogram with at least two levels in use."""
    first, last = (int(level) for level in np.flatnonzero(counts)[[0, -1]])
    peak = int(np.argmax(counts))
    end = first if peak - first >= last - peak else last
    tail = np.arange(min(peak, end), max(peak, end) + 1)
    # Distance to the line, up to its constant length: counts and levels scaled to the triangle.
    line = counts[end] + (counts[peak] - counts[end]) * (tail - end) / (peak - end)
    level = int(tail[np.argmax(line - counts[tail])])
    return min(level, last - 1)
