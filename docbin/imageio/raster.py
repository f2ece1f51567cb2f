"""Reading images: PNG, JPEG, TIFF, WebP, JPEG 2000, BMP, PNM, by Pillow, a page at a time.

Each page's size is checked on its header, before a pixel is decoded.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from docbin.errors import InputError, PageTooLargeError
from docbin.imageio import resolution
from docbin.imageio.deep import deep_color, gray_alpha, is_deep_color
from docbin.imageio.pixels import pixels_of, turn
from docbin.imageio.plugins import Tiff, open_image

__all__ = ["Frame", "check_size", "frames"]

_ORIENTATION = 274
_SUBFILE_TYPE = 254
_TILE_WIDTH, _TILE_LENGTH = 322, 323
_REDUCED_OR_MASK = 0b101
_SIDEWAYS = (5, 6, 7, 8)


@dataclass(frozen=True)
class Frame:
    """One page of an image file, its header read and its pixels not yet."""

    image: ImageFile.ImageFile
    number: int
    count: int
    size: tuple[int, int]
    """Width and height, upright."""
    dpi: tuple[float, float] | None
    mode: str
    orientation: int
    again: Callable[[], ImageFile.ImageFile]
    """Opens the same page a second time."""

    def pixels(self) -> NDArray[np.uint8]:
        """Decode the page, upright; good only until the next frame is asked for."""
        if isinstance(self.image, Tiff):
            return _tiff_pixels(self.image, self.again)  # turned by Pillow itself
        if is_deep_color(self.image):
            pixels = deep_color(self.image, self.again())
        else:
            self.image.load()
            pixels = pixels_of(self.image)
        return pixels if self.orientation == 1 else turn(pixels, self.orientation)


def frames(stream: IO[bytes], kind: str, max_pixels: int) -> Iterator[Frame]:
    """Yield the pages of an image, in order; every header is checked before its pixels."""
    image = open_image(stream, kind)
    if isinstance(image, Tiff):
        yield from _tiff_frames(image, max_pixels, stream)
        return
    orientation = _exif(image).get(_ORIENTATION, 1)
    if orientation not in range(1, 9):
        orientation = 1
    width, height = image.size
    check_size(width, height, max_pixels)
    dpi = _dpi(image)
    if orientation in _SIDEWAYS:
        width, height = height, width
        dpi = dpi and (dpi[1], dpi[0])
    yield Frame(
        image, 1, 1, (width, height), dpi, image.mode, orientation, lambda: open_image(stream, kind)
    )


def check_size(width: int, height: int, max_pixels: int) -> None:
    """Refuse a page that has no pixels, or more than allowed."""
    if width < 1 or height < 1:
        raise InputError(f"a page of {width} x {height} has no pixels; scan it again")
    if width * height > max_pixels:
        raise PageTooLargeError(
            f"a page of {width} x {height} has more than {max_pixels:,} pixels; "
            "raise max_pixels (--max-pixels) if it is meant"
        )


def _exif(image: ImageFile.ImageFile) -> Image.Exif:
    exif = Image.Exif()
    try:
        exif.load(image.info.get("exif", b""))
    except Exception:  # a damaged note about a page is no reason to refuse the page
        return Image.Exif()
    return exif


def _dpi(image: ImageFile.ImageFile) -> tuple[float, float] | None:
    info = image.info
    found: tuple[float, float] | None = None
    if image.format == "JPEG":
        density, unit = info.get("jfif_density"), info.get("jfif_unit")
        if density and unit == 1:
            found = resolution.believed(*density)
        elif density and unit == 2:
            found = resolution.from_metric(density[0] * 2.54, density[1] * 2.54)
    elif "dpi" in info:  # PNG, BMP and JPEG 2000 count in metres, Pillow has divided
        found = resolution.from_metric(*info["dpi"])
    return found or resolution.from_exif(_exif(image))


def _tiff_frames(image: Tiff, max_pixels: int, stream: IO[bytes]) -> Iterator[Frame]:
    total = image.n_frames
    numbers = list(range(total))
    if total > 1:  # thumbnails and masks are no pages
        kept = []
        for number in numbers:
            image.seek(number)
            if not int(image.tag_v2.get(_SUBFILE_TYPE, 0)) & _REDUCED_OR_MASK:
                kept.append(number)
        numbers = kept or numbers
    for index, number in enumerate(numbers):
        image.seek(number)
        tags = image.tag_v2
        orientation = tags.get(_ORIENTATION, 1)
        width, height = tags[256], tags[257]
        check_size(width, height, max_pixels)
        check_size(tags.get(_TILE_WIDTH, 1), tags.get(_TILE_LENGTH, 1), max(max_pixels, 1 << 24))
        dpi = resolution.from_tiff(tags)
        if orientation in _SIDEWAYS:
            width, height = height, width
            dpi = dpi and (dpi[1], dpi[0])
        again = partial(_tiff_page, stream, number)
        mode = image.mode if image.alpha is None else "LA"
        size = width, height
        yield Frame(image, index + 1, len(numbers), size, dpi, mode, orientation, again)


def _tiff_page(stream: IO[bytes], number: int) -> ImageFile.ImageFile:
    image = open_image(stream, "TIFF")
    image.seek(number)
    return image


def _tiff_pixels(image: Tiff, again: Callable[[], ImageFile.ImageFile]) -> NDArray[np.uint8]:
    if image.mode == "I" and image.bits == 32:
        raise InputError("pixels are 32-bit integers; convert them to 8 or 16 bits first")
    rows = max((tile.extents[3] for tile in image.tile if tile.extents), default=0)
    if rows < image.tag_v2[257]:  # Pillow would leave the others black
        raise InputError(f"has {rows} of its {image.tag_v2[257]} rows; copy or scan it again")
    if image.alpha is not None:
        return gray_alpha(image)
    if is_deep_color(image):
        return deep_color(image, again())
    image.load()
    pixels = pixels_of(image, (1 << image.bits) - 1 if image.mode.startswith("I;16") else 65535)
    return 255 - pixels if image.inverted else pixels
