"""Telling of an image within a PDF that is cut short: PDFium shows what there is, and says nothing.

What lacks of a JPEG comes out grey; of other images the lowest rows come out of one colour, so that
only those that end in such a row are looked into. What stands in the file, the code of the first
filter (ISO 32000-1, 7.4), must come to its end: the last block of a deflated stream, the end-of-
data mark of LZW and of the two ASCII filters, as many bytes as the last segment of JBIG2 says that
it has. When PDFium has undone all filters before a picture's own code, a JPEG must come to its end,
and a Group 4 stream that does not end in its end-of-block code must be about as long as the code of
the rows that were made of it. Run lengths and JPEG 2000 that are cut short PDFium refuses by
itself; of images without a filter the rows are counted (`pdf_rows`), as those of all that have no
picture's own code.
"""

import ctypes
import re
import struct
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from docbin.errors import InputError
from docbin.imageio.pdf_rows import check_rows, filters_of
from docbin.native.group4 import group4

__all__ = ["check_whole"]

_JPEG = ("DCTDecode", "DCT")
_FAX = ("CCITTFaxDecode", "CCF")
_END = b"\xff\xd9"  # the marker EOI, ITU-T T.81, B.2.1
_TAIL = 1024  # bytes after a stream's end that are forgiven
_END_OF_LINE = "000000000001"  # twice at the end of a block, ITU-T T.6, 2.4.1.1
_UNKNOWN = 0xFFFFFFFF  # length of a segment of JBIG2
_PIECE, _MOST = 1 << 20, 1 << 31  # bytes inflated at a time, and in all


def check_whole(page: Any, image: Any, rows: NDArray[np.uint8]) -> None:
    """Raise InputError for an image object with other data than the rows made of it show."""
    if _is_cut_short(image, rows):
        raise InputError("the image on the page is cut short; copy or scan it again")
    check_rows(page, image)


def _is_cut_short(image: Any, rows: NDArray[np.uint8]) -> bool:
    filters = filters_of(image)
    first, last = (filters[0], filters[-1]) if filters else ("", "")
    if last in _JPEG:
        if _END not in _data(image, pdfium_c.FPDFImageObj_GetImageDataDecoded)[-_TAIL:]:
            return True
    elif bool((rows[-1] != rows[-1, :1]).any()):
        return False
    ends = _ENDS.get(first)
    if ends and not ends(_data(image, pdfium_c.FPDFImageObj_GetImageDataRaw)):
        return True
    if last in _FAX and rows.ndim == 2:
        return _ends_early(_data(image, pdfium_c.FPDFImageObj_GetImageDataDecoded), rows < 128)
    return False


def _data(image: Any, get: Callable[[Any, Any, int], int]) -> bytes:
    data = (ctypes.c_ubyte * get(image, None, 0))()
    get(image, data, len(data))
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


def _lzw_ends(data: bytes) -> bool:
    """Whether the last code, of 9 to 12 bits, is 257, and but zeros fill its byte (7.4.4.2)."""
    return any(
        re.search("1000000010{0,7}$", _binary(tail)) is not None
        for tail in (data[-4:], data.rstrip(b"\r\n")[-4:])
    )


def _segments_end(data: bytes) -> bool:
    """Whether every segment of JBIG2 has the bytes that its header says (ITU-T T.88, 7.2)."""
    at = 0
    while at + 11 <= len(data):  # the shortest header
        number, flags, referred = struct.unpack_from(">IBB", data, at)
        at, count = at + 6, referred >> 5
        if count == 7:  # the long form: 29 bits, then a bit for each segment referred to and one
            count = int.from_bytes(data[at - 1 : at + 3], "big") & 0x1FFFFFFF
            at += 3 + (count + 8) // 8
        at += count * (1 if number <= 256 else 2 if number <= 65536 else 4)
        at += 4 if flags & 0x40 else 1  # the page
        length = int.from_bytes(data[at : at + 4], "big")
        if length == _UNKNOWN:  # its rows are counted at its end
            return True
        at += 4 + length
    return 0 < at <= len(data)


def _ends_early(data: bytes, black: NDArray[np.bool_]) -> bool:
    """Whether a fax stream is shorter than the Group 4 code of the rows that were made of it."""
    if 2 * _END_OF_LINE in _binary(data[-_TAIL:]) or _binary(data[:2])[:11] in _END_OF_LINE:
        return False  # it ends as it should, or is Group 3, which begins with the end of a line
    code = min(len(group4(black)), len(group4(~black)))  # black may be either value
    return len(data) < code - 4  # the end of the block, and a byte


def _binary(data: bytes) -> str:
    return "".join(f"{byte:08b}" for byte in data)


_ENDS: dict[str, Callable[[bytes], bool]] = {
    "FlateDecode": _inflates,
    "Fl": _inflates,
    "LZWDecode": _lzw_ends,
    "LZW": _lzw_ends,
    "JBIG2Decode": _segments_end,
    "ASCII85Decode": lambda data: b"~>" in data[-_TAIL:],
    "A85": lambda data: b"~>" in data[-_TAIL:],
    "ASCIIHexDecode": lambda data: b">" in data[-_TAIL:],
    "AHx": lambda data: b">" in data[-_TAIL:],
}
"""Whether the data of a filter comes to its end."""
