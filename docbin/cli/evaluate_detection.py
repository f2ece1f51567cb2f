"""Score detectors, or the finished lines of any tool, on pages with known lines.

A dataset is a folder of STEM.json files ({"lines": [{"polygon": [[x, y], ...], "ignore": true?}]})
with STEM.jpg or another image beside each. The measure is ICDAR 2015's, summed over pages, at an
intersection over union of 0.3 and of 0.5; coverage compares middle lines and needs no box heights.

examples:
  docbin evaluate-detection -d lines/tapuscorpus/val -m dbnet
  docbin evaluate-detection -d lines/a -d lines/b -m dbnet -m dbnet:score=0.6 --ink sauvola
  docbin evaluate-detection -d a=lines/a/val -m dbnet -p peer=results/peer --compare dbnet peer
"""

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from docbin.cli.checks import check_place, check_seed
from docbin.cli.console import add_talk_arguments, progress
from docbin.cli.streams import show
from docbin.errors import DatasetError, UsageError
from docbin.registry import DEFAULT_DETECTOR

if TYPE_CHECKING:
    from docbin.data.line_sets import LinePage
    from docbin.evaluate.detection import DetectionScore, Finder
    from docbin.metrics.lines import LineCounts

__all__ = ["configure", "run"]

FIGURES: "dict[str, Callable[[LineCounts], float]]" = {
    "F@.3": lambda counts: counts.f(0),
    "F@.5": lambda counts: counts.f(1),
    "coverage": lambda counts: counts.coverage,
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("-d", "--dataset", action="append", required=True, metavar="[NAME=]FOLDER",
                        help="a folder of STEM.json and images; may be repeated")  # fmt: skip
    parser.add_argument("-m", "--method", action="append", default=[],
                        metavar="[LABEL=]NAME[:KEY=VALUE,...]",
                        help="a detector, with settings; may be repeated")  # fmt: skip
    parser.add_argument("-p", "--predictions", action="append", default=[],
                        metavar="[LABEL=]FOLDER",
                        help="SET/STEM.json or STEM.json of lines some tool found")  # fmt: skip
    parser.add_argument("--ink", action="append", default=[], metavar="METHOD",
                        help="look at this method's ink as well; may be repeated")  # fmt: skip
    parser.add_argument("--compare", nargs=2, action="append", default=[], metavar="LABEL",
                        help="the difference of two candidates, page by page")  # fmt: skip
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every page's counts")
    parser.add_argument("--overwrite", action="store_true", help="replace that file")
    parser.add_argument("--seed", type=int, default=0, help="of the intervals (default 0)")
    parser.add_argument("--limit", type=int, default=0, metavar="N",
                        help="first N pages of each set only (default: all)")  # fmt: skip
    parser.add_argument("--allow-leak", action="store_true", help="score training pages too")
    add_talk_arguments(parser)


def run(args: argparse.Namespace) -> None:
    """Score and print."""
    from docbin.evaluate.detection import score_pages
    from docbin.imageio import refuse_input

    check_seed(args.seed)
    sets = _sets(args)
    if args.json is not None:
        check_place(str(args.json), args.json, args.overwrite)
        images = [page.path for pages in sets.values() for page in pages]
        refuse_input(args.json, [*images, *(path.with_suffix(".json") for path in images)])
    finders = _finders(args)
    for label in (label for pair in args.compare for label in pair):
        if label not in finders:
            raise UsageError(f"--compare {label}: no candidate of this name ({', '.join(finders)})")
    pages = sum(map(len, sets.values()))
    scores: list[DetectionScore] = []
    with progress(pages, quiet=args.quiet or not args.verbose, verbose=args.verbose) as bar:
        for score in score_pages(finders, sets):
            scores.append(score)
            if score.candidate == next(reversed(finders)):
                bar.step(score.page, 1)
    rng = np.random.default_rng(args.seed)
    _print(scores, list(sets), list(finders), rng)
    for first, second in args.compare:
        _print_difference(scores, list(sets), first, second, rng)
    if args.json is not None:
        _write(args.json, scores, args.overwrite)


def _sets(args: argparse.Namespace) -> "dict[str, list[LinePage]]":
    from docbin.data.line_sets import find_line_pages

    sets: dict[str, list[LinePage]] = {}
    for word in args.dataset:
        label, _, folder = word.rpartition("=")
        path = Path(folder)
        if not path.is_dir():
            raise DatasetError(f"{folder}: no such folder; check the name")
        name = label or (path.parent.name if path.name in ("train", "val") else path.name)
        if name in sets:
            raise UsageError(f"two datasets are called {name}: name one, -d NAME=FOLDER")
        found = find_line_pages(path, name)
        sets[name] = found[: args.limit] if args.limit else found
    return sets


def _finders(args: argparse.Namespace) -> "dict[str, Finder]":
    from docbin.evaluate.detection import Finder, method_finder, prediction_finder
    from docbin.page import Page, as_page
    from docbin.registry import create, create_detector

    finders: dict[str, Finder] = {}
    methods = args.method or ([] if args.predictions else [DEFAULT_DETECTOR])
    for word in methods:
        label, name, options = _parsed(word)
        detector = create_detector(name, options)
        finders[label] = method_finder(detector, allow_leak=args.allow_leak)
        for ink in args.ink:
            binarizer = create(ink)

            def inked(page: Page, binarizer=binarizer) -> Page:  # type: ignore[no-untyped-def]
                return as_page(binarizer(page))

            finders[f"{label}+{ink}"] = method_finder(detector, inked, allow_leak=args.allow_leak)
    for word in args.predictions:
        label, _, folder = word.rpartition("=")
        if not Path(folder).is_dir():
            raise DatasetError(f"{folder}: no such folder of predictions; check the name")
        finders[label or Path(folder).name] = prediction_finder(Path(folder))
    return finders


def _parsed(word: str) -> tuple[str, str, dict[str, str]]:
    """LABEL=NAME:KEY=VALUE,... to its parts; without a label the whole word is it."""
    head, colon, settings = word.partition(":")
    label, equals, name = head.partition("=")
    if not equals:
        label, name = word, head
    options: dict[str, str] = {}
    for part in filter(None, settings.split(",")) if colon else ():
        key, equals, value = part.partition("=")
        if not equals:
            raise UsageError(f"{word}: settings are KEY=VALUE,..., got {part!r}")
        options[key.strip()] = value.strip()
    return label, name, options


def _print(
    scores: "Sequence[DetectionScore]", sets: list[str], names: list[str], rng: np.random.Generator
) -> None:
    from docbin.evaluate.detection import bootstrap, total

    show(f"{'dataset':<24}{'candidate':<24}{'pages':>6}{'lines':>7}{'found':>7}{'F@.3':>7}"
         f"{'F@.5':>7}{'  95 %':<14}{'P@.5':>7}{'R@.5':>7}{'cover':>7}{'CPU s':>7}")  # fmt: skip
    for dataset in sets:
        for name in names:
            own = [s for s in scores if s.dataset == dataset and s.candidate == name]
            counts = total(own)
            low, high = bootstrap(own, lambda c: c.f(1), rng)
            seconds = float(np.median([s.seconds for s in own]))
            show(f"{dataset:<24}{name:<24}{len(own):>6}{counts.truths:>7}{counts.detections:>7}"
                 f"{counts.f(0):>7.3f}{counts.f(1):>7.3f}  {low:.3f}-{high:.3f} "
                 f"{counts.precision(1):>7.3f}{counts.recall(1):>7.3f}{counts.coverage:>7.3f}"
                 f"{seconds:>7.2f}")  # fmt: skip


def _print_difference(
    scores: "Sequence[DetectionScore]", sets: list[str], first: str, second: str,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    from docbin.evaluate.detection import difference

    for dataset in sets:
        one, two = (
            [s for s in scores if s.dataset == dataset and s.candidate == name]
            for name in (first, second)
        )
        parts = []
        for title, value in FIGURES.items():
            by, low, high = difference(one, two, value, rng)
            parts.append(f"{title} {by:+.3f} ({low:+.3f} to {high:+.3f})")
        show(f"{first} minus {second}, {dataset}: {', '.join(parts)}")


def _write(path: Path, scores: "Sequence[DetectionScore]", overwrite: bool) -> None:
    from dataclasses import asdict

    from docbin.imageio import atomic

    with atomic(path, overwrite=overwrite) as partial:
        partial.write_text(json.dumps([asdict(s) for s in scores], indent=1) + "\n", "utf-8")
