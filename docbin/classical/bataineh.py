"""Bataineh: blocks instead of windows, their size and threshold chosen by the page.

    Tc = Mg - Mg^2 Sg / ((Mg + Sg) (max / 2 + Sg))           page-wide; grey within Sg/2 of Tc is
                                                             "red", below it "black"
    p = blacks / reds chooses the blocks: 6 x 4, 30 x 20 or 40 x 30 to the page; one with more reds
    than blacks is cut in four
    Sa = (Sw - Smin) / (Smax - Smin) max
    T = Mw - Mw^2 Sw / ((Mg + Sw) (2 Sa + Sw))               of each block

M and S are means and deviations, of the page (g) and the block (w); Smin and Smax are the smallest
and largest Sw, max the page's largest grey.

Bilal Bataineh, Siti Norul Huda Sheikh Abdullah, Khairuddin Omar, "An adaptive local binarization
method for document images based on a novel thresholding method and dynamic windows", Pattern
Recognition Letters 32, 2011. The paper prints Mg^2 - Sg and Mw^2 - Sw, and Sa without its factor 2;
the authors have since corrected these to the above (Doxa records it). A block without deviation has
no ink. Blocks at the right and lower edge take in a rest smaller than half a block.
"""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from docbin.page import Gray, Ink, Page

__all__ = ["Bataineh"]


class _Block(NamedTuple):
    top: int
    bottom: int
    left: int
    right: int


@dataclass(frozen=True)
class Bataineh:
    """Binarize block by block; there is nothing to set."""

    PAPER: ClassVar[str] = (
        "Bataineh, Abdullah, Omar, An adaptive local binarization method for document images "
        "based on a novel thresholding method and dynamic windows, PRL 32, 2011"
    )
    SETTINGS: ClassVar[dict[str, str]] = {}

    def __call__(self, page: Page, /) -> Ink:
        """Return (h, w) bool, True where there is ink."""
        gray = page.gray
        largest = float(gray.max())
        mean, deviation = _moments(gray)
        ink = np.zeros(gray.shape, np.bool_)
        if deviation == 0.0:
            return ink
        middle = mean - mean**2 * deviation / ((mean + deviation) * (0.5 * largest + deviation))
        black = gray <= middle - deviation / 2
        red = ~black & (gray < middle + deviation / 2)
        down, across = _block_size(gray.shape, black, red, deviation, largest)
        blocks = _blocks(gray.shape, down, across, black, red)
        of = [_moments(gray[b.top : b.bottom, b.left : b.right]) for b in blocks]
        low, high = min(s for _, s in of), max(s for _, s in of)
        for block, (m, s) in zip(blocks, of, strict=True):
            if s == 0.0:
                continue
            adaptive = (s - low) / (high - low) * largest if high > low else 0.0
            level = m - m**2 * s / ((mean + s) * (2 * adaptive + s))
            at = np.s_[block.top : block.bottom, block.left : block.right]
            ink[at] = gray[at] <= level
        return ink


def _moments(part: Gray) -> tuple[float, float]:
    """The mean and deviation, from the histogram: exact sums whatever the size."""
    counts = np.bincount(part.ravel(), minlength=256).tolist()
    n = part.size
    total = sum(g * c for g, c in enumerate(counts))
    squares = sum(g * g * c for g, c in enumerate(counts))
    return total / n, float(np.sqrt(n * squares - total * total)) / n


def _block_size(
    shape: tuple[int, ...],
    black: NDArray[np.bool_],
    red: NDArray[np.bool_],
    deviation: float,
    largest: float,
) -> tuple[int, int]:
    """Rows and columns of a block."""
    height, width = shape
    blacks, reds = np.count_nonzero(black), np.count_nonzero(red)
    p = blacks / reds if reds else np.inf
    if p >= 2.5 or deviation < 0.1 * largest:
        down, across = height // 4, width // 6
    elif p > 1 or width + height < 400:
        down, across = height // 20, width // 30
    else:
        down, across = height // 30, width // 40
    return max(down, 1), max(across, 1)


def _blocks(
    shape: tuple[int, ...],
    down: int,
    across: int,
    black: NDArray[np.bool_],
    red: NDArray[np.bool_],
) -> list[_Block]:
    blocks: list[_Block] = []
    for top, bottom in _cuts(shape[0], down):
        for left, right in _cuts(shape[1], across):
            at = np.s_[top:bottom, left:right]
            y, x = top + (bottom - top) // 2, left + (right - left) // 2
            if np.count_nonzero(red[at]) <= np.count_nonzero(black[at]):
                blocks.append(_Block(top, bottom, left, right))
                continue
            blocks += [
                _Block(*rows, *columns)
                for rows in ((top, y), (y, bottom))
                for columns in ((left, x), (x, right))
                if rows[0] < rows[1] and columns[0] < columns[1]
            ]
    return blocks


def _cuts(length: int, step: int) -> list[tuple[int, int]]:
    """Cut a length into steps; a rest shorter than half a step goes to the last one."""
    cuts: list[tuple[int, int]] = []
    start = 0
    while start < length:
        end = min(start + step, length)
        if length - end < step // 2:
            end = length
        cuts.append((start, end))
        start = end
    return cuts
