"""The histogram of a page, and the ink below a threshold: what every global method shares.

A global method looks at 256 counts only, so its cost after counting does not depend on the page.
Counts are int64 and exact for any page; the sums over them are Python integers or float64, so a
large page gives the threshold of a small one with the same proportions.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from docbin.native.parts import histogram
from docbin.page import Gray, Ink

__all__ = ["Histogram", "below", "histogram", "ink_below"]

Histogram = NDArray[np.int64]
"""(256,) int64: how many pixels have each grey level."""


def below(gray: Gray, level: int) -> Ink:
    """Return the pixels at or below `level`: ink is dark, and the threshold belongs to it."""
    ink: Ink = gray <= np.uint8(level)
    return ink


def ink_below(gray: Gray, threshold: Callable[[Histogram], int]) -> Ink:
    """Threshold a page where `threshold` says; a page of one grey level has no ink.

    `threshold` gets a histogram with at least two levels in use and returns the highest ink level.
    """
    counts = histogram(gray)
    if np.count_nonzero(counts) < 2:
        return np.zeros(gray.shape, np.bool_)
    return below(gray, threshold(counts))
