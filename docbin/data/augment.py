"""The albumentations part: tone curves, sensor noise, motion blur and colour shifts of a camera.

Only training uses it (``docbin[train]`` brings the package); every other layer works without.
"""

import os
from dataclasses import dataclass
from typing import Any

import numpy as np

from docbin.data.degrade.layer import Layer
from docbin.data.sheet import Sheet
from docbin.errors import MissingDependencyError

__all__ = ["Photometric"]


def _library() -> Any:
    # Asking a server for a newer version is no business of a training run.
    os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")
    try:
        import albumentations
    except ImportError as error:
        raise MissingDependencyError(
            "albumentations is needed for this layer: pip install 'docbin[train]'"
        ) from error
    return albumentations


@dataclass(frozen=True)
class Photometric(Layer):
    """What cameras do to light, by albumentations; no pixel moves, so the truth stays."""

    def apply(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Draw the transform's seed from ``rng`` and run it."""
        a, s = _library(), self.strength
        transform = a.Compose(
            [
                a.RandomToneCurve(scale=0.25 * s, p=0.6),
                a.RandomBrightnessContrast(0.25 * s, 0.25 * s, p=0.6),
                a.OneOf(
                    [
                        a.ISONoise(color_shift=(0.01, 0.01 + 0.05 * s), intensity=(0.1, 0.1 + s)),
                        a.MultiplicativeNoise((1 - 0.15 * s, 1 + 0.15 * s), elementwise=True),
                    ],
                    p=0.5,
                ),
                a.MotionBlur(blur_limit=(3, 3 + 2 * round(2 * s)), p=0.25),
                a.HueSaturationValue(
                    round(8 * s), round(25 * s), 0, p=0.4 if self._colored(sheet) else 0.0
                ),
            ],
            seed=int(rng.integers(0, 2**31)),
        )
        return sheet.with_pixels(np.ascontiguousarray(transform(image=sheet.pixels)["image"]))

    def _colored(self, sheet: Sheet) -> bool:
        return int(np.ptp(sheet.pixels[::16, ::16], axis=2).max()) >= 12
