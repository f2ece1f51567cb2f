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

import math
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from docbin.page import Gray, Ink, Page

__all__ = ["Bataineh"]

_STRIP = 1 << 23  # pixels whose counts OpenCV's float32 histogram holds exactly


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
        ink = np.zeros(gray.shape, np.bool_)
        counts = _histogram(gray)
        mean, deviation = _moments(counts)
        if deviation == 0.0:
            return ink
        largest = max(g for g in range(256) if counts[g])
        middle = mean - mean**2 * deviation / ((mean + deviation) * (0.5 * largest + deviation))
        tones = _Tones(math.floor(middle - deviation / 2), math.ceil(middle + deviation / 2) - 1)
        down, across = _block_size(gray.shape, tones.of(counts), deviation, largest)
        blocks = _blocks(gray, down, across, tones)
        moments = [_moments(_histogram(gray[block])) for block in blocks]
        low, high = min(s for _, s in moments), max(s for _, s in moments)
        for block, (m, s) in zip(blocks, moments, strict=True):
            if s == 0.0:
                continue
            adaptive = (s - low) / (high - low) * largest if high > low else 0.0
            level = m - m**2 * s / ((mean + s) * (2 * adaptive + s))
            if level >= 0:
                np.less_equal(gray[block], np.uint8(min(level, 255.0)), out=ink[block])
        return ink


class _Tones(NamedTuple):
    """The last black and the last red grey value."""

    black: int
    red: int

    def of(self, counts: list[int]) -> tuple[int, int]:
        """How many pixels are black, and how many red."""
        blacks = sum(counts[: max(self.black + 1, 0)])
        return blacks, sum(counts[: max(self.red + 1, 0)]) - blacks


_Block = tuple[slice, slice]


def _histogram(part: Gray) -> list[int]:
    """How often each grey value occurs, exactly."""
    import cv2

    rows = max(1, _STRIP // part.shape[1])
    strips = [part[y : y + rows] for y in range(0, part.shape[0], rows)]
    counts = sum(cv2.calcHist([s], [0], None, [256], [0, 256]).astype(np.int64) for s in strips)
    return [int(count) for count in np.ravel(counts)]


def _moments(counts: list[int]) -> tuple[float, float]:
    """The mean and deviation, from exact sums."""
    n = sum(counts)
    total = sum(g * c for g, c in enumerate(counts))
    squares = sum(g * g * c for g, c in enumerate(counts))
    return total / n, math.sqrt(n * squares - total * total) / n


def _block_size(
    shape: tuple[int, ...], tones: tuple[int, int], deviation: float, largest: int
) -> tuple[int, int]:
    """Rows and columns of a block."""
    height, width = shape
    blacks, reds = tones
    p = blacks / reds if reds else math.inf
    if p >= 2.5 or deviation < 0.1 * largest:
        down, across = height // 4, width // 6
    elif p > 1 or width + height < 400:
        down, across = height // 20, width // 30
    else:
        down, across = height // 30, width // 40
    return max(down, 1), max(across, 1)


def _blocks(gray: Gray, down: int, across: int, tones: _Tones) -> list[_Block]:
    """Blocks of that size; those with more red than black are cut in four."""
    blocks: list[_Block] = []
    for rows in _cuts(gray.shape[0], down):
        for columns in _cuts(gray.shape[1], across):
            blacks, reds = tones.of(_histogram(gray[rows, columns]))
            if reds <= blacks:
                blocks.append((rows, columns))
            else:
                blocks += [(r, c) for r in _halves(rows) for c in _halves(columns)]
    return blocks


def _halves(cut: slice) -> list[slice]:
    middle = cut.start + (cut.stop - cut.start) // 2
    halves = [slice(cut.start, middle), slice(middle, cut.stop)]
    return [half for half in halves if half.start < half.stop]


def _cuts(length: int, step: int) -> list[slice]:
    """Cut a length into steps; a rest shorter than half a step goes to the last one."""
    cuts: list[slice] = []
    start = 0
    while start < length:
        end = min(start + step, length)
        if length - end < step // 2:
            end = length
        cuts.append(slice(start, end))
        start = end
    return cuts
