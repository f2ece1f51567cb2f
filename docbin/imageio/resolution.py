"""Resolution: what files say about it, and which of that is believed.

Dots per inch, horizontal before vertical, are believed from 10 to 10,000: outside lie the 0, 1 and
65535 of software that had to write something. Both have to be in range, or neither counts.

PNG, BMP and JPEG 2000 count in metres and some TIFF in centimetres, so that 300 dpi becomes
11811 / m = 299.9994 dpi. A whole number of dpi that a whole number of dots per metre can stand for
is taken to be meant.
"""

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["DPI_RANGE", "believed", "from_exif", "from_metric", "from_tiff"]

DPI_RANGE = (10.0, 10_000.0)
"""Least and most dots per inch that are believed."""

_INCH = 0.0254
_X_RESOLUTION, _Y_RESOLUTION, _RESOLUTION_UNIT = 282, 283, 296
_CENTIMETRE = 3

Dpi = tuple[float, float]


def believed(horizontal: Any, vertical: Any) -> Dpi | None:
    """Return the two numbers as dots per inch, or None when they cannot be."""
    try:
        dpi = float(horizontal), float(vertical)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    low, high = DPI_RANGE
    return dpi if all(math.isfinite(v) and low <= v <= high for v in dpi) else None


def from_metric(horizontal: float, vertical: float) -> Dpi | None:
    """Return believed dpi from what were dots per metre, whole numbers where those are meant."""
    dpi = believed(horizontal, vertical)
    return None if dpi is None else (_whole(dpi[0]), _whole(dpi[1]))


def _whole(dpi: float) -> float:
    # Half a dot per metre is 0.0127 dpi: the most that rounding to whole dots can have moved it.
    return float(round(dpi)) if abs(dpi - round(dpi)) <= _INCH / 2 else dpi


def from_tiff(tags: Any) -> Dpi | None:
    """Return believed dpi from the resolution tags of TIFF, which EXIF has too."""
    horizontal, vertical = tags.get(_X_RESOLUTION), tags.get(_Y_RESOLUTION)
    unit = tags.get(_RESOLUTION_UNIT, 2)
    if horizontal is None or vertical is None or unit not in (2, _CENTIMETRE):
        return None
    dpi = believed(horizontal, vertical)
    if unit == _CENTIMETRE:
        per_inch = [_number(v) * 2.54 for v in (horizontal, vertical)]
        return from_metric(per_inch[0], per_inch[1])
    return dpi


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return math.nan


def from_exif(exif: "Image.Exif") -> Dpi | None:
    """Return believed dpi from the first directory of EXIF."""
    return from_tiff(exif)
