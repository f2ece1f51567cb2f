"""Crops of real pages with degradations laid over the page, the crop and its view seeing the same.

A degradation is drawn once for a whole page as coarse fields (show-through of another page, shade,
stains, fading, a dark board beyond a torn edge) and can be laid over any window of it. The crop and
the 128 x 128 view of the page are two such windows, so a crop costs a crop, never a page. A crop
without any ink is kept: the view tells how dark the ink of that page is.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from docbin.data.crops import find_pairs
from docbin.errors import DatasetError, SettingError
from docbin.page import Ink

__all__ = ["PageCrop", "PageCrops", "Strengths", "TrainingPage", "load_pages"]

Array = NDArray[Any]
VIEW = 128


@dataclass(frozen=True, eq=False)
class TrainingPage:
    """A page with its truth: pixels (h, w, 3) RGB uint8, ink (h, w) bool, weight of its draw."""

    name: str
    pixels: NDArray[np.uint8]
    ink: Ink
    weight: float = 1.0


def load_pages(
    root: Path, masses: Mapping[str, float] | None = None, leave_out: Collection[str] = ()
) -> list[TrainingPage]:
    """Read ``root/SET/images`` with ``root/SET/gt``, page names ``SET/STEM``.

    A set's pages share its mass (default: one a page), so that a large set does not drown the
    others. Raises DatasetError where a truth is missing, sizes differ, or there is no page.
    """
    pairs = [pair for pair in find_pairs(root) if pair.name not in leave_out]
    if not pairs:
        raise DatasetError(f"{root}: no pages; need folders SET/images and SET/gt")
    counts = Counter(pair.name.split("/")[0] for pair in pairs)
    pages = []
    for pair in pairs:
        pixels, truth = cv2.imread(str(pair.image), cv2.IMREAD_COLOR), None
        if pixels is not None:
            truth = cv2.imread(str(pair.truth), cv2.IMREAD_GRAYSCALE)
        if pixels is None or truth is None:
            broken = pair.image if pixels is None else pair.truth
            raise DatasetError(f"{broken}: cannot be read as an image")
        if pixels.shape[:2] != truth.shape:
            raise DatasetError(
                f"{pair.image}: page {pixels.shape[1]} x {pixels.shape[0]} but its truth "
                f"{truth.shape[1]} x {truth.shape[0]}; they must be the same size"
            )
        name = pair.name.split("/")[0]
        weight = 1.0 if not masses else masses.get(name, 0.0) / counts[name]
        rgb = np.ascontiguousarray(pixels[..., ::-1]).astype(np.uint8)
        pages.append(TrainingPage(pair.name, rgb, np.asarray(truth) < 128, weight))
    return pages


class PageCrop(NamedTuple):
    """What a network trains on."""

    pixels: NDArray[np.uint8]  # (s, s, 3) RGB
    ink: Ink  # (s, s)
    view: NDArray[np.uint8]  # (128, 128, 3) RGB, the whole degraded page
    inside: bool  # whether the crop touches no board


@dataclass(frozen=True)
class Strengths:
    """How often each layer is laid, as a probability a crop."""

    through: float = 0.45
    shade: float = 0.4
    stain: float = 0.2
    fade: float = 0.25
    board: float = 0.12
    tone: float = 0.5
    gray: float = 0.25
    blur: float = 0.2
    noise: float = 0.25
    jpeg: float = 0.15


@dataclass
class _Prepared:
    page: TrainingPage
    view: Array  # (128, 128, 3) float32 0..1
    veil: Array  # (128, 128) share of ink
    paper: Array  # (3,) colour of the paper
    contrast: float  # paper minus ink, luma
    rows: Array = field(repr=False)  # pixels of ink, a sample
    columns: Array = field(repr=False)


@dataclass(frozen=True)
class PageCrops:
    """Draw crops from pages: ``crops.draw(rng)``.

    `size` of the crop in pixels, `scales` between which a page is resampled (log-uniform).
    """

    pages: Sequence[TrainingPage]
    size: int = 256
    scales: tuple[float, float] = (0.6, 1.5)
    strengths: Strengths = Strengths()
    _ready: list[_Prepared] = field(default_factory=list, repr=False, init=False)

    def __post_init__(self) -> None:
        if not self.pages:
            raise SettingError("page crops: there must be at least one page")
        if self.size < 16:
            raise SettingError(f"page crops: size must be at least 16, got {self.size}")
        self._ready.extend(_prepare(page) for page in self.pages)

    def draw(self, rng: np.random.Generator) -> PageCrop:
        """Return one degraded crop."""
        weights = np.array([p.page.weight for p in self._ready])
        weights = weights / weights.sum()
        front, back = rng.choice(len(self._ready), 2, p=weights)
        page, verso = self._ready[front], self._ready[back]
        height, width = page.page.ink.shape
        scale = float(np.exp(rng.uniform(*np.log(self.scales))))
        side = round(self.size / scale)
        layers = _Layers(rng, self.strengths, page, verso)
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
        layers = _Layers(rng, self.strengths, page, verso)
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
        self, rng: np.random.Generator, page: _Prepared, side: int, layers: "_Layers"
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


class _Layers:
    """One draw of all page-wide layers."""

    def __init__(
        self, rng: np.random.Generator, p: Strengths, page: _Prepared, verso: _Prepared
    ) -> None:
        self.page = page
        self.through = rng.random() < p.through and page.contrast > 0.12
        self.through_depth = float(rng.uniform(0.15, 0.85)) * page.contrast
        self.through_tint = rng.uniform(0.5, 1.0, 3).astype(np.float32)
        self.through_field = _field(rng, int(rng.integers(2, 6)), 1) if self.through else None
        self.shade = _field(rng, int(rng.integers(2, 6)), 1) if rng.random() < p.shade else None
        self.shade_tint = (rng.uniform(0.1, 0.6) * rng.uniform(0.6, 1.0, 3)).astype(np.float32)
        self.stain = _field(rng, int(rng.integers(4, 14)), 1) if rng.random() < p.stain else None
        self.stain_tint = (rng.uniform(0.1, 0.5) * rng.uniform(0.3, 1.0, 3)).astype(np.float32)
        self.stain_sharp = float(np.exp(rng.uniform(np.log(4), np.log(60))))
        self.stain_level = float(rng.uniform(0.45, 0.75))
        self.fade = _field(rng, int(rng.integers(2, 8)), 1) if rng.random() < p.fade else None
        self.fade_depth = float(rng.uniform(0.2, 0.65))
        self.board = rng.random() < p.board
        self.board_edge = int(rng.integers(4))
        self.board_at = float(rng.uniform(0.02, 0.3))
        self.board_tilt = float(rng.normal(0, 0.03))
        self.board_rough = rng.normal(0, float(rng.choice([0.0, 0.004, 0.015])), 48)
        self.board_color = (rng.uniform(0.0, 0.45) * rng.uniform(0.7, 1.0, 3)).astype(np.float32)
        self.board_shadow = float(rng.uniform(0.0, 0.5))
        self.board_grain = float(rng.uniform(0.0, 0.06))
        self.board_curl = float(np.exp(rng.uniform(np.log(0.01), np.log(0.08))))
        self.tone = (
            np.exp(rng.normal(0, 0.3, 3) * 0.4 + rng.normal(0, 0.35)).astype(np.float32)
            if rng.random() < p.tone
            else None
        )
        self.span = (float(rng.uniform(0, 0.2)), float(rng.uniform(0.75, 1.0)))
        self.gray = float(rng.random()) if rng.random() < p.gray else None
        self.gray_of = int(rng.integers(3))
        self.blur = float(rng.uniform(0.3, 1.3)) if rng.random() < p.blur else 0.0
        self.noise = float(rng.uniform(0.005, 0.06)) if rng.random() < p.noise else 0.0
        self.noise_soft = rng.random() < 0.5
        self.rng = rng
        self.blur_through = float(rng.uniform(0.5, 3.5))

    def on_edge(self, rng: np.random.Generator, height: int, width: int) -> tuple[int, int]:
        along = rng.random()
        at = self.board_at if self.board_edge in (0, 2) else 1 - self.board_at
        y, x = (at, along) if self.board_edge < 2 else (along, at)
        if self.board_edge == 0 or self.board_edge == 1:
            y = self.board_at if self.board_edge == 0 else 1 - self.board_at
        return int(y * (height - 1)), int(x * (width - 1))

    def lay(
        self, x: Array, verso: Array | None, box: tuple[float, float, float, float]
    ) -> tuple[Array, Array]:
        """Lay the layers over a window of the page: x (h, w, 3) 0..1; return it and the board."""
        h, w = x.shape[:2]
        if self.through and verso is not None and self.through_field is not None:
            veil = cv2.GaussianBlur(verso, (0, 0), self.blur_through) if h > VIEW else verso
            veil = (
                veil * (0.35 + 0.65 * _window(self.through_field, box, h, w)) * self.through_depth
            )
            x = x * (1 - veil[..., None] * self.through_tint)
        if self.fade is not None:
            share = _window(self.fade, box, h, w)[..., None] * self.fade_depth
            x = x + (self.page.paper - x) * share
        if self.shade is not None:
            x = x * (1 - _window(self.shade, box, h, w)[..., None] * self.shade_tint)
        if self.stain is not None:
            t = (_window(self.stain, box, h, w) - self.stain_level) * self.stain_sharp
            x = x * (1 - (1 / (1 + np.exp(-t)))[..., None] * self.stain_tint)
        board = np.zeros((h, w), np.bool_)
        if self.board:
            depth = self._depth(box, h, w)  # above 0 beyond the paper
            board = depth > 0
            shadow = self.board_shadow * np.exp(np.minimum(depth, 0) / self.board_curl)
            x = x * (1 - shadow[..., None])
            grain = self.board_color + self.rng.normal(0, 1, (h, w, 1)).astype(np.float32) * (
                self.board_grain
            )
            soft = np.clip(depth * (256 / box[2] / 4) + 0.5, 0, 1)[..., None]
            x = x + (grain - x) * soft
        return x.astype(np.float32), board

    def _depth(self, box: tuple[float, float, float, float], h: int, w: int) -> Array:
        ys = (box[0] + box[2] * (np.arange(h) + 0.5) / h)[:, None]
        xs = (box[1] + box[3] * (np.arange(w) + 0.5) / w)[None, :]
        if self.board_edge in (1, 3):
            ys, xs = 1 - ys, 1 - xs
        across, along = (ys, xs) if self.board_edge < 2 else (xs, ys)
        rough = np.interp(along, np.linspace(0, 1, 48), self.board_rough)
        depth: Array = (self.board_at + self.board_tilt * (along - 0.5) + rough - across).astype(
            np.float32
        )
        return depth

    def finish(self, crop: Array, view: Array) -> tuple[Array, Array]:
        """Camera and file: blur, noise, tone, grey; noise and blur do not reach the view."""
        if self.blur:
            crop = cv2.GaussianBlur(crop, (0, 0), self.blur)
        if self.noise:
            noise: Array = self.rng.standard_normal(crop.shape[:2], np.float32) * self.noise
            if self.noise_soft:
                noise = cv2.GaussianBlur(noise, (0, 0), 0.8) * 2
            crop = crop + noise[..., None]
        if self.gray is not None:
            crop, view = self._to_gray(crop), self._to_gray(view)
        if self.tone is not None:
            low, high = self.span
            crop = low + (high - low) * np.power(np.clip(crop, 0, 1), self.tone)
            view = low + (high - low) * np.power(np.clip(view, 0, 1), self.tone)
        return crop, view

    def _to_gray(self, x: Array) -> Array:
        if self.gray is not None and self.gray < 0.4:
            one = x[..., self.gray_of]
        else:
            one = cv2.cvtColor(np.ascontiguousarray(x), cv2.COLOR_RGB2GRAY)
        return np.repeat(one[..., None], 3, axis=2)


def _prepare(page: TrainingPage) -> _Prepared:
    view = cv2.resize(page.pixels, (VIEW, VIEW), interpolation=cv2.INTER_AREA)
    veil = cv2.resize(page.ink.astype(np.float32), (VIEW, VIEW), interpolation=cv2.INTER_AREA)
    step = max(1, int(np.sqrt(page.ink.size / 200_000)))
    sample, ink = page.pixels[::step, ::step].astype(np.float32) / 255, page.ink[::step, ::step]
    far = ~cv2.dilate(ink.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    paper = np.median(sample[far], axis=0) if far.any() else np.ones(3)
    dark = sample[ink].mean(axis=0) if ink.any() else paper
    luma = np.array([0.299, 0.587, 0.114])
    rows, columns = np.nonzero(ink)
    return _Prepared(
        page,
        view.astype(np.float32) / 255,
        veil,
        paper.astype(np.float32),
        float(np.clip((paper - dark) @ luma / max(float(paper @ luma), 0.05), 0, 1)),
        rows.astype(np.int32) * step,
        columns.astype(np.int32) * step,
    )


def _field(rng: np.random.Generator, cells: int, channels: int) -> Array:
    grid = rng.random((cells + 2, cells + 2)).astype(np.float32)
    smooth: Array = cv2.resize(grid, (64, 64), interpolation=cv2.INTER_CUBIC)
    smooth = smooth - smooth.min()
    result: Array = smooth / max(float(smooth.max()), 1e-6)
    return result


def _window(grid: Array, box: tuple[float, float, float, float], h: int, w: int) -> Array:
    """Return the part of a page-wide field under a box given in fractions, (h, w)."""
    n = grid.shape[0] - 1
    matrix = np.array(
        [[box[3] * n / w, 0, box[1] * n], [0, box[2] * n / h, box[0] * n]], np.float32
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    out: Array = cv2.warpAffine(grid, matrix, (w, h), flags=flags, borderMode=cv2.BORDER_REFLECT)
    return out


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


def _verso(rng: np.random.Generator, verso: _Prepared, side: int, size: int) -> Array:
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
