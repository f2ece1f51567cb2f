"""One file's work when lines are looked for: its pages read, their lines found, the result written.

A format that holds whole documents gives one file; one that holds a page gives a file a page, and
for a document of several pages they are numbered: book-0001.xml, book-0002.xml ...
"""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from docbin import imageio, registry
from docbin.batch.recipe import PageNote
from docbin.errors import InputError, OutputExistsError
from docbin.lines.formats import FORMATS, LinesOfPage, encode
from docbin.page import Page, as_page
from docbin.protocols import TextLine
from docbin.settings import values_of
from docbin.version import VERSION

__all__ = ["LineRecipe"]


@dataclass(frozen=True)
class LineRecipe:
    """How lines are found and written: a detector, its settings, what binarizes first, a format."""

    method: str
    settings: dict[str, Any] = field(default_factory=dict)
    ink: str | None = None
    format: str = "page"
    dpi: float = 300
    """Resolution at which PDF pages that are not one image are rendered."""
    max_pixels: int = imageio.MAX_PIXELS
    overwrite: bool = False
    threads: int = 1
    """Of no use here: a page keeps its processor busy on its own."""

    def create(self) -> Callable[[Page], list[TextLine]]:
        """Build the detector; wrong names and settings are errors here."""
        detector = registry.create_detector(self.method, self.settings)
        if self.ink is None:
            return detector
        binarizer = registry.create(self.ink)
        return lambda page: detector(as_page(binarizer(page)))

    @cached_property
    def provenance(self) -> dict[str, str]:
        """What a report says: the tool, the detector, the settings in full."""
        detector: Any = registry.create_detector(self.method, self.settings)
        return {
            "Software": f"docbin {VERSION}",
            "Method": self.method,
            "Settings": json.dumps(
                {**values_of(detector), "ink": self.ink}, sort_keys=True, default=str
            ),
        }

    def process(self, source: Path | bytes, target: Path, keep: bool = False) -> list[PageNote]:
        """Find the lines of every page of `source`, in order, and write them to `target`.

        With `keep`, pages whose numbered results stand are passed over.
        """
        notes: list[PageNote] = []
        kept: list[LinesOfPage] = []
        for count, item in self._pages(source, target, keep):
            notes.append(
                PageNote(
                    item.number, item.width, item.height, item.dpi, None, lines=len(item.lines)
                )
            )
            if FORMATS[self.format].whole:
                kept.append(item)
            else:
                self._write([item], _numbered(target, item.number, count), keep)
        if kept:
            self._write(kept, target, keep)
        return notes

    def _pages(
        self, source: Path | bytes, target: Path, keep: bool
    ) -> Iterator[tuple[int, LinesOfPage]]:
        """How many pages there are, and the lines of each that is to be done."""
        detector = self.create()
        for number, page in enumerate(
            imageio.read(source, dpi=self.dpi, max_pixels=self.max_pixels), 1
        ):
            count = 1 if page.source is None else page.source.count
            is_whole = FORMATS[self.format].whole
            if keep and not is_whole and os.path.exists(_numbered(target, number, count)):
                continue
            lines = detector(page)
            if not all(isinstance(line, TextLine) for line in lines):
                raise InputError(f"detector {self.method!r} must return a list of TextLine")
            name = source.name if isinstance(source, Path) else "standard input"
            pixels = page.rgb if self.format == "picture" else None
            yield (
                count,
                LinesOfPage(page.width, page.height, lines, name, number, page.dpi, pixels),
            )

    def _write(self, pages: list[LinesOfPage], target: Path, keep: bool) -> None:
        data = encode(self.format, pages)
        try:
            with imageio.atomic(target, overwrite=self.overwrite) as partial:
                partial.write_bytes(data)
        except OutputExistsError:  # somebody else was quicker
            if not keep:
                raise


def _numbered(target: Path, number: int, count: int) -> Path:
    """`target`, with the page's number where there are several."""
    return target if count == 1 else target.with_stem(f"{target.stem}-{number:04d}")
