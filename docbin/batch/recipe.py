"""What is done to every page: its polarity seen to, the steps, the method, the specks."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from docbin import imageio, registry
from docbin.settings import values_of
from docbin.version import VERSION

if TYPE_CHECKING:  # numpy and what needs it are imported with the method, steps if there are any
    import numpy as np
    from numpy.typing import NDArray

    from docbin.page import Page
    from docbin.prepare import Prepared, Step, Verdict

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
    """Share of the pixels that are ink; None for another result."""
    light_on_dark: bool = False
    """Whether the page, as it was read, looks like light ink on dark."""
    inverted: bool = False
    """Whether the method was given the page's negative."""
    source: int | None = None
    """Number of the page it was made of, when steps made it."""
    part: str | None = None
    """"left" or "right" of a double page."""
    geometry: dict[str, Any] | None = None
    """The way back to the page as it was read: docbin.prepare.Geometry.to_json()."""
    verdicts: "tuple[Verdict, ...] | None" = None
    """What every step found."""
    lines: int | None = None
    """Lines of text found; None where none were looked for."""


@dataclass(frozen=True)
class Recipe:
    """What is done to every page of every file."""

    method: str
    settings: dict[str, Any] = field(default_factory=dict)
    kind: Literal["ink", "gray", "page"] = "ink"
    """What comes out: ink, cleaned grey, or the page's own pixels, for which there is no method."""
    steps: "tuple[Step, ...]" = ()
    """What is done to a page before the method: docbin.prepare."""
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

    def create(self) -> "Callable[[Page], NDArray[Any]]":
        """Build the method; wrong names and settings are errors here."""
        from docbin.classical.despeckle import check_strokes

        check_strokes("despeckle", self.specks)
        check_strokes("fill-holes", self.holes)
        if self.kind == "page":
            return _own_pixels
        make = registry.create if self.kind == "ink" else registry.create_cleaner
        return make(self.method, self.settings)

    def apply(
        self, method: "Callable[[Page], NDArray[Any]]", page: "Page"
    ) -> "list[tuple[NDArray[Any], PageNote]]":
        """Do one page with the method of `create`; steps may make two of it."""
        import numpy as np

        from docbin.classical.despeckle import despeckle
        from docbin.classical.polarity import inverted, is_inverted
        from docbin.protocols import checked

        light_on_dark = is_inverted(page.gray)
        turn = self.invert == "yes" or (self.invert == "auto" and light_on_dark)
        done = []
        for made, part in self._prepared(inverted(page) if turn else page):
            # What a method would lose stays grey, even where ink was asked for.
            coarse = part is not None and part.too_coarse and self.kind != "page"
            result: NDArray[Any] = (
                made.gray if coarse else checked(method(made), made, self.method, self.kind)
            )
            is_ink = result.dtype == np.bool_
            if is_ink and (self.specks > 0 or self.holes > 0):
                result = despeckle(result, self.specks, self.holes)
            ink = np.count_nonzero(result) / result.size if is_ink else None
            note = PageNote(1, made.width, made.height, made.dpi, ink, light_on_dark, turn)
            done.append((result, note if part is None else _told(note, page, part)))
        return done

    def _prepared(self, page: "Page") -> "list[tuple[Page, Prepared | None]]":
        if not self.steps:
            return [(page, None)]
        from docbin.prepare import prepare

        return [(part.page, part) for part in prepare(page, self.steps)]

    @cached_property
    def provenance(self) -> dict[str, str]:
        """What is written into every result: the tool, the method, the settings in full."""
        values = {} if self.kind == "page" else _settings(self.create())
        steps: dict[str, Any] = {type(s).__name__.lower(): _settings(s) for s in self.steps}
        if self.invert != "no":
            steps["invert"] = self.invert
        if self.specks > 0:
            steps["despeckle"] = self.specks
        if self.holes > 0:
            steps["fill-holes"] = self.holes
        return {
            "Software": f"docbin {VERSION}",
            "Method": "none" if self.kind == "page" else self.method,
            "Settings": json.dumps(values, sort_keys=True, default=str),
            **({"Steps": json.dumps(steps)} if steps else {}),
        }


def _told(note: PageNote, page: "Page", part: "Prepared") -> PageNote:
    """Add to a page's note what the steps say."""
    return replace(
        note,
        source=1 if page.source is None else page.source.number,
        part=part.name or None,
        geometry=part.geometry.to_json(),
        verdicts=part.verdicts,
    )


def _settings(method: Any) -> dict[str, Any]:
    # A binarizer that gives grey by its belief (registry.create_cleaner) is told by its own.
    return values_of(getattr(method, "binarizer", method))


def _own_pixels(page: "Page") -> "NDArray[np.uint8]":
    return page.pixels
