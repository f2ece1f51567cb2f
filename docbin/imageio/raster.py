"""Reading images: PNG, JPEG, TIFF, WebP, JPEG 2000, BMP, PNM, by Pillow, a page at a time.

The plug-in of a file's kind is opened directly, never through ``Image.open``: the kind is known
from the content, and Pillow's limit of pixels is one global for the whole process, where ours is an
argument, checked on each page's header before a pixel is decoded.
"""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, TiffImagePlugin

from docbin.errors import InputError, PageTooLargeError
from docbin.imageio import resolution
from docbin.imageio.pixels import pixels_of, turn

__all__ = ["Frame", "check_size", "frames"]

_ORIENTATION = 274
_PHOTOMETRIC, _BITS_PER_SAMPLE, _SUBFILE_TYPE = 262, 258, 254
_TILE_WIDTH, _TILE_LENGTH = 322, 323
_REDUCED_OR_MASK = 0b101
_MIN_IS_WHITE = 0
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

    def pixels(self) -> NDArray[np.uint8]:
        """Decode the page, upright; good only until the next frame is asked for."""
        if isinstance(self.image, TiffImagePlugin.TiffImageFile):
            return _tiff_pixels(self.image)  # turned by Pillow itself
        self.image.load()
        pixels = pixels_of(self.image)
        return pixels if self.orientation == 1 else turn(pixels, self.orientation)


def frames(stream: IO[bytes], kind: str, max_pixels: int) -> Iterator[Frame]:
    """Yield the pages of an image, in order; every header is checked before its pixels."""
    image = _open(stream, kind)
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        yield from _tiff_frames(image, max_pixels)
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
    yield Frame(image, 1, 1, (width, height), dpi, image.mode, orientation)


def check_size(width: int, height: int, max_pixels: int) -> None:
    """Refuse a page that has no pixels, or more than allowed."""
    if width < 1 or height < 1:
        raise InputError(f"a page of {width} x {height} has no pixels; scan it again")
    if width * height > max_pixels:
        raise PageTooLargeError(
            f"a page of {width} x {height} has more than {max_pixels:,} pixels; "
            "raise max_pixels (--max-pixels) if it is meant"
        )


_PLUGINS = {
    "PNG": ("PngImagePlugin", "PngImageFile"),
    "JPEG": ("JpegImagePlugin", "JpegImageFile"),
    "WebP": ("WebPImagePlugin", "WebPImageFile"),
    "JPEG 2000": ("Jpeg2KImagePlugin", "Jpeg2KImageFile"),
    "BMP": ("BmpImagePlugin", "BmpImageFile"),
    "PNM": ("PpmImagePlugin", "PpmImageFile"),
}


class _Tiff(TiffImagePlugin.TiffImageFile):
    def load_prepare(self) -> None:
        # Pillow checks its global limit only where it allocates; ours has been checked by now.
        if self._im is None:
            self.im = Image.core.new(  # type: ignore[attr-defined]
                self.mode, getattr(self, "_tile_size", self.size)
            )
        super().load_prepare()


def _open(stream: IO[bytes], kind: str) -> ImageFile.ImageFile:
    if kind == "TIFF":
        return _Tiff(stream)
    module, name = _PLUGINS[kind]
    plugin: type[ImageFile.ImageFile] = getattr(importlib.import_module(f"PIL.{module}"), name)
    return plugin(stream)


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


def _tiff_frames(image: TiffImagePlugin.TiffImageFile, max_pixels: int) -> Iterator[Frame]:
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
        yield Frame(image, index + 1, len(numbers), (width, height), dpi, image.mode, orientation)


def _tiff_pixels(image: TiffImagePlugin.TiffImageFile) -> NDArray[np.uint8]:
    bits = image.tag_v2.get(_BITS_PER_SAMPLE, (1,))[0]
    inverted = image.tag_v2.get(_PHOTOMETRIC) == _MIN_IS_WHITE
    if image.mode == "I" and bits == 32:
        raise InputError("pixels are 32-bit integers; convert them to 8 or 16 bits first")
    image.load()
    white = (1 << bits) - 1 if image.mode.startswith("I;16") else 65535
    pixels = pixels_of(image, white)
    if inverted and image.mode.startswith("I;16"):  # Pillow inverts 1 to 8 bits, but not more
        pixels = 255 - pixels
    return pixels
