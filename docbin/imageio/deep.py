"""16-bit colour, of which Pillow's modes keep only the high bytes.

The page is decoded twice, the second time with the bytes of a sample swapped, so that what comes
out are the low bytes; together they are scaled as 16-bit grey is. (16-bit grey with alpha,
compressed planes and JPEG 2000 of more than 8 bits a channel stay with Pillow's high bytes.)
"""

import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from docbin.imageio.pixels import pixels_of, scale_16

__all__ = ["deep_color", "is_deep_color"]

_SWAPPED = {"B": "L", "L": "B", "N": "B" if sys.byteorder == "little" else "L"}
_RAW_MODES = ("RGB;16", "RGBA;16", "RGBX;16", "R;16", "G;16", "B;16", "A;16")  # or planes


def is_deep_color(image: ImageFile.ImageFile) -> bool:
    """Whether an opened image is RGB or RGBA with 16 bits a channel."""
    tiles: list[Any] = image.tile
    return bool(tiles) and all(_raw_mode(tile).startswith(_RAW_MODES) for tile in tiles)


def deep_color(image: ImageFile.ImageFile, twin: ImageFile.ImageFile) -> NDArray[np.uint8]:
    """Decode an image and the same image opened a second time, and return its pixels."""
    image.load()
    twin.tile = [_swapped(tile) for tile in twin.tile]
    twin.load()
    values = np.asarray(image).astype(np.uint16)
    values <<= 8
    values |= np.asarray(twin)
    pixels = scale_16(values)
    if pixels.shape[2] == 4:
        return pixels_of(Image.fromarray(pixels))
    clear = image.info.get("transparency")
    if isinstance(clear, tuple) and len(clear) == 3:
        pixels[(values == np.array(clear, np.uint16)).all(axis=2)] = 255
    return pixels


def _raw_mode(tile: Any) -> str:
    raw = tile.args[0] if isinstance(tile.args, tuple) else tile.args
    return raw if isinstance(raw, str) else ""


def _swapped(tile: Any) -> Any:
    raw = _raw_mode(tile)
    raw = raw[:-1] + _SWAPPED[raw[-1]]
    rest = tile.args[1:] if isinstance(tile.args, tuple) else None
    return tile._replace(args=raw if rest is None else (raw, *rest))
