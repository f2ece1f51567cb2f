"""Say what a file holds: its format, its pages, their size, depth and resolution.

examples:
  docbin info scan.tif
  docbin info book.pdf --json
"""

import argparse
import dataclasses
import json

from docbin import imageio

__all__ = ["configure", "run"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("--json", action="store_true", help="print as JSON")


def run(args: argparse.Namespace) -> None:
    """Print what the file holds."""
    info = imageio.probe(args.file)
    if args.json:
        print(json.dumps(dataclasses.asdict(info), indent=2, default=str, ensure_ascii=False))
        return
    print(f"{info.path}: {info.kind}, {info.size:,} bytes, pages: {len(info.pages)}")
    for page in info.pages:
        dpi = "no dpi" if page.dpi is None else f"{page.dpi[0]:g} x {page.dpi[1]:g} dpi"
        print(f"  page {page.number}: {page.width} x {page.height}, {page.mode}, {dpi}")
