"""Resolution: bring every page to the dots per inch an engine reads best.

A page that says its dpi is resized by it. One that does not is measured by its letters: their
median height over 0.07 inch (docbin.classical.scale), and so becomes text of the usual size.
It is enlarged by that guess, never reduced. Pixels that are not square become square. An engine
may read letters of moderate size better as they are than enlarged: `least` spares them.
"""

from dataclasses import dataclass
from typing import ClassVar

from docbin.classical.scale import X_HEIGHT_INCH
from docbin.errors import SettingError
from docbin.page import Page
from docbin.prepare.geometry import Geometry
from docbin.prepare.render import resized
from docbin.prepare.sketch import sketch
from docbin.prepare.step import Part, StepResult, Verdict, size_of, unchanged

__all__ = ["Resolution"]

_NEAR = 0.1  # share of the wanted resolution by which a page may miss it
_LARGEST = 4.0


@dataclass(frozen=True)
class Resolution:
    """Resize the page to a resolution."""

    dpi: float = 300.0
    by: str = "dpi"
    largest: float = _LARGEST
    least: float = 0.0

    SETTINGS: ClassVar[dict[str, str]] = {
        "dpi": "dots per inch of the result, 50 to 1200",
        "by": "dpi: what the file says, else the letters; text: always the letters",
        "largest": "most that a page is enlarged, 1 to 8 times",
        "least": "dots per inch from which a page is not enlarged; 0: only what is near dpi",
    }

    def __post_init__(self) -> None:
        if not 50 <= self.dpi <= 1200:
            raise SettingError(f"resolution: dpi must be from 50 to 1200, got {self.dpi:g}")
        if self.by not in ("dpi", "text"):
            raise SettingError(f"resolution: by must be dpi or text, got {self.by!r}")
        if not 1 <= self.largest <= 8:
            raise SettingError(f"resolution: largest must be from 1 to 8, got {self.largest:g}")
        if not 0 <= self.least <= self.dpi:
            raise SettingError(
                f"resolution: least must be from 0 to dpi ({self.dpi:g}), got {self.least:g}"
            )

    def __call__(self, page: Page, /) -> StepResult:
        """Return the page at the wanted resolution, or as it is when it is near it."""
        values: dict[str, float] = {}
        if page.dpi is not None and self.by == "dpi":
            own = page.dpi
        else:
            seen = sketch(page)
            if not seen.has_text:
                return unchanged(page, "resolution", "uncertain", "no letters to measure")
            inch = seen.letter_height * seen.scale[1] / X_HEIGHT_INCH
            own = (inch, inch)
            values["letter_height"] = round(seen.letter_height * seen.scale[1], 1)
        values.update(dpi_x=round(own[0], 2), dpi_y=round(own[1], 2))
        square = abs(own[0] - own[1]) < 0.01 * own[0]
        if square and abs(own[0] - self.dpi) <= _NEAR * self.dpi:
            reason = f"{own[0]:.0f} dpi already"
            return unchanged(page, "resolution", "left unchanged", reason, values)
        if square and 0 < self.least <= own[0] < self.dpi:
            reason = f"{own[0]:.0f} dpi, enough for its letters"
            return unchanged(page, "resolution", "left unchanged", reason, values)
        if page.dpi is None and own[0] > self.dpi:
            reason = f"letters as large as at {own[0]:.0f} dpi: not made smaller on a guess"
            return unchanged(page, "resolution", "left unchanged", reason, values)
        factor = tuple(min(self.dpi / v, self.largest) for v in own)
        if not square:  # both by the same resolution, whatever the larger factor had been
            reached = min(factor[0] * own[0], factor[1] * own[1])
            factor = (reached / own[0], reached / own[1])
        size = max(1, round(page.width * factor[0])), max(1, round(page.height * factor[1]))
        dpi = own[0] * size[0] / page.width, own[1] * size[1] / page.height
        dpi = (float(round(dpi[0])), float(round(dpi[1])))
        larger = resized(page, size, dpi)
        geometry = Geometry.scaled(size_of(page), size)
        reason = f"from {own[0]:.0f} x {own[1]:.0f} to {dpi[0]:.0f} x {dpi[1]:.0f} dpi"
        return StepResult((Part(larger, geometry),), Verdict("resolution", "done", reason, values))
