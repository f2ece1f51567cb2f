"""What happens to the paper: tint, texture, stains, foxing, folds, holes."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from docbin.data.degrade.layer import Layer
from docbin.data.fields import Bytes, absorb, blobs, blurred, mix, paper, smooth
from docbin.data.sheet import Sheet

__all__ = ["Folds", "Foxing", "Holes", "Stains", "Texture", "Tint"]

Color = tuple[float, float, float]


def brown(rng: np.random.Generator, low: float = 120, high: float = 215) -> Color:
    """Draw a colour that old paper takes, from straw to tea."""
    red = float(rng.uniform(low, high)) + 30
    green = red * float(rng.uniform(0.8, 0.95))
    return (min(red, 250), green, green * float(rng.uniform(0.6, 0.9)))


def grayed(color: Color, sheet: Sheet, rng: np.random.Generator) -> Color:
    """Take the colour out where the page itself has none."""
    sample = sheet.pixels[::16, ::16].reshape(-1, 3)
    if int(np.ptp(sample, axis=1).max()) >= 12:
        return color
    gray = 0.299 * color[0] + 0.587 * color[1] + 0.114 * color[2]
    return (gray, gray, gray)


@dataclass(frozen=True)
class Tint(Layer):
    """Age colours the whole sheet, unevenly, more towards its edges."""

    def apply(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Absorb light everywhere."""
        cloud = smooth(sheet.ink.shape, 0.4 * max(sheet.ink.shape), rng)
        amount = cv2.convertScaleAbs(cloud, alpha=0.35 * self.strength, beta=165 * self.strength)
        return sheet.with_pixels(absorb(sheet.pixels, amount, brown(rng, 130, 225)))


@dataclass(frozen=True)
class Texture(Layer):
    """Fibres, clouds and the pores of parchment."""

    def apply(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Darken and lighten by paper grain, mostly darken."""
        grain = paper((sheet.height, sheet.width), rng)
        amount = cv2.convertScaleAbs(grain, alpha=0.45 * self.strength)
        color = grayed(brown(rng, 90, 160), sheet, rng)
        return sheet.with_pixels(absorb(sheet.pixels, amount, color))


@dataclass(frozen=True)
class Stains(Layer):
    """Water and dirt: blobs with a darker rim, and smudges without one."""

    def apply(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Absorb light inside the blobs and more along their rims."""
        shape = sheet.ink.shape
        reach = float(rng.uniform(0.12, 0.5)) * max(shape)
        share = float(rng.uniform(0.05, 0.35))
        inside = blobs(shape, reach, share, rng, edge=float(rng.choice([12, 40, 90])))
        amount = cv2.convertScaleAbs(inside, alpha=float(rng.uniform(0.35, 0.9)) * self.strength)
        if rng.random() < 0.5:
            # The tide line lies where the field crosses the rim: a tent over its ramp.
            tent = (255 - np.abs(2 * np.arange(256, dtype=np.int16) - 255)).astype(np.uint8)
            rim = cv2.LUT(inside, tent)
            amount = cv2.add(amount, cv2.convertScaleAbs(rim, alpha=0.5 * self.strength))
        dapple = cv2.convertScaleAbs(smooth(shape, reach / 6, rng), alpha=0.35, beta=165)
        amount = cv2.multiply(amount, dapple, scale=1 / 255)
        color = grayed(brown(rng, 40, 150), sheet, rng)
        return sheet.with_pixels(absorb(sheet.pixels, amount, color))


@dataclass(frozen=True)
class Foxing(Layer):
    """Rust-brown spots, many small and a few large."""

    def apply(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Absorb light in round spots."""
        amount: Bytes = np.zeros(sheet.ink.shape, np.uint8)
        count = int(rng.integers(10, 30 + int(90 * self.strength)))
        sizes = sheet.stroke * np.minimum(rng.pareto(1.6, count) + 0.5, 8)
        rows = rng.integers(0, sheet.height, count)
        columns = rng.integers(0, sheet.width, count)
        for row, column, size, dark in zip(
            rows, columns, sizes, rng.uniform(60, 255, count), strict=True
        ):
            cv2.circle(amount, (int(column), int(row)), max(int(size), 1), float(dark), -1)
        ragged = cv2.convertScaleAbs(smooth(sheet.ink.shape, 2 * sheet.stroke, rng), beta=60)
        amount = blurred(amount, 0.5 * sheet.stroke)
        amount = cv2.multiply(amount, ragged, scale=0.9 * self.strength / 255)
        color = grayed((150, 95, 45), sheet, rng)
        return sheet.with_pixels(absorb(sheet.pixels, amount, color))


@dataclass(frozen=True)
class Folds(Layer):
    """Creases across the leaf: a dark line, a light flank on its other side."""

    def apply(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Absorb light along straight, slightly wavering lines."""
        height, width = sheet.ink.shape
        amount: Bytes = np.zeros(sheet.ink.shape, np.uint8)
        for _ in range(int(rng.integers(1, 4))):
            across = rng.random() < 0.6
            at = float(rng.uniform(0.1, 0.9))
            steps = np.linspace(0, 1, 24)
            waver = at + np.cumsum(rng.normal(0, 0.0012, 24)) + rng.normal(0, 0.01) * steps
            x, y = (steps, waver) if across else (waver, steps)
            points = np.rint(np.stack([x * width, y * height], 1)).astype(np.int32)
            wide = max(int(sheet.stroke * rng.uniform(0.3, 1.2)), 1)
            cv2.polylines(amount, [points], False, float(rng.uniform(90, 220)), wide, cv2.LINE_AA)
        soft = blurred(amount, 3 * sheet.stroke)
        amount = blurred(amount, 0.25 * sheet.stroke)
        ragged = smooth(sheet.ink.shape, 6 * sheet.stroke, rng)
        amount = cv2.add(cv2.multiply(amount, ragged, scale=1 / 255), soft)
        amount = cv2.convertScaleAbs(amount, alpha=self.strength)
        color = grayed(brown(rng, 40, 110), sheet, rng)
        return sheet.with_pixels(absorb(sheet.pixels, amount, color))


@dataclass(frozen=True)
class Holes(Layer):
    """Worm holes and losses: what lies behind shows, light or dark; the ink is gone with them."""

    def apply(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Replace the paper, rim it with shadow, and take the ink out of the truth."""
        shape = sheet.ink.shape
        field: Bytes = np.zeros(shape, np.uint8)
        for _ in range(int(rng.integers(2, 4 + int(12 * self.strength)))):
            center = (int(rng.integers(0, shape[1])), int(rng.integers(0, shape[0])))
            size = sheet.stroke * (1 + self.strength * float(rng.pareto(1.5)))
            axes = (max(int(min(size, 30 * sheet.stroke)), 1), max(int(size / 2), 1))
            cv2.ellipse(field, center, axes, float(rng.uniform(0, 180)), 0, 360, 255, -1)
        rough = smooth(shape, 1.5 * sheet.stroke, rng)
        field = blurred(field, 0.6 * sheet.stroke)
        hole = cv2.addWeighted(field, 1.0, rough, 0.35, -45) > 127
        behind = np.empty_like(sheet.pixels)
        behind[:] = rng.choice([18, 60, 235, 250]) * np.ones(3)
        edge = blurred(hole.view(np.uint8) * np.uint8(255), 0.8)
        rim = blurred(edge, sheet.stroke)
        pixels = absorb(sheet.pixels, cv2.convertScaleAbs(rim, alpha=0.5), (110, 90, 70))
        return replace(sheet, pixels=mix(pixels, behind, edge), ink=sheet.ink & ~hole)
