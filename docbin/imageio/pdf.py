"""Reading PDF, by pypdfium2: a page that is one image gives that image, any other is rendered.

A page is one image when its only visible object is an image whose box is the page's box, to 1 % of
the page's sides; hidden text, as OCR leaves it, does not count. Such a page is taken pixel by
pixel, at the resolution its size on the page says. PDFium is not safe to call from two threads, so
all of it happens under one lock, a page at a time.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, BinaryIO, cast

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from docbin.errors import InputError
from docbin.imageio.pdf_picture import Picture, only_picture
from docbin.imageio.raster import check_size
from docbin.imageio.resolution import believed

__all__ = ["Sheet", "sheets"]

_LOCK = threading.RLock()
_POINTS = 72  # to the inch
_TAIL = 65536  # bytes at the end in which a whole PDF has its startxref


@dataclass(frozen=True)
class Sheet:
    """One page of a PDF, its size known and its pixels not yet."""

    page: Any
    number: int
    count: int
    size: tuple[int, int]
    dpi: tuple[float, float] | None
    picture: Picture | None

    @property
    def kind(self) -> str:
        """ "image" when the page is one image, else "drawing"."""
        return "drawing" if self.picture is None else "image"

    def pixels(self) -> NDArray[np.uint8]:
        """Decode or render the page; good only until the next sheet is asked for."""
        with _LOCK:
            if self.picture is not None:
                pixels = self.picture.pixels()
                if pixels is not None:
                    return pixels
            return _render(self.page, self.size)


def sheets(stream: IO[bytes], dpi: float, max_pixels: int) -> Iterator[Sheet]:
    """Yield the pages of a PDF, in order; each is closed when the next is asked for."""
    _check_whole(stream)
    with _LOCK:
        document = _open(stream)
        units = _units(stream)
    try:
        with _LOCK:
            count = len(document)
        if count == 0:
            raise InputError("the PDF has no pages; export it again")
        for index in range(count):
            with _LOCK:
                page = document[index]
            try:
                with _LOCK:
                    unit = units[index] if index < len(units) else 1.0
                    sheet = _measure(page, index + 1, count, dpi, unit)
                check_size(*sheet.size, max_pixels)
                yield sheet
            finally:
                with _LOCK:
                    page.close()
    finally:
        with _LOCK:
            document.close()


def _open(stream: IO[bytes]) -> Any:
    stream.seek(0)
    try:
        return pdfium.PdfDocument(stream)
    except pdfium.PdfiumError as error:
        reason = _reason(stream)
        if reason is None:
            raise
        raise InputError(reason) from error


def _reason(stream: IO[bytes]) -> str | None:
    """Why a PDF cannot be opened; PDFium's own code may be that of a file before."""
    import pikepdf

    stream.seek(0)
    try:
        with pikepdf.open(cast(BinaryIO, stream)) as document:
            return None if len(document.pages) else "the PDF has no pages; export it again"
    except pikepdf.PasswordError:
        return "the PDF is encrypted; remove its password first, e.g. with qpdf --decrypt"
    except pikepdf.PdfError:
        return None


def _check_whole(stream: IO[bytes]) -> None:
    # PDFium mends what it can of a file cut short, and would show pages half there.
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _TAIL))
    if b"startxref" not in stream.read():
        raise InputError("the PDF is cut short; copy or export it again")


def _units(stream: IO[bytes]) -> list[float]:
    """Return the points that a unit of each page is, where any may be other than one."""
    stream.seek(0)
    before = b""
    while piece := stream.read(1 << 20):
        # In a compressed object nothing can be seen from here.
        if b"/UserUnit" in (seen := before + piece) or b"/ObjStm" in seen:
            from docbin.imageio.pdf_shown import user_units

            return user_units(stream)
        before = piece[-8:]
    return []


def _measure(page: Any, number: int, count: int, dpi: float, unit: float) -> Sheet:
    width, height = (side * unit for side in page.get_size())  # points, as shown
    if not (width > 0 and height > 0):
        raise InputError(f"page {number} is {width:g} x {height:g} points; export it again")
    picture = only_picture(page)
    if picture is not None:
        size = picture.size
        own = believed(_dpi(size[0], width), _dpi(size[1], height))
        return Sheet(page, number, count, size, own, picture)
    scale = dpi / _POINTS
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return Sheet(page, number, count, size, (float(dpi), float(dpi)), None)


def _dpi(pixels: int, points: float) -> float:
    # Sizes in PDF are rounded, often to 0.01 points: a whole number that explains one is meant.
    dpi = pixels * _POINTS / points
    return float(round(dpi)) if abs(pixels * _POINTS / round(dpi or 1) - points) < 0.005 else dpi


def _render(page: Any, size: tuple[int, int]) -> NDArray[np.uint8]:
    width, height = size
    bitmap = pdfium.PdfBitmap.new_native(width, height, pdfium_c.FPDFBitmap_BGR)
    try:
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
        flags = pdfium_c.FPDF_ANNOT
        pdfium_c.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, flags)
        pixels: NDArray[np.uint8] = bitmap.to_numpy()[:, :, ::-1].copy()
    finally:
        bitmap.close()
    return pixels
