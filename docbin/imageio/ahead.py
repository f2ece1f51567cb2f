"""A file begun before it is asked for: a plain PNG is decoded while a command still imports.

Inflating needs neither NumPy nor the interpreter's lock, and to import what a method needs takes
longer. `docbin.imageio.read` takes what was begun of the same file, unchanged since; whatever is
wrong with it is told there.
"""

import contextlib
import os
import stat
import threading
from typing import IO

from docbin.imageio.png import PlainPng, plain_png

__all__ = ["begin", "begun"]

_Identity = tuple[int, int, int, int]


class _Beginning(threading.Thread):
    def __init__(self, file: IO[bytes], max_pixels: int) -> None:
        super().__init__(name="docbin-begin", daemon=True)
        self.what = _identity(file), max_pixels
        self.found: PlainPng | None = None
        self._file = file

    def run(self) -> None:
        with self._file, contextlib.suppress(Exception):
            self.found = plain_png(self._file, self.what[1])


_begun: list[_Beginning] = []


def begin(path: str, max_pixels: int) -> None:
    """Begin to decode a file, if it is one and a plain PNG; of the last one begun only."""
    _begun.clear()
    with contextlib.suppress(OSError, ValueError):
        if stat.S_ISREG(os.stat(path).st_mode):  # a pipe's bytes come only once
            thread = _Beginning(open(path, "rb"), max_pixels)  # noqa: SIM115 - closed by its run
            thread.start()
            _begun.append(thread)


def begun(stream: IO[bytes], max_pixels: int) -> PlainPng | None:
    """Return, once, what was begun of an open file under the same limit; None where nothing was."""
    try:
        wanted = _identity(stream), max_pixels
        thread = _begun.pop()
    except (OSError, IndexError):  # no file of the system's; nothing begun
        return None
    if thread.what != wanted:
        return None
    thread.join()
    return thread.found


def _identity(file: IO[bytes]) -> _Identity:
    """Return what tells a file, and a change of it."""
    status = os.fstat(file.fileno())
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
