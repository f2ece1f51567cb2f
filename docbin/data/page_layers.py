"""Degradations of a whole page that can be laid over any window of it.

They are drawn once for a page as coarse fields, so a crop costs a crop, never a page, and a crop
and the view of its page show the same show-through, shade, stains, fading and dark board.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from docbin.data.training_pages import VIEW, Prepared

__all__ = ["PageLayers", "Strengths"]

Array = NDArray[Any]


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


class PageLayers:
    """One draw of all page-wide layers."""

    def __init__(
        self, rng: np.random.Generator, p: Strengths, page: Prepared, verso: Prepared
    ) -> None:
        self.page = page
        self.through = rng.random() < p.through and page.contrast > 0.12
        self.through_depth = float(rng.uniform(0.15, 0.85)) * page.contrast
        self.through_tint = rng.uniform(0.5, 1.0, 3).astype(np.float32)
        self.through_field = page_field(rng, int(rng.integers(2, 6)), 1) if self.through else None
        self.shade = page_field(rng, int(rng.integers(2, 6)), 1) if rng.random() < p.shade else None
        self.shade_tint = (rng.uniform(0.1, 0.6) * rng.uniform(0.6, 1.0, 3)).astype(np.float32)
        self.stain = (
            page_field(rng, int(rng.integers(4, 14)), 1) if rng.random() < p.stain else None
        )
        self.stain_tint = (rng.uniform(0.1, 0.5) * rng.uniform(0.3, 1.0, 3)).astype(np.float32)
        self.stain_sharp = float(np.exp(rng.uniform(np.log(4), np.log(60))))
        self.stain_level = float(rng.uniform(0.45, 0.75))
        self.fade = page_field(rng, int(rng.integers(2, 8)), 1) if rng.random() < p.fade else None
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
            veil = veil * (0.35 + 0.65 * window(self.through_field, box, h, w)) * self.through_depth
            x = x * (1 - veil[..., None] * self.through_tint)
        if self.fade is not None:
            share = window(self.fade, box, h, w)[..., None] * self.fade_depth
            x = x + (self.page.paper - x) * share
        if self.shade is not None:
            x = x * (1 - window(self.shade, box, h, w)[..., None] * self.shade_tint)
        if self.stain is not None:
            t = (window(self.stain, box, h, w) - self.stain_level) * self.stain_sharp
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


def page_field(rng: np.random.Generator, cells: int, channels: int) -> Array:
    grid = rng.random((cells + 2, cells + 2)).astype(np.float32)
    smooth: Array = cv2.resize(grid, (64, 64), interpolation=cv2.INTER_CUBIC)
    smooth = smooth - smooth.min()
    result: Array = smooth / max(float(smooth.max()), 1e-6)
    return result


def window(grid: Array, box: tuple[float, float, float, float], h: int, w: int) -> Array:
    """Return the part of a page-wide field under a box given in fractions, (h, w)."""
    n = grid.shape[0] - 1
    matrix = np.array(
        [[box[3] * n / w, 0, box[1] * n], [0, box[2] * n / h, box[0] * n]], np.float32
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    out: Array = cv2.warpAffine(grid, matrix, (w, h), flags=flags, borderMode=cv2.BORDER_REFLECT)
    return out
