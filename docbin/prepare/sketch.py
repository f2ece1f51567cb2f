"""The sketch of a page: a reduced copy and its rough ink, which the steps look at.

Where lines run and margins lie can be told at about 2 million pixels; only what is then done to the
page is done to all of them. Its ink is docbin.prepare.rough_ink's.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from docbin.classical.background import flattened, paper
from docbin.page import Gray, Ink, Page
from docbin.prepare.rough_ink import fainter_ink, rough_ink

__all__ = ["Components", "Sketch", "keep_sketch", "sketch", "sketch_of"]

_PIXELS = 2.2e6
_LEAST_LETTERS = 12
_FEW = 0.05  # share of the ink in letters, below which fainter letters are looked for
_SOME = 0.2  # least share of letters in the fainter ink to take it: tables have rules

_T = TypeVar("_T", bound=np.generic)


@dataclass(frozen=True, eq=False)
class Components:
    """The connected parts of an ink: their label on each pixel, from 1, and their boxes, (n,)."""

    labels: NDArray[np.int32]
    left: NDArray[np.int32]
    top: NDArray[np.int32]
    width: NDArray[np.int32]
    height: NDArray[np.int32]
    area: NDArray[np.int32]

    def select(self, chosen: NDArray[np.bool_]) -> Ink:
        """Return the pixels of the chosen parts, (n,) bool in the order of the boxes."""
        return self.labelled(chosen, np.bool_)

    def labelled(self, values: NDArray[Any], dtype: type[_T]) -> NDArray[_T]:
        """Return a page with the value of its part, one of (n,), on each inked pixel, else 0."""
        pixels, labels = self._inked
        flat = np.zeros(self.labels.size, dtype)
        flat[pixels] = np.concatenate([[0], values]).astype(dtype)[labels]
        return flat.reshape(self.labels.shape)

    def quarter(self) -> "Components":
        """Return the parts of the page turned counterclockwise by a quarter."""
        height, width = self.labels.shape
        top = np.asarray(width - self.left - self.width, np.int32)
        boxes = (self.top, top, self.height, self.width)
        turned = Components(np.rot90(self.labels), *boxes, self.area)
        pixels, labels = self._inked
        row, column = np.divmod(pixels, width)
        turned.__dict__["_inked"] = (width - 1 - column) * height + row, labels
        return turned

    @cached_property
    def _inked(self) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
        """The pixels that have a label, places in the flat page, and their labels: few of all."""
        flat = self.labels.reshape(-1)
        pixels = np.flatnonzero(flat != 0)
        return pixels, flat[pixels]


@dataclass(frozen=True, eq=False)
class Sketch:
    """A reduced page. ``scale`` is (x, y): pixels of the page to one of the sketch."""

    gray: Gray
    ink: Ink
    scale: tuple[float, float]

    @cached_property
    def parts(self) -> Components:
        """The connected parts of the ink."""
        import cv2

        # One of several ways to the same labels, on ink twice as fast as the usual one.
        _, labels, stats, _ = cv2.connectedComponentsWithStatsWithAlgorithm(
            self.ink.view(np.uint8), 8, cv2.CV_32S, cv2.CCL_BBDT
        )
        columns = (np.ascontiguousarray(column) for column in np.asarray(stats)[1:].T)
        return Components(np.asarray(labels, np.int32), *columns)

    @cached_property
    def lettering(self) -> Ink:
        """The ink of the letters."""
        return self.parts.select(self.letters)

    def quarter(self) -> "Sketch":
        """Return the sketch of the page turned counterclockwise by a quarter; parts come along."""
        import cv2

        way = cv2.ROTATE_90_COUNTERCLOCKWISE
        gray = np.asarray(cv2.rotate(self.gray, way), np.uint8)
        ink = np.asarray(cv2.rotate(self.ink.view(np.uint8), way)).view(np.bool_)
        turned = Sketch(gray, ink, (self.scale[1], self.scale[0]))
        turned.__dict__["parts"] = self.parts.quarter()
        return turned

    def warped(self, matrix: NDArray[np.float64], size: tuple[int, int]) -> "Sketch":
        """Return the sketch laid out anew: `matrix`, (2, 3), takes its pixels to those of this."""
        import cv2

        gray = cv2.warpAffine(
            self.gray, matrix, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT, borderValue=float(np.median(self.gray[::5, ::5])),
        )  # fmt: skip
        ink = cv2.warpAffine(
            self.ink.view(np.uint8), matrix, size, flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
        )
        return Sketch(np.asarray(gray, np.uint8), np.asarray(ink).view(np.bool_), self.scale)

    @cached_property
    def letters(self) -> NDArray[np.bool_]:
        """Which parts could be letters, (n,) bool: of moderate size, neither rules nor specks."""
        p = self.parts
        tallest = max(8, self.ink.shape[0] // 20)
        box = p.width.astype(np.int64) * p.height
        shaped = (p.height >= 4) & (p.height <= tallest) & (p.width <= 8 * p.height)
        letters: NDArray[np.bool_] = shaped & (p.width >= 2) & (p.area * 12 >= box)
        return letters

    @cached_property
    def ink_corners(self) -> NDArray[np.float64]:
        """The corners of the boxes of all ink but borders along the edge, page pixels, (n, 2)."""
        p = self.parts
        height, width = self.ink.shape
        left, top = p.left.astype(float), p.top.astype(float)
        right, low = left + p.width, top + p.height
        inside = (left > 0) & (top > 0) & (right < width) & (low < height)
        # A word that the edge cuts is text; what goes along more than half of a side is a border.
        inside |= (2 * p.width < width) & (2 * p.height < height)
        if not inside.any():
            return np.array([[width / 2, height / 2]]) * self.scale
        xs = np.concatenate([left, right, left, right]).reshape(4, -1)[:, inside].ravel()
        ys = np.concatenate([top, top, low, low]).reshape(4, -1)[:, inside].ravel()
        corners: NDArray[np.float64] = np.stack([xs, ys], axis=1) * self.scale
        return corners

    @property
    def has_text(self) -> bool:
        """Whether there are at least a dozen parts like letters."""
        return int(np.count_nonzero(self.letters)) >= _LEAST_LETTERS

    @property
    def letter_share(self) -> float:
        """Which share of the ink is in letters."""
        return float(self.parts.area[self.letters].sum() / max(1, self.parts.area.sum()))

    @cached_property
    def letter_height(self) -> float:
        """Median height of the letters, in pixels of the sketch; 0 without letters.

        Parts less than half as high as those that hold the middle of the ink are dots and specks.
        """
        heights, areas = self.parts.height[self.letters], self.parts.area[self.letters]
        if not heights.size:
            return 0.0
        order = np.argsort(heights)
        held = np.cumsum(areas[order])
        middle = heights[order][np.searchsorted(held, held[-1] / 2)]
        return float(np.median(heights[2 * heights >= middle]))


_MADE: WeakKeyDictionary[Page, Sketch] = WeakKeyDictionary()
"""Sketches of the pages in hand: steps that leave a page as it is share one."""


def sketch(page: Page) -> Sketch:
    """Reduce a page to about 2 million pixels and find its rough ink."""
    made = _MADE.get(page)
    if made is None:
        made = _MADE[page] = _sketched(page)
    return made


def keep_sketch(page: Page, made: Sketch) -> None:
    """Spare a page the sketching: `made` is that of the page it comes from, moved with it."""
    _MADE[page] = made


def sketch_of(gray: Gray, scale: tuple[float, float]) -> Sketch:
    """Return the sketch of a page that was reduced already; `scale` is that of the sketch."""
    flat = flattened(gray, paper(gray))
    ink = rough_ink(flat)
    made = Sketch(gray, ink, scale)
    if not ink.any() or made.letter_share >= _FEW:
        return made
    # A board, leaf edges or a picture are dark enough to hide faint text from one threshold.
    faint = Sketch(gray, fainter_ink(flat, ink), scale)
    if not faint.has_text or faint.letter_share < _SOME:
        return made
    return Sketch(gray, ink | faint.ink, scale)


def _sketched(page: Page) -> Sketch:
    import cv2

    gray = page.gray
    factor = max(1, round((gray.size / _PIXELS) ** 0.5))
    size = max(1, gray.shape[1] // factor), max(1, gray.shape[0] // factor)
    # Whole blocks of pixels are averaged many times faster: what is left of one goes uncounted.
    whole = gray[: size[1] * factor, : size[0] * factor] if min(gray.shape) >= factor else gray
    small = gray if factor == 1 else cv2.resize(whole, size, interpolation=cv2.INTER_AREA)
    small = np.asarray(small, np.uint8)
    scale = whole.shape[1] / size[0], whole.shape[0] / size[1]
    return sketch_of(small, scale)
