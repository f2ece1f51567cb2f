"""What a command says while it works: a progress bar on a terminal, plain lines in a pipe.

Results go to standard output, talk goes to standard error, so that a pipe carries only results.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from docbin.cli.streams import say

__all__ = ["Progress", "add_talk_arguments", "parse_assignments", "progress"]


class Progress(Protocol):
    """Something that is told of each finished item."""

    def step(self, line: str, pages: int) -> None:
        """Count one finished item of `pages` pages, described by `line`."""
        ...


def add_talk_arguments(parser: argparse.ArgumentParser) -> None:
    """Add --quiet and --verbose."""
    talk = parser.add_mutually_exclusive_group()
    talk.add_argument("-q", "--quiet", action="store_true", help="say nothing but errors")
    talk.add_argument("-v", "--verbose", action="store_true", help="say more, a line a file")


def parse_assignments(words: list[str]) -> dict[str, str]:
    """Parse ``key=value`` words into a dict; a word without ``=`` is a UsageError."""
    from docbin.errors import UsageError

    settings: dict[str, str] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not key.strip():
            raise UsageError(f"--set wants key=value, got {word!r}")
        settings[key.strip()] = value.strip()
    return settings


@contextmanager
def progress(total: int, *, quiet: bool, verbose: bool) -> Iterator[Progress]:
    """Show how `total` items get on, in the way that suits where standard error goes."""
    if verbose:
        import logging

        logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
    if quiet:
        yield _Silent()
    elif sys.stderr.isatty() and not verbose:
        with _bar(total) as bar:
            yield bar
    else:
        yield _Lines(total)


class _Silent:
    def step(self, line: str, pages: int) -> None:
        pass


class _Lines:
    def __init__(self, total: int) -> None:
        self.total = total
        self.done = 0

    def step(self, line: str, pages: int) -> None:
        self.done += 1
        say(f"[{self.done}/{self.total}] {line}")


@contextmanager
def _bar(total: int) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as RichProgress

    bar = RichProgress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task("pages", total=total, rate="")
        started = time.monotonic()
        pages_done = 0

        class _Bar:
            def step(self, line: str, pages: int) -> None:
                nonlocal pages_done
                pages_done += pages
                elapsed = max(time.monotonic() - started, 1e-6)
                bar.update(task, advance=1, rate=f"{pages_done / elapsed:.1f} pages/s")

        yield _Bar()
