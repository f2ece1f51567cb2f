"""Turn the trained weights of a binarized generator into one packed file, and check it.

The packed network is run beside the trained one on every page given. It is refused when its ink
differs from that of the trained network, rounded at the same points, in more than 0.01 % of a
page's pixels, or when a page's F-measure moves by more than 0.02.

examples:
  docbin export run/single.safetensors -o xnor.safetensors --data pages/ --pages dibco2009/H02
  docbin binarize scan.tif -o clean.tif -m xnor --set model=xnor.safetensors
"""

import argparse
from pathlib import Path

from docbin.cli.checks import check_place
from docbin.cli.networks import network_module
from docbin.cli.streams import show
from docbin.errors import DatasetError

__all__ = ["configure", "run"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("weights", type=Path, help="weights as docbin train binarized leaves them")
    parser.add_argument("-o", "--out", type=Path, required=True, help="packed file to write")
    parser.add_argument("--data", type=Path, required=True, help="folder of SET/images and SET/gt")
    parser.add_argument("--pages", default="", help="pages to check, SET/STEM, by commas (all)")
    parser.add_argument("--digits", type=int, default=2, choices=[1, 2, 3],
                        help="powers of two a slope is made of (default: %(default)s)")  # fmt: skip
    parser.add_argument("--overwrite", "--force", action="store_true", help="replace OUT")


def run(args: argparse.Namespace) -> None:
    """Pack, check, write."""
    from docbin.imageio import refuse_input

    refuse_input(args.out, [args.weights])
    check_place(str(args.out), args.out, args.overwrite)
    packing = network_module("binarized.packing", "export")
    from docbin.data.pairs import find_pairs
    from docbin.data.training_pages import load_pages

    known = {pair.name for pair in find_pairs(args.data)}
    names = {name for name in args.pages.split(",") if name} or known
    if names - known:
        raise DatasetError(f"--pages {min(names - known)}: no such page in {args.data}")
    chosen = load_pages(args.data, leave_out=known - names)
    for row in packing.export(args.weights, args.out, chosen, digits=args.digits):
        show(
            f"{row.name}: F {row.trained:.2f} trained, {row.packed:.2f} packed; "
            f"{row.differing:.4%} of pixels differ from the rounded network"
        )
    show(f"{args.out}: {args.out.stat().st_size / 1e6:.2f} MB, checked on {len(chosen)} pages")
