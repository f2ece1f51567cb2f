"""A sheet: a page together with everything that is known about it.

Degradations take a sheet and give a sheet, so truth follows whatever happens to the pixels.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docbin.errors import ArrayError
from docbin.page import Ink, Page, check_pixels

__all__ = ["Line", "Region", "Sheet"]

Points = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Line:
    """One line of text: ``polygon`` and ``baseline`` are (n, 2) x, y in pixels of the sheet."""

    polygon: Points
    baseline: Points
    text: str
    order: int
    kind: str = "paragraph"


@dataclass(frozen=True, eq=False)
class Region:
    """A part of the page that is not lines of text: a seal, a picture, a stamp, a table."""

    polygon: Points
    kind: str


@dataclass(frozen=True, eq=False)
class Sheet:
    """A page with its truth.

    ``pixels`` is (h, w, 3) RGB uint8; ``ink`` and ``valid`` are (h, w) bool, valid False where
    the truth says nothing; ``verso`` is the ink of the other side of the leaf, any size, read
    from its own side (show-through mirrors it); ``dpi`` is the resolution when known.
    """

    pixels: NDArray[Any]
    ink: Ink
    valid: Ink
    verso: Ink | None = None
    dpi: float | None = None
    lines: tuple[Line, ...] = ()
    regions: tuple[Region, ...] = field(default=())

    def __post_init__(self) -> None:
        check_pixels(self.pixels)
        shape = self.pixels.shape[:2]
        if self.pixels.ndim != 3:
            raise ArrayError("a sheet must be RGB, (h, w, 3): repeat the grey channel three times")
        for name, mask in (("ink", self.ink), ("valid", self.valid)):
            if mask.shape != shape or mask.dtype != np.bool_:
                raise ArrayError(
                    f"a sheet's {name} must be bool of shape {shape}, "
                    f"got {mask.dtype} of shape {mask.shape}"
                )

    @classmethod
    def of(cls, page: Page, ink: Ink, *, verso: Ink | None = None) -> "Sheet":
        """Make a sheet of a real page and its truth, all of it valid."""
        dpi = None if page.dpi is None else page.dpi[0]
        return cls(page.rgb, ink, np.ones(ink.shape, np.bool_), verso, dpi)

    @property
    def height(self) -> int:
        """Rows."""
        return int(self.ink.shape[0])

    @property
    def width(self) -> int:
        """Columns."""
        return int(self.ink.shape[1])

    @cached_property
    def stroke(self) -> float:
        """Mean stroke width in pixels, 2 x area / outline; 4 where there is no ink.

        Layers that know no dpi take their sizes from it.
        """
        # A third of the rows are enough for a mean.
        rows = self.ink[::3].view(np.uint8)
        across = int(np.count_nonzero(rows[:, 1:] != rows[:, :-1])) / 2
        area = int(np.count_nonzero(rows))
        if across < 10:
            return 4.0
        # Runs along one direction overstate the width of slanted strokes by about 4 / pi.
        return float(np.clip(area / across * np.pi / 4, 1.0, 40.0))

    @cached_property
    def contrast(self) -> float:
        """Share of the paper's light that the ink takes, 0.05 to 1; 0.6 where there is no ink."""
        gray = self.pixels[::4, ::4, 1]
        ink = self.ink[::4, ::4]
        if np.count_nonzero(ink) < 20 or ink.all():
            return 0.6
        paper = max(float(np.median(gray[~ink])), 1.0)
        return float(np.clip(1 - float(np.median(gray[ink])) / paper, 0.05, 1.0))

    def cut(self, rows: slice, columns: slice) -> "Sheet":
        """Cut a window out; lines and regions, which need not lie in it, are left behind."""
        pixels, ink, valid = (
            np.ascontiguousarray(a[rows, columns]) for a in (self.pixels, self.ink, self.valid)
        )
        return Sheet(pixels, ink, valid, self.verso, self.dpi)

    def with_pixels(self, pixels: NDArray[Any]) -> "Sheet":
        """Give the same sheet other pixels of the same size."""
        return replace(self, pixels=pixels)
