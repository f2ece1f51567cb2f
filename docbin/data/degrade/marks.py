"""What is on the page but is not its writing: ornamental frames and library stamps.

Editors of truth leave them out, thresholds keep them. They are drawn dark and sharp, so that a
network cannot tell them from ink by contrast alone.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from docbin.data.canvas import box_polygon
from docbin.data.degrade.layer import Layer
from docbin.data.fields import Bytes, absorb, blurred, smooth
from docbin.data.sheet import Region, Sheet

__all__ = ["Frame", "LibraryStamp"]


def press(pixels: Bytes, alpha: Bytes, top: int, left: int) -> tuple[slice, slice, Bytes] | None:
    """Return the rows and columns of the page under a mark, and the part of the mark there is."""
    rows = slice(max(top, 0), min(top + alpha.shape[0], pixels.shape[0]))
    columns = slice(max(left, 0), min(left + alpha.shape[1], pixels.shape[1]))
    part = alpha[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    return (rows, columns, np.ascontiguousarray(part)) if part.size else None


def worn(alpha: Bytes, cell: float, rng: np.random.Generator) -> Bytes:
    """Wear a printed mark: uneven inking."""
    level = cv2.convertScaleAbs(smooth(alpha.shape, cell, rng), alpha=0.6, beta=110)
    return np.asarray(cv2.multiply(alpha, level, scale=1 / 255))


@dataclass(frozen=True)
class Frame(Layer):
    """An ornamental border round the text, one to three rules with knots at the corners."""

    def apply(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Draw the frame where there is no ink."""
        height, width = sheet.ink.shape
        alpha: Bytes = np.zeros((height, width), np.uint8)
        inset = float(rng.uniform(0.01, 0.06)) * min(height, width)
        unit = sheet.stroke
        for rule in range(int(rng.integers(1, 4))):
            at = int(inset + rule * unit * float(rng.uniform(2, 4)))
            thick = max(int(unit * rng.uniform(0.3, 2.0)), 1)
            cv2.rectangle(alpha, (at, at), (width - 1 - at, height - 1 - at), 255, thick,
                          cv2.LINE_AA)  # fmt: skip
        step = unit * float(rng.uniform(4, 10))
        if rng.random() < 0.6:
            at = inset + 1.5 * step
            petals = int(rng.integers(0, 3))
            for x in np.arange(at, width - at, step):
                for y in (at, height - at):
                    self._knot(alpha, x, y, 0.35 * step, petals)
            for y in np.arange(at, height - at, step):
                for x in (at, width - at):
                    self._knot(alpha, x, y, 0.35 * step, petals)
        alpha[cv2.dilate(sheet.ink.view(np.uint8), np.ones((5, 5), np.uint8)) > 0] = 0
        alpha = worn(blurred(alpha, 0.6), 8 * unit, rng)
        alpha = cv2.convertScaleAbs(alpha, alpha=self.strength)
        tones = [(30, 25, 20), (110, 60, 40), (60, 60, 60), (40, 60, 100)]
        color = tones[int(rng.integers(0, len(tones)))]
        region = Region(box_polygon(inset, inset, height - 2 * inset, width - 2 * inset), "frame")
        return replace(
            sheet,
            pixels=absorb(sheet.pixels, alpha, color),
            regions=(*sheet.regions, region),
        )

    def _knot(self, alpha: Bytes, x: float, y: float, size: float, petals: int) -> None:
        center, reach = (int(x), int(y)), max(int(size), 1)
        if petals == 0:
            cv2.circle(alpha, center, reach, 255, max(reach // 3, 1), cv2.LINE_AA)
        elif petals == 1:
            cv2.ellipse(alpha, center, (reach, max(reach // 3, 1)), 45, 0, 360, 255, -1)
            cv2.ellipse(alpha, center, (reach, max(reach // 3, 1)), 135, 0, 360, 255, -1)
        else:
            cv2.line(alpha, (center[0] - reach, center[1] + reach),
                     (center[0] + reach, center[1] - reach), 255, max(reach // 3, 1))  # fmt: skip


@dataclass(frozen=True)
class LibraryStamp(Layer):
    """The mark of a library: rings and letters in one colour, uneven, not part of the writing."""

    def apply(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Draw one or two stamps; where they cross the writing the truth stays."""
        regions = list(sheet.regions)
        pixels = sheet.pixels
        reach = min(float(rng.uniform(14, 40)) * sheet.stroke, 0.3 * max(sheet.ink.shape))
        for _ in range(int(rng.integers(1, 3))):
            x, y = float(rng.uniform(0, sheet.width)), float(rng.uniform(0, sheet.height))
            alpha = self._draw(int(reach), rng)
            size = alpha.shape[0]
            top, left = int(y - size / 2), int(x - size / 2)
            under = press(pixels, alpha, top, left)
            if under is None:
                continue
            rows, columns, part = under
            tones = [(40, 40, 45), (60, 60, 150), (150, 40, 50), (40, 90, 70)]
            color = tones[int(rng.integers(0, len(tones)))]
            if pixels is sheet.pixels:
                pixels = sheet.pixels.copy()
            amount = cv2.convertScaleAbs(part, alpha=self.strength)
            pixels[rows, columns] = absorb(
                np.ascontiguousarray(pixels[rows, columns]), amount, color
            )
            regions.append(Region(box_polygon(top, left, size, size), "stamp"))
        return replace(sheet, pixels=pixels, regions=tuple(regions))

    def _draw(self, reach: int, rng: np.random.Generator) -> Bytes:
        """Draw a stamp of radius ``reach`` as coverage, turned a little."""
        size = 2 * reach + 9
        alpha: Bytes = np.zeros((size, size), np.uint8)
        middle = (size // 2, size // 2)
        thick = max(reach // 16, 1)
        flat = int(reach * rng.uniform(0.6, 1.0))
        round_one = rng.random() < 0.65
        for share in (1.0, 0.86):
            axes = (int(reach * share), int(flat * share))
            if round_one:
                cv2.ellipse(alpha, middle, axes, 0, 0, 360, 255, thick, cv2.LINE_AA)
            else:
                start = (middle[0] - axes[0], middle[1] - axes[1] // 2)
                stop = (middle[0] + axes[0], middle[1] + axes[1] // 2)
                cv2.rectangle(alpha, start, stop, 255, thick)
        words = ["BIBLIOTHECA", "ARCHIVUM", "MUSEUM", "LIBRARY", "EX LIBRIS", "COLLECTIO"]
        word = words[int(rng.integers(0, len(words)))]
        scale = 1.3 * reach / (20.0 * len(word))
        (wide, _), _ = cv2.getTextSize(word, cv2.FONT_HERSHEY_DUPLEX, scale, thick)
        for offset, text in ((0.08, word), (0.42, str(int(rng.integers(1, 9999))))):
            (wide, _), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_DUPLEX, scale, thick)
            at = (middle[0] - wide // 2, middle[1] + int(offset * flat))
            cv2.putText(alpha, text, at, cv2.FONT_HERSHEY_DUPLEX, scale, 255, thick, cv2.LINE_AA)
        turn = cv2.getRotationMatrix2D(middle, float(rng.uniform(-25, 25)), 1.0)
        return worn(cv2.warpAffine(alpha, turn, (size, size)), max(reach / 4, 2), rng)
