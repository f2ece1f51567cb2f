"""What later hands put on a page: red seals, pencil notes, ruled paper, a long tear.

Seals and rulings are not ink. A pencil note is somebody's writing, so the truth is silent where it
lies: experts keep it on some pages and drop it on others.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from docbin.data.canvas import box_polygon
from docbin.data.degrade.layer import Layer
from docbin.data.degrade.marks import press, worn
from docbin.data.fields import Bytes, absorb, blurred, smooth
from docbin.data.sheet import Region, Sheet

__all__ = ["PencilNotes", "RedSeal", "Ruling", "Tears"]


@dataclass(frozen=True)
class RedSeal(Layer):
    """Vermilion seals over the writing, as on Japanese books: a frame and carved signs in it.

    After R.-Y. Ju et al., DKDS: A Benchmark Dataset of Degraded Kuzushiji Documents with Seals for
    Detection and Binarization, 2025: the seal absorbs light, the ink below it stays in the truth,
    the seal itself does not enter it.
    """

    def apply(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Press one to three seals."""
        pixels, regions = sheet.pixels.copy(), list(sheet.regions)
        for _ in range(int(rng.integers(1, 4))):
            reach = int(min(rng.uniform(8, 26) * sheet.stroke, 0.3 * max(sheet.ink.shape))) + 6
            seal = self._draw(reach, rng)
            top = int(rng.integers(-reach // 3, max(sheet.height - reach, 1)))
            left = int(rng.integers(-reach // 3, max(sheet.width - reach, 1)))
            under = press(pixels, seal, top, left)
            if under is None:
                continue
            rows, columns, part = under
            amount = cv2.convertScaleAbs(part, alpha=self.strength)
            color = (float(rng.uniform(180, 225)), float(rng.uniform(25, 75)),
                     float(rng.uniform(20, 60)))  # fmt: skip
            window = np.ascontiguousarray(pixels[rows, columns])
            pixels[rows, columns] = absorb(window, amount, color)
            box = (rows.start, columns.start, part.shape[0], part.shape[1])
            regions.append(Region(box_polygon(*box), "seal"))
        return replace(sheet, pixels=pixels, regions=tuple(regions))

    def _draw(self, reach: int, rng: np.random.Generator) -> Bytes:
        """Draw coverage (reach, reach): carved strokes in red, or white in a red block."""
        seal: Bytes = np.zeros((reach, reach), np.uint8)
        thick = max(reach // 22, 1)
        rim = thick + 1
        for row in range(3):
            for column in range(2):
                top, left = rim + row * reach // 3 + thick, rim + column * reach // 2 + thick
                high, wide = reach // 3 - 3 * thick, reach // 2 - 3 * thick
                for _ in range(int(rng.integers(4, 7))):
                    a, b = rng.random(2), rng.random(2)
                    # Seal script: strokes lie along the two axes.
                    b[int(rng.integers(0, 2))] = a[0] if rng.random() < 0.5 else a[1]
                    start = (int(left + a[0] * wide), int(top + a[1] * high))
                    stop = (int(left + b[0] * wide), int(top + b[1] * high))
                    cv2.line(seal, start, stop, 255, thick)
        if rng.random() < 0.3:
            seal = 255 - seal
        if rng.random() < 0.75:
            cv2.rectangle(seal, (1, 1), (reach - 2, reach - 2), 255, thick)
        else:
            disc: Bytes = np.zeros_like(seal)
            cv2.circle(disc, (reach // 2, reach // 2), reach // 2 - 1, 255, -1)
            seal = cv2.min(seal, disc)
            cv2.circle(seal, (reach // 2, reach // 2), reach // 2 - 1 - thick, 255, thick)
        return worn(blurred(seal, 0.6), max(reach / 6, 2), rng)


@dataclass(frozen=True)
class PencilNotes(Layer):
    """A number or a word that an archivist wrote in grey pencil."""

    def apply(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Write thin grey strokes; the truth is silent on them."""
        alpha: Bytes = np.zeros(sheet.ink.shape, np.uint8)
        face = cv2.FONT_HERSHEY_SCRIPT_SIMPLEX
        for _ in range(int(rng.integers(1, 3))):
            text = str(int(rng.integers(1, 999))) if rng.random() < 0.6 else "No. 7 (copy)"
            size = float(rng.uniform(0.14, 0.3)) * sheet.stroke
            thick = max(round(0.35 * sheet.stroke), 1)
            at = (int(rng.uniform(0, 0.85) * sheet.width), int(rng.uniform(0.05, 1) * sheet.height))
            cv2.putText(alpha, text, at, face, max(size, 0.4), 255, thick, cv2.LINE_AA)
            if rng.random() < 0.3:
                (wide, high), _ = cv2.getTextSize(text, face, max(size, 0.4), thick)
                middle = (at[0] + wide // 2, at[1] - high // 2)
                cv2.ellipse(alpha, middle, (wide, high), 0, 0, 360, 255, thick, cv2.LINE_AA)
        valid = sheet.valid & (alpha == 0)
        # Lead catches on the ridges of the paper only.
        ridges = smooth(sheet.ink.shape, 3, rng)
        alpha = cv2.multiply(alpha, ridges, scale=0.9 * self.strength / 255)
        pixels = absorb(sheet.pixels, blurred(alpha, 0.5), (70, 70, 75))
        return replace(sheet, pixels=pixels, valid=valid)


@dataclass(frozen=True)
class Ruling(Layer):
    """Ruled paper: pale lines, blue, red or grey, that the printer put there before the writing."""

    def apply(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Draw level lines over the page, sometimes crossed by upright ones."""
        alpha: Bytes = np.zeros(sheet.ink.shape, np.uint8)
        pitch = sheet.stroke * float(rng.uniform(8, 20)) + 4
        thick = max(round(float(rng.uniform(0.15, 0.5)) * sheet.stroke), 1)
        slope = float(rng.normal(0, 0.006)) * sheet.width
        for y in np.arange(float(rng.uniform(0, pitch)), sheet.height, pitch):
            cv2.line(alpha, (0, int(y)), (sheet.width, int(y + slope)), 255, thick, cv2.LINE_AA)
        if rng.random() < 0.3:
            for x in rng.uniform(0, sheet.width, int(rng.integers(1, 5))):
                cv2.line(alpha, (int(x), 0), (int(x - slope), sheet.height), 255, thick)
        tones = [(110, 130, 170), (180, 110, 110), (130, 130, 130), (120, 110, 95)]
        color = tones[int(rng.integers(0, len(tones)))]
        alpha = worn(blurred(alpha, 0.6), 20 * sheet.stroke, rng)
        alpha = cv2.convertScaleAbs(alpha, alpha=self.strength)
        return sheet.with_pixels(absorb(sheet.pixels, alpha, color))


@dataclass(frozen=True)
class Tears(Layer):
    """The leaf is torn from its edge: a ragged dark line with a light flank."""

    def apply(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Draw one or two tears from an edge inwards."""
        dark: Bytes = np.zeros(sheet.ink.shape, np.uint8)
        light: Bytes = np.zeros(sheet.ink.shape, np.uint8)
        for _ in range(int(rng.integers(1, 3))):
            side = int(rng.integers(0, 4))
            along = float(rng.uniform(0.1, 0.9))
            start = [(along, 0.0), (along, 1.0), (0.0, along), (1.0, along)][side]
            inward = [(0.0, 1.0), (0.0, -1.0), (1.0, 0.0), (-1.0, 0.0)][side]
            steps = np.cumsum(np.abs(rng.normal(0.01, 0.008, 24))) * (0.4 + self.strength)
            waver = np.cumsum(rng.normal(0, 0.006, 24))
            x = start[0] + inward[0] * steps + (inward[0] == 0) * waver
            y = start[1] + inward[1] * steps + (inward[1] == 0) * waver
            path = np.stack([x, y], axis=1)
            points = np.rint(path * [sheet.width, sheet.height]).astype(np.int32)
            thick = max(round(0.5 * sheet.stroke), 1)
            cv2.polylines(dark, [points], False, 255, thick, cv2.LINE_AA)
            cv2.polylines(light, [points + thick], False, 255, 2 * thick, cv2.LINE_AA)
        white = cv2.convertScaleAbs(blurred(light, 0.5 * sheet.stroke), alpha=0.4 * self.strength)
        lit = cv2.add(sheet.pixels, cv2.cvtColor(white, cv2.COLOR_GRAY2RGB))
        shade = cv2.convertScaleAbs(blurred(dark, 0.7), alpha=self.strength)
        return sheet.with_pixels(absorb(lit, shade, (55, 45, 38)))
