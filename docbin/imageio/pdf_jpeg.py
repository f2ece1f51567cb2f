"""Telling of a JPEG within a PDF that is cut short: PDFium shows what there is, and grey below."""

import ctypes
from typing import Any

import pypdfium2.raw as pdfium_c

__all__ = ["is_cut_short"]

_END = b"\xff\xd9"  # the marker EOI, ITU-T T.81, B.2.1
_TAIL = 1024  # bytes after the marker that are forgiven


def is_cut_short(image: Any) -> bool:
    """Whether an image object is a JPEG that lacks its end."""
    if pdfium_c.FPDFImageObj_GetImageFilterCount(image) != 1:
        return False
    name = ctypes.create_string_buffer(16)
    pdfium_c.FPDFImageObj_GetImageFilter(image, 0, name, len(name))
    if name.value not in (b"DCTDecode", b"DCT"):
        return False
    size = pdfium_c.FPDFImageObj_GetImageDataRaw(image, None, 0)
    data = (ctypes.c_ubyte * size)()
    pdfium_c.FPDFImageObj_GetImageDataRaw(image, data, size)
    return _END not in bytes(data[-_TAIL:])
