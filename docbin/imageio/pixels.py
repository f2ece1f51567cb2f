"""From whatever Pillow decodes to the pixels of a page: uint8 grey (h, w) or RGB (h, w, 3).

- 16 bits become 8 by scaling full range to full range: v * 255 / 65535, rounded.
- Transparency is laid over white, as paper is.
- CMYK goes through Pillow's plain formula; colour profiles (ICC) are not applied.
- 32-bit integers are taken for 16-bit ones, as Pillow stores them, and must fit.
- Floats are refused.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from docbin.errors import ArrayError, InputError
from docbin.imageio.resolution import believed
from docbin.page import Page

__all__ = ["from_pil", "pixels_of", "scale_16", "to_pil", "turn"]

_CURE = "convert it to 8-bit grey or RGB first"


def from_pil(image: Any) -> Page:
    """Return a PIL image of any mode as a page, with its dpi where it has them.

    EXIF orientation is left alone: Pillow's own functions leave it to the caller as well.
    """
    if not isinstance(image, Image.Image):
        raise ArrayError(f"a PIL image is needed, got {type(image).__name__}")
    if 0 in image.size:
        raise ArrayError(f"a page must have at least one pixel, got size {image.size}")
    dpi = image.info.get("dpi")
    known = isinstance(dpi, tuple | list) and len(dpi) == 2
    return Page(pixels_of(image), believed(dpi[0], dpi[1]) if dpi and known else None)


def to_pil(image: NDArray[Any], dpi: Any = None) -> Image.Image:
    """Return ink (bool), grey or RGB as a PIL image, with its dpi where there is one."""
    array = np.where(image, np.uint8(0), np.uint8(255)) if image.dtype == np.bool_ else image
    made = Image.fromarray(np.ascontiguousarray(array))
    if dpi is not None:
        made.info["dpi"] = dpi
    return made


def pixels_of(image: Image.Image, white: int = 65535) -> NDArray[np.uint8]:
    """Return the pixels of a PIL image; `white` is the brightest value of one of 16 bits."""
    mode = image.mode
    if mode == "F":
        raise InputError(f"pixels are floats, whose range is anybody's guess: {_CURE}")
    if mode == "I" or mode.startswith("I;16"):
        return _deep(image, white)
    if mode == "P":
        image, mode = _without_palette(image)
    if mode in ("La", "RGBa"):
        image = image.convert(mode.upper())
    elif "transparency" in image.info and mode in ("1", "L", "RGB"):
        image = image.convert("RGBA" if mode == "RGB" else "LA")
    elif mode == "PA":
        image = image.convert("RGBA")
    if image.mode in ("LA", "RGBA"):
        return _over_white(image)
    if image.mode == "1":
        image = image.convert("L")
    elif image.mode not in ("L", "RGB"):
        image = image.convert("RGB")  # CMYK, YCbCr, LAB, HSV, RGBX
    return np.asarray(image)


def scale_16(values: NDArray[Any], white: int = 65535) -> NDArray[np.uint8]:
    """Return v * 255 / white, rounded half up, for values of 0 to `white`."""
    table = (np.arange(white + 1, dtype=np.uint32) * 255 + white // 2) // white
    scaled: NDArray[np.uint8] = table.astype(np.uint8)[np.minimum(values, white)]
    return scaled


def turn(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Return the pixels upright, from one of the eight orientations of EXIF and TIFF."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)


def _deep(image: Image.Image, white: int) -> NDArray[np.uint8]:
    values = np.asarray(image)
    if image.mode == "I":
        low, high = int(values.min()), int(values.max())
        if low < 0 or high > white:
            raise InputError(f"pixels run from {low} to {high}, beyond 0 to {white}: {_CURE}")
    pixels = scale_16(values, white)
    clear = image.info.get("transparency")
    if isinstance(clear, int):
        pixels[values == clear] = 255
    return pixels


def _without_palette(image: Image.Image) -> tuple[Image.Image, str]:
    if "transparency" in image.info or (image.palette is not None and image.palette.mode == "RGBA"):
        image = image.convert("RGBA")
        return image, "RGBA"
    rgb = np.asarray(image.getpalette() or [], np.uint8).reshape(-1, 3)
    if (rgb == rgb[:, :1]).all():
        return image.convert("L"), "L"
    return image.convert("RGB"), "RGB"


def _over_white(image: Image.Image) -> NDArray[np.uint8]:
    opaque = image.mode[:-1]
    paper = Image.new(opaque, image.size, "white")
    paper.paste(image.convert(opaque), mask=image.getchannel("A"))
    return np.asarray(paper)
