"""Where a line of text stands: the baseline, from the ink inside its outline.

The rows of a straightened line hold much ink down to the baseline and little below it, where only
descenders are; the baseline is where the profile falls most.
"""

import numpy as np
from numpy.typing import NDArray

from docbin.lines.outline import Outline
from docbin.page import Ink

__all__ = ["DEFAULT", "baseline", "baseline_share"]

ROWS, COLUMNS = 32, 256
"""Samples of a line, down and at most along: enough for a profile."""
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
    smooth = np.convolve(np.pad(profile, 2, mode="edge"), np.full(3, 1 / 3), mode="same")[2:-2]
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
    count = int(np.clip(edges.length / max(edges.height, 1.0) * ROWS, ROWS, COLUMNS))
    wanted = (np.arange(count) + 0.5) / count
    top, bottom = (
        np.array([np.interp(wanted, steps, edge[:, k]) for k in (0, 1)])
        for edge in (edges.top, edges.bottom)
    )
    share = np.linspace(0, 1, ROWS)[:, None]
    x, y = (
        np.clip(np.rint(top[k] + share * (bottom[k] - top[k])).astype(np.intp), 0, side - 1)
        for k, side in ((0, ink.shape[1]), (1, ink.shape[0]))
    )
    held: NDArray[np.float64] = ink.ravel().take(y * ink.shape[1] + x).mean(axis=1)
    return held
