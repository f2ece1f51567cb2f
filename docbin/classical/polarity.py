"""Polarity: is the page light ink on dark?

    dark = sum of (min(closing, mean) - g)^2      light = sum of (g - max(opening, mean))^2

Writing is thin, and what lies between strokes is wider than they are. A closing by a square a
little wider than a stroke fills strokes darker than their surroundings and leaves the paper; an
opening does so to lighter ones. What each takes off the page, squared and summed, tells which of
the two the page is written in, whatever its contrast, shading, borders and pictures: only thin
things count, and only by how far they stand out from the mean around them, as the paper between
the lines of music, or between letters seen at 20 dpi, is as thin as the ink but nearer to the
mean. Only differences above zero are summed. A page in doubt is taken as dark ink on light.

The page is looked at reduced to 800 pixels or so and without its outermost twentieth on each
side, where scanners leave black borders; the square is the smallest of a few that holds more than
a trace of the thin things there are, as headlines have wide strokes.
"""

import numpy as np

from docbin.native.parts import block_means, histogram
from docbin.native.window import local_maximum, local_minimum, local_moments
from docbin.page import Gray, Page

__all__ = ["inverted", "is_inverted"]

_LONGER_SIDE = 800
_SQUARES = (5, 9, 15, 25, 41)
_TRACE = 0.03
_DOUBT = 1.15  # so much more must be light than dark
_AROUND = 81  # pixels, the window of the mean
_SQUARE = np.arange(256) ** 2


def is_inverted(gray: Gray) -> bool:
    """Tell whether a page looks like light ink on dark paper; a blank one does not."""
    height, width = gray.shape
    rows, columns = height // 20, width // 20
    inner = gray[rows : height - rows, columns : width - columns]
    reduction = min(max(1, int(max(inner.shape) / _LONGER_SIDE + 0.5)), *inner.shape)
    small = _median(block_means(inner, reduction))
    mean = local_moments(small, _AROUND)[0].astype(np.uint8)
    most_dark, most_light = _thin(small, mean, _SQUARES[-1])
    for side in _SQUARES:
        dark, light = _thin(small, mean, side)
        if dark + light > _TRACE * (most_dark + most_light):
            return light > _DOUBT * dark
    return False


def _thin(gray: Gray, mean: Gray, side: int) -> tuple[int, int]:
    """Return the sums of squares of what is darker, and of what is lighter, than the square."""
    paper_above = np.minimum(local_minimum(local_maximum(gray, side), side), mean)
    paper_below = np.maximum(local_maximum(local_minimum(gray, side), side), mean)
    stands_out = (
        paper_above - np.minimum(gray, paper_above),
        np.maximum(gray, paper_below) - paper_below,
    )
    dark, light = (int(histogram(d) @ _SQUARE) for d in stands_out)
    return dark, light


def _median(gray: Gray) -> Gray:
    """Return the median of 3 x 3 pixels, edges repeated, by comparisons of whole pages."""
    padded = np.pad(gray, 1, mode="edge")
    low, middle, high = _sorted(padded[:-2], padded[1:-1], padded[2:])  # of three in a column
    parts = [[a[:, :-2], a[:, 1:-1], a[:, 2:]] for a in (low, middle, high)]
    most = _sorted(*parts[0])[2]  # the highest of the lows, the middle of the middles ...
    least = _sorted(*parts[2])[0]
    return _sorted(most, _sorted(*parts[1])[1], least)[1]


def _sorted(a: Gray, b: Gray, c: Gray) -> tuple[Gray, Gray, Gray]:
    """Sort three pages pixel by pixel: lowest, middle, highest."""
    low, high = np.minimum(a, b), np.maximum(a, b)
    return np.minimum(low, c), np.maximum(low, np.minimum(high, c)), np.maximum(high, c)


def inverted(page: Page) -> Page:
    """Return the page's negative: light becomes dark."""
    return Page(255 - page.pixels, page.dpi, page.source)
