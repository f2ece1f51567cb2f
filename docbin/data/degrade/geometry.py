"""How the page lies: turned a little, or not flat. The truth goes where the pixels go."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from docbin.data.degrade.layer import Layer
from docbin.data.fields import Bytes, smooth
from docbin.data.sheet import Sheet

__all__ = ["Skew", "Warp"]

Points = NDArray[np.float64]


def dense(polygon: Points, parts: int = 8) -> Points:
    """Put ``parts`` points on every side, so that a bent side can be followed."""
    share = np.arange(parts)[:, None] / parts
    nexts = np.roll(polygon, -1, axis=0)
    sides = [a + (b - a) * share for a, b in zip(polygon, nexts, strict=True)]
    return np.concatenate(sides)


def moved(sheet: Sheet, pull: NDArray[np.float32], push: Callable[[Points], Points],
          bent: bool) -> Sheet:  # fmt: skip
    """Read every pixel from ``pull``, (h, w, 2) x, y; send every point of the truth by ``push``.

    What lies beyond the page is paper of its edge, and the truth is silent there.
    """
    dx, dy = pull[:, :, 0], pull[:, :, 1]
    ink = cv2.remap(sheet.ink.view(np.uint8) * np.uint8(255), dx, dy, cv2.INTER_LINEAR)
    valid = cv2.remap(sheet.valid.view(np.uint8), dx, dy, cv2.INTER_NEAREST)
    pixels = cv2.remap(sheet.pixels, dx, dy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    sides = dense if bent else np.asarray
    lines = tuple(
        replace(line, polygon=push(sides(line.polygon)), baseline=push(line.baseline))
        for line in sheet.lines
    )
    regions = tuple(replace(region, polygon=push(sides(region.polygon)))
                    for region in sheet.regions)  # fmt: skip
    return replace(
        sheet, pixels=pixels, ink=np.asarray(ink) > 127, lines=lines, regions=regions,
        valid=np.asarray(valid).astype(np.bool_),
    )  # fmt: skip


@dataclass(frozen=True)
class Skew(Layer):
    """The leaf was laid down crooked, by up to four degrees."""

    def apply(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Turn the page about its middle."""
        angle = 4.0 * self.strength * float(rng.choice([-1, 1]) * rng.uniform(0.4, 1.0))
        middle = ((sheet.width - 1) / 2, (sheet.height - 1) / 2)
        matrix = np.asarray(cv2.getRotationMatrix2D(middle, angle, 1.0), np.float64)
        back = np.asarray(cv2.invertAffineTransform(matrix), np.float32)
        y, x = np.mgrid[: sheet.height, : sheet.width].astype(np.float32)
        pull = np.stack([back[0, 0] * x + back[0, 1] * y + back[0, 2],
                         back[1, 0] * x + back[1, 1] * y + back[1, 2]], axis=2)  # fmt: skip
        return moved(sheet, pull, lambda p: p @ matrix[:, :2].T + matrix[:, 2], bent=False)


@dataclass(frozen=True)
class Warp(Layer):
    """The leaf is not flat: its lines rise and fall by up to a few strokes."""

    def apply(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Shift pixels by a smooth field."""
        reach = 5 * self.strength * sheet.stroke
        cell = 0.45 * max(sheet.ink.shape)
        shift = np.stack([self._field(sheet, cell, reach * 0.4, rng),
                          self._field(sheet, cell, reach, rng)], axis=2)  # fmt: skip
        y, x = np.mgrid[: sheet.height, : sheet.width].astype(np.float32)
        pull = np.stack([x, y], axis=2) + shift

        def push(points: Points) -> Points:
            # q with q + shift(q) = p; the field is so smooth that three steps settle it.
            found = points.copy()
            for _ in range(3):
                rows = np.clip(np.rint(found[:, 1]), 0, sheet.height - 1).astype(np.intp)
                columns = np.clip(np.rint(found[:, 0]), 0, sheet.width - 1).astype(np.intp)
                found = points - shift[rows, columns]
            return found

        return moved(sheet, pull, push, bent=True)

    def _field(self, sheet: Sheet, cell: float, reach: float,
               rng: np.random.Generator) -> NDArray[np.float32]:  # fmt: skip
        levels: Bytes = smooth((sheet.height, sheet.width), cell, rng)
        # 256 levels would be steps of pixels: soften them into a slope.
        fine = cv2.blur(levels.astype(np.float32), (31, 31))
        return np.asarray((fine - 128) * np.float32(reach / 128), np.float32)
