"""Binarize two pages that come with docbin's packages, and show them before and after.

One is a real scan (scikit-image's `page`), one is a made A4 page at 300 dpi with stains, shadow and
show-through. OUT receives each page, its ink, and a picture of the two side by side.

examples:
  docbin demo demo/
  docbin demo demo/ -m wolf
"""

import argparse
import time
from pathlib import Path

import numpy as np

from docbin import imageio, registry
from docbin.cli.streams import show
from docbin.page import Gray, Page

__all__ = ["before_after", "configure", "made_page", "real_scan", "run"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("out", metavar="OUT", help="folder for the pictures; made if missing")
    parser.add_argument("-m", "--method", default=registry.DEFAULT_METHOD, metavar="METHOD",
                        help="a name from `docbin methods` (default: %(default)s)")  # fmt: skip


def run(args: argparse.Namespace) -> None:
    """Write the pages, their ink and the comparisons."""
    method = registry.create(args.method)
    out = Path(args.out)
    imageio.make_folder(out)
    for name, page in (("scan", real_scan()), ("made", made_page())):
        started = time.perf_counter()
        ink = method(page)
        seconds = time.perf_counter() - started
        for kind, image in (
            ("page", page.gray),
            ("ink", ink),
            ("before-after", before_after(page.gray, np.where(ink, np.uint8(0), np.uint8(255)))),
        ):
            path = out / f"{name}-{kind}.png"
            imageio.write(path, image, dpi=page.dpi, overwrite=True)
        show(f"{name}: {page.width} x {page.height}, {args.method} took {seconds * 1000:.0f} ms, "
             f"see {out / f'{name}-before-after.png'}")  # fmt: skip


def before_after(before: Gray, after: Gray, gap: int = 12) -> Gray:
    """Put two (h, w) pictures side by side, on grey: (h + 2 gap, 2 w + 3 gap) uint8."""
    height, width = before.shape
    sheet = np.full((height + 2 * gap, 2 * width + 3 * gap), 128, np.uint8)
    sheet[gap : gap + height, gap : gap + width] = before
    sheet[gap : gap + height, 2 * gap + width : 2 * (gap + width)] = after
    return sheet


def real_scan() -> Page:
    """Return the scan of a printed page that scikit-image carries."""
    from skimage import data

    scan: Gray = np.ascontiguousarray(data.page())  # type: ignore[no-untyped-call]
    return Page(scan)


def made_page() -> Page:
    """Draw the A4 page at 300 dpi: stained, shaded, its back showing through."""
    from docbin.data.synthetic import demo_page

    sheet = demo_page()
    dpi = None if sheet.dpi is None else (sheet.dpi, sheet.dpi)
    return Page(sheet.pixels, dpi)
