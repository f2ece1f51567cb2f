"""Plain PNG without Pillow: 8-bit grey or RGB, not interlaced, which most scans are.

W3C, "Portable Network Graphics (PNG) Specification", second edition, 2003. It spares the import of
a library and half of the decoding. Whatever is not plain (palettes, transparency, other depths,
interlacing, EXIF, animation) or not as it should be (damage, sizes beyond the limit) is left to
the reader of images, which says what is wrong.
"""

import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from struct import pack, unpack
from typing import IO, TYPE_CHECKING

from docbin.imageio import resolution

if TYPE_CHECKING:  # inflating does without, and is begun before they are there
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["PlainPng", "plain_png"]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SAMPLES = {0: 1, 2: 3}
"""Channels of the two colour types, grey and RGB."""
_LEFT_OUT = {b"tRNS", b"eXIf", b"acTL"}
"""Chunks beside the critical ones that make a file one for the reader of images."""
_METRE = 1
_INCH = 0.0254


@dataclass(frozen=True)
class PlainPng:
    """A plain PNG, its pixels ready."""

    pixels: "NDArray[np.uint8]"
    """(h, w) grey or (h, w, 3) RGB."""
    dpi: tuple[float, float] | None


def plain_png(stream: IO[bytes], max_pixels: int) -> PlainPng | None:
    """Decode a plain PNG of up to `max_pixels`; None, and the stream as before, for any other."""
    start = stream.tell()
    found = _decoded(stream, max_pixels)
    if found is None:
        stream.seek(start)
    return found


def _decoded(stream: IO[bytes], max_pixels: int) -> PlainPng | None:
    if stream.read(8) != _SIGNATURE:
        return None
    chunks = _chunks(stream)
    kind, header = next(chunks, (b"", b""))
    if kind != b"IHDR" or len(header) != 13:
        return None
    width, height, depth, color, *methods = unpack(">IIBBBBB", header)
    samples = _SAMPLES.get(color, 0)
    if depth != 8 or not samples or any(methods) or not 0 < width * height <= max_pixels:
        return None
    packed = io.BytesIO()
    dpi = None
    for kind, data in chunks:
        if kind == b"IEND":
            break
        if kind == b"IDAT":
            packed.write(data)
        elif kind == b"pHYs" and len(data) == 9 and data[8] == _METRE:
            across, down, _ = unpack(">IIB", data)
            dpi = resolution.from_metric(across * _INCH, down * _INCH)
        elif kind in _LEFT_OUT or kind[:1].isupper():  # critical ones: a palette, or unheard of
            return None
    else:
        return None  # cut short, or damaged
    size = height * (1 + width * samples)
    inflater = zlib.decompressobj()
    try:
        filtered = inflater.decompress(packed.getbuffer(), size)
    except zlib.error:
        return None
    if len(filtered) != size:
        return None

    import numpy as np

    from docbin.native.png import unfiltered

    pixels = np.empty((height, width) if samples == 1 else (height, width, samples), np.uint8)
    rows = np.frombuffer(filtered, np.uint8).reshape(height, -1)
    return PlainPng(pixels, dpi) if unfiltered(rows, samples, pixels) else None


def _chunks(stream: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Yield the kind and data of each chunk, up to one that is cut short or whose sum is wrong."""
    while len(head := stream.read(8)) == 8:
        size, kind = unpack(">I4s", head)
        data = stream.read(size)
        end = stream.read(4)
        if len(data) != size or end != pack(">I", zlib.crc32(data, zlib.crc32(kind))):
            return
        yield kind, data
