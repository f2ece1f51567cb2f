"""Encoders: one class a format, each taking pages in order and writing to a seekable file."""

from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Any, Protocol

from docbin.imageio.formats import Format
from docbin.imageio.resolution import Dpi

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Encoder", "encoder_for"]


class Encoder(Protocol):
    """Writes the pages of one file."""

    def add(self, image: "NDArray[Any]", dpi: Dpi | None) -> None:
        """Encode a page: ink (h, w) bool, grey (h, w) or RGB (h, w, 3) uint8, contiguous."""

    def finish(self) -> None:
        """Write what follows the last page."""

    def close(self) -> None:
        """Let go of everything, finished or not."""


def encoder_for(form: Format, file: IO[bytes], metadata: Mapping[str, str]) -> Encoder:
    """Return the encoder of a format, writing to `file`."""
    if form.name == "tiff":
        from docbin.imageio.tiff import TiffEncoder

        return TiffEncoder(file, metadata)
    if form.name == "pdf":
        from docbin.imageio.pdf_writing import PdfEncoder

        return PdfEncoder(file, metadata)
    from docbin.imageio.one_page import JpegEncoder, PngEncoder

    return PngEncoder(file, metadata) if form.name == "png" else JpegEncoder(file, metadata)
