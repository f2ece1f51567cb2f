"""From what a file's pages became to files: most often one, two for a page that was split."""

import io
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docbin import imageio
from docbin.batch.recipe import PageNote, Recipe

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["part_path", "write_parts"]

PARTS = ("left", "right")
"""Names that a split gives to its parts."""


def part_path(target: Path, name: str) -> Path:
    """Return where a part goes when a format holds one page: page.png, page-left.png."""
    return target.with_stem(f"{target.stem}-{name}") if name else target


def write_parts(
    recipe: Recipe,
    source: Path | bytes,
    target: Path,
    pages: "Iterator[list[tuple[NDArray[Any], PageNote]]]",
) -> list[PageNote]:
    """Write what the pages of a file became, in order, and return a note of each.

    All goes into `target`, but the two parts of a split page whose format holds one page. A PDF
    that becomes a PDF stays the document it was, with new pages.
    """
    notes: list[PageNote] = []
    form = imageio.format_named(recipe.format, target.suffix)
    if recipe.steps and form.name == "pdf" and imageio.is_pdf(source):
        return _into_document(recipe, source, target, pages)
    if recipe.steps and not form.many:
        for parts in pages:  # of the one page there is
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


def _into_document(
    recipe: Recipe,
    source: Path | bytes,
    target: Path,
    pages: "Iterator[list[tuple[NDArray[Any], PageNote]]]",
) -> list[PageNote]:
    """Write the pictures to a PDF of their own, then lay them into a copy of the document."""
    import tempfile

    from docbin.imageio.pdf_keeping import Placement, keep_document

    with tempfile.TemporaryDirectory(prefix="docbin-") as folder:
        pictures = Path(folder) / "pictures.pdf"
        notes: list[PageNote] = []
        with imageio.open_writer(pictures) as writer:
            for parts in pages:
                for result, note in parts:
                    writer.add(result, note.dpi)
                    notes.append(replace(note, number=len(notes) + 1))
        placements = []
        for note in notes:
            way = note.geometry or {}
            placements.append(
                Placement(
                    note.source or 1, way["to_original"], (note.width, note.height), way["original"]
                )
            )
        opened = io.BytesIO(source) if isinstance(source, bytes) else source
        with imageio.atomic(target, overwrite=recipe.overwrite) as partial:
            keep_document(opened, pictures, placements, partial, recipe.provenance)
    return notes


def _open(recipe: Recipe, target: Path) -> AbstractContextManager[imageio.Writer]:
    return imageio.open_writer(
        target, format=recipe.format, metadata=recipe.provenance, overwrite=recipe.overwrite
    )
