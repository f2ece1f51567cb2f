"""What an office stamps on its letters: the day of receipt, a word, a number, over the writing."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from docbin.data.canvas import box_polygon
from docbin.data.degrade.layer import Layer
from docbin.data.degrade.marks import press, worn
from docbin.data.fields import Bytes, absorb, blurred
from docbin.data.sheet import Region, Sheet

__all__ = ["OfficeStamp"]

WORDS = ["RECEIVED", "PAID", "COPY", "EINGANG", "RECU", "ANSWERED", "FILED", "SEEN"]
OFFICES = ["WAR DEPARTMENT", "RECORD OFFICE", "CITY COUNCIL", "POST OFFICE", "MINISTERE", "AKTE"]
MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
COLORS = [(70, 50, 130), (40, 60, 140), (170, 40, 60), (35, 35, 40), (50, 100, 80)]


@dataclass(frozen=True)
class OfficeStamp(Layer):
    """Rubber stamps of an office, in violet, blue, red, black or green: not part of the writing.

    Ink they cover stays in the truth; each leaves a region ``office-stamp``.
    """

    def apply(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Press one or two of them, most often in the middle of the text."""
        pixels, regions = sheet.pixels.copy(), list(sheet.regions)
        for _ in range(int(rng.integers(1, 3))):
            wide = float(rng.uniform(35, 90)) * sheet.stroke
            wide = max(min(wide, 0.5 * max(sheet.ink.shape)), 24.0)
            alpha, corners = self._draw(int(wide), rng)
            top = int(rng.uniform(0, 0.9) * sheet.height - alpha.shape[0] / 4)
            left = int(rng.uniform(0, 0.9) * sheet.width - alpha.shape[1] / 4)
            color = COLORS[int(rng.integers(len(COLORS)))]
            under = press(pixels, alpha, top, left)
            if under is None:
                continue
            rows, columns, part = under
            amount = cv2.convertScaleAbs(part, alpha=self.strength)
            window = np.ascontiguousarray(pixels[rows, columns])
            pixels[rows, columns] = absorb(window, amount, color)
            regions.append(Region(corners + np.array([left, top]), "office-stamp"))
        return replace(sheet, pixels=pixels, regions=tuple(regions))

    def _draw(self, wide: int, rng: np.random.Generator) -> tuple[Bytes, np.ndarray]:
        """Draw coverage of a stamp and the (4, 2) corners of its frame, turned a little."""
        day = f"{rng.integers(1, 32)} {MONTHS[int(rng.integers(12))]} {rng.integers(1860, 1960)}"
        lines = [OFFICES[int(rng.integers(len(OFFICES)))], day]
        word = WORDS[int(rng.integers(len(WORDS)))]
        lines = [[word], [word, day], [lines[0], day], [word, *lines]][int(rng.integers(4))]
        if rng.random() < 0.4:
            lines.append(f"No. {rng.integers(1, 20000)}")
        thick = max(round(wide / 110), 1)
        row = wide / 7
        high = int(row * (len(lines) + 1))
        pad = wide // 4 + 4
        stamp: Bytes = np.zeros((high + 2 * pad, wide + 2 * pad), np.uint8)
        frame = rng.random()
        if frame < 0.6:
            cv2.rectangle(stamp, (pad, pad), (pad + wide, pad + high), 255, 2 * thick)
            if frame < 0.25:
                inner = 4 * thick
                cv2.rectangle(stamp, (pad + inner, pad + inner),
                              (pad + wide - inner, pad + high - inner), 255, thick)  # fmt: skip
        for i, text in enumerate(lines):
            (across, _), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_DUPLEX, 1.0, 1)
            scale = min(0.8 * wide / across, row / 26)
            (across, tall), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_DUPLEX, scale, thick)
            at = (pad + (wide - across) // 2, pad + int(row * (i + 1) + tall / 2))
            cv2.putText(stamp, text, at, cv2.FONT_HERSHEY_DUPLEX, scale, 255, thick, cv2.LINE_AA)
        middle = (stamp.shape[1] / 2, stamp.shape[0] / 2)
        turn = np.asarray(cv2.getRotationMatrix2D(middle, float(rng.normal(0, 6)), 1.0), np.float64)
        turned = cv2.warpAffine(stamp, turn, (stamp.shape[1], stamp.shape[0]))
        corners = box_polygon(pad, pad, high, wide) @ turn[:, :2].T + turn[:, 2]
        return worn(blurred(turned, 0.5), max(wide / 12, 2), rng), corners
