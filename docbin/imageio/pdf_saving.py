"""Saving a PDF with pikepdf to a disk that may be full.

An error raised while qpdf writes, or finishes its file in a destructor, ends the process (C++'s
std::terminate). So it never hears of one: what cannot be written is dropped, and the first error
is raised when qpdf is done.
"""

from collections.abc import Callable
from typing import IO, Any, cast

import pikepdf

__all__ = ["save_document"]


def save_document(document: pikepdf.Pdf, file: IO[bytes], **options: Any) -> None:
    """Save to an open, seekable file; OSError where it could not be written whole."""
    patient = _Patient(file)
    document.save(cast(Any, patient), **options)
    patient.flush()
    if patient.error is not None:
        raise patient.error


class _Patient:
    """A file that keeps its first error to itself."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        self._try(self._file.write, data)
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._try(self._file.seek, offset, whence) or 0

    def flush(self) -> None:
        self._try(self._file.flush)

    def _try(self, function: Callable[..., Any], *values: Any) -> Any:
        if self.error is None:
            try:
                return function(*values)
            except OSError as error:
                self.error = error
        return None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)
