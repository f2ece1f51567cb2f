"""Readers and writers: files to pages, ink and grey to files.

Nothing is decoded or encoded before it is asked for: NumPy, Pillow, pypdfium2, img2pdf and pikepdf
are imported by the functions that need them.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from docbin.imageio.atomic import (
    atomic,
    make_folder,
    refuse_folder,
    refuse_input,
    refuse_place,
    remove_partials,
    same_file,
)
from docbin.imageio.formats import FORMATS, IMAGE_SUFFIXES, MAX_PIXELS, Format, format_named, sniff
from docbin.imageio.reading import FileInfo, PageInfo, probe, read, read_one
from docbin.imageio.writing import Writer, open_writer, write

if TYPE_CHECKING:
    from docbin.page import Page

__all__ = [
    "FORMATS",
    "IMAGE_SUFFIXES",
    "MAX_PIXELS",
    "FileInfo",
    "Format",
    "PageInfo",
    "Writer",
    "atomic",
    "format_named",
    "from_pil",
    "is_pdf",
    "make_folder",
    "open_writer",
    "probe",
    "read",
    "read_one",
    "refuse_folder",
    "refuse_input",
    "refuse_place",
    "remove_partials",
    "same_file",
    "to_pil",
    "write",
]


def from_pil(image: Any) -> "Page":
    """Return a PIL image of any mode as a page, with its dpi; floats are refused."""
    from docbin.imageio import pixels

    return pixels.from_pil(image)


def to_pil(image: Any, dpi: Any = None) -> Any:
    """Return ink (bool), grey or RGB as a PIL image, with its dpi where there is one."""
    from docbin.imageio import pixels

    return pixels.to_pil(image, dpi)


def is_pdf(source: str | Path | bytes) -> bool:
    """Tell whether a file, by path or bytes, is a PDF by its content."""
    if not isinstance(source, bytes):
        with Path(source).open("rb") as file:
            source = file.read(1024)
    return sniff(source[:1024]) == "PDF"
