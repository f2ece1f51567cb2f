"""The three standard streams and the signals that end a command, whatever state they come in.

Any of the streams may be closed, full, a pipe nobody reads any more, or of an encoding that lacks
our letters; none of that may stop a batch or end in a traceback.
"""

import argparse
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from docbin.errors import UsageError

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

__all__ = [
    "Ending",
    "Parser",
    "as_json",
    "binary_input",
    "binary_output",
    "one_line",
    "prepare_streams",
    "say",
    "show",
    "silence_output",
]

_COMMANDS = (*range(32), *range(127, 160), *range(0x2028, 0x202F), *range(0x2066, 0x206A))
"""Control characters, those of lines and of the direction of writing too."""

_ESCAPES = {
    **{code: f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" for code in _COMMANDS},
    ord("\n"): "\\n",
    ord("\t"): "\\t",
}
"""What is printed for them."""


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


def one_line(text: str) -> str:
    """Return text with escapes for what ends a line or commands a terminal.

    Names of files may hold either.
    """
    return text.translate(_ESCAPES)


def as_json(value: object) -> str:
    """Return JSON to be printed, with escapes for all that commands a terminal."""
    import json

    text = json.dumps(value, indent=2, default=str, ensure_ascii=False)
    # JSON has seen to those below 32, but for the ends of its own lines.
    return text.translate({code: f"\\u{code:04x}" for code in _COMMANDS if code >= 32})


def say(*lines: str) -> None:
    """Print lines of talk to standard error; when nobody can hear it, the work goes on."""
    try:
        print(*map(one_line, lines), sep="\n", file=sys.stderr, flush=True)
    except OSError:
        _point_elsewhere(sys.stderr.fileno())


def show(line: str) -> None:
    """Print one line of results to standard output."""
    print(one_line(line))


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


class Parser(argparse.ArgumentParser):
    """A parser whose help says so when it cannot be written, and whose errors need no listener."""

    def _print_message(self, message: str, file: "SupportsWrite[str] | None" = None) -> None:
        if message and file is not None and file is sys.stdout:
            file.write(message)
        elif message:
            say(*message.removesuffix("\n").split("\n"))


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
