"""How the light falls: a gradient, a shadow, the dark gutter of a bound book."""

from dataclasses import dataclass

import cv2
import numpy as np

from docbin.data.degrade.layer import Layer
from docbin.data.fields import Bytes, absorb, blobs
from docbin.data.sheet import Sheet

__all__ = ["Gradient", "Gutter", "Shadow"]

NIGHT = (0.0, 0.0, 0.0)


def ramp(shape: tuple[int, int], angle: float) -> Bytes:
    """Rise from 0 to 255 across the page in the direction ``angle``, radians, (h, w) uint8."""
    height, width = shape
    down, right = np.sin(angle), np.cos(angle)
    y = np.linspace(-0.5, 0.5, height, dtype=np.float32)[:, None] * np.float32(down)
    x = np.linspace(-0.5, 0.5, width, dtype=np.float32)[None] * np.float32(right)
    reach = (abs(down) + abs(right)) / 2
    slope: Bytes = np.clip((y + x) * (127.5 / reach) + 127.5, 0, 255).astype(np.uint8)
    return slope


@dataclass(frozen=True)
class Gradient(Layer):
    """The lamp stands on one side."""

    def apply(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Darken along a straight slope, bent by a random power."""
        slope = ramp((sheet.height, sheet.width), float(rng.uniform(0, 2 * np.pi)))
        bend = (np.linspace(0, 1, 256) ** float(rng.uniform(0.7, 2.5)) * 255).astype(np.uint8)
        amount = cv2.LUT(slope, cv2.convertScaleAbs(bend, alpha=0.75 * self.strength).ravel())
        return sheet.with_pixels(absorb(sheet.pixels, amount, NIGHT))


@dataclass(frozen=True)
class Shadow(Layer):
    """Something stands before the lamp: the edge of a shadow crosses the page."""

    def apply(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Darken one side of a soft edge, straight or shaped like a hand."""
        shape = (sheet.height, sheet.width)
        if rng.random() < 0.5:
            slope = ramp(shape, float(rng.uniform(0, 2 * np.pi)))
            edge, level = float(rng.uniform(4, 60)), float(rng.uniform(60, 190))
            steps = np.clip((np.arange(256) - level) / edge, 0, 1) * 255
            dark = cv2.LUT(slope, steps.astype(np.uint8))
        else:
            dark = blobs(shape, 0.6 * max(shape), float(rng.uniform(0.15, 0.5)), rng, edge=30)
        amount = cv2.convertScaleAbs(dark, alpha=0.72 * self.strength)
        return sheet.with_pixels(absorb(sheet.pixels, amount, NIGHT))


@dataclass(frozen=True)
class Gutter(Layer):
    """The leaf bends into the spine of its book: one edge sinks into darkness."""

    def apply(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Darken towards the left or the right edge, exponentially."""
        reach = float(rng.uniform(0.02, 0.12))
        profile = (
            np.exp(-np.linspace(0, 1, sheet.width) / reach) * 255 * (0.3 + 0.7 * self.strength)
        )
        if rng.random() < 0.5:
            profile = profile[::-1]
        amount = np.broadcast_to(profile.astype(np.uint8), sheet.ink.shape)
        return sheet.with_pixels(absorb(sheet.pixels, np.ascontiguousarray(amount), NIGHT))
