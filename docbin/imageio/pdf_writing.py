"""Writing PDF by img2pdf: G4 for ink, deflate for grey and RGB, pages exactly as large as the scan.

img2pdf holds the pages it is given, so they are given in lots of some 64 MB, each to a temporary
file, and joined at the end by pikepdf, which img2pdf is built on and which copies streams from file
to file. Neither dates nor random identifiers are written: the same pages give the same bytes.
"""

import contextlib
import io
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from docbin.errors import OutputError
from docbin.imageio.metadata import as_lines
from docbin.imageio.one_page import save_png
from docbin.imageio.pdf_saving import save_document
from docbin.imageio.resolution import Dpi
from docbin.imageio.tiff import TiffEncoder

__all__ = ["DEFAULT_DPI", "PdfEncoder"]

DEFAULT_DPI = 300.0
"""Of pages that do not say: a PDF page needs a size."""

_POINTS = 72
_LOT_BYTES = 64 << 20
_SIDES = (3.0, 14400.0)  # points; ISO 32000-1, annex C.2


class PdfEncoder:
    """PDF of any number of pages, each one image."""

    def __init__(self, file: IO[bytes], metadata: Mapping[str, str]) -> None:
        self._file = file
        self._metadata = dict(metadata)
        self._pages: list[tuple[bytes, tuple[float, float]]] = []
        self._held = 0
        self._stack = contextlib.ExitStack()
        self._folder: Path | None = None
        self._lots: list[Path] = []

    def add(self, image: NDArray[Any], dpi: Dpi | None) -> None:
        """Encode a page and hold it until its lot is full."""
        height, width = image.shape[:2]
        horizontal, vertical = dpi or (DEFAULT_DPI, DEFAULT_DPI)
        size = width / horizontal * _POINTS, height / vertical * _POINTS
        if min(size) < _SIDES[0]:  # enlarged as a whole: a speck of a page is no reason to fail
            size = (size[0] * _SIDES[0] / min(size), size[1] * _SIDES[0] / min(size))
        if max(size) > _SIDES[1]:
            raise OutputError(
                f"a PDF page ends at 200 inches, {width} x {height} pixels at {horizontal:g} x "
                f"{vertical:g} dpi are more; choose tiff or set another dpi"
            )
        data = io.BytesIO()
        if image.dtype == np.bool_:
            TiffEncoder(data, {}).add(image, None)
        else:
            save_png(data, image, None, {})
        self._pages.append((data.getvalue(), size))
        self._held += data.tell()
        if self._held > _LOT_BYTES:
            self._flush()

    def finish(self) -> None:
        """Join the lots and write the file."""
        import pikepdf

        with contextlib.ExitStack() as opened, pikepdf.new() as document:
            sources: list[Any] = [*self._lots]
            if self._pages:
                sources.append(io.BytesIO(self._lot()))
            for source in sources:
                lot = opened.enter_context(pikepdf.open(source))
                document.pages.extend(lot.pages)
            for key, value in self._information().items():
                document.docinfo[pikepdf.Name(f"/{key}")] = value
            save_document(document, self._file, deterministic_id=True)

    def close(self) -> None:
        """Remove the temporary files."""
        self._stack.close()

    def _flush(self) -> None:
        if self._folder is None:
            folder = tempfile.TemporaryDirectory(prefix="docbin-")
            self._folder = Path(self._stack.enter_context(folder))
        path = self._folder / f"{len(self._lots)}.pdf"
        path.write_bytes(self._lot())
        self._lots.append(path)

    def _lot(self) -> bytes:
        import img2pdf

        sizes = iter([size for _, size in self._pages])

        def layout(width: int, height: int, dpi: Any) -> tuple[float, float, float, float]:
            size = next(sizes)
            return (*size, *size)

        images = [data for data, _ in self._pages]
        made: bytes = img2pdf.convert(images, layout_fun=layout, nodate=True, producer="")
        self._pages, self._held = [], 0
        return made

    def _information(self) -> dict[str, str]:
        rest = {key: value for key, value in self._metadata.items() if key != "Software"}
        information = {}
        if "Software" in self._metadata:
            information["Producer"] = self._metadata["Software"]
        if rest:
            information["Subject"] = as_lines(rest)
        return information
