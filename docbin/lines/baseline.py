"""Where a line of text stands: the baseline, from the ink inside its outline.

The rows of a straightened line hold much ink down to the baseline and little below it, where only
descenders are; the baseline is where the profile falls most.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from docbin.lines.outline import Outline
from docbin.lines.rectify import sample
from docbin.page import Ink

__all__ = ["DEFAULT", "baseline", "baseline_share"]

ROWS, COLUMNS = 32, 256
"""Samples of a line, down and at most along: enough for a profile."""
SHARES = np.linspace(0, 1, ROWS)
THIRDS = np.full(3, 1 / 3)
LOWEST, HIGHEST = 0.95, 0.5
"""The shares of the height between which a baseline may lie."""
DEFAULT = 0.78
"""The share where a line has no ink to judge by."""


def baseline(ink: Ink, edges: Outline) -> NDArray[np.float64]:
    """Return the baseline (m, 2) of the line between `edges` on a page of ink (h, w)."""
    return edges.at(baseline_share(ink, edges))


def baseline_share(ink: Ink, edges: Outline) -> float:
    """Return the share of the line's height at which its baseline lies."""
    profile = _profile(ink, edges)
    if profile.sum() < 0.1:
        return DEFAULT
    around = np.concatenate([profile[:1], profile, profile[-1:]])
    smooth = np.convolve(around, THIRDS, mode="valid")
    fall = np.zeros(ROWS)
    fall[1:-1] = smooth[:-2] - smooth[2:]
    first, last = int(HIGHEST * ROWS), int(LOWEST * ROWS)
    row = first + int(np.argmax(fall[first:last]))
    if fall[row] <= 0.02:
        return DEFAULT
    return (row + 0.5) / (ROWS - 1)


def _profile(ink: Ink, edges: Outline) -> NDArray[np.float64]:
    """The share of ink in each of `ROWS` rows between the edges, at even steps along them."""
    steps = np.linspace(0, 1, len(edges.top))
    count = int(min(max(edges.slenderness * ROWS, ROWS), COLUMNS))
    wanted = (np.arange(count) + 0.5) / count
    top, bottom = (
        np.array([np.interp(wanted, steps, edge[:, k]) for k in (0, 1)])
        for edge in (edges.top, edges.bottom)
    )
    held = sample(ink.view(np.uint8), top, bottom, SHARES, how=cv2.INTER_NEAREST)
    share: NDArray[np.float64] = cv2.reduce(held, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S)[:, 0] / count
    return share
