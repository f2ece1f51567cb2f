"""Which pages a network is trained on: the arguments, and the pages they name."""

import argparse
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from docbin.cli.masses import parse_masses
from docbin.errors import DatasetError, UsageError

if TYPE_CHECKING:
    from docbin.data.fingerprint import Fingerprints
    from docbin.data.training_pages import TrainingPage

__all__ = ["add_page_arguments", "training_pages"]

log = logging.getLogger(__name__)

MADE_PAGES, MARKED_PAGES = 120, 60
"""How many are drawn before training, about 5 MB each: crops of them differ all the same."""


def add_page_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what says which pages are trained on."""
    parser.add_argument("--data", type=Path, required=True, help="folder of SET/images and SET/gt")
    parser.add_argument("--held", default="", help="pages to hold back, SET/STEM, by commas")
    parser.add_argument("--leave-out", default="", help="pages not to use at all, by commas")
    parser.add_argument("--mass", default="", help="share of a set in the draw, SET=X, by commas")
    parser.add_argument(
        "--made", type=float, default=0.0, metavar="SHARE", help="share of crops from made pages"
    )
    parser.add_argument(
        "--marked",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="share of crops from pages given frames, stamps and torn or bound edges",
    )


def training_pages(
    args: argparse.Namespace, before: "Fingerprints | None" = None
) -> "tuple[list[TrainingPage], list[TrainingPage], str]":
    """Return the pages to train on, those held back, and the fingerprints of the first as text.

    `before` are the fingerprints of what the network was trained on until now.
    """
    from docbin.data.fingerprint import fingerprint_all
    from docbin.data.training_pages import load_pages
    from docbin.page import Page

    pages = load_pages(args.data, parse_masses(args.mass))
    every = {page.name for page in pages}
    names = _names(args.held, "--held", every, args.data)
    without = _names(args.leave_out, "--leave-out", every, args.data)
    pages = [page for page in pages if page.name not in without]
    held = [page for page in pages if page.name in names]
    used = [page for page in pages if page.name not in names and page.weight > 0]
    if not used:
        raise DatasetError(f"{args.data}: no page is left to train on")
    log.info("taking the fingerprints of %d training pages", len(used))
    marks = fingerprint_all(((p.name, Page(p.pixels), p.ink) for p in used), before)
    return _mixed(used, args.made, args.marked, args.seed), held, marks.to_json()


def _mixed(
    pages: "list[TrainingPage]", made: float, marked: float, seed: int
) -> "list[TrainingPage]":
    """Join made pages and marked copies to the pages; each share is one of all crops."""
    if made < 0 or marked < 0 or made + marked >= 1:
        raise UsageError(
            f"--made {made:g} and --marked {marked:g}: shares of all crops, 0 or more and below 1 "
            "together"
        )
    from docbin.data.mixing import made_pages, marked_pages, mix

    if marked:
        pages = mix(pages, marked_pages(pages, MARKED_PAGES, seed=seed), marked / (1 - made))
    if made:
        pages = mix(pages, made_pages(MADE_PAGES, seed=seed), made)
    return pages


def _names(text: str, option: str, known: set[str], folder: Path) -> set[str]:
    names = {name for name in text.split(",") if name}
    for name in sorted(names - known):
        raise DatasetError(f"{option} {name}: no such page in {folder}")
    return names
