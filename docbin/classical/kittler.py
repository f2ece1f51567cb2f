"""Minimum error: two normal distributions that explain the histogram with the least error.

Josef Kittler, John Illingworth, "Minimum Error Thresholding", 1986.

With P_i, sigma_i the share and deviation of the levels at or below (0) and above (1) t, the
threshold minimises J(t) = 1 + 2 sum P_i ln sigma_i - 2 sum P_i ln P_i. A class of one level has
deviation 0, where J is not defined: as the grey levels are whole numbers, their rounding is given
its variance, 1/12 (a departure from the paper, which searches only where J is defined).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from docbin.classical.histogram import Histogram, ink_below
from docbin.page import Ink, Page

__all__ = ["Kittler", "kittler_threshold"]

_ROUNDING_VARIANCE = 1.0 / 12.0


@dataclass(frozen=True)
class Kittler:
    """Threshold where two normal distributions fit the histogram with the least error."""

    PAPER: ClassVar[str] = (
        "J. Kittler, J. Illingworth, Minimum Error Thresholding, Pattern Recognition, 1986"
    )

    def __call__(self, page: Page, /) -> Ink:
        """Return the ink of the page."""
        return ink_below(page.gray, kittler_threshold)


def kittler_threshold(counts: Histogram) -> int:
    """Return the highest ink level of a histogram with at least two levels in use."""
    levels = np.arange(counts.size, dtype=np.float64)
    share = counts / counts.sum()
    first, last = np.flatnonzero(counts)[[0, -1]]
    criterion = np.ones(counts.size)
    for side in (slice(None), slice(None, None, -1)):  # at or below t; then at or above
        P = np.cumsum(share[side])
        mean = np.cumsum((share * levels)[side]) / np.maximum(P, 1e-300)
        square = np.cumsum((share * levels**2)[side]) / np.maximum(P, 1e-300)
        sigma2 = np.maximum(square - mean**2, 0) + _ROUNDING_VARIANCE
        term = P * np.log(sigma2) - 2 * P * np.log(np.maximum(P, 1e-300))
        # The class above t starts at t + 1.
        criterion += term if side.step is None else np.append(term[::-1][1:], 0)
    candidates = slice(int(first), int(last))
    return int(first + np.argmin(criterion[candidates]))
