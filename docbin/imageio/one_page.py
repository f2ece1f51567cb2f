"""Encoders of the formats that hold one page a file: PNG and JPEG."""

from collections.abc import Mapping
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from docbin.errors import OutputError
from docbin.imageio.metadata import as_lines
from docbin.imageio.resolution import Dpi

__all__ = ["JpegEncoder", "PngEncoder", "save_png"]


class _OnePage:
    def __init__(self, file: IO[bytes], metadata: Mapping[str, str]) -> None:
        self._file = file
        self._metadata = metadata

    def finish(self) -> None:
        """Nothing follows the page."""

    def close(self) -> None:
        """Nothing is held."""


class PngEncoder(_OnePage):
    """PNG: one bit for ink, eight for grey, 24 for RGB, text for metadata."""

    def add(self, image: NDArray[Any], dpi: Dpi | None) -> None:
        """Encode the page."""
        save_png(self._file, image, dpi, self._metadata)


def save_png(
    file: IO[bytes], image: NDArray[Any], dpi: Dpi | None, metadata: Mapping[str, str]
) -> None:
    """Write a PNG; dpi is rounded to whole dots per metre, the format's unit."""
    from PIL import Image, PngImagePlugin

    text = PngImagePlugin.PngInfo()
    options: dict[str, Any] = {} if dpi is None else {"dpi": dpi}
    for key, value in metadata.items():
        text.add_text(_keyword(key), value)
    if image.dtype == np.bool_:
        height, width = image.shape
        packed = np.packbits(~image, axis=1)
        picture = Image.frombytes("1", (width, height), packed.tobytes())
        picture.save(file, "PNG", pnginfo=text, compress_level=6, **options)
    else:
        Image.fromarray(image).save(file, "PNG", pnginfo=text, compress_level=3, **options)


def _keyword(key: str) -> str:
    plain = " ".join(key.encode("latin-1", "replace").decode("latin-1").split())
    return plain[:79] or "Comment"  # PNG 11.3.4.2: 1 to 79 bytes of Latin-1


class JpegEncoder(_OnePage):
    """JPEG of grey or RGB, quality 90, metadata in a comment; dpi is whole, as JFIF has it."""

    def add(self, image: NDArray[Any], dpi: Dpi | None) -> None:
        """Encode the page."""
        from PIL import Image

        if max(image.shape[:2]) > 65535:
            raise OutputError("JPEG sides end at 65535 pixels; choose png, tiff or pdf")
        options: dict[str, Any] = {}
        if dpi is not None:
            options["dpi"] = tuple(min(max(1, round(v)), 65535) for v in dpi)
        if self._metadata:
            options["comment"] = as_lines(self._metadata).encode("utf-8")[:65533]
        Image.fromarray(image).save(self._file, "JPEG", quality=90, **options)
