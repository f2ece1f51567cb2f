"""Say what files hold: format, pages, their size, depth and resolution.

examples:
  docbin info scan.tif
  docbin info scans/ more/*.pdf
  docbin info book.pdf --json
"""

import argparse
import dataclasses
from collections.abc import Iterator
from pathlib import Path

from docbin import imageio
from docbin.batch.finding import find
from docbin.cli.streams import as_json, binary_input, show
from docbin.errors import BatchError, InputError

__all__ = ["configure", "run"]

ANY_SIZE = 1 << 62
"""Pixels of a page, of which none is decoded."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("inputs", nargs="+", metavar="INPUT",
                        help="files, folders, glob patterns, or - for standard input")  # fmt: skip
    parser.add_argument("--json", action="store_true",
                        help="print as JSON: an object, a list of them for folders, patterns and "
                        "several inputs")  # fmt: skip


def run(args: argparse.Namespace) -> None:
    """Print what every file holds; BatchError, or a single file's own, where any is unreadable."""
    files = list(_files(args.inputs))
    single = len(args.inputs) == 1 and files[0][0] == Path(args.inputs[0])
    told: list[dict[str, object]] = []
    failed: list[InputError] = []
    for path, source in files:
        try:
            info = imageio.probe(source, max_pixels=ANY_SIZE)
        except InputError as error:
            if single:
                raise
            failed.append(error)
            told.append({"path": path, "error": str(error)})
            continue
        told.append(dataclasses.asdict(info))
        if not args.json:
            _print(info)
    if args.json:
        found = told[0] if single else told
        print(as_json(found))
    if len(failed) == len(files) == 1:
        raise failed[0]
    if failed:
        raise BatchError.of_files(failed, len(files))


def _files(inputs: list[str]) -> Iterator[tuple[Path, Path | bytes]]:
    for name in inputs:
        if name == "-":
            yield Path(name), binary_input().read()
    for path, _ in find([name for name in inputs if name != "-"]):
        yield path, path


def _print(info: imageio.FileInfo) -> None:
    show(f"{info.path}: {info.kind}, {info.size:,} bytes, pages: {len(info.pages)}")
    for page in info.pages:
        dpi = "no dpi" if page.dpi is None else f"{page.dpi[0]:g} x {page.dpi[1]:g} dpi"
        show(f"  page {page.number}: {page.width} x {page.height}, {page.mode}, {dpi}")
