"""Crops of real pages with degradations laid over the page, the crop and its view seeing the same.

The crop and the 128 x 128 view of the page are two windows of one degraded page
(`docbin.data.page_layers`). A crop without any ink is kept: the view tells how dark the ink of that
page is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from docbin.data.page_layers import PageLayers, Strengths
from docbin.data.training_pages import VIEW, Prepared, TrainingPage, load_pages, prepare
from docbin.errors import SettingError
from docbin.page import Ink

__all__ = ["PageCrop", "PageCrops", "Strengths", "TrainingPage", "load_pages"]

Array = NDArray[Any]


class PageCrop(NamedTuple):
    """What a network trains on."""

    pixels: NDArray[np.uint8]  # (s, s, 3) RGB
    ink: Ink  # (s, s)
    view: NDArray[np.uint8]  # (128, 128, 3) RGB, the whole degraded page
    inside: bool  # whether the crop touches no board


@dataclass(frozen=True)
class PageCrops:
    """Draw crops from pages: ``crops.draw(rng)``.

    `size` of the crop in pixels, `scales` between which a page is resampled (log-uniform).
    """

    pages: Sequence[TrainingPage]
    size: int = 256
    scales: tuple[float, float] = (0.6, 1.5)
    strengths: Strengths = field(default_factory=Strengths)
    _ready: list[Prepared] = field(default_factory=list, repr=False, init=False)

    def __post_init__(self) -> None:
        if not self.pages:
            raise SettingError("page crops: there must be at least one page")
        if self.size < 16:
            raise SettingError(f"page crops: size must be at least 16, got {self.size}")
        self._ready.extend(prepare(page) for page in self.pages)

    def stream(self, seed: int, start: int = 0) -> Iterator[PageCrop]:
        """Yield crops without end, from number ``start`` on: crop n depends on seed and n only.

        So any number of workers, each with numbers of its own, gives the crops that one would.
        """
        for number in count(start):
            yield self.draw(np.random.default_rng([seed, number]))

    def draw(self, rng: np.random.Generator) -> PageCrop:
        """Return one degraded crop."""
        weights = np.array([p.page.weight for p in self._ready])
        weights = weights / weights.sum()
        front, back = rng.choice(len(self._ready), 2, p=weights)
        page, verso = self._ready[front], self._ready[back]
        height, width = page.page.ink.shape
        scale = float(np.exp(rng.uniform(*np.log(self.scales))))
        side = round(self.size / scale)
        layers = PageLayers(rng, self.strengths, page, verso)
        top, left = self._place(rng, page, side, layers)
        pixels = _cut(page.page.pixels, top, left, side, self.size, page.paper)
        ink = _cut(page.page.ink.view(np.uint8) * np.uint8(255), top, left, side, self.size, None)
        box = (top / height, left / width, side / height, side / width)
        other = _verso(rng, verso, side, self.size) if layers.through else None
        crop, board = layers.lay(pixels.astype(np.float32) / 255, other, box)
        view, _ = layers.lay(page.view.copy(), verso.veil[:, ::-1], (0.0, 0.0, 1.0, 1.0))
        crop, view = layers.finish(crop, view)
        truth = (ink > 127) & ~board
        out, seen = _bytes(crop), _bytes(view)
        if rng.random() < self.strengths.jpeg:
            quality = int(rng.integers(30, 90))
            _, code = cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, quality])
            out = np.asarray(cv2.imdecode(code, cv2.IMREAD_COLOR), np.uint8)
        if rng.random() < 0.25:  # half a turn keeps the slant; a mirror would make show-through ink
            out, truth, seen = out[::-1, ::-1], truth[::-1, ::-1], seen[::-1, ::-1]
        return PageCrop(out, truth, seen, not board.any())

    def draw_page(self, rng: np.random.Generator, size: int) -> PageCrop:
        """Return a whole degraded page, reduced to size x size whatever its shape."""
        weights = np.array([p.page.weight for p in self._ready])
        front, back = rng.choice(len(self._ready), 2, p=weights / weights.sum())
        page, verso = self._ready[front], self._ready[back]
        layers = PageLayers(rng, self.strengths, page, verso)
        square = (size, size)
        pixels = cv2.resize(page.page.pixels, square, interpolation=cv2.INTER_AREA)
        ink, veil = (
            cv2.resize(p.page.ink.astype(np.float32), square, interpolation=cv2.INTER_AREA)
            for p in (page, verso)
        )
        box = (0.0, 0.0, 1.0, 1.0)
        crop, board = layers.lay(pixels.astype(np.float32) / 255, veil[:, ::-1], box)
        crop, _ = layers.finish(crop, page.view)
        seen = cv2.resize(_bytes(crop), (VIEW, VIEW), interpolation=cv2.INTER_AREA)
        return PageCrop(_bytes(crop), (ink > 0.3) & ~board, np.asarray(seen), not board.any())

    def _place(
        self, rng: np.random.Generator, page: Prepared, side: int, layers: PageLayers
    ) -> tuple[int, int]:
        height, width = page.page.ink.shape
        if layers.board and rng.random() < 0.7:
            y, x = layers.on_edge(rng, height, width)
        elif rng.random() < 0.5 and len(page.rows):
            pick = rng.integers(len(page.rows))
            y, x = int(page.rows[pick]), int(page.columns[pick])
        else:
            y, x = int(rng.integers(height)), int(rng.integers(width))
        top = y - int(rng.integers(side))
        left = x - int(rng.integers(side))
        slack = side // 16  # a crop may hang over the page a little; tiles at its edge do
        top = int(np.clip(top, -slack, max(-slack, height - side + slack)))
        left = int(np.clip(left, -slack, max(-slack, width - side + slack)))
        return top, left


def _cut(
    array: Array, top: int, left: int, side: int, size: int, paper: Array | None
) -> NDArray[np.uint8]:
    """Cut a square, mirrored beyond the page (truth: no ink there), and resample it."""
    height, width = array.shape[:2]
    y0, x0, y1, x1 = max(top, 0), max(left, 0), min(top + side, height), min(left + side, width)
    part = array[y0:y1, x0:x1]
    edges = (y0 - top, top + side - y1, x0 - left, left + side - x1)
    if any(edges):
        kind = cv2.BORDER_REPLICATE if paper is not None else cv2.BORDER_CONSTANT
        part = cv2.copyMakeBorder(part, *edges, kind, value=0)
    if side != size:
        how = cv2.INTER_AREA if side > size else cv2.INTER_LINEAR
        part = cv2.resize(part, (size, size), interpolation=how)
    return np.ascontiguousarray(part)


def _verso(rng: np.random.Generator, verso: Prepared, side: int, size: int) -> Array:
    """Return mirrored ink of another page under the crop, (size, size) 0..1."""
    height, width = verso.page.ink.shape
    top = int(rng.integers(max(1, height - side)))
    left = int(rng.integers(max(1, width - side)))
    ink = verso.page.ink[top : top + side, left : left + side][:, ::-1].astype(np.float32)
    # how the veil dims unevenly is drawn with the field; its edge softness with blur_through
    out: Array = cv2.resize(ink, (size, size), interpolation=cv2.INTER_LINEAR)
    return out


def _bytes(x: Array) -> NDArray[np.uint8]:
    out: NDArray[np.uint8] = np.rint(np.clip(x, 0, 1) * 255).astype(np.uint8)
    return out
