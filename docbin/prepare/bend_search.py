"""The bend of a page: followed along its lines, fitted, and held to lines it has not seen.

See docbin.prepare.dewarp.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docbin.prepare.bend_fit import Fit, fitted, straight
from docbin.prepare.sketch import Sketch
from docbin.prepare.skew import rough_skew
from docbin.prepare.text_lines import Chains, chains

__all__ = ["Bowed", "bend_of"]

_PASSES = 3  # of following lines, the later ones along the bend found before
_LEAST_LINES = 6
_LONG = 0.25  # of the text's width, that a line must span to show a bend


@dataclass(frozen=True, eq=False)
class Bowed:
    """A bend and how well it holds, in letter heights."""

    fit: Fit
    bow: float
    """How far lines are from straight ones: what is left of the bend without its mean slope."""
    was: float
    """Median distance of feet from the lines they are on, were these straight."""
    left: float
    """The same with the bend of other lines."""
    lines: int

    def values(self) -> dict[str, float]:
        """Return the figures of a report."""
        return {"bow": self.bow, "was": self.was, "left": self.left, "lines": float(self.lines)}


def bend_of(seen: Sketch) -> Bowed | str:
    """Find the bend that the lines of a page share, or say why there is none to be found."""
    skew = rough_skew(seen, 15.0)
    if not skew.sure:
        return "no lines that run in a direction"
    rise = -math.tan(math.radians(skew.angle))
    lines = chains(seen, lambda x, _: np.full(x.shape, rise))
    for turn in range(_PASSES):
        if _long_lines(lines).sum() < _LEAST_LINES:
            return "too few lines that can be followed"
        fit = fitted(lines)
        if turn + 1 < _PASSES:
            lines = chains(seen, fit.slope)
    level = straight(fit, lines)
    apart = fit.shift(lines.x, lines.y) - level.shift(lines.x, lines.y)
    bow = float(np.percentile(np.abs(apart), 98))
    was, left = _errors(lines, level)
    height = lines.letter_height
    return Bowed(fit, bow / height, was / height, left / height, int(_long_lines(lines).sum()))


def _long_lines(lines: Chains) -> NDArray[np.bool_]:
    """Return which chains span enough of the text to show a bend."""
    if not lines.count:
        return np.zeros(0, bool)
    ends = np.full((2, lines.count), -np.inf)
    np.maximum.at(ends[0], lines.chain, lines.x)
    np.maximum.at(ends[1], lines.chain, -lines.x)
    return np.asarray(ends.sum(axis=0) >= _LONG * (lines.x.max() - lines.x.min()))


def _errors(lines: Chains, level: Fit) -> tuple[float, float]:
    """Return median errors of long lines: were they straight, and by the bend of the others."""
    order = np.argsort(np.argsort(_levels(lines)))
    odd = (order % 2).astype(bool)[lines.chain]
    long = _long_lines(lines)[lines.chain]
    was, left = [], []
    for half in (odd, ~odd):
        other = fitted(lines, half)
        was.append(np.abs(level.residuals(lines, ~half & long)))
        left.append(np.abs(other.residuals(lines, ~half & long)))
    return float(np.median(np.concatenate(was))), float(np.median(np.concatenate(left)))


def _levels(lines: Chains) -> NDArray[np.float64]:
    return np.asarray(np.bincount(lines.chain, lines.y) / np.bincount(lines.chain))
