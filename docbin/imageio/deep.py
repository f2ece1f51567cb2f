"""16-bit colour and grey with alpha, of which Pillow's modes keep only the high bytes, or nothing.

A page of colour is decoded twice, the second time with the bytes of a sample swapped, so that what
comes out are the low bytes; together they are scaled as 16-bit grey is. (PNG of 16-bit grey with
alpha, compressed planes and JPEG 2000 of more than 8 bits a channel stay with Pillow's high bytes.)
Grey with alpha of TIFF comes as the four bytes of a pixel.
"""

import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from docbin.imageio.pixels import pixels_of, scale_16
from docbin.imageio.plugins import Tiff

__all__ = ["deep_color", "gray_alpha", "is_deep_color"]

_SWAPPED = {"B": "L", "L": "B", "N": "B" if sys.byteorder == "little" else "L"}
_WHITE = 65535
_UNKNOWN, _MULTIPLIED = 0, 1  # Tiff.alpha
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


def gray_alpha(image: Tiff) -> NDArray[np.uint8]:
    """Decode an image whose `alpha` is set, and return its grey over white."""
    tiles: list[Any] = image.tile
    own = all(tile.codec_name == "raw" for tile in tiles)  # libtiff's bytes are in the machine's
    word = ">u2" if own and image.tag_v2.prefix == b"MM" else "<u2" if own else "=u2"
    image.load()
    samples = np.asarray(image).view(word).astype(np.uint32)
    gray, alpha = samples[:, :, 0], samples[:, :, 1]
    if image.alpha == _UNKNOWN:
        alpha = np.full_like(gray, _WHITE)
    if image.alpha == _MULTIPLIED:
        gray = np.minimum(gray, alpha)
        gray = alpha - gray if image.inverted else gray
    else:
        gray = _WHITE - gray if image.inverted else gray
        gray = (gray * alpha + _WHITE // 2) // _WHITE  # below 2^32
    return scale_16(gray + (_WHITE - alpha))


def _raw_mode(tile: Any) -> str:
    raw = tile.args[0] if isinstance(tile.args, tuple) else tile.args
    return raw if isinstance(raw, str) else ""


def _swapped(tile: Any) -> Any:
    raw = _raw_mode(tile)
    raw = raw[:-1] + _SWAPPED[raw[-1]]
    rest = tile.args[1:] if isinstance(tile.args, tuple) else None
    return tile._replace(args=raw if rest is None else (raw, *rest))
