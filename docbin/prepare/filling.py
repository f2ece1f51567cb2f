"""Filling: paint part of a page with the light of the paper nearest to it."""

import numpy as np
from numpy.typing import NDArray

from docbin.page import Gray, Page

__all__ = ["filled"]

_TILE = 128  # side of a piece of the page that is painted at a time

_Mask = NDArray[np.bool_]
_Light = NDArray[np.float32]


def filled(page: Page, border: _Mask) -> Page:
    """Paint the border, a mask on a small copy of the page, with paper."""
    import cv2

    height, width = border.shape
    # A few samples a pixel of the copy will do: means are taken of many.
    dense = cv2.resize(page.pixels, (2 * width, 2 * height), interpolation=cv2.INTER_NEAREST)
    reduced = cv2.resize(dense, (width, height), interpolation=cv2.INTER_AREA)
    wide = cv2.dilate(border.view(np.uint8), np.ones((7, 7), np.uint8))
    # Paper is light: ink beside the border must not be spread over it.
    level = Page(np.asarray(reduced, np.uint8)).gray
    bare = (wide == 0) & (level >= np.median(level[~border]) * 0.85)
    if not bare.any():
        bare = ~border
    spread = _spread(np.asarray(reduced, np.float32), bare)
    paper = np.asarray(cv2.convertScaleAbs(spread), np.uint8)  # rounds; no value is below 0
    mask = cv2.dilate(border.view(np.uint8), np.ones((3, 3), np.uint8))
    pixels = np.array(page.pixels)
    for corner in _corners_of_tiles(np.asarray(mask), (page.height, page.width)):
        _paint(pixels, paper, np.asarray(mask), corner)
    return Page(pixels, page.dpi, page.source)


def _corners_of_tiles(mask: Gray, shape: tuple[int, int]) -> list[tuple[int, int]]:
    """Return top and left of the tiles of a page, (height, width), that its small mask is in."""
    import cv2

    counts = cv2.integral(mask)
    first, last = [], []
    for side, small in zip(shape, mask.shape, strict=True):
        starts = np.arange(0, side, _TILE)
        stops = np.minimum(starts + _TILE, side)
        first.append((starts * (small / side)).astype(int))
        last.append(np.minimum((stops * (small / side)).astype(int) + 1, small))
    low, high = (counts[rows] for rows in (first[0], last[0]))
    found = (high - low)[:, last[1]] > (high - low)[:, first[1]]
    return [(_TILE * int(row), _TILE * int(column)) for row, column in np.argwhere(found)]


def _paint(pixels: NDArray[np.uint8], paper: Gray, mask: Gray, corner: tuple[int, int]) -> None:
    """Paint a tile of the page, in place, where the small mask says so, with the small paper."""
    import cv2

    (top, left), (height, width) = corner, pixels.shape[:2]
    tile = pixels[top : top + _TILE, left : left + _TILE]
    x, y = mask.shape[1] / width, mask.shape[0] / height
    matrix = np.array([[x, 0, x * (left + 0.5) - 0.5], [0, y, y * (top + 0.5) - 0.5]])
    size = tile.shape[1::-1]
    way = cv2.WARP_INVERSE_MAP
    flags, near = way | cv2.INTER_LINEAR, way | cv2.INTER_NEAREST
    light = cv2.warpAffine(paper, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    where = cv2.warpAffine(mask, matrix, size, flags=near, borderMode=cv2.BORDER_REPLICATE)
    cv2.copyTo(light, where, tile)


def _spread(values: _Light, known: _Mask) -> _Light:
    """Fill the unknown from the known around it, nearer ones first, from coarser copies.

    ``values`` is (h, w) or (h, w, 3). A coarser copy holds the means of the known in each two by
    two; what none of them knows is filled from one coarser still, until nothing is missing.
    """
    import cv2

    if known.all() or not known.any():
        return values
    height, width = known.shape
    below, beside = height % 2, width % 2
    weight = cv2.copyMakeBorder(
        known.astype(np.float32), 0, below, 0, beside, cv2.BORDER_CONSTANT, value=0
    )
    light = cv2.copyTo(values, known.view(np.uint8))  # elsewhere 0
    light = cv2.copyMakeBorder(light, 0, below, 0, beside, cv2.BORDER_CONSTANT, value=0)
    half = (width + beside) // 2, (height + below) // 2
    share = np.asarray(cv2.resize(weight, half, interpolation=cv2.INTER_AREA))
    total = np.asarray(cv2.resize(light, half, interpolation=cv2.INTER_AREA))
    each = np.maximum(share, 0.25) if total.ndim == 2 else np.maximum(share, 0.25)[:, :, None]
    coarse = _spread(np.asarray(total / each, np.float32), share > 0)
    grown = cv2.resize(coarse, weight.shape[::-1], interpolation=cv2.INTER_LINEAR)[:height, :width]
    return np.asarray(cv2.copyTo(values, known.view(np.uint8), grown), np.float32)
