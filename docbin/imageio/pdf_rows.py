"""Telling of an image within a PDF whose data do not make the rows that its size says.

For data that are no picture's own code (ISO 32000-1, 8.9.5.2: rows of samples, each row begun at a
whole byte) the bytes are counted, all filters undone. When they are too few, PDFium makes up the
rest; when each row is longer than the width says, it shows the page sheared. Some bytes behind the
last row are forgiven, and some that lack of it.
"""

import ctypes
from typing import Any

import pypdfium2.raw as pdfium_c

from docbin.errors import InputError

__all__ = ["check_rows", "filters_of"]

_CODED = {"DCTDecode", "DCT", "JPXDecode", "JBIG2Decode", "CCITTFaxDecode", "CCF"}
_DEPTHS = (1, 2, 4, 8, 16)
_LINE_END = 2  # bytes that may follow the data of a stream
_COMPONENTS = {
    pdfium_c.FPDF_COLORSPACE_UNKNOWN: (1,),  # a stencil
    pdfium_c.FPDF_COLORSPACE_DEVICEGRAY: (1,),
    pdfium_c.FPDF_COLORSPACE_CALGRAY: (1,),
    pdfium_c.FPDF_COLORSPACE_INDEXED: (1,),
    pdfium_c.FPDF_COLORSPACE_SEPARATION: (1,),
    pdfium_c.FPDF_COLORSPACE_DEVICERGB: (3,),
    pdfium_c.FPDF_COLORSPACE_CALRGB: (3,),
    pdfium_c.FPDF_COLORSPACE_LAB: (3,),
    pdfium_c.FPDF_COLORSPACE_DEVICECMYK: (4,),
    pdfium_c.FPDF_COLORSPACE_ICCBASED: (1, 3, 4),
}
"""Samples a pixel may have; colour spaces that are not here may have any number."""


def check_rows(page: Any, image: Any) -> None:
    """Raise InputError for an image object whose data are too few, or rows of another length."""
    facts = pdfium_c.FPDF_IMAGEOBJ_METADATA()
    if not _CODED.isdisjoint(filters_of(image)) or not pdfium_c.FPDFImageObj_GetImageMetadata(
        image, page, facts
    ):
        return
    rows = int(facts.height)
    lengths = _row_lengths(int(facts.width), int(facts.bits_per_pixel), int(facts.colorspace))
    if not lengths or not rows:
        return
    count = int(pdfium_c.FPDFImageObj_GetImageDataDecoded(image, None, 0))
    if any(_fits(count, rows, length) for length in lengths):
        return
    if count < rows * min(lengths):
        raise InputError("the image on the page is cut short; copy or scan it again")
    raise InputError(
        f"the image on the page says that it is {facts.width} x {rows}, of which its {count:,} "
        "bytes do not make the rows; export it again"
    )


def filters_of(image: Any) -> list[str]:
    """The names of an image's filters, in the order in which they are undone."""
    names = []
    name = ctypes.create_string_buffer(32)
    for index in range(max(0, pdfium_c.FPDFImageObj_GetImageFilterCount(image))):
        pdfium_c.FPDFImageObj_GetImageFilter(image, index, name, len(name))
        names.append(name.value.decode("latin-1"))
    return names


def _row_lengths(width: int, bits: int, colors: int) -> list[int]:
    """The bytes that a row may have; of a pixel's bits PDFium says 1, 8 for fewer, 24 for more."""
    pixel = [n * depth for n in _COMPONENTS.get(colors, ()) for depth in _DEPTHS]
    low, high = {1: (1, 1), 8: (2, 8), 24: (9, 64)}.get(bits, (0, 0))
    return sorted({-(-width * size // 8) for size in pixel if low <= size <= high})


def _fits(count: int, rows: int, length: int) -> bool:
    extra = count - rows * length
    if extra < rows:
        return extra > -min(length, rows)  # a width that is one too many lacks a byte a row
    # A last strip may have been filled; so many bytes for each row are a longer row.
    return extra <= rows * length // 8 and extra % rows > _LINE_END
