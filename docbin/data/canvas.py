"""A canvas: coverage of ink, and the truth of every line, written down as it is drawn."""

from dataclasses import dataclass, field
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from docbin.data.fields import Bytes
from docbin.data.fonts import can_write, load_font
from docbin.data.pictures import draw_picture
from docbin.data.sheet import Line, Region
from docbin.errors import SettingError

__all__ = ["Canvas", "Pen", "box_polygon"]


def box_polygon(top: float, left: float, height: float, width: float) -> NDArray[np.float64]:
    """Return the four corners of a box, (4, 2) x, y."""
    return np.array(
        [[left, top], [left + width, top], [left + width, top + height], [left, top + height]],
        np.float64,
    )


@dataclass(frozen=True)
class Pen:
    """What a line is written with: a face, its size in pixels, how unsteady the hand is (0..1)."""

    font: str
    size: int
    unsteady: float = 0.0
    gap: float = 1.0

    def width(self, text: str) -> float:
        """Measure a text, in pixels; ``gap`` widens its spaces."""
        font = load_font(self.font, self.size)
        spaces = text.count(" ") * (self.gap - 1) * font.getlength(" ")
        return float(font.getlength(text)) + spaces

    def check(self, text: str) -> None:
        """Refuse a text that the face would write as boxes."""
        lacking = can_write(self.font, text)
        if lacking:
            raise SettingError(f"the font {self.font} has no glyphs for {lacking[:20]!r}")


@dataclass
class Canvas:
    """Coverage (h, w) uint8, 255 full ink, and the lines and regions drawn so far."""

    height: int
    width: int
    rng: np.random.Generator
    lines: list[Line] = field(default_factory=list)
    regions: list[Region] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.height < 1 or self.width < 1:
            raise SettingError(
                f"a page must be at least 1 x 1 pixels, got {self.width} x {self.height}"
            )
        self.image = Image.new("L", (self.width, self.height), 0)
        self.draw = ImageDraw.Draw(self.image)

    @property
    def coverage(self) -> Bytes:
        """(h, w) uint8, a copy."""
        return np.asarray(self.image).copy()

    def text(self, left: float, baseline: float, text: str, pen: Pen,
             kind: str = "paragraph") -> float:  # fmt: skip
        """Write one line from ``left`` on ``baseline`` and note it; return where it ends."""
        pen.check(text)
        font = load_font(pen.font, pen.size)
        x, y = float(left), float(baseline)
        boxes, feet = [], []
        slope = self.rng.normal(0, 0.006) * pen.unsteady
        space = font.getlength(" ") * pen.gap
        for word in text.split(" "):
            drift = self.rng.normal(0, 0.05 * pen.size) * pen.unsteady
            at = y + slope * (x - left) + drift
            self.draw.text((x, at), word, fill=255, font=font, anchor="ls")
            box = self.draw.textbbox((x, at), word, font=font, anchor="ls")
            if word and box[2] > 0 and box[0] < self.width and box[3] > 0 and box[1] < self.height:
                boxes.append(box)
                feet.append((x, at))
                feet.append((x + font.getlength(word), at))
            x += font.getlength(word) + space * (1 + 0.25 * pen.unsteady * self.rng.random())
        if boxes:
            self._note(np.array(boxes, np.float64), np.array(feet, np.float64), text, kind)
        return x - space

    def column(self, right: float, top: float, text: str, pen: Pen,
               kind: str = "paragraph") -> float:  # fmt: skip
        """Write one vertical line, characters below each other; return where it ends."""
        pen.check(text)
        font = load_font(pen.font, pen.size)
        x, y = right - pen.size / 2, float(top)
        boxes = []
        for character in text:
            at = x + self.rng.normal(0, 0.04 * pen.size) * pen.unsteady
            self.draw.text((at, y), character, fill=255, font=font, anchor="mt")
            boxes.append(self.draw.textbbox((at, y), character, font=font, anchor="mt"))
            step = boxes[-1][3] - boxes[-1][1] if pen.unsteady else pen.size
            y += max(step, 0.5 * pen.size) + 0.12 * pen.size
        if boxes:
            middle = np.array([[x, top], [x, y]], np.float64)
            self._note(np.array(boxes, np.float64), middle, text, kind)
        return y

    def rule(self, start: tuple[float, float], stop: tuple[float, float], width: int) -> None:
        """Draw a straight rule of ink."""
        self.draw.line([start, stop], fill=255, width=max(width, 1))

    def picture(self, top: float, left: float, height: float, width: float, pitch: float) -> None:
        """Print a picture into a box, as far as it lies on the page, and note its region."""
        y, x = max(round(top), 0), max(round(left), 0)
        shape = min(round(height), self.height - y), min(round(width), self.width - x)
        if min(shape) < 1:
            return
        cover = draw_picture(shape, pitch, self.rng)
        self.image.paste(255, (x, y), Image.fromarray(cover))
        self.regions.append(Region(box_polygon(y, x, *shape), "picture"))

    def signature(self, left: float, baseline: float, size: float) -> None:
        """Write a name nobody can read: loops of a pen that is wide going down, thin going up."""
        points: list[tuple[float, float]] = []
        x = left
        turn = np.linspace(0, 2 * np.pi, 22, endpoint=False)
        for _ in range(int(self.rng.integers(4, 9))):
            tall = size * float(self.rng.choice([0.35, 0.4, 1.0, -0.5]))
            wide = size * float(self.rng.uniform(0.25, 0.6))
            right = x + wide * (turn / 6.3 + 0.35 * np.sin(turn))
            points.extend(zip(right, baseline - tall * (1 - np.cos(turn)) / 2, strict=True))
            x += wide
        points.append((x + 1.5 * size, baseline + 0.2 * size))
        strokes = np.array(points)
        page = np.asarray(self.image).copy()
        for (x0, y0), (x1, y1) in pairwise(strokes):
            down = max(y1 - y0, 0.0)
            thick = max(int(size * 0.03 + 0.4 * down), 1)
            start, stop = (int(x0 * 8), int(y0 * 8)), (int(x1 * 8), int(y1 * 8))
            cv2.line(page, start, stop, 255, min(thick, int(0.14 * size) + 1), cv2.LINE_AA, 3)
        self.image = Image.fromarray(page)
        self.draw = ImageDraw.Draw(self.image)
        box = box_polygon(strokes[:, 1].min(), left, float(np.ptp(strokes[:, 1])), x - left)
        self.regions.append(Region(box, "signature"))

    def _note(self, boxes: NDArray[np.float64], feet: NDArray[np.float64], text: str,
              kind: str) -> None:  # fmt: skip
        left, top = boxes[:, 0].min(), boxes[:, 1].min()
        right, bottom = boxes[:, 2].max(), boxes[:, 3].max()
        polygon = box_polygon(top, left, bottom - top, right - left)
        limit = np.array([self.width, self.height], np.float64)
        polygon = np.clip(polygon, 0, limit)
        self.lines.append(Line(polygon, np.clip(feet, 0, limit), text, len(self.lines), kind))
