"""Lines of text as chains of letters, traced on a sketch, also where lines are bent.

From every letter a ray is cast to the right, along the slope that lines have there, and another to
the left; two letters that see each other first are neighbours. Rays start at three heights about
the middle of small letters, so that one with a hole there is seen, too. Nothing is taken to be
straight: a chain bends as its letters do.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docbin.prepare.sketch import Sketch

__all__ = ["Chains", "Slope", "chains"]

Floats = NDArray[np.float64]
Slope = Callable[[Floats, Floats], Floats]
"""The slope dy/dx of lines at x, y."""

_REACH = 3.0  # letter heights that a gap between letters may have
_HEIGHTS = (0.5, 0.25, 0.75)  # of rays above the foot, in letter heights
_OFF = 0.6  # letter heights by which the feet of neighbours may differ
_WIDE, _LEVEL = 1.6, 0.15  # beyond a gap as wide may lie another column: feet must be level there
_SMALLEST, _LARGEST = 0.6, 2.4  # letter heights of parts that are letters of a line


@dataclass(frozen=True, eq=False)
class Chains:
    """The feet of letters in lines: ``x``, ``y``, pixels of the sketch, and ``chain``, (n,).

    Chains count from 0 and are in no order.
    """

    x: Floats
    y: Floats
    chain: NDArray[np.intp]
    letter_height: float

    @property
    def count(self) -> int:
        """How many chains there are."""
        return int(self.chain.max()) + 1 if self.chain.size else 0


def chains(seen: Sketch, slope: Slope, least: int = 6) -> Chains:
    """Trace the lines of at least `least` letters; `slope` is a first idea of how they run."""
    p, height = seen.parts, seen.letter_height
    chosen = seen.letters & (p.height >= _SMALLEST * height) & (p.height <= _LARGEST * height)
    numbers = np.flatnonzero(chosen)
    if height <= 0 or numbers.size < least:
        return Chains(np.empty(0), np.empty(0), np.empty(0, np.intp), height)
    # 0: no letter; else one more than the place in `numbers`.
    table = np.zeros(p.left.size, np.int64)
    table[numbers] = np.arange(1, numbers.size + 1)
    left, top = p.left[numbers].astype(np.float64), p.top[numbers].astype(np.float64)
    foot: Floats = top + p.height[numbers] - 1
    right: Floats = left + p.width[numbers] - 1
    middle: Floats = (left + right) / 2
    slopes = slope(middle, foot)
    look = _Look(p.labelled(table, np.int64), foot, slopes, height)
    after, before = look.first(middle, right, 1), look.first(middle, left, -1)
    one = np.arange(numbers.size)
    linked = (after >= 0) & (before[after] == one)
    rise = foot[after] - foot - slopes * (middle[after] - middle)
    wide = left[after] - right > _WIDE * height
    linked &= np.abs(rise) <= np.where(wide, _LEVEL, _OFF) * height
    chain = _joined(np.where(linked, after, -1))
    counts = np.bincount(chain)
    kept = counts[chain] >= least
    _, renumbered = np.unique(chain[kept], return_inverse=True)
    return Chains(middle[kept], foot[kept], renumbered.astype(np.intp), height)


@dataclass(frozen=True, eq=False)
class _Look:
    letters: NDArray[np.int64]
    foot: Floats
    slopes: Floats
    height: float

    def first(self, middle: Floats, side: Floats, way: int) -> NDArray[np.intp]:
        """Return which letter each sees first to the right (way 1) or left (-1), -1 for none."""
        rows, columns = self.letters.shape
        own = np.arange(1, self.foot.size + 1)
        found = np.full(self.foot.size, -1, np.intp)
        for distance in range(1, max(2, round(_REACH * self.height)) + 1):
            x = side + way * distance
            for above in _HEIGHTS:
                y = self.foot - above * self.height + self.slopes * (x - middle)
                inside = (x >= 0) & (x < columns) & (y >= 0) & (y < rows) & (found < 0)
                at = np.flatnonzero(inside)
                letter = self.letters[y[at].astype(np.intp), x[at].astype(np.intp)]
                sees = (letter > 0) & (letter != own[at])
                found[at[sees]] = letter[sees] - 1
        return found


def _joined(after: NDArray[np.intp]) -> NDArray[np.intp]:
    """Number the chains that links from each to the one after it make, by pointer doubling."""
    last = np.where(after >= 0, after, np.arange(after.size))
    while True:
        farther = last[last]
        if np.array_equal(farther, last):
            return last
        last = farther
