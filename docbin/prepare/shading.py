"""Shading: take shadows and gradients off the page and leave its colours.

docbin.classical.shading does it; the step says how uneven the light was, and leaves an evenly lit
page alone. Pixels only become lighter, all channels alike, so that no ink is taken off.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from docbin.classical.shading import without_shading
from docbin.errors import SettingError
from docbin.page import Page
from docbin.prepare.geometry import Geometry
from docbin.prepare.step import Part, StepResult, Verdict, size_of, unchanged

__all__ = ["Shading"]


@dataclass(frozen=True)
class Shading:
    """Light the page evenly."""

    least: float = 0.05

    SETTINGS: ClassVar[dict[str, str]] = {
        "least": "share of the light below which unevenness is left, 0 to 1",
    }

    def __post_init__(self) -> None:
        if not 0 <= self.least <= 1:
            raise SettingError(f"shading: least must be from 0 to 1, got {self.least:g}")

    def __call__(self, page: Page, /) -> StepResult:
        """Return the page evenly lit, or as it is when it is so."""
        step = max(1, round((page.width * page.height / 60_000) ** 0.5))
        seen = page.gray[::step, ::step].astype(np.float32)
        if seen.min() == seen.max():
            return unchanged(page, "shading", "blank", "one grey all over")
        even = Page(without_shading(page), page.dpi, page.source)
        gain = even.gray[::step, ::step] / np.maximum(seen, 16)
        # One pixel in fifty may be more than shadow.
        uneven = float(1 - 1 / max(1.0, float(np.percentile(gain, 98))))
        values = {"uneven": round(uneven, 3)}
        if uneven < self.least:
            return unchanged(page, "shading", "left unchanged", "evenly lit already", values)
        part = Part(even, Geometry.identity(size_of(page)))
        reason = f"up to {100 * uneven:.0f} % of the light was missing"
        return StepResult((part,), Verdict("shading", "done", reason, values))
