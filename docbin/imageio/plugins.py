"""Pillow's decoders, opened one by one, with five things put right.

- Pillow's limit of pixels is one global for the process, checked where TIFF allocates; ours is an
  argument and has been checked by then.
- 16-bit grey TIFF whose 0 is white opens in either byte order, and says that it is inverted.
- TIFF of 16-bit grey with alpha, for which Pillow has no mode, is opened as four bytes a pixel
  (`deep` makes grey of them).
- TIFF whose 16-bit samples lie in planes of their own is read as 16 bits, not as 8; what it would
  read wrongly, or call damaged, is refused by its name.
- A PNG's notes (profile, texts) are left out before decoding: Pillow refuses the whole page when
  one of them is large, and none is used.
"""

import importlib
import io
import struct
from typing import IO, Any

from PIL import Image, ImageFile, TiffImagePlugin

from docbin.errors import InputError

__all__ = ["Tiff", "open_image"]

_PHOTOMETRIC, _BITS_PER_SAMPLE, _SAMPLES, _PLANES, _EXTRA = 262, 258, 277, 284, 338
_SEPARATE = 2
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB = 0, 1, 2
_FOUR_BYTES = {_PHOTOMETRIC: _RGB, _BITS_PER_SAMPLE: (8,) * 4, _SAMPLES: 4, _EXTRA: (2,)}
_NOTES = (b"iCCP", b"tEXt", b"zTXt", b"iTXt")
_PLUGINS = {
    "PNG": ("PngImagePlugin", "PngImageFile"),
    "JPEG": ("JpegImagePlugin", "JpegImageFile"),
    "WebP": ("WebPImagePlugin", "WebPImageFile"),
    "JPEG 2000": ("Jpeg2KImagePlugin", "Jpeg2KImageFile"),
    "BMP": ("BmpImagePlugin", "BmpImageFile"),
    "PNM": ("PpmImagePlugin", "PpmImageFile"),
}


def open_image(stream: IO[bytes], kind: str) -> ImageFile.ImageFile:
    """Read the header of an image of a known kind."""
    stream.seek(0)
    if kind == "TIFF":
        return Tiff(stream)
    if kind == "PNG":
        stream = _without_notes(stream)
    module, name = _PLUGINS[kind]
    plugin: type[ImageFile.ImageFile] = getattr(importlib.import_module(f"PIL.{module}"), name)
    return plugin(stream)


class Tiff(TiffImagePlugin.TiffImageFile):
    """TIFF; `bits` and `inverted` are those of the page last sought."""

    bits = 8
    inverted = False
    """Whether 0 is white in what Pillow decodes; up to 8 bits it inverts by itself."""
    alpha: int | None = None
    """Of 16-bit grey with a second sample, which is opened as four bytes: what that is, 0 unknown,
    1 an alpha the grey has been multiplied by, 2 an alpha (TIFF 6.0, ExtraSamples)."""

    def _setup(self) -> None:
        self.bits = int(self.tag_v2.get(_BITS_PER_SAMPLE, (1,))[0])
        white_is_zero = self.tag_v2.get(_PHOTOMETRIC) == _WHITE_IS_ZERO
        self.inverted = white_is_zero and self.bits > 8
        if self.inverted:
            self.tag_v2[_PHOTOMETRIC] = _BLACK_IS_ZERO
        self.alpha = None
        if self._is_gray_alpha():
            self.alpha = int(self.tag_v2.get(_EXTRA, (0,))[0])
            for tag, value in _FOUR_BYTES.items():
                self.tag_v2[tag] = value
        try:
            super()._setup()
        except (SyntaxError, IndexError) as error:  # no mode for such pixels, or a damaged header
            if self.tag_v2.get(_SAMPLES, 1) == 1:
                raise
            raise self._unread() from error
        if self.tag_v2.get(_PLANES) == _SEPARATE and self.tag_v2.get(_SAMPLES, 1) > 1:
            self._check_planes()

    def _is_gray_alpha(self) -> bool:
        return (
            self.tag_v2.get(_BITS_PER_SAMPLE) == (16, 16)
            and self.tag_v2.get(_SAMPLES) == 2
            and self.tag_v2.get(_PHOTOMETRIC) == _BLACK_IS_ZERO
            and self.tag_v2.get(_PLANES, 1) != _SEPARATE
        )

    def _check_planes(self) -> None:
        if self.mode not in ("RGB", "RGBA", "CMYK"):
            raise self._unread()
        tiles: list[Any] = self.tile
        if self.bits == 16 and all(tile.codec_name == "raw" for tile in tiles):
            if any(tile.args[0] not in ("R", "G", "B", "A") for tile in tiles):
                raise self._unread()
            order = "B" if self.tag_v2.prefix == b"MM" else "L"
            self.tile = [
                tile._replace(args=(f"{tile.args[0]};16{order}", *tile.args[1:])) for tile in tiles
            ]

    def _unread(self) -> InputError:
        samples = self.tag_v2.get(_SAMPLES, 1)
        planes = " in planes of their own" if self.tag_v2.get(_PLANES) == _SEPARATE else ""
        return InputError(
            f"a pixel is {samples} samples of {self.bits} bits{planes}, a kind of TIFF that is "
            "not read; convert it to 8-bit grey or RGB first"
        )

    def load_prepare(self) -> None:
        if self._im is None:
            size = getattr(self, "_tile_size", self.size)
            self.im = Image.core.new(self.mode, size)  # type: ignore[attr-defined]
        super().load_prepare()


def _without_notes(stream: IO[bytes]) -> IO[bytes]:
    kept = io.BytesIO()
    kept.write(stream.read(8))
    while head := stream.read(8):
        size = struct.unpack(">I", head[:4])[0] + 4 if len(head) == 8 else 0  # with its CRC
        if head[4:] in _NOTES:
            stream.seek(size, io.SEEK_CUR)
        else:
            kept.write(head)
            kept.write(stream.read(size))
    kept.seek(0)
    return kept
