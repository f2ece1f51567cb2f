"""How a PDF page is shown: its boxes, its turn and its unit (ISO 32000-1, 7.7.3.3 and 8.3.2.3).

Boxes that hold nothing are passed over as PDFium does, so that a page is measured here as it was
drawn there.
"""

from dataclasses import dataclass
from typing import IO, Any, BinaryIO, cast

import pikepdf

__all__ = ["Shown", "inherited", "user_units"]

_LETTER = (0.0, 0.0, 612.0, 792.0)
"""What PDFium takes for a page without a size, in points."""


@dataclass(frozen=True)
class Shown:
    """A page as it is shown: its size in points, and the way there from its user space."""

    width: float
    height: float
    from_user: pikepdf.Matrix

    @classmethod
    def of(cls, page: pikepdf.Page) -> "Shown":
        """Measure a page."""
        left, low, right, top = _box_shown(page)
        turns = int(page.obj.get("/Rotate", inherited(page, "/Rotate", 0))) // 90 % 4
        width, height = right - left, top - low
        ways = (
            pikepdf.Matrix(1, 0, 0, 1, -left, -low),
            pikepdf.Matrix(0, -1, 1, 0, -low, right),
            pikepdf.Matrix(-1, 0, 0, -1, right, top),
            pikepdf.Matrix(0, 1, -1, 0, top, -left),
        )
        size = (width, height) if turns % 2 == 0 else (height, width)
        return cls(*size, ways[turns])


def _box_shown(page: pikepdf.Page) -> tuple[float, ...]:
    """Return what PDFium shows: the crop box within the media box, of those that hold anything."""
    media, crop = _ordered(page.mediabox), _ordered(page.cropbox)
    if media[0] == media[2] or media[1] == media[3]:
        media = _LETTER
    if crop[0] == crop[2] or crop[1] == crop[3]:
        return media
    low = tuple(map(max, media[:2], crop[:2]))
    high = tuple(map(min, media[2:], crop[2:]))
    apart = low[0] >= high[0] or low[1] >= high[1]
    return media if apart else (*low, *high)


def _ordered(box: Any) -> tuple[float, float, float, float]:
    left, low, right, top = (float(v) for v in box)
    return min(left, right), min(low, top), max(left, right), max(low, top)


def inherited(page: pikepdf.Page, key: str, default: Any) -> Any:
    """Return a page's attribute, or that of the nearest node above it, or `default`."""
    node: Any = page.obj
    for _ in range(64):
        if key in node:
            return node[key]
        if "/Parent" not in node:
            return default
        node = node["/Parent"]
    return default


def user_units(stream: IO[bytes]) -> list[float]:
    """Return what a unit of each page is, in points; nothing for a file that cannot be looked into.

    PDFium knows nothing of it.
    """
    stream.seek(0)
    try:
        with pikepdf.open(cast(BinaryIO, stream), attempt_recovery=False) as document:
            return [_unit(page.obj.get("/UserUnit", 1)) for page in document.pages]
    except pikepdf.PdfError:
        return []


def _unit(value: Any) -> float:
    try:
        unit = float(value)
    except (TypeError, ValueError):
        return 1.0
    return unit if unit > 0 else 1.0
