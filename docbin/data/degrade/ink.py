"""What happens to the ink: it fades, breaks, spreads, or was never there.

Ink is taken off by putting back the paper behind it: the mean of the paper near by (a normalised
box mean over the pixels far from ink) plus the paper's own grain read from a place without ink.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

import cv2
import numpy as np

from docbin.data.degrade.layer import Layer
from docbin.data.fields import Bytes, absorb, blobs, blurred, mix, smooth
from docbin.data.sheet import Sheet
from docbin.page import Ink

__all__ = ["Bleed", "Erase", "Fade", "bare_paper", "soft_ink"]


def soft_ink(ink: Ink, sigma: float, *, grow: int = 0) -> Bytes:
    """Blur ink into 0..255, after growing it by ``grow`` pixels."""
    alpha: Bytes = ink.view(np.uint8) * np.uint8(255)
    if grow > 0:
        alpha = np.asarray(cv2.dilate(alpha, np.ones((2 * grow + 1, 2 * grow + 1), np.uint8)))
    return alpha if sigma <= 0 else np.asarray(blurred(alpha, sigma))


def bare_paper(sheet: Sheet, rng: np.random.Generator) -> Bytes:
    """Guess the page without its ink, (h, w, 3), at a quarter of the resolution inside."""
    height, width = sheet.ink.shape
    small = (max(width // 4, 1), max(height // 4, 1))
    near = cv2.resize(soft_ink(sheet.ink, 0, grow=3), small, interpolation=cv2.INTER_AREA)
    seen = (near == 0).astype(np.float32)
    colors = cv2.resize(sheet.pixels, small, interpolation=cv2.INTER_AREA).astype(np.float32)
    colors *= seen[:, :, None]
    total = np.zeros_like(colors)
    weight = np.zeros(seen.shape, np.float32)
    for window, trust in ((9, 1.0), (33, 1e-3), (129, 1e-6)):
        box = (min(window, 2 * small[0] + 1), min(window, 2 * small[1] + 1))
        total += trust * cv2.blur(colors, box)
        weight += trust * cv2.blur(seen, box)
    fallback = np.percentile(sheet.pixels[::7, ::7].reshape(-1, 3), 75, axis=0)
    paper = np.where(
        weight[:, :, None] > 1e-9, total / np.maximum(weight, 1e-9)[:, :, None], fallback
    )
    smoothed = cv2.resize(paper.astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR)
    grain = cv2.subtract(sheet.pixels, smoothed, dtype=cv2.CV_16S)
    inked = cv2.resize(near, (width, height), interpolation=cv2.INTER_NEAREST)
    bare = np.equal(inked, 0).view(np.uint8)
    grain = cv2.bitwise_and(grain, grain, mask=bare)
    down, right = (int(v) for v in rng.integers(20, 200, 2))
    moved = np.roll(grain, (down, right), (0, 1))
    return np.asarray(cv2.add(smoothed, moved, dtype=cv2.CV_8U))


@dataclass(frozen=True)
class Fade(Layer):
    """Ink loses its colour, more in some places than in others; at the worst a fifth is left.

    ``broken`` is the share of the ink where strokes break off entirely (they stay in the truth
    at a tenth of their contrast, as experts mark strokes they can guess).
    """

    broken: float = 0.3

    def apply(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Mix bare paper over the ink."""
        unit = sheet.stroke
        # Ink that is pale already has little left to lose before nobody could tell it.
        reserve = min(1.0, sheet.contrast / 0.45)
        shape = sheet.ink.shape
        # Dips of the pen, words, single strokes: three scales, stretched so that some ink stays.
        amount = cv2.addWeighted(smooth(shape, 60 * unit, rng), 0.45,
                                 smooth(shape, 9 * unit, rng), 0.4, 0)  # fmt: skip
        amount = cv2.addWeighted(amount, 1.0, smooth(shape, 2 * unit, rng), 0.15, 0)
        stretch = np.clip(1.7 * (np.arange(256) - 128.0) + 160, 0, 255).astype(np.uint8)
        amount = cv2.LUT(amount, stretch)
        if self.broken > 0:
            gaps = blobs(shape, 1.6 * unit, 0.25 * self.broken * self.strength, rng)
            amount = cv2.max(amount, cv2.convertScaleAbs(gaps, alpha=0.9))
        where = soft_ink(sheet.ink, 0.6, grow=2)
        amount = cv2.multiply(amount, where, scale=0.82 * self.strength**0.7 * reserve / 255)
        return sheet.with_pixels(mix(sheet.pixels, bare_paper(sheet, rng), amount))


@dataclass(frozen=True)
class Erase(Layer):
    """Ink is taken off, in the whole page or in ``box`` (top, left, height, width): bare paper.

    Any strength above 0 takes all of it: half-erased ink is what ``Fade`` makes.
    """

    box: tuple[int, int, int, int] | None = None

    def apply(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Put bare paper in the place of the ink, in the pixels and in the truth."""
        top, left, height, width = self.box or (0, 0, *sheet.ink.shape)
        rows, columns = slice(max(top, 0), top + height), slice(max(left, 0), left + width)
        ink = sheet.ink.copy()
        if not ink[rows, columns].any():
            return sheet
        ink[rows, columns] = False
        # Whole strokes go, so that no half stroke ends in a straight cut beside the box.
        gone = soft_ink(sheet.ink & ~ink, 1.0, grow=4)
        # Only the box and what the paper round it is guessed from.
        rows = slice(max(top - 160, 0), top + height + 160)
        columns = slice(max(left - 160, 0), left + width + 160)
        part = sheet.cut(rows, columns)
        pixels = sheet.pixels.copy()
        where = np.ascontiguousarray(gone[rows, columns])
        pixels[rows, columns] = mix(part.pixels, bare_paper(part, rng), where)
        return replace(sheet, pixels=pixels, ink=ink)


@dataclass(frozen=True)
class Bleed(Layer):
    """Ink creeps along the fibres: a pale halo round every stroke, wider where the paper is wet."""

    color: ClassVar[tuple[float, float, float]] = (120, 95, 70)

    def apply(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Absorb light round the ink."""
        wet = smooth(sheet.ink.shape, 30 * sheet.stroke, rng)
        halo = soft_ink(sheet.ink, (0.5 + self.strength) * sheet.stroke)
        halo = cv2.multiply(halo, wet, scale=0.75 * self.strength / 255)
        return sheet.with_pixels(absorb(sheet.pixels, halo, self.color))
