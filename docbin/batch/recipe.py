"""What is done to every page: its polarity seen to, the method, the specks."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from docbin import imageio, registry
from docbin.classical.despeckle import check_strokes, despeckle
from docbin.classical.polarity import inverted, is_inverted
from docbin.errors import InputError
from docbin.page import Page

__all__ = ["Invert", "PageNote", "Recipe"]

Invert: TypeAlias = Literal["auto", "yes", "no"]
"""Which pages are turned into their negative before the method sees them."""


@dataclass(frozen=True)
class PageNote:
    """What is told of one finished page."""

    number: int
    width: int
    height: int
    dpi: tuple[float, float] | None
    ink: float | None
    """Share of the pixels that are ink; None for a grey result."""
    light_on_dark: bool = False
    """Whether the page, as it was read, looks like light ink on dark."""
    inverted: bool = False
    """Whether the method was given the page's negative."""


@dataclass(frozen=True)
class Recipe:
    """What is done to every page of every file."""

    method: str
    settings: dict[str, Any] = field(default_factory=dict)
    kind: Literal["ink", "gray"] = "ink"
    format: str | None = None
    """Format of the result; None goes by the target's suffix."""
    dpi: float = 300
    """Resolution at which PDF pages that are not one image are rendered."""
    max_pixels: int = imageio.MAX_PIXELS
    overwrite: bool = False
    threads: int = 1
    """Pages of one file worked on at a time."""
    invert: Invert = "no"
    specks: float = 0.0
    """Specks up to this many strokes are taken off the ink; 0 leaves them."""
    holes: float = 0.0
    """Holes up to this many strokes are filled; 0 leaves them."""

    def create(self) -> Callable[[Page], NDArray[Any]]:
        """Build the method; wrong names and settings are errors here."""
        check_strokes("despeckle", self.specks)
        check_strokes("fill-holes", self.holes)
        make = registry.create if self.kind == "ink" else registry.create_cleaner
        return make(self.method, self.settings)

    def apply(
        self, method: Callable[[Page], NDArray[Any]], page: Page, number: int
    ) -> tuple[NDArray[Any], PageNote]:
        """Do one page with the method of `create`."""
        light_on_dark = is_inverted(page.gray)
        turn = self.invert == "yes" or (self.invert == "auto" and light_on_dark)
        result = self._checked(method(inverted(page) if turn else page), page)
        if self.kind == "ink" and (self.specks > 0 or self.holes > 0):
            result = despeckle(result, self.specks, self.holes)
        ink = float(result.mean()) if self.kind == "ink" else None
        note = PageNote(number, page.width, page.height, page.dpi, ink, light_on_dark, turn)
        return result, note

    @cached_property
    def provenance(self) -> dict[str, str]:
        """What is written into every result: the tool, the method, the settings in full."""
        method: Any = self.create()
        values = {s.name: getattr(method, s.name) for s in registry.settings_of(type(method))}
        steps: dict[str, Any] = {}
        if self.invert != "no":
            steps["invert"] = self.invert
        if self.specks > 0:
            steps["despeckle"] = self.specks
        if self.holes > 0:
            steps["fill-holes"] = self.holes
        return {
            "Software": f"docbin {version('docbin')}",
            "Method": self.method,
            "Settings": json.dumps(values, sort_keys=True, default=str),
            **({"Steps": json.dumps(steps)} if steps else {}),
        }

    def _checked(self, result: Any, page: Page) -> NDArray[Any]:
        """Hold a method, which may be somebody's own, to what it promises."""
        dtype = np.bool_ if self.kind == "ink" else np.uint8
        shapes: list[tuple[int, ...]] = [(page.height, page.width)]
        if self.kind == "gray":
            shapes.append((page.height, page.width, 3))
        if (
            not isinstance(result, np.ndarray)
            or result.dtype != dtype
            or result.shape not in shapes
        ):
            got = (
                f"{result.dtype} {result.shape}"
                if isinstance(result, np.ndarray)
                else type(result).__name__
            )
            raise InputError(
                f"method {self.method!r} must return a {np.dtype(dtype).name} array of shape "
                f"{shapes[0]}, it returned {got}"
            )
        return result
