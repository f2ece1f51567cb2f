"""Filling: paint part of a page with the light of the paper nearest to it."""

import numpy as np
from numpy.typing import NDArray

from docbin.page import Gray, Page

__all__ = ["filled"]

_TILE = 256  # side of a piece of the page that is painted at a time

_Mask = NDArray[np.bool_]
_Light = NDArray[np.float32]


def filled(page: Page, border: _Mask) -> Page:
    """Paint the border, a mask on a small copy of the page, with paper."""
    import cv2

    height, width = border.shape
    # A few samples a pixel of the copy will do: means are taken of many.
    dense = cv2.resize(page.pixels, (2 * width, 2 * height), interpolation=cv2.INTER_NEAREST)
    reduced = cv2.resize(dense, (width, height), interpolation=cv2.INTER_AREA)
    small: _Light = np.reshape(np.asarray(reduced, np.float32), (height, width, -1))
    wide = cv2.dilate(border.view(np.uint8), np.ones((7, 7), np.uint8))
    # Paper is light: ink beside the border must not be spread over it.
    level = small.mean(axis=2)
    bare = (wide == 0) & (level >= np.median(level[~border]) * 0.85)
    if not bare.any():
        bare = ~border
    spread = np.clip(np.rint(_spread(small, bare)), 0, 255)
    paper = spread.astype(np.uint8).reshape(reduced.shape)
    mask = cv2.dilate(border.view(np.uint8), np.ones((3, 3), np.uint8))
    pixels = np.array(page.pixels)
    for top in range(0, page.height, _TILE):
        for left in range(0, page.width, _TILE):
            _paint(pixels, paper, np.asarray(mask), (top, left))
    return Page(pixels, page.dpi, page.source)


def _paint(pixels: NDArray[np.uint8], paper: Gray, mask: Gray, corner: tuple[int, int]) -> None:
    """Paint a tile of the page, in place, where the small mask says so, with the small paper."""
    import cv2

    (top, left), (height, width) = corner, pixels.shape[:2]
    tile = pixels[top : top + _TILE, left : left + _TILE]
    x, y = mask.shape[1] / width, mask.shape[0] / height
    across = slice(int(left * x), int((left + tile.shape[1]) * x) + 1)
    down = slice(int(top * y), int((top + tile.shape[0]) * y) + 1)
    if not mask[down, across].any():
        return
    matrix = np.array([[x, 0, x * (left + 0.5) - 0.5], [0, y, y * (top + 0.5) - 0.5]])
    size = tile.shape[1::-1]
    way = cv2.WARP_INVERSE_MAP
    flags, near = way | cv2.INTER_LINEAR, way | cv2.INTER_NEAREST
    light = cv2.warpAffine(paper, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    where = cv2.warpAffine(mask, matrix, size, flags=near, borderMode=cv2.BORDER_REPLICATE)
    np.copyto(tile, light, where=(where if tile.ndim == 2 else where[:, :, None]).astype(np.bool_))


def _spread(values: _Light, known: _Mask) -> _Light:
    """Fill the unknown from the known around it, nearer ones first: means of widening windows."""
    import cv2

    result = values.copy()
    missing = ~known
    weight = known.astype(np.float32)
    side = 9
    while missing.any():
        share = cv2.blur(weight, (side, side), borderType=cv2.BORDER_REPLICATE)
        reached = missing & (share > 0.02)
        for channel in range(values.shape[2]):
            total = cv2.blur(
                values[:, :, channel] * weight, (side, side), borderType=cv2.BORDER_REPLICATE
            )
            result[:, :, channel][reached] = total[reached] / share[reached]
        missing &= ~reached
        if side > 4 * max(values.shape[:2]):
            break
        side = 2 * side + 1
    return result
