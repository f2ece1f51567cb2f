"""Despeckle: take specks off finished ink and fill its pinholes, sized in strokes.

A speck is an 8-connected part of the ink whose bounding box is at most `specks` stroke widths wide
and high; a hole is a 4-connected part of the paper, not at the page's edge, at most `holes` stroke
widths wide and high. Nothing longer than that is touched, however thin: hairlines and broken
strokes stay. The dot of an i is a stroke wide or a little more, so that 0.5 to 0.7 spares it.

The stroke width is the page's own: the median, along the middle of the strokes, of twice the
distance to the paper. Parts not clearly longer than wide (specks, dots, blots) are not asked, so
that noise does not pass for writing.
"""

import numpy as np
from numpy.typing import NDArray

from docbin.errors import ArrayError, SettingError
from docbin.native.parts import small_parts
from docbin.page import Ink

__all__ = ["check_strokes", "despeckle", "stroke_width"]

LARGEST = 5.0
"""Most strokes a speck or a hole may measure; beyond this it is letters."""

_LONG = 3.0  # a stroke's part covers at least this many squares of its own width


def despeckle(
    ink: Ink, specks: float = 0.5, holes: float = 0.0, stroke: float | None = None
) -> Ink:
    """Return the ink without its specks and with its holes filled, (h, w) bool; 0 leaves either.

    `specks` and `holes` are in stroke widths, 0 to 5; `stroke`, in pixels, is measured unless
    given. Ink without any stroke to measure by is returned as it is. Specks go first: a hole is
    judged without the specks in it.

    >>> ink = np.zeros((60, 60), bool)
    >>> ink[10:50, 10:16] = ink[5:7, 40:42] = True
    >>> stroke_width(ink), int(despeckle(ink).sum()) == int(ink.sum()) - 4
    (5.5, True)
    """
    if ink.dtype != np.bool_ or ink.ndim != 2 or not ink.size:
        raise ArrayError(f"despeckle takes ink, (h, w) bool, got {ink.dtype} {ink.shape}")
    check_strokes("specks", specks)
    check_strokes("holes", holes)
    if stroke is None:
        stroke = stroke_width(ink)
    if stroke is None:
        return ink
    if specks > 0:
        ink = ink & ~small_parts(ink, int(specks * stroke))
    if holes > 0:
        ink = ink | _small_holes(ink, holes * stroke)
    return ink


def check_strokes(name: str, value: float) -> None:
    """Refuse a size that is not 0 to 5 strokes."""
    if not 0 <= value <= LARGEST:  # false for NaN too
        raise SettingError(f"{name} must be 0 to {LARGEST:g} strokes, got {value:g}")


def stroke_width(ink: Ink) -> float | None:
    """Return the median width of the strokes, to half a pixel; None if nothing is long enough."""
    import cv2

    mask = np.ascontiguousarray(ink).view(np.uint8)
    count, labels = cv2.connectedComponents(mask, connectivity=8, ltype=cv2.CV_32S)
    parts = np.asarray(labels, np.int32)
    if count < 2:
        return None
    padded = np.pad(mask, 1)  # beyond the page there is paper
    distance = np.asarray(cv2.distanceTransform(padded, cv2.DIST_L2, 5), np.float32)
    highest = cv2.dilate(distance, np.ones((3, 3), np.uint8))
    middle = cv2.bitwise_and(cv2.compare(distance, highest, cv2.CMP_EQ), padded)
    places = np.flatnonzero(np.asarray(middle).view(np.bool_))  # in the padded page
    # In the middle of a stroke of w pixels the distance is (w + 1) / 2 for odd w, w / 2 for even.
    widths = 2 * distance.ravel()[places] - 0.5
    rows, columns = np.divmod(places, padded.shape[1])
    owner = parts[rows - 1, columns - 1]
    widest = np.zeros(count, np.float32)
    np.maximum.at(widest, owner, widths)
    area = np.bincount(parts[ink], minlength=count)
    long = area >= _LONG * widest**2
    long[0] = False
    measured = widths[long[owner]]
    return float(max(1.0, round(float(np.median(measured)), 1))) if measured.size else None


def _small_holes(ink: Ink, side: float) -> NDArray[np.bool_]:
    """Return the 4-connected parts of the paper, off the edge, at most `side` wide and high."""
    import cv2

    height, width = ink.shape
    _, parts, stats, _ = cv2.connectedComponentsWithStats(
        np.ascontiguousarray(~ink).view(np.uint8), connectivity=4, ltype=cv2.CV_32S
    )
    left, top = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    wide, high = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    small = (wide <= side) & (high <= side)
    small[0] = False
    small &= (left > 0) & (top > 0) & (left + wide < width) & (top + high < height)
    found: NDArray[np.bool_] = small[parts]
    return found
