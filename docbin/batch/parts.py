"""From what a file's pages became to files: most often one, two for a page that was split."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from docbin import imageio
from docbin.batch.recipe import PageNote, Recipe
from docbin.errors import UsageError

__all__ = ["part_path", "write_parts"]

PARTS = ("left", "right")
"""Names that a split gives to its parts."""


def part_path(target: Path, name: str) -> Path:
    """Return where a part goes when a format holds one page: page.png, page-left.png."""
    return target.with_stem(f"{target.stem}-{name}") if name else target


def write_parts(
    recipe: Recipe, target: Path, pages: Iterator[list[tuple[NDArray[Any], PageNote]]]
) -> list[PageNote]:
    """Write what the pages of a file became, in order, and return a note of each.

    All goes into `target`, but the two parts of a split page whose format holds one page.
    """
    notes: list[PageNote] = []
    if recipe.steps and not imageio.format_named(recipe.format, target.suffix).many:
        parts = next(pages)
        if next(pages, None) is not None:
            raise UsageError(f"{target}: its format holds one page; choose tiff or pdf")
        for result, note in parts:
            with _open(recipe, part_path(target, note.part or "")) as writer:
                writer.add(result, note.dpi)
            notes.append(replace(note, number=len(notes) + 1))
        return notes
    with _open(recipe, target) as writer:
        for parts in pages:
            for result, note in parts:
                writer.add(result, note.dpi)
                notes.append(replace(note, number=len(notes) + 1))
    return notes


def _open(recipe: Recipe, target: Path) -> AbstractContextManager[imageio.Writer]:
    return imageio.open_writer(
        target, format=recipe.format, metadata=recipe.provenance, overwrite=recipe.overwrite
    )
