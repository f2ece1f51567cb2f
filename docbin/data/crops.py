"""Training crops: square windows of degraded pages, with the truth and a view of the whole page.

Layers are laid over whole pages (or a large part of them) before any crop is cut, so a crop of
bare paper holds the show-through, shadow and edges that the page has, and ``page_view`` shows the
writing it is to be compared with. Everything is a pure function of (seed, batch number): any
number of workers, started at any step, give the same batches.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from docbin.data.degrade import Erase
from docbin.data.fields import Bytes
from docbin.data.pairs import Pair, find_pairs, read_pair, split_documents
from docbin.data.recipe import draw_recipe
from docbin.data.sheet import Sheet
from docbin.errors import SettingError

__all__ = ["Crop", "CropStream", "Pair", "find_pairs", "split_documents"]

VIEW = 128


class Crop(NamedTuple):
    """A window of a degraded page."""

    pixels: NDArray[Any]  # uint8 (s, s, 3) RGB
    ink: NDArray[np.bool_]  # (s, s)
    valid: NDArray[np.bool_]  # (s, s), False beyond the page and where the truth is silent
    page_view: NDArray[Any]  # uint8 (128, 128, 3), the whole degraded page reduced by area
    box: tuple[float, float, float, float]  # top, left, height, width as shares of the page


@dataclass(frozen=True, eq=False)
class CropStream:
    """Batches of crops from real pages and made ones.

    ``made`` gives the made page of a number below ``made_count`` as a clean sheet; ``made_share``
    of the pages are made ones. ``blank`` of each batch's crops hold no ink, half of those at an
    edge of the page. ``force`` scales the odds of every layer; ``scale`` is the range of random
    enlargement. Pages are read once and kept while ``cache_bytes`` lasts.
    """

    pairs: Sequence[Pair]
    size: int = 256
    batch_size: int = 18
    per_page: int = 6
    blank: float = 0.25
    seed: int = 0
    made: Callable[[int], Sheet] | None = None
    made_count: int = 200
    made_share: float = 0.3
    force: float = 1.0
    scale: tuple[float, float] = (0.65, 1.5)
    region: int = 900_000
    cache_bytes: int = 1_500_000_000
    _cache: "OrderedDict[int, Sheet]" = field(default_factory=OrderedDict, init=False, repr=False)

    def __post_init__(self) -> None:
        if self.size < 16:
            raise SettingError(f"crops: size must be at least 16, got {self.size}")
        if self.batch_size < 1 or self.per_page < 1:
            raise SettingError("crops: batch_size and per_page must be at least 1")
        for name in ("blank", "made_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise SettingError(f"crops: {name} must lie in 0..1, got {getattr(self, name)}")
        if not 0 < self.scale[0] <= self.scale[1]:
            raise SettingError(f"crops: scale must be a rising range above 0, got {self.scale}")
        if not self.pairs and self.made is None:
            raise SettingError("crops: give pairs, a made-page function, or both")

    def __iter__(self) -> Iterator[list[Crop]]:
        number = 0
        while True:
            yield self.batch(number)
            number += 1

    def batch(self, number: int) -> list[Crop]:
        """Make batch ``number``: ``batch_size`` crops of ceil(batch_size / per_page) pages."""
        rng = np.random.default_rng([self.seed, number])
        pages = -(-self.batch_size // self.per_page)
        blanks = round(self.batch_size * self.blank)
        crops: list[Crop] = []
        for page in range(pages):
            count = min(self.per_page, self.batch_size - len(crops))
            # Blank crops are dealt out evenly: page i gets those between two rounded shares.
            empty = blanks * (page + 1) // pages - blanks * page // pages
            crops.extend(self._page_crops(count, min(empty, count), rng))
        return [crops[i] for i in rng.permutation(len(crops))]

    def _page_crops(self, count: int, empty: int, rng: np.random.Generator) -> list[Crop]:
        sheet = self._region(self._draw(rng), rng)
        if empty and rng.random() < 0.6:
            sheet = self._cleared(sheet, rng)
        recipe = draw_recipe(rng, force=self.force)
        for step in recipe.page:
            sheet = step(sheet, rng)
        view = cv2.resize(sheet.pixels, (VIEW, VIEW), interpolation=cv2.INTER_AREA)
        seed = int(rng.integers(0, 2**32))
        crops = []
        for top, left in self._places(sheet, count, empty, rng):
            crop = self._cut(sheet, top, left)
            # One camera took the whole page: every crop gets the same draws.
            for step in recipe.camera:
                crop = step(crop, np.random.default_rng(seed))
            share = (top / sheet.height, left / sheet.width,
                     self.size / sheet.height, self.size / sheet.width)  # fmt: skip
            crops.append(Crop(crop.pixels, crop.ink, crop.valid, view, share))
        return crops

    def _draw(self, rng: np.random.Generator) -> Sheet:
        """Choose a page, and another one as the back of its leaf."""
        use_made = self.made is not None and (not self.pairs or rng.random() < self.made_share)
        real = int(rng.integers(0, max(len(self.pairs), 1)))
        made = int(rng.integers(0, max(self.made_count, 1)))
        back = int(rng.integers(0, max(len(self.pairs), 1)))
        sheet = self._load(-1 - made if use_made else real)
        verso = self._load(back if self.pairs else -1 - int(rng.integers(0, self.made_count)))
        return replace(sheet, verso=verso.ink)

    def _load(self, key: int) -> Sheet:
        """Read real page ``key``, or draw made page -1 - key; the latest stay in memory."""
        if key in self._cache:
            self._cache.move_to_end(key)
            return self._cache[key]
        if key >= 0:
            pixels, ink = read_pair(self.pairs[key])
            sheet = Sheet(pixels, ink, np.ones(ink.shape, np.bool_))
        else:
            assert self.made is not None  # a made key is only drawn when it is there
            sheet = self.made(-1 - key)
        self._cache[key] = sheet
        total = sum(s.pixels.nbytes + 2 * s.ink.nbytes for s in self._cache.values())
        while total > self.cache_bytes and len(self._cache) > 2:
            _, old = self._cache.popitem(last=False)
            total -= old.pixels.nbytes + 2 * old.ink.nbytes
        return sheet

    def _region(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Cut a large part of the page and enlarge or reduce it to about ``region`` pixels."""
        low, high = np.log(self.scale)
        scale = float(np.exp(rng.uniform(low, high)))
        target = self.region * float(rng.uniform(0.5, 1.0)) / scale**2
        share = min(1.0, float(np.sqrt(target / sheet.ink.size)))
        # A part is as much taller or wider than the page as chance wants, within its sides.
        bend = float(np.exp(rng.uniform(-0.5, 0.5)))
        height = min(int(sheet.height * min(share * bend, 1)) + 1, sheet.height)
        width = min(int(target / height) + 1, sheet.width)
        top = int(rng.integers(0, sheet.height - height + 1))
        left = int(rng.integers(0, sheet.width - width + 1))
        window = (slice(top, top + height), slice(left, left + width))
        size = (max(round(width * scale), 16), max(round(height * scale), 16))
        shrink = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        ink = np.ascontiguousarray(sheet.ink[window]).view(np.uint8) * np.uint8(255)
        valid = np.ascontiguousarray(sheet.valid[window]).view(np.uint8)
        pixels: Bytes = cv2.resize(
            np.ascontiguousarray(sheet.pixels[window]), size, interpolation=shrink
        )
        return Sheet(
            pixels,
            np.asarray(cv2.resize(ink, size, interpolation=shrink)) > 127,
            np.asarray(cv2.resize(valid, size, interpolation=cv2.INTER_NEAREST)).astype(np.bool_),
            sheet.verso,
        )

    def _cleared(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Take the ink out of a part of the page that is larger than a crop, or out of all."""
        if rng.random() < 0.15:
            return Erase(1.0)(sheet, rng)
        height = int(self.size * rng.uniform(1.1, 1.8))
        width = int(self.size * rng.uniform(1.1, 1.8))
        top = int(rng.integers(0, max(sheet.height - height, 0) + 1))
        left = int(rng.integers(0, max(sheet.width - width, 0) + 1))
        return Erase(1.0, (top, left, height, width))(sheet, rng)

    def _places(
        self, sheet: Sheet, count: int, empty: int, rng: np.random.Generator
    ) -> list[tuple[int, int]]:
        """Choose corners: ``empty`` windows without ink where the page has any, then others."""
        # How much ink each window holds, from one integral image at a quarter of the size.
        reduced = cv2.resize(
            sheet.ink.view(np.uint8) * np.uint8(255),
            (-(-sheet.width // 4), -(-sheet.height // 4)),
            interpolation=cv2.INTER_AREA,
        )
        total = cv2.integral(reduced)
        span = self.size // 4
        rows, columns = max(total.shape[0] - span, 1), max(total.shape[1] - span, 1)
        bottom = np.minimum(np.arange(rows) + span, total.shape[0] - 1)
        right = np.minimum(np.arange(columns) + span, total.shape[1] - 1)
        strips = total[bottom] - total[:rows]
        held = strips[:, right] - strips[:, :columns]
        bare = np.argwhere(held <= 8)
        inked = np.argwhere(held > 255 * span * span * 0.004)
        places = []
        for i in range(count):
            pool = bare if i < empty else inked
            if not len(pool):
                pool = inked if i < empty else bare
            if i < empty and rng.random() < 0.5:
                border = pool[
                    (pool[:, 0] == 0) | (pool[:, 1] == 0)
                    | (pool[:, 0] == rows - 1) | (pool[:, 1] == columns - 1)
                ]  # fmt: skip
                pool = border if len(border) else pool
            row, column = pool[int(rng.integers(0, len(pool)))] if len(pool) else (0, 0)
            top = min(int(row) * 4, max(sheet.height - self.size, 0))
            left = min(int(column) * 4, max(sheet.width - self.size, 0))
            places.append((top, left))
        return places

    def _cut(self, sheet: Sheet, top: int, left: int) -> Sheet:
        """Cut a window; a page smaller than it is continued by reflection, not valid there."""
        part = sheet.cut(slice(top, top + self.size), slice(left, left + self.size))
        down, right = self.size - part.height, self.size - part.width
        if not (down or right):
            return part
        pixels = cv2.copyMakeBorder(part.pixels, 0, down, 0, right, cv2.BORDER_REFLECT)
        pad = ((0, down), (0, right))
        return Sheet(pixels, np.pad(part.ink, pad), np.pad(part.valid, pad))
