"""Rendering: a page laid out anew by a geometry, and the paper that fills what it never had."""

import math

import numpy as np
from numpy.typing import NDArray

from docbin.errors import ArrayError, PageTooLargeError
from docbin.native.turning import turned
from docbin.page import Page
from docbin.prepare.geometry import Geometry

__all__ = ["bent", "paper_color", "rendered", "resized", "with_margin"]

_MAX_PIXELS = 600_000_000
_STRIP = 128  # rows at a time


def paper_color(page: Page) -> tuple[int, ...]:
    """Return the colour of most of the paper: the median of the lighter half, one or three values.

    Where less than a third of the page is that light, it lies on something darker, and still is
    what the text is on.
    """
    step = max(1, round((page.width * page.height / 60_000) ** 0.5))
    some = Page(page.pixels[::step, ::step])
    light = some.gray >= np.median(some.gray)
    values = np.atleast_1d(np.median(some.pixels[light], axis=0))
    return tuple(int(v) for v in values)


def rendered(page: Page, geometry: Geometry, fill: tuple[int, ...]) -> Page:
    """Lay the page out by a geometry that turns little, cubic; what lies beyond it is `fill`."""
    check_canvas(geometry.size)
    pixels = turned(page.pixels, geometry.matrix, geometry.size, fill)
    return Page(pixels, page.dpi, page.source)


def bent(page: Page, geometry: Geometry, fill: tuple[int, ...]) -> Page:
    """Lay a bent page out flat, cubic: the geometry moves it by whole rows beside its bend."""
    import cv2

    if geometry.flattened is None:
        raise ArrayError("a page to lay out flat needs a bend")
    check_canvas(geometry.size)
    width, height = geometry.size
    top = geometry.matrix[1][2]
    pixels = np.asarray(page.pixels)
    made = np.empty((height, width, *pixels.shape[2:]), np.uint8)
    x = np.arange(width, dtype=np.float64)
    across = np.broadcast_to(x.astype(np.float32), (_STRIP, width)).copy()
    for first in range(0, height, _STRIP):
        y = np.arange(first, min(first + _STRIP, height), dtype=np.float64)
        down = (geometry.flattened.bend.grid(x, y) + (y + top)[:, None]).astype(np.float32)
        made[first : first + _STRIP] = cv2.remap(
            pixels, across[: y.size], down, cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_CONSTANT, borderValue=fill,
        )  # fmt: skip
    return Page(made, page.dpi, page.source)


def resized(page: Page, size: tuple[int, int], dpi: tuple[float, float] | None) -> Page:
    """Return the page in another size: averaged when smaller, cubic when larger."""
    import cv2

    check_canvas(size)
    smaller = size[0] <= page.width and size[1] <= page.height
    way = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    pixels = cv2.resize(np.asarray(page.pixels), size, interpolation=way)
    return Page(np.asarray(pixels, np.uint8), dpi, page.source)


def with_margin(page: Page, geometry: Geometry, fill: tuple[int, ...]) -> Page:
    """Cut a window of whole pixels; what lies beyond the page is `fill`."""
    import cv2

    check_canvas(geometry.size)
    (_, _, left), (_, _, top) = geometry.matrix
    x, y = int(left), int(top)
    width, height = geometry.size
    x0, y0 = min(max(0, x), page.width), min(max(0, y), page.height)
    x1, y1 = min(max(x0, x + width), page.width), min(max(y0, y + height), page.height)
    inside = np.asarray(page.pixels[y0:y1, x0:x1])
    if not inside.size:
        shape = (height, width, 3) if page.is_color else (height, width)
        pixels: NDArray[np.uint8] = np.empty(shape, np.uint8)
        pixels[:] = fill
    elif inside.shape[:2] == (height, width):
        pixels = np.ascontiguousarray(inside)
    else:
        around = (y0 - y, y + height - y1, x0 - x, x + width - x1)
        constant = cv2.BORDER_CONSTANT
        made = cv2.copyMakeBorder(inside, *around, constant, value=fill)
        pixels = np.asarray(made, np.uint8)
    return Page(pixels, page.dpi, page.source)


def check_canvas(size: tuple[int, int]) -> None:
    """Refuse a canvas that no scan is, before memory is asked for."""
    if math.prod(size) > _MAX_PIXELS or max(size) > 32_000:
        raise PageTooLargeError(
            f"the prepared page would be {size[0]} x {size[1]} pixels; ask for a lower resolution"
        )
