"""Show-through: what is written on the back of the leaf, seen through it.

The verso is mirrored, blurred by the paper's thickness, and absorbs light where the ink of this
side may or may not be: pixel x (1 - a v), v the blurred verso and a how transparent the leaf is
there, which varies over the page (E. Dubois and A. Pathak, Reduction of bleed-through in scanned
manuscript documents, 2001, give the physical model).
"""

from dataclasses import dataclass

import cv2
import numpy as np

from docbin.data.degrade.ink import soft_ink
from docbin.data.degrade.layer import Layer
from docbin.data.fields import Bytes, absorb, smooth
from docbin.data.sheet import Sheet
from docbin.page import Ink

__all__ = ["ShowThrough", "mirrored"]


def mirrored(ink: Ink, shape: tuple[int, int], rng: np.random.Generator) -> Ink:
    """Turn a verso over and lay it behind a page of another size, repeating it to fill."""
    height, width = shape
    flipped = ink[:, ::-1]
    rows = -(-height // flipped.shape[0])
    columns = -(-width // flipped.shape[1])
    if rows * columns > 1:
        flipped = np.tile(flipped, (min(rows, 40), min(columns, 40)))
    top = int(rng.integers(0, max(flipped.shape[0] - height, 0) + 1))
    left = int(rng.integers(0, max(flipped.shape[1] - width, 0) + 1))
    window = flipped[top : top + height, left : left + width]
    behind = np.zeros(shape, np.bool_)
    behind[: window.shape[0], : window.shape[1]] = window
    return behind


@dataclass(frozen=True)
class ShowThrough(Layer):
    """The back of the leaf shows: the sheet's ``verso``, or its own ink turned over."""

    def apply(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Absorb light where the verso has ink."""
        verso = sheet.ink[::-1] if sheet.verso is None else sheet.verso
        behind = mirrored(verso, (sheet.height, sheet.width), rng)
        sigma = float(rng.uniform(0.25, 0.9)) * min(sheet.stroke, 8)
        # The back never beats the front: its darkness is a share of what this ink takes.
        reach = self.strength * min(1.0, sheet.contrast / 0.6)
        alpha = soft_ink(behind, sigma, grow=int(rng.random() < 0.5))
        cloud = smooth(sheet.ink.shape, 50 * sheet.stroke, rng)
        level = cv2.convertScaleAbs(cloud, alpha=0.5, beta=127)
        alpha = cv2.multiply(alpha, level, scale=reach / 255)
        return sheet.with_pixels(absorb(sheet.pixels, alpha, self._color(sheet.pixels, rng)))

    def _color(self, pixels: Bytes, rng: np.random.Generator) -> tuple[float, float, float]:
        """What white paper behind full verso ink turns into: dark brown, or grey on a grey page."""
        dark = float(rng.uniform(45, 110))
        sample = pixels[::16, ::16].reshape(-1, 3)
        if int(np.ptp(sample, axis=1).max()) < 12:
            return (dark, dark, dark)
        warm = float(rng.uniform(0, 0.4))
        return (dark, dark * (1 - 0.5 * warm), dark * (1 - warm))
