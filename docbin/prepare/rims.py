"""Rims: beside text a border is left as a rim, as wide as the letter that it may have cut.

Where the paper's edge or another leaf cuts a line of text, what is left of its last letter runs
into the border and looks like it. So wherever a letter stands close to a border, the border is
filled only farther than a letter's height away from the paper. Holes and blots are no letters.
"""

import numpy as np
from numpy.typing import NDArray

from docbin.prepare.sketch import Sketch

__all__ = ["without_rims"]

_CLOSE = 1.5  # letters between a letter and a border, at which the border may have cut the next
_DEEP = 1.2  # letters of rim
_LEAST, _MOST = 0.5, 8.0  # of the page's letters, that a letter, or a joined word, may be high
_WIDEST = 20.0
_SOLID, _BLOT = 0.6, 1.3  # share of its box, and letters across: more is a punch hole or a blot
_SPARSE, _JOINED = 0.2, 2.0  # share of its box: less is joined, and counts as so many letters

_Mask = NDArray[np.bool_]


def without_rims(border: _Mask, seen: Sketch) -> _Mask:
    """Return a border, a mask on a small copy of the page, less its rims beside text."""
    import cv2

    size = seen.letter_height
    if size <= 0 or not border.any():
        return border
    x, y = (b / s for b, s in zip(border.shape[::-1], seen.ink.shape[::-1], strict=True))
    p = seen.parts
    like = (p.height > _LEAST * size) & (p.height < _MOST * size) & (p.width < _WIDEST * size)
    share = p.area / (p.width.astype(np.int64) * p.height)
    like &= (share < _SOLID) | (np.minimum(p.width, p.height) < _BLOT * size)
    left, top = p.left[like] * x, p.top[like] * y
    right, low = left + p.width[like] * x, top + p.height[like] * y
    away = np.asarray(cv2.distanceTransform(1 - border.view(np.uint8), cv2.DIST_L2, 3))
    height, width = border.shape
    least = np.full(left.size, np.inf)
    for column in (left, (left + right) / 2, right):
        for row in (top, (top + low) / 2, low):
            at = np.clip(row.astype(int), 0, height - 1), np.clip(column.astype(int), 0, width - 1)
            # A letter in the border is none of the page's; its neighbours there are none either.
            least = np.minimum(least, np.where(away[at] > 0, away[at], np.inf))
    middle = away[
        np.clip(((top + low) / 2).astype(int), 0, height - 1),
        np.clip(((left + right) / 2).astype(int), 0, width - 1),
    ]
    # A letter fills a good part of its box. What is sparse is joined writing, a word or a flourish,
    # and what the border may have cut of it is no higher than two letters of the page.
    joined = (share[like] < _SPARSE) & (p.height[like] > _JOINED * size)
    own = np.where(joined, _JOINED * size * y, np.maximum(low - top, size * y))
    close = (least <= _CLOSE * own) & (middle > 0)
    if not close.any():
        return border
    zone = np.zeros(border.shape, np.uint8)
    grown = (_CLOSE + _DEEP) * own
    for box in np.stack([left - grown, top - grown, right + grown, low + grown], axis=1)[close]:
        x0, y0, x1, y1 = (int(v) for v in box)
        zone[max(0, y0) : max(0, y1 + 1), max(0, x0) : max(0, x1 + 1)] = 1
    # Beyond the scan the border goes on.
    deep = int(np.ceil(_DEEP * float(np.median(own[close])))) + 1
    padded = cv2.copyMakeBorder(border.view(np.uint8), *(deep,) * 4, cv2.BORDER_REPLICATE)
    core = cv2.erode(padded, np.ones((2 * deep + 1,) * 2, np.uint8))[deep:-deep, deep:-deep]
    kept: _Mask = border & ((zone == 0) | (core > 0))
    return kept
