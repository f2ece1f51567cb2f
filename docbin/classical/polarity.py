"""Polarity: is the page light ink on dark?

    dark = sum of (closing - g)^2           light = sum of (g - opening)^2

Writing is thin, and what lies between strokes is wider than they are. A closing by a square a
little wider than a stroke fills strokes darker than their surroundings and leaves the paper; an
opening does so to lighter ones. What each takes off the page, squared and summed, tells which of
the two the page is written in, whatever its contrast, shading, borders and pictures: only thin
things count. A page in doubt is taken as dark ink on light.

The page is looked at reduced to 800 pixels or so and without its outermost twentieth on each
side, where scanners leave black borders; the square is the smallest of a few that holds more than
a trace of the thin things there are, as headlines have wide strokes.
"""

import numpy as np

from docbin.native.window import local_maximum, local_minimum
from docbin.page import Gray, Page

__all__ = ["inverted", "is_inverted"]

_LONGER_SIDE = 800
_SQUARES = (5, 9, 15, 25, 41)
_TRACE = 0.03
_DOUBT = 1.15  # so much more must be light than dark


def is_inverted(gray: Gray) -> bool:
    """Tell whether a page looks like light ink on dark paper; a blank one does not."""
    import cv2

    height, width = gray.shape
    rows, columns = height // 20, width // 20
    inner = gray[rows : height - rows, columns : width - columns]
    reduction = max(1, round(max(inner.shape) / _LONGER_SIDE))
    size = (max(1, inner.shape[1] // reduction), max(1, inner.shape[0] // reduction))
    whole = inner[: size[1] * reduction, : size[0] * reduction]  # whole blocks, which is faster
    reduced = cv2.resize(whole, size, interpolation=cv2.INTER_AREA)
    small: Gray = np.asarray(cv2.medianBlur(reduced, 3), np.uint8)
    most_dark, most_light = _thin(small, _SQUARES[-1])
    for side in _SQUARES:
        dark, light = _thin(small, side)
        if dark + light > _TRACE * (most_dark + most_light):
            return light > _DOUBT * dark
    return False


def _thin(gray: Gray, side: int) -> tuple[int, int]:
    """Return the sums of squares of what is darker, and of what is lighter, than the square."""
    import cv2

    closing = local_minimum(local_maximum(gray, side), side)
    opening = local_maximum(local_minimum(gray, side), side)
    dark, light = (round(cv2.norm(d, cv2.NORM_L2SQR)) for d in (closing - gray, gray - opening))
    return dark, light


def inverted(page: Page) -> Page:
    """Return the page's negative: light becomes dark."""
    return Page(255 - page.pixels, page.dpi, page.source)
