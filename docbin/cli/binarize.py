"""Turn pages into ink: black on white, one bit a pixel.

examples:
  docbin binarize scan.tif -o clean.tif
  docbin binarize scans/ -o clean/ -m wolf --jobs 2 --report report.json
  docbin binarize 'in/*.jpg' -o out/ -m sauvola --set window=51 --set k=0.3 --format tiff
  docbin binarize book.pdf -o book-clean.pdf
  docbin binarize microfilm/ -o clean/ --invert auto --despeckle 0.5
  docbin binarize - -o - < page.png > ink.png
  docbin binarize scans/ -o clean/ -m mypackage.mymodule:MyMethod
"""

import argparse

from docbin.cli.pages import add_page_arguments, run_pages
from docbin.registry import DEFAULT_METHOD

__all__ = ["configure", "run"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    add_page_arguments(parser, DEFAULT_METHOD)
    parser.add_argument("--despeckle", type=float, default=0.0, metavar="STROKES",
                        help="take off specks up to this many stroke widths wide and high, 0 to 5; "
                        "the dot of an i has 1 or more (default: none)")  # fmt: skip
    parser.add_argument("--fill-holes", type=float, default=0.0, metavar="STROKES",
                        help="fill holes in the ink up to this many stroke widths wide and high, "
                        "0 to 5 (default: none)")  # fmt: skip


def run(args: argparse.Namespace) -> None:
    """Binarize every input."""
    run_pages(args, "ink")
