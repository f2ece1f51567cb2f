"""Telling of an image within a PDF that is cut short: PDFium shows what there is, and says nothing.

What lacks of a JPEG comes out grey; of other images the lowest rows come out of one colour, so that
only those that end in such a row are looked into. A deflated stream must come to its last block's
end. A Group 4 stream that does not end in its end-of-block code must be about as long as the code
of the rows that were made of it. Other filters, and several of them, are not looked into.
"""

import ctypes
import zlib
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from docbin.native.group4 import group4

__all__ = ["is_cut_short"]

_JPEG = ("DCTDecode", "DCT")
_FAX = ("CCITTFaxDecode", "CCF")
_DEFLATED = ("FlateDecode", "Fl")
_END = b"\xff\xd9"  # the marker EOI, ITU-T T.81, B.2.1
_TAIL = 1024  # bytes after a stream's end that are forgiven
_END_OF_LINE = "000000000001"  # twice at the end of a block, ITU-T T.6, 2.4.1.1
_PIECE, _MOST = 1 << 20, 1 << 31  # bytes inflated at a time, and in all


def is_cut_short(image: Any, rows: NDArray[np.uint8]) -> bool:
    """Whether an image object has less data than the rows made of it show."""
    if pdfium_c.FPDFImageObj_GetImageFilterCount(image) != 1:
        return False
    name = ctypes.create_string_buffer(32)
    pdfium_c.FPDFImageObj_GetImageFilter(image, 0, name, len(name))
    kind = name.value.decode("latin-1")
    if kind in _JPEG:
        return _END not in _data(image)[-_TAIL:]
    if bool((rows[-1] != rows[-1, :1]).any()):
        return False
    if kind in _DEFLATED:
        return not _inflates(_data(image))
    return kind in _FAX and rows.ndim == 2 and _ends_early(_data(image), rows < 128)


def _data(image: Any) -> bytes:
    data = (ctypes.c_ubyte * pdfium_c.FPDFImageObj_GetImageDataRaw(image, None, 0))()
    pdfium_c.FPDFImageObj_GetImageDataRaw(image, data, len(data))
    return bytes(data)


def _inflates(data: bytes) -> bool:
    """Whether a deflated stream comes to its end, the sum behind it aside (RFC 1950, 1951)."""
    stream, count, rest = zlib.decompressobj(-zlib.MAX_WBITS), 0, data[2:]
    try:
        while rest and not stream.eof and count < _MOST:
            count += len(stream.decompress(rest, _PIECE))
            rest = stream.unconsumed_tail
    except zlib.error:
        return False
    return stream.eof or count >= _MOST


def _ends_early(data: bytes, black: NDArray[np.bool_]) -> bool:
    """Whether a fax stream is shorter than the Group 4 code of the rows that were made of it."""
    if 2 * _END_OF_LINE in _binary(data[-_TAIL:]) or _binary(data[:2])[:11] in _END_OF_LINE:
        return False  # it ends as it should, or is Group 3, which begins with the end of a line
    code = min(len(group4(black)), len(group4(~black)))  # black may be either value
    return len(data) < code - 4  # the end of the block, and a byte


def _binary(data: bytes) -> str:
    return "".join(f"{byte:08b}" for byte in data)
