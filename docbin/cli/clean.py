"""Clean pages without making ink of them: shadows, stains and gradients off, soft edges kept.

The default keeps the ink, grey, on white, for OCR; `-m normalized` keeps all that is on the page;
`-m shading` keeps the colours too, for people who read the scan.

examples:
  docbin clean scan.tif -o clean.tif
  docbin clean scans/ -o clean/ --jobs 2 --report report.json
  docbin clean photo.jpg -o clean.png -m normalized --set smooth=61
  docbin clean photo.jpg -o clean.jpg -m shading --set paper=white
"""

import argparse

from docbin.cli.pages import add_page_arguments, run_pages

__all__ = ["configure", "run"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    add_page_arguments(parser, "soft-ink")


def run(args: argparse.Namespace) -> None:
    """Clean every input."""
    run_pages(args, "gray")
