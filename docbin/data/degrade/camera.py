"""What the camera or the scanner adds last: blur, noise, low resolution, JPEG, streaks."""

from dataclasses import dataclass

import cv2
import numpy as np

from docbin.data.degrade.layer import Layer
from docbin.data.fields import Bytes, absorb, blurred, grain
from docbin.data.sheet import Sheet

__all__ = ["Blur", "Jpeg", "LowResolution", "Noise", "Streaks"]


@dataclass(frozen=True)
class Blur(Layer):
    """The page is out of focus."""

    def apply(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Blur by up to half a stroke."""
        sigma = max(0.5 * self.strength * min(sheet.stroke, 8), 0.2)
        return sheet.with_pixels(blurred(sheet.pixels, sigma))


@dataclass(frozen=True)
class Noise(Layer):
    """The sensor is short of light: grain, the same in all channels or apart."""

    def apply(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Add Gaussian noise of a deviation up to 22 levels."""
        shape, sigma = (sheet.height, sheet.width), 22 * self.strength
        first = grain(shape, sigma, rng)
        colored = int(np.ptp(sheet.pixels[::16, ::16], axis=2).max()) >= 12
        if colored and rng.random() < 0.5:
            noise = cv2.merge([first, grain(shape, sigma, rng), grain(shape, sigma, rng)])
        else:
            noise = cv2.merge([first, first, first])
        return sheet.with_pixels(cv2.add(sheet.pixels, noise, dtype=cv2.CV_8U))


@dataclass(frozen=True)
class LowResolution(Layer):
    """The scan was made at a fraction of its resolution and blown up."""

    def apply(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Shrink by area by up to 3 and enlarge again."""
        factor = 1 + 2 * self.strength
        size = (max(round(sheet.width / factor), 1), max(round(sheet.height / factor), 1))
        small = cv2.resize(sheet.pixels, size, interpolation=cv2.INTER_AREA)
        back = cv2.INTER_LINEAR if rng.random() < 0.5 else cv2.INTER_CUBIC
        whole = (sheet.width, sheet.height)
        return sheet.with_pixels(cv2.resize(small, whole, interpolation=back))


@dataclass(frozen=True)
class Jpeg(Layer):
    """Saved as JPEG, quality 90 down to 15."""

    def apply(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Encode and decode."""
        quality = round(90 - 75 * self.strength)
        coded = cv2.imencode(".jpg", sheet.pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        decoded = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
        return sheet.with_pixels(decoded)


@dataclass(frozen=True)
class Streaks(Layer):
    """Dust on the scanner's line sensor: thin straight lines along the page."""

    def apply(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Darken or lighten single columns, all the way down."""
        profile = np.zeros(sheet.width, np.uint8)
        for _ in range(int(rng.integers(1, 3 + int(10 * self.strength)))):
            at = int(rng.integers(0, sheet.width))
            profile[at : at + int(rng.integers(1, 4))] = int(rng.integers(60, 256))
        amount: Bytes = np.broadcast_to(profile, sheet.ink.shape)
        amount = cv2.convertScaleAbs(np.ascontiguousarray(amount), alpha=self.strength)
        tones = [(30, 30, 30), (90, 90, 90), (60, 90, 140)]
        color = tones[int(rng.integers(0, len(tones)))]
        return sheet.with_pixels(absorb(sheet.pixels, amount, color))
