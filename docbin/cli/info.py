"""Say what a file holds: its format, its pages, their size, depth and resolution.

examples:
  docbin info scan.tif
  docbin info book.pdf --json
"""

import argparse
import dataclasses
import json
from pathlib import Path
from typing import Any

from docbin import imageio

__all__ = ["configure", "run"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("--json", action="store_true", help="print as JSON")


def run(args: argparse.Namespace) -> None:
    """Print what the file holds."""
    info = dataclasses.asdict(imageio.probe(args.file))
    if args.json:
        print(json.dumps(info, indent=2, default=str, ensure_ascii=False))
        return
    for key, value in info.items():
        print(f"{key.replace('_', ' ')}: {_text(value)}")


def _text(value: Any) -> str:
    if value is None:
        return "not stated"
    if isinstance(value, tuple | list):
        return " x ".join(f"{part:g}" if isinstance(part, float) else str(part) for part in value)
    return str(value) if isinstance(value, Path | str | int) else f"{value:g}"
