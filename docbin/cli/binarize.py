"""Turn pages into ink: black on white, one bit a pixel.

With --to grey a trained method writes how likely each pixel is ink instead, 8 bits a pixel: clean
and with soft edges, for OCR engines that like those.

examples:
  docbin binarize scan.tif -o clean.tif
  docbin binarize scans/ -o clean/ -m wolf --jobs 2 --report report.json
  docbin binarize 'in/*.jpg' -o out/ -m sauvola --set window=51 --set k=0.3 --format tiff
  docbin binarize book.pdf -o book-clean.pdf
  docbin binarize microfilm/ -o clean/ --invert auto --despeckle 0.5
  docbin binarize scan.tif -o grey.png --to grey
  docbin binarize - -o - < page.png > ink.png
  docbin binarize scans/ -o clean/ -m mypackage.mymodule:MyMethod
"""

import argparse

from docbin.cli.pages import add_page_arguments, run_pages
from docbin.errors import UsageError
from docbin.registry import DEFAULT_METHOD

__all__ = ["configure", "run"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    add_page_arguments(parser, DEFAULT_METHOD)
    parser.add_argument("--to", choices=("ink", "grey"), default="ink",
                        help="ink, or the probability of it as anti-aliased grey, which the "
                        "trained methods know (default: %(default)s)")  # fmt: skip
    parser.add_argument("--despeckle", type=float, default=0.0, metavar="STROKES",
                        help="take off specks up to this many stroke widths wide and high, 0 to 5; "
                        "the dot of an i has 1 or more (default: none)")  # fmt: skip
    parser.add_argument("--fill-holes", type=float, default=0.0, metavar="STROKES",
                        help="fill holes in the ink up to this many stroke widths wide and high, "
                        "0 to 5 (default: none)")  # fmt: skip


def run(args: argparse.Namespace) -> None:
    """Binarize every input."""
    if args.to == "grey" and (args.despeckle or args.fill_holes):
        raise UsageError("--despeckle and --fill-holes are for ink; leave them out with --to grey")
    run_pages(args, "ink" if args.to == "ink" else "gray")
