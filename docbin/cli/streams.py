"""The three standard streams and the signals that end a command, whatever state they come in.

Any of the streams may be closed, full, a pipe nobody reads any more, or of an encoding that lacks
our letters; none of that may stop a batch or end in a traceback.
"""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from typing import BinaryIO, NoReturn

from docbin.errors import UsageError

__all__ = ["Ending", "binary_input", "binary_output", "prepare_streams", "say", "silence_output"]


_COMMANDS = {
    code: f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
    for code in (*range(32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
    if chr(code) not in "\n\t"
}
"""Control characters, those of the direction of writing too, and what is printed for them."""


def prepare_streams() -> None:
    """Fill the places of closed streams, and write what an encoding lacks as escapes."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:  # else the next file opened, a result perhaps, would become this stream
            os.open(os.devnull, os.O_RDWR)
    if sys.stderr is None:  # print() would take standard output instead
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if getattr(stream, "errors", None) == "strict" and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def say(line: str) -> None:
    """Print one line of talk to standard error; when nobody can hear it, the work goes on.

    Names of files may hold what commands a terminal: that is printed as escapes.
    """
    try:
        print(line.translate(_COMMANDS), file=sys.stderr, flush=True)
    except OSError:
        _point_elsewhere(sys.stderr.fileno())


def silence_output() -> None:
    """Point standard output elsewhere, so that the interpreter's last flush cannot fail again."""
    if sys.stdout is not None:
        _point_elsewhere(sys.stdout.fileno())


def _point_elsewhere(number: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)


def binary_input() -> BinaryIO:
    """Return standard input's bytes; UsageError where it is closed."""
    stream: BinaryIO | None = getattr(sys.stdin, "buffer", None)
    if stream is None:
        raise UsageError("standard input is closed: pipe a document into it, or name a file")
    return stream


def binary_output() -> BinaryIO:
    """Return standard output for bytes; UsageError where it is closed."""
    stream: BinaryIO | None = getattr(sys.stdout, "buffer", None)
    if stream is None:
        raise UsageError("standard output is closed: send it somewhere, or name a file with -o")
    return stream


class Ending:
    """Signals that end a process (an interrupt, its end, a lost terminal) as KeyboardInterrupt."""

    number = signal.SIGINT
    """The one that came."""

    @contextlib.contextmanager
    def heeded(self) -> Iterator[None]:
        """Raise KeyboardInterrupt inside the block when one comes; ignored ones stay ignored."""
        before = {}
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGHUP):
                if signal.getsignal(number) == signal.SIG_DFL:
                    before[number] = signal.signal(number, self._end)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @property
    def exit_code(self) -> int:
        """What shells give for it: 130, 143, 129."""
        return 128 + self.number

    def _end(self, number: int, _: object) -> NoReturn:
        self.number = signal.Signals(number)
        raise KeyboardInterrupt
