"""Deskew: turn the page until its lines are level. A straight page is left alone.

The angle is measured by docbin.prepare.skew. The page keeps its size unless ink would fall off it;
then it grows just as much.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from docbin.errors import SettingError
from docbin.page import Page
from docbin.prepare.geometry import Geometry
from docbin.prepare.render import paper_color, rendered
from docbin.prepare.sketch import Sketch, keep_sketch, sketch
from docbin.prepare.skew import skew_of
from docbin.prepare.step import Part, StepResult, Verdict, size_of, unchanged

__all__ = ["Deskew"]


@dataclass(frozen=True)
class Deskew:
    """Turn the page so that its lines are level."""

    least: float = 0.05
    most: float = 15.0
    keep_everything: bool = False

    SETTINGS: ClassVar[dict[str, str]] = {
        "least": "degrees below which the page is left alone",
        "most": "largest angle looked for, degrees, up to 20",
        "keep_everything": "grow the page until no pixel falls off, ink or not",
    }

    def __post_init__(self) -> None:
        if not 0 <= self.least < self.most <= 20:
            raise SettingError(
                "deskew: least must be 0 or more, below most, and most up to 20, "
                f"got {self.least:g} and {self.most:g}"
            )

    def __call__(self, page: Page, /) -> StepResult:
        """Return the page with level lines, as large as it was unless ink would be lost."""
        seen = sketch(page)
        if not seen.ink.any():
            return unchanged(page, "deskew", "blank", "no ink to go by")
        skew = skew_of(seen, self.most)
        angle = _on_paper(skew.angle, seen, page)
        values = {"angle": round(angle, 4), "sharpness": round(skew.sharpness, 2)}
        if not skew.sure:
            reason = "no lines that run in a direction"
            return unchanged(page, "deskew", "uncertain", reason, values)
        if abs(skew.angle) >= self.most:
            reason = f"turned by {self.most:g} degrees or more"
            return unchanged(page, "deskew", "uncertain", reason, values)
        if abs(angle) < self.least:
            return unchanged(page, "deskew", "left unchanged", "straight already", values)
        geometry = self._geometry(page, seen, angle)
        turned = rendered(page, geometry, paper_color(page))
        keep_sketch(turned, _moved(seen, geometry))
        reason = f"turned by {-angle:.2f} degrees"
        return StepResult((Part(turned, geometry),), Verdict("deskew", "done", reason, values))

    def _geometry(self, page: Page, seen: Sketch, angle: float) -> Geometry:
        size = size_of(page)
        dx, dy = page.dpi or (1.0, 1.0)
        sine, cosine = np.sin(np.radians(angle)), np.cos(np.radians(angle))
        # Page to original, about the middle, on paper: pixels need not be square.
        turn = np.array([[cosine, sine * dx / dy], [-sine * dy / dx, cosine]])
        middle = (np.array(size) - 1) / 2
        kept = _corners(page) if self.keep_everything else seen.ink_corners
        there = (kept - middle) @ np.linalg.inv(turn).T + middle
        low = np.minimum(0, np.floor(there.min(axis=0))).astype(int)
        high = np.maximum(np.array(size) - 1, np.ceil(there.max(axis=0))).astype(int)
        offset = turn @ (low - middle) + middle
        matrix = (
            (float(turn[0, 0]), float(turn[0, 1]), float(offset[0])),
            (float(turn[1, 0]), float(turn[1, 1]), float(offset[1])),
        )
        width, height = (int(v) for v in high - low + 1)
        return Geometry(matrix, (width, height), size)


def _moved(seen: Sketch, geometry: Geometry) -> Sketch:
    """Return the sketch of the page that a geometry makes of the sketched one."""
    x, y = seen.scale
    size = max(1, round(geometry.size[0] / x)), max(1, round(geometry.size[1] / y))
    matrix = np.array(geometry.matrix)
    # Middles of pixels: X = x (u + 1/2) - 1/2 on the page for u on the sketch, on both sides.
    shift = matrix[:, :2] @ np.array([(x - 1) / 2, (y - 1) / 2]) + matrix[:, 2]
    shift = (shift - np.array([(x - 1) / 2, (y - 1) / 2])) / (x, y)
    linear = matrix[:, :2] * np.array([[1.0, y / x], [x / y, 1.0]])
    return seen.warped(np.column_stack([linear, shift]), size)


def _on_paper(angle: float, seen: Sketch, page: Page) -> float:
    """Turn an angle in pixels of the sketch into one on paper."""
    dx, dy = page.dpi or (1.0, 1.0)
    stretch = (seen.scale[1] / dy) / (seen.scale[0] / dx)
    return float(np.degrees(np.arctan(np.tan(np.radians(angle)) * stretch)))


def _corners(page: Page) -> NDArray[np.float64]:
    right, low = page.width - 1.0, page.height - 1.0
    return np.array([[0, 0], [right, 0], [0, low], [right, low]])
