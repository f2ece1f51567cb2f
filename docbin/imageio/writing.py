"""Writing: ink and grey to PNG, TIFF, PDF and JPEG, whole or not at all, the same each time."""

import contextlib
import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from docbin.errors import ArrayError, UsageError
from docbin.imageio.atomic import atomic, disk_error
from docbin.imageio.encoders import Encoder, encoder_for
from docbin.imageio.formats import Format, format_named

if TYPE_CHECKING:  # to know how to write does without numpy
    from numpy.typing import NDArray

    from docbin.page import Page

__all__ = ["Writer", "open_writer", "write"]

Dpi = tuple[float, float] | float | None


class Writer:
    """Takes the pages of one file, in order."""

    def __init__(self, encoder: Encoder, form: Format, name: str) -> None:
        self._encoder = encoder
        self._format = form
        self._name = name
        self._count = 0

    def add(self, image: "NDArray[Any]", dpi: Dpi = None) -> None:
        """Write one page: ink (h, w) bool, grey (h, w) or RGB (h, w, 3) uint8.

        `dpi` is (horizontal, vertical), one number for both, or None when it is not known.
        """
        from docbin.imageio.writable import check_image, checked_dpi

        form = self._format
        if self._count and not form.many:
            raise UsageError(f"{self._name}: {form.name} holds one page; choose tiff or pdf")
        image = check_image(image, form)
        checked = checked_dpi(dpi)
        try:
            self._encoder.add(image, checked)
        except OSError as error:
            raise disk_error(self._name, error) from error
        self._count += 1

    def close(self) -> None:
        """Write what comes after the last page."""
        if self._count == 0:
            raise UsageError(f"{self._name}: no pages were given; add at least one")
        try:
            self._encoder.finish()
        except OSError as error:
            raise disk_error(self._name, error) from error


@contextlib.contextmanager
def open_writer(
    path: str | Path | BinaryIO,
    *,
    format: str | None = None,  # noqa: A002 - the word people look for
    metadata: Mapping[str, str] | None = None,
    overwrite: bool = False,
) -> Iterator[Writer]:
    """Open a file for pages; it appears, whole, when the block ends well.

    `path` may be a binary stream, such as standard output, which then gets all bytes at the end;
    `format` is needed there, and goes by the suffix elsewhere. `metadata` goes into PNG text, the
    TIFF ImageDescription, PDF document information or a JPEG comment; "Software" has a field of its
    own where the format has one. A page with no dpi gets none in PNG, TIFF and JPEG, and 300 in
    PDF, whose pages need a size. Raises OutputError when it cannot be written.
    """
    metadata = dict(metadata or {})
    if not isinstance(path, str | Path):
        if not hasattr(path, "write"):
            raise ArrayError(f"a path or a binary stream is needed, got {type(path).__name__}")
        form = format_named(format, "")
        buffer = io.BytesIO()
        with contextlib.closing(encoder_for(form, buffer, metadata)) as encoder:
            writer = Writer(encoder, form, "the output")
            yield writer
            writer.close()
        try:
            path.write(buffer.getbuffer())
            path.flush()
        except OSError as error:
            raise disk_error("the output", error) from error
        return
    form = format_named(format, Path(path).suffix)
    with (
        atomic(path, overwrite=overwrite) as partial,
        partial.open("w+b") as file,
        contextlib.closing(encoder_for(form, file, metadata)) as encoder,
    ):
        writer = Writer(encoder, form, str(path))
        yield writer
        writer.close()
        try:
            file.flush()
        except OSError as error:
            raise disk_error(path, error) from error


def write(
    path: str | Path | BinaryIO,
    images: "NDArray[Any] | Page | Iterable[NDArray[Any] | Page]",
    *,
    dpi: Dpi = None,
    format: str | None = None,  # noqa: A002 - as in open_writer
    metadata: Mapping[str, str] | None = None,
    overwrite: bool = False,
) -> None:
    """Write one image, or each of an iterable of them, as the pages of a file.

    A Page brings its own dpi unless `dpi` is given. For the rest, see `open_writer`.
    """
    import numpy as np

    from docbin.page import Page

    pages = [images] if isinstance(images, np.ndarray | Page) else images
    with open_writer(path, format=format, metadata=metadata, overwrite=overwrite) as writer:
        for page in pages:
            if isinstance(page, Page):
                writer.add(page.pixels, page.dpi if dpi is None else dpi)
            else:
                writer.add(page, dpi)
