"""Turn pages into clean grey: shadows, stains and gradients off, soft edges kept, for OCR.

examples:
  docbin clean scan.tif -o clean.tif
  docbin clean scans/ -o clean/ --jobs 2 --report report.json
  docbin clean photo.jpg -o clean.png --set smooth=61
"""

import argparse

from docbin.cli.pages import add_page_arguments, run_pages

__all__ = ["configure", "run"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    add_page_arguments(parser, "normalized")


def run(args: argparse.Namespace) -> None:
    """Clean every input."""
    run_pages(args, "gray")
