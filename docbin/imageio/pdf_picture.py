"""Finding the one image that is a PDF page, and taking its pixels as they are stored.

The unit square of an image lands on the page by x = a u + c v + e, y = b u + d v + f (ISO 32000-1,
8.9.5), its top row at v = 1; the page is then turned clockwise by its /Rotate. Only images that lie
along the page's axes are taken.
"""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from docbin.errors import InputError
from docbin.imageio.pdf_whole import check_whole

__all__ = ["Picture", "only_picture"]

_COVER = 0.01  # share of the page's side by which the image's edge may miss the page's
_STRAIGHT = 1e-3  # most shear or skew, as a share of the image's side
_DEPTH = 8  # forms within forms
_INVISIBLE_TEXT = 3
_QUIET_ANNOTATIONS = (pdfium_c.FPDF_ANNOT_LINK, pdfium_c.FPDF_ANNOT_POPUP)

Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]
_IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(frozen=True)
class Picture:
    """An image that fills its page."""

    page: Any
    image: Any
    size: tuple[int, int]
    """Width and height as the page shows it."""
    across: tuple[int, int]
    """Where the image's u axis points on the page as shown: right is (1, 0), up is (0, 1)."""
    up: tuple[int, int]
    """Where its v axis points."""
    plain: bool
    """Whether its pixels are all there is to it: no mask, no stencil."""

    def pixels(self) -> NDArray[np.uint8] | None:
        """Decode the image and lay it as the page shows it; None when it has to be rendered."""
        if not self.plain and self._bits() > 0:
            return None
        raw = pdfium_c.FPDFImageObj_GetBitmap(self.image)
        if not raw:
            raise InputError("the image on the page cannot be decoded; copy or scan it again")
        bitmap = pdfium.PdfBitmap.from_raw(raw)
        stored = bitmap.to_numpy()
        check_whole(self.page, self.image, stored)
        if bitmap.format == pdfium_c.FPDFBitmap_BGRA or self._is_masked():
            return None
        if stored.ndim == 3 and stored.shape[2] >= 3:
            stored = stored[:, :, 2::-1]  # BGR or BGRx
        elif stored.ndim == 3:
            stored = stored[:, :, 0]
        return self._laid(stored)

    def _bits(self) -> int:
        """Bits a pixel, 0 for an image whose data PDFium can make nothing of."""
        facts = pdfium_c.FPDF_IMAGEOBJ_METADATA()
        known = pdfium_c.FPDFImageObj_GetImageMetadata(self.image, self.page, facts)
        return int(facts.bits_per_pixel) if known else 0

    def _is_masked(self) -> bool:
        # PDFium tells of a mask nowhere but in what it draws. This draws at 72 dpi.
        document = self.page.pdf
        raw = pdfium_c.FPDFImageObj_GetRenderedBitmap(document, self.page, self.image)
        if not raw:
            return True
        drawn = pdfium.PdfBitmap.from_raw(raw)
        with_alpha = drawn.format == pdfium_c.FPDFBitmap_BGRA
        return with_alpha and bool(drawn.to_numpy()[:, :, 3].min() < 255)

    def _laid(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        if self.across[0] == 0:
            pixels = pixels.swapaxes(0, 1)  # rows now run along u, columns against v
            mirrored, flipped = self.up[0] > 0, self.across[1] > 0
        else:
            mirrored, flipped = self.across[0] < 0, self.up[1] < 0
        if mirrored:
            pixels = pixels[:, ::-1]
        if flipped:
            pixels = pixels[::-1]
        return pixels.copy()


def only_picture(page: Any) -> Picture | None:
    """Return the image that is all the page shows, None when there is more or none."""
    if _has_annotations(page):
        return None
    visible = []
    for item in _visible(page, page, _IDENTITY, 0):
        visible.append(item)
        if len(visible) > 1:
            return None
    if not visible or visible[0] is None:
        return None
    image, matrix, clip = visible[0]
    page_box = page.get_bbox()
    if not _covers(_box_of(matrix), page_box, both_ways=True):
        return None
    if clip is not None and not _covers(clip, page_box, both_ways=False):
        return None
    turned = [_turned(matrix[:2], page.get_rotation()), _turned(matrix[2:4], page.get_rotation())]
    across, up = _direction(turned[0]), _direction(turned[1])
    if across is None or up is None or across[0] * up[0] + across[1] * up[1] != 0:
        return None
    width, height = ctypes.c_uint(), ctypes.c_uint()
    if not pdfium_c.FPDFImageObj_GetImagePixelSize(image, width, height):
        return None
    size = (width.value, height.value) if across[0] else (height.value, width.value)
    return Picture(page, image, size, across, up, _is_plain(page, image))


_Item = tuple[Any, Matrix, Box | None]


def _visible(page: Any, holder: Any, outer: Matrix, depth: int) -> Iterator[_Item | None]:
    """Yield every visible object: an image with its matrix and clip, None for anything else."""
    if depth == 0:
        count, get = pdfium_c.FPDFPage_CountObjects, pdfium_c.FPDFPage_GetObject
    else:
        count, get = pdfium_c.FPDFFormObj_CountObjects, pdfium_c.FPDFFormObj_GetObject
    for index in range(max(0, count(holder))):
        item = get(holder, index)
        kind = pdfium_c.FPDFPageObj_GetType(item)
        if kind == pdfium_c.FPDF_PAGEOBJ_FORM and depth < _DEPTH:
            yield from _visible(page, item, _times(_matrix(item), outer), depth + 1)
        elif kind == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            yield item, _times(_matrix(item), outer), _clip(item, outer)
        elif not _is_hidden(item, kind):
            yield None


def _is_hidden(item: Any, kind: int) -> bool:
    if kind == pdfium_c.FPDF_PAGEOBJ_TEXT:
        return bool(pdfium_c.FPDFTextObj_GetTextRenderMode(item) == _INVISIBLE_TEXT)
    if kind == pdfium_c.FPDF_PAGEOBJ_PATH:
        fill, stroke = ctypes.c_int(), pdfium_c.FPDF_BOOL()
        known = pdfium_c.FPDFPath_GetDrawMode(item, fill, stroke)
        return bool(known and not fill.value and not stroke.value)
    return False


def _has_annotations(page: Any) -> bool:
    for index in range(max(0, pdfium_c.FPDFPage_GetAnnotCount(page))):
        annotation = pdfium_c.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        try:
            if pdfium_c.FPDFAnnot_GetSubtype(annotation) not in _QUIET_ANNOTATIONS:
                return True
        finally:
            pdfium_c.FPDFPage_CloseAnnot(annotation)
    return False


def _is_plain(page: Any, image: Any) -> bool:
    if pdfium_c.FPDFPageObj_HasTransparency(image):
        return False
    facts = pdfium_c.FPDF_IMAGEOBJ_METADATA()
    if not pdfium_c.FPDFImageObj_GetImageMetadata(image, page, facts):
        return False
    # A stencil, which paints a colour through its bits, has no colour space; neither may a
    # JPEG 2000 image, which brings its own, but that has more than one bit.
    return bool(facts.colorspace != pdfium_c.FPDF_COLORSPACE_UNKNOWN or facts.bits_per_pixel > 1)


def _matrix(item: Any) -> Matrix:
    m = pdfium_c.FS_MATRIX()
    if not pdfium_c.FPDFPageObj_GetMatrix(item, m):
        return _IDENTITY
    return (m.a, m.b, m.c, m.d, m.e, m.f)


def _times(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    A, B, C, D, E, F = then
    return (
        a * A + b * C,
        a * B + b * D,
        c * A + d * C,
        c * B + d * D,
        e * A + f * C + E,
        e * B + f * D + F,
    )


def _box_of(m: Matrix, corners: tuple[tuple[float, float], ...] = ()) -> Box:
    points = corners or ((0, 0), (1, 0), (0, 1), (1, 1))
    xs = [m[0] * u + m[2] * v + m[4] for u, v in points]
    ys = [m[1] * u + m[3] * v + m[5] for u, v in points]
    return min(xs), min(ys), max(xs), max(ys)


def _clip(item: Any, outer: Matrix) -> Box | None:
    """Return the box of an object's clipping paths, None without one."""
    path = pdfium_c.FPDFPageObj_GetClipPath(item)
    boxes = []
    for index in range(max(0, pdfium_c.FPDFClipPath_CountPaths(path)) if path else 0):
        points = []
        for number in range(max(0, pdfium_c.FPDFClipPath_CountPathSegments(path, index))):
            segment = pdfium_c.FPDFClipPath_GetPathSegment(path, index, number)
            x, y = ctypes.c_float(), ctypes.c_float()
            if pdfium_c.FPDFPathSegment_GetPoint(segment, x, y):
                points.append((x.value, y.value))
        if points:
            boxes.append(_box_of(outer, tuple(points)))
    if not boxes:
        return None
    low_x, low_y, high_x, high_y = zip(*boxes, strict=True)
    return max(low_x), max(low_y), min(high_x), min(high_y)


def _covers(box: Box, page: Box, *, both_ways: bool) -> bool:
    """Whether a box reaches the page's edges; with `both_ways`, also not beyond them."""
    slack_x, slack_y = (page[2] - page[0]) * _COVER, (page[3] - page[1]) * _COVER
    gaps = (
        (box[0] - page[0], slack_x),
        (box[1] - page[1], slack_y),
        (page[2] - box[2], slack_x),
        (page[3] - box[3], slack_y),
    )
    return all(gap <= slack and (not both_ways or gap >= -slack) for gap, slack in gaps)


def _turned(vector: tuple[float, ...], degrees: int) -> tuple[float, float]:
    x, y = vector
    for _ in range(degrees // 90 % 4):
        x, y = y, -x
    return x, y


def _direction(vector: tuple[float, float]) -> tuple[int, int] | None:
    x, y = vector
    if abs(y) <= _STRAIGHT * abs(x):
        return (1 if x > 0 else -1), 0
    if abs(x) <= _STRAIGHT * abs(y):
        return 0, (1 if y > 0 else -1)
    return None
