"""Rims: beside text a border is left as a rim, as wide as what it may have cut.

Where the paper's edge or another leaf cuts a line of text, what is left of its last letter runs
into the border and looks like it: a bulge of the border's outline. So wherever a letter stands
close to a border, or runs into it, the border is filled only behind a level stretch of its outline,
longer than a letter, and part of a letter farther away. Holes and blots are no letters.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from docbin.prepare.sketch import Sketch

__all__ = ["without_rims"]

_CLOSE = 1.5  # letters between a letter and a border, at which the border may have cut the next
_DEEP = 0.4  # letters of rim, at least
_LONG = 8.0  # letters: along so much of a border's outline a cut letter is a bulge of it
_FLOURISH = 1.5  # or so many times the length of what runs into it
_LEAST, _MOST = 0.5, 8.0  # of the page's letters, that a letter, or a joined word, may be high
_WIDEST = 20.0
_SOLID, _BLOT = 0.6, 1.3  # share of its box, and letters across: more is a punch hole or a blot
_SPARSE, _JOINED = 0.2, 2.0  # share of its box: less is joined, and counts as so many letters
_BESIDE = 2.7  # letters of rim on all sides of a letter
_ALONG = 6.0  # letters of rim beside a letter that runs into the border
_FRINGE = 0.3  # letters: what runs along a border and reaches no farther away is its soft edge

_Mask = NDArray[np.bool_]


class _Parts(NamedTuple):
    """Parts of ink outside a border, in pixels of the sketch."""

    boxes: NDArray[np.int32]
    """Left, top, width, height and area of each, (5, n)."""
    touching: _Mask
    """Whether it runs into the border, (n,)."""

    @property
    def share(self) -> NDArray[np.float64]:
        """Which share of its box a part fills, (n,)."""
        _, _, width, height, area = self.boxes
        return np.asarray(area / (width.astype(np.int64) * height), np.float64)

    def select(self, chosen: NDArray[Any]) -> "_Parts":
        return _Parts(self.boxes[:, chosen], self.touching[chosen])


def without_rims(border: _Mask, seen: Sketch) -> _Mask:
    """Return a border, a mask on a small copy of the page, less its rims beside text."""
    size = seen.letter_height
    if size <= 0 or not border.any():
        return border
    x, y = (b / s for b, s in zip(border.shape[::-1], seen.ink.shape[::-1], strict=True))
    p = _like_letters(_outside(border, seen), size)
    wide, high = p.boxes[2:4]
    left, top = p.boxes[0] * x, p.boxes[1] * y
    right, low = left + wide * x, top + high * y
    # A letter fills a good part of its box. What is sparse is joined writing, a word or a flourish,
    # and what the border may have cut of it is no higher than two letters of the page.
    joined = (p.share < _SPARSE) & (high > _JOINED * size)
    own = np.where(joined, _JOINED * size * y, np.maximum(low - top, size * y))
    away = _away(border)
    height, width = border.shape
    least = np.full(left.size, np.inf)
    for column in (left, (left + right) / 2, right):
        for row in (top, (top + low) / 2, low):
            at = np.clip(row.astype(int), 0, height - 1), np.clip(column.astype(int), 0, width - 1)
            least = np.minimum(least, away[at])
    close = p.touching | (least <= _CLOSE * own)
    if not close.any():
        return border
    zone = np.zeros(border.shape, np.uint8)
    grown = _BESIDE * own
    # Where a border cuts one letter, it may leave hardly a trace of its neighbours beside it.
    along = np.where(p.touching, _ALONG * own, grown)
    for aside, down in ((along, grown), (grown, along)):
        boxes = np.stack([left - aside, top - down, right + aside, low + down], axis=1)
        for x0, y0, x1, y1 in np.maximum(boxes[close], 0).astype(int):
            zone[y0 : y1 + 1, x0 : x1 + 1] = 1
    # The last stroke of a signature that runs into the border may lie along it.
    long = max([_LONG * size * y, *_FLOURISH * np.maximum(right - left, low - top)[p.touching]])
    long = min(long, max(border.shape) / 2)
    core = _level(border, int(np.ceil(long)), int(np.ceil(_DEEP * size * y)))
    kept: _Mask = border & ((zone == 0) | core)
    return kept


def _level(border: _Mask, long: int, deep: int) -> _Mask:
    """Return what of a border lies behind a level stretch of its outline, `long` pixels of it."""
    import cv2

    # Beyond the scan the border goes on.
    pad = max(long, deep)
    padded = cv2.copyMakeBorder(border.view(np.uint8), *(pad,) * 4, cv2.BORDER_REPLICATE)
    inner = cv2.erode(padded, np.ones((2 * deep + 1,) * 2, np.uint8))
    lying, standing = (
        cv2.morphologyEx(inner, cv2.MORPH_OPEN, np.ones(shape, np.uint8))[pad:-pad, pad:-pad]
        for shape in ((1, long), (long, 1))
    )
    height, width = border.shape
    y, x = np.arange(height)[:, None], np.arange(width)
    sideways = np.minimum(x, width - 1 - x) < np.minimum(y, height - 1 - y)
    return np.asarray(np.where(sideways, standing, lying), np.uint8).view(np.bool_)


def _outside(border: _Mask, seen: Sketch) -> _Parts:
    """Return the page's parts of ink outside the border, of those that run into it the rest."""
    import cv2

    p = seen.parts
    covered = cv2.resize(
        border.view(np.uint8), seen.ink.shape[::-1], interpolation=cv2.INTER_NEAREST
    ).view(np.bool_)
    touching = np.zeros(p.area.size + 1, np.bool_)
    touching[p.labels[covered]] = True
    touching = touching[1:]
    boxes = np.stack([p.left, p.top, p.width, p.height, p.area])
    apart = _Parts(boxes, touching).select(~touching)
    rest = p.select(touching) & ~covered
    _, labels, stats, _ = cv2.connectedComponentsWithStats(rest.view(np.uint8), connectivity=8)
    stats = np.asarray(stats, np.int32)[1:].T
    # The board's soft edge is ink of its own.
    away = _away(covered)
    farther = np.unique(np.asarray(labels)[rest & (away > _FRINGE * seen.letter_height)]) - 1
    pieces = _Parts(stats, np.ones(stats.shape[1], np.bool_)).select(farther)
    return _Parts(
        np.concatenate([apart.boxes, pieces.boxes], axis=1),
        np.concatenate([apart.touching, pieces.touching]),
    )


def _away(mask: _Mask) -> NDArray[np.float32]:
    """Return how far every pixel is from a mask, pixels."""
    import cv2

    distance = cv2.distanceTransform(1 - mask.view(np.uint8), cv2.DIST_L2, 3)
    return np.asarray(distance, np.float32)


def _like_letters(parts: _Parts, size: float) -> _Parts:
    """Return those that may be letters of a page whose letters are `size` high, or joined words."""
    (wide, high), share = parts.boxes[2:4], parts.share
    # What a border has cut may be the top of a letter only.
    like = (parts.touching | (high > _LEAST * size)) & (high < _MOST * size)
    like &= wide < _WIDEST * size
    return parts.select(like & ((share < _SOLID) | (np.minimum(wide, high) < _BLOT * size)))
