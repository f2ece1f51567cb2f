"""Lines of text as files: JSON, PAGE-XML, ALTO, hOCR, COCO, and a picture.

Coordinates are pixels of the page as it was read, the page's top left pixel at 0, 0.
"""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from docbin.errors import UnknownNameError
from docbin.protocols import TextLine

__all__ = ["FORMATS", "Format", "LinesOfPage", "encode"]


@dataclass(frozen=True, eq=False)
class LinesOfPage:
    """The lines of a page in reading order.

    `width` and `height` of the page, pixels; `name` of its image, `number` in it, from 1;
    `pixels` (h, w, 3) RGB, which only a picture needs.
    """

    width: int
    height: int
    lines: Sequence[TextLine]
    name: str
    number: int = 1
    dpi: tuple[float, float] | None = None
    pixels: NDArray[np.uint8] | None = None


class Format(NamedTuple):
    """A file format: its suffix, whether one file holds all pages of a document, its module."""

    suffix: str
    whole: bool
    module: str
    title: str


FORMATS: dict[str, Format] = {
    "json": Format(".json", True, "plain", "polygons, baselines, scores and order"),
    "page": Format(".xml", False, "page_xml", "PAGE-XML 2019-07-15"),
    "alto": Format(".xml", True, "alto", "ALTO 4.4"),
    "hocr": Format(".hocr", True, "hocr", "hOCR 1.2"),
    "coco": Format(".json", True, "coco", "COCO instances"),
    "picture": Format(".png", False, "picture", "the page with the lines drawn on"),
}
"""Formats by name."""


def encode(name: str, pages: Sequence[LinesOfPage]) -> bytes:
    """Return the file of one page, or, in formats that hold whole documents, of several.

    Raises UnknownNameError for a format there is not, ValueError for several pages in a format of
    one.
    """
    if name not in FORMATS:
        raise UnknownNameError(f"unknown format {name!r}; known: {', '.join(FORMATS)}")
    kind = FORMATS[name]
    if not kind.whole and len(pages) != 1:
        raise ValueError(f"{name} is of one page a file, got {len(pages)}")
    module = importlib.import_module(f"docbin.lines.formats.{kind.module}")
    return bytes(module.encode(pages))
