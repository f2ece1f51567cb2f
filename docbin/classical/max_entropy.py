"""Maximum entropy: the threshold that leaves the most information in the two classes.

J. N. Kapur, P. K. Sahoo, A. K. C. Wong, "A New Method for Gray-Level Picture Thresholding Using
the Entropy of the Histogram", 1985.

With p the shares of the levels and P(t) their sum up to t, the threshold maximises
H0 + H1 = -sum_{i<=t} p_i/P ln(p_i/P) - sum_{i>t} p_i/(1-P) ln(p_i/(1-P)).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from docbin.classical.histogram import Histogram, ink_below
from docbin.page import Ink, Page

__all__ = ["MaxEntropy", "max_entropy_threshold"]


@dataclass(frozen=True)
class MaxEntropy:
    """Threshold where the entropies of ink and paper add up to the most."""

    PAPER: ClassVar[str] = (
        "J. N. Kapur, P. K. Sahoo, A. K. C. Wong, A New Method for Gray-Level Picture Thresholding "
        "Using the Entropy of the Histogram, CVGIP, 1985"
    )

    def __call__(self, page: Page, /) -> Ink:
        """Return the ink of the page."""
        return ink_below(page.gray, max_entropy_threshold)


def max_entropy_threshold(counts: Histogram) -> int:
    """Return the highest ink level of a histogram with at least two levels in use."""
    first, last = np.flatnonzero(counts)[[0, -1]]
    p = counts[first : last + 1] / counts.sum()
    plogp = p * np.log(np.where(p > 0, p, 1.0))
    P = np.cumsum(p)[:-1]
    Q = np.cumsum(p[::-1])[::-1][1:]
    entropy_below = np.log(P) - np.cumsum(plogp)[:-1] / P
    entropy_above = np.log(Q) - np.cumsum(plogp[::-1])[::-1][1:] / Q
    return int(first + np.argmax(entropy_below + entropy_above))
