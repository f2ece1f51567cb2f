"""Find the lines of text on pages, in reading order.

examples:
  docbin detect scan.tif -o scan.xml
  docbin detect scans/ -o lines/ --format alto --jobs 2
  docbin detect scan.tif -o lines.png --format picture
  docbin detect book.pdf -o book.hocr --format hocr --ink auto
  docbin detect form.png -o form.json --format json --set join=1.5
"""

import argparse

from docbin.batch.detect import LineRecipe
from docbin.cli.console import parse_assignments
from docbin.cli.pages import add_batch_arguments, add_input_arguments, run_jobs
from docbin.lines.formats import FORMATS
from docbin.registry import DEFAULT_DETECTOR

__all__ = ["configure", "run"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    add_input_arguments(parser)
    parser.add_argument("-m", "--method", default=DEFAULT_DETECTOR, metavar="DETECTOR",
                        help="a detector of `docbin methods`, or package.module:Class "
                        "(default: %(default)s)")  # fmt: skip
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE",
                        help="a setting of the detector; may be repeated")  # fmt: skip
    parser.add_argument("--ink", metavar="METHOD",
                        help="binarize with this method first and look at the ink "
                        "(default: look at the page as it is)")  # fmt: skip
    kinds = "; ".join(f"{name}: {kind.title}" for name, kind in FORMATS.items())
    parser.add_argument("--format", choices=list(FORMATS), metavar="FORMAT",
                        help=f"{kinds} (default: by OUT's suffix, else page)")  # fmt: skip
    add_batch_arguments(parser)


def run(args: argparse.Namespace) -> None:
    """Find the lines of every input."""
    args.format = args.format or _by_suffix(args.out)
    recipe = LineRecipe(
        method=args.method,
        settings=dict(parse_assignments(args.set)),
        ink=args.ink,
        format=args.format,
        dpi=args.dpi,
        max_pixels=args.max_pixels,
        overwrite=args.overwrite,
    )
    run_jobs(args, recipe, {}, suffix=FORMATS[args.format].suffix)


def _by_suffix(out: str) -> str:
    """The first format whose suffix the output's name has."""
    for name, kind in FORMATS.items():
        if out.lower().endswith(kind.suffix):
            return name
    return "page"
