"""Reading: a file of any kind to its pages, one at a time.

A file is what its content says, not its name. Every size is checked before anything is decoded, and
whatever a decoder makes of damaged bytes becomes one InputError that names the file.
"""

import contextlib
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, TypeAlias

from docbin.errors import ArrayError, DocbinError, InputError, PageTooLargeError, SettingError
from docbin.imageio import formats
from docbin.imageio.formats import MAX_PIXELS

if TYPE_CHECKING:  # a command's help does without numpy, and a file is begun before it is there
    from docbin.imageio.pdf import Sheet
    from docbin.imageio.raster import Frame
    from docbin.page import Page

__all__ = ["FileInfo", "PageInfo", "probe", "read", "read_one"]

Readable: TypeAlias = str | Path | bytes | BinaryIO


@dataclass(frozen=True)
class PageInfo:
    """What a page's header says; sizes are in pixels, upright, as `read` would give them."""

    number: int
    width: int
    height: int
    dpi: tuple[float, float] | None
    mode: str
    """Pillow's name of the pixel kind; for PDF "image" or "drawing"."""


@dataclass(frozen=True)
class FileInfo:
    """What a file is, without decoding its pages."""

    path: Path
    kind: str
    size: int
    """Bytes."""
    pages: tuple[PageInfo, ...]


def read(source: Readable, *, dpi: float = 300, max_pixels: int = MAX_PIXELS) -> "Iterator[Page]":
    """Yield the pages of a file, in order, decoding each as it is asked for.

    `source` is a path, the bytes of a file, or a binary stream. PNG, JPEG, TIFF, WebP, JPEG 2000,
    BMP, PNM and PDF are read. A PDF page that is one full-page image gives that image at its own
    resolution, any other is rendered at `dpi`. Raises InputError, and PageTooLargeError for a page
    of more than `max_pixels`, before it is decoded.
    """
    _check_limits(dpi, max_pixels)
    return _read(source, dpi, max_pixels)


def read_one(path: Path) -> "Page":
    """Read a file that holds one page; InputError where it holds more."""
    page = next(read(path))
    if page.source is not None and page.source.count != 1:
        raise InputError(f"{path}: holds {page.source.count} pages, one is needed; split it")
    return page


def probe(source: Readable, *, dpi: float = 300, max_pixels: int = MAX_PIXELS) -> FileInfo:
    """Return what a file is and its pages' sizes, from headers alone; errors as in `read`."""
    _check_limits(dpi, max_pixels)
    with _opened(source) as opened, _explained(opened.path):
        if opened.kind == "PDF":
            from docbin.imageio import pdf

            pages = [
                PageInfo(sheet.number, *sheet.size, sheet.dpi, sheet.kind)
                for sheet in pdf.sheets(opened.stream, dpi, max_pixels)
            ]
        else:
            from docbin.imageio import raster

            pages = [
                PageInfo(frame.number, *frame.size, frame.dpi, frame.mode)
                for frame in raster.frames(opened.stream, opened.kind, max_pixels)
            ]
        return FileInfo(opened.path, opened.kind, opened.size, tuple(pages))


@dataclass(frozen=True)
class _Opened:
    path: Path
    stream: IO[bytes]
    kind: str
    size: int


def _read(source: Readable, dpi: float, max_pixels: int) -> "Iterator[Page]":
    with _opened(source) as opened:
        pages = _pages(opened, dpi, max_pixels)
        while True:
            with _explained(opened.path):
                page = next(pages, None)
            if page is None:
                return
            yield page


def _pages(opened: _Opened, dpi: float, max_pixels: int) -> "Iterator[Page]":
    from docbin.page import Page, Source

    parts: Iterator[Frame] | Iterator[Sheet]
    if opened.kind == "PDF":
        from docbin.imageio import pdf

        parts = pdf.sheets(opened.stream, dpi, max_pixels)
    else:
        if opened.kind == "PNG":
            from docbin.imageio.ahead import begun
            from docbin.imageio.png import plain_png

            found = begun(opened.stream, max_pixels) or plain_png(opened.stream, max_pixels)
            if found is not None:
                yield Page(found.pixels, found.dpi, Source(opened.path))
                return
        from docbin.imageio import raster

        parts = raster.frames(opened.stream, opened.kind, max_pixels)
    for part in parts:
        with _numbered(part.number, part.count):
            pixels = part.pixels()
        yield Page(pixels, part.dpi, Source(opened.path, part.number, part.count))


def _check_limits(dpi: float, max_pixels: int) -> None:
    from docbin.imageio.resolution import DPI_RANGE

    low, high = DPI_RANGE
    if not low <= dpi <= high:
        raise SettingError(f"read: dpi must be from {low:g} to {high:g}, got {dpi}")
    if max_pixels < 1:
        raise SettingError(f"read: max_pixels must be at least 1, got {max_pixels}")


@contextlib.contextmanager
def _opened(source: Readable) -> Iterator[_Opened]:
    with contextlib.ExitStack() as stack:
        if isinstance(source, str | Path):
            path = Path(source)
            stream: IO[bytes] = stack.enter_context(_open_path(path))
        else:
            path, stream = _stream_of(source)
        head = stream.read(1024)
        if not isinstance(head, bytes):
            raise ArrayError("a binary stream is needed, got one of text; open it in mode 'rb'")
        size = stream.seek(0, io.SEEK_END)
        stream.seek(0)
        if size == 0:
            raise InputError(f"{path}: the file is empty; copy or scan it again")
        kind = formats.sniff(head)
        if kind is None:
            raise InputError(
                f"{path}: is {formats.describe(head)}, not an image or PDF docbin reads; "
                "convert it to PNG, TIFF or PDF first"
            )
        yield _Opened(path, stream, kind, size)


def _open_path(path: Path) -> IO[bytes]:
    try:
        if path.is_dir():
            if not os.access(path, os.R_OK | os.X_OK):
                raise InputError(
                    f"{path}: no permission to look into this folder; change its permissions"
                )
            raise InputError(f"{path}: is a folder; name the files in it")
        file = path.open("rb")
    except FileNotFoundError:
        what = "is a link to nothing" if path.is_symlink() else "there is no such file"
        raise InputError(f"{path}: {what}; check the name") from None
    except PermissionError:
        raise InputError(f"{path}: no permission to read it; change its permissions") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise InputError(f"{path!s}: cannot be opened, {error}; check the name") from error
    if file.seekable():
        return file
    with file:  # a pipe with a name, as <(command) is
        return io.BytesIO(file.read())


def _stream_of(source: bytes | BinaryIO) -> tuple[Path, IO[bytes]]:
    if isinstance(source, bytes | bytearray | memoryview):
        return Path("-"), io.BytesIO(source)
    if not hasattr(source, "read"):
        raise ArrayError(f"a path, bytes or a binary stream is needed, got {type(source).__name__}")
    name = getattr(source, "name", None)
    path = Path(name) if isinstance(name, str) and not name.startswith("<") else Path("-")
    try:
        seekable = source.seekable() and source.tell() == 0
    except (AttributeError, OSError):
        seekable = False
    if seekable:
        return path, source
    return path, io.BytesIO(source.read())


@contextlib.contextmanager
def _numbered(number: int, count: int) -> Iterator[None]:
    """Name the page in errors of a file that has many."""
    try:
        yield
    except Exception as error:
        if count > 1:
            error.add_note(f"page {number}")
        raise


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn whatever a decoder raises into one sentence about the file.

    Decoders fed with damaged bytes raise nearly anything, so nearly anything is caught.
    """
    try:
        yield
    except DocbinError as error:
        kind = type(error) if isinstance(error, PageTooLargeError) else InputError
        raise kind(f"{path}: {_where(error)}{error}") from error
    except MemoryError as error:
        raise InputError(
            f"{path}: {_where(error)}not enough memory for this page; close programs or split it"
        ) from error
    except Exception as error:
        raise InputError(
            f"{path}: {_where(error)}damaged or cut short ({_first_line(error)}); "
            "copy or scan it again"
        ) from error


def _where(error: BaseException) -> str:
    notes = getattr(error, "__notes__", [])
    return f"{notes[0]}: " if notes else ""


def _first_line(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    return text[0].rstrip(".") if text else type(error).__name__
