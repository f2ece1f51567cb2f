"""Score methods, or finished predictions of any tool, on pages with known truth.

examples:
  docbin evaluate -m otsu -m sauvola:window=51,k=0.3 -d data/DIBCO2011 -d data/DIBCO2013
  docbin evaluate -p results/mytool -d dibco2011=data/DIBCO2011 --report report.html
  docbin evaluate -m wolf --images 'pages/*.png' --truth 'truth/*.png' --csv scores.csv
  docbin evaluate -m wolf -m otsu -d data --compare wolf otsu --markdown table.md
"""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from docbin.cli.checks import check_seed
from docbin.cli.console import add_talk_arguments, progress
from docbin.cli.scores import check_outputs, print_scores, write_scores
from docbin.cli.streams import say
from docbin.errors import DatasetError, UsageError

if TYPE_CHECKING:
    from docbin.data.dibco import Dataset
    from docbin.evaluate import Candidate

__all__ = ["configure", "run"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    what = parser.add_argument_group("what is scored")
    what.add_argument(
        "-m",
        "--method",
        action="append",
        default=[],
        metavar="[LABEL=]NAME[:KEY=VALUE,...]",
        help="a method of `docbin methods`, with settings; may be repeated",
    )
    what.add_argument(
        "-p",
        "--predictions",
        action="append",
        default=[],
        metavar="[LABEL=]FOLDER",
        help="pictures some tool has made, named as the pages; may be repeated",
    )
    pages = parser.add_argument_group("on which pages")
    pages.add_argument(
        "-d",
        "--dataset",
        action="append",
        default=[],
        metavar="[NAME=]FOLDER",
        help="a folder of pages and truth, or a folder of such folders; may be repeated",
    )
    pages.add_argument("--images", metavar="GLOB", help="pages, instead of --dataset")
    pages.add_argument("--truth", metavar="GLOB", help="their truth, named alike")
    out = parser.add_argument_group("what comes out")
    for name, summary in (
        ("csv", "a row for each page"),
        ("json", "everything"),
        ("markdown", "the summary"),
        ("latex", "the summary"),
        ("report", "one HTML file with pictures, worst pages first"),
    ):
        out.add_argument(f"--{name}", type=Path, metavar="FILE", help=summary)
    out.add_argument("--overwrite", action="store_true", help="replace those files")
    out.add_argument("--pages", action="store_true", help="print a row for each page as well")
    out.add_argument(
        "--compare", nargs=2, action="append", default=[], metavar="LABEL", help="page by page"
    )
    how = parser.add_argument_group("how")
    how.add_argument("-j", "--jobs", type=int, default=1, help="pages at a time (default 1)")
    how.add_argument("--no-pseudo", action="store_true", help="leave out both pseudo-F: faster")
    how.add_argument("--seed", type=int, default=0, help="of the intervals (default 0)")
    how.add_argument(
        "--allow-leak", action="store_true", help="score training pages too, marked in every table"
    )
    add_talk_arguments(parser)


def run(args: argparse.Namespace) -> None:
    """Score, print, write."""
    import numpy as np

    from docbin.evaluate import compare, summarize
    from docbin.evaluate import run as evaluate

    outputs = {name: getattr(args, name) for name in ("csv", "json", "markdown", "latex", "report")}
    check_seed(args.seed)
    if not args.method and not args.predictions:
        raise UsageError("nothing to score: add -m METHOD or -p FOLDER")
    datasets = _datasets(args)
    for dataset in datasets:
        for path in dataset.unpaired:
            say(f"warning: {path} has no partner and is left out")
    check_outputs(outputs, args.overwrite, datasets)
    candidates = [*map(_method, args.method), *(_finished(w, datasets) for w in args.predictions)]
    if args.jobs > 1:
        os.environ["OMP_NUM_THREADS"] = "1"  # read by the workers as they start
    total = sum(len(dataset.pairs) for dataset in datasets)
    with progress(total, quiet=args.quiet or not args.verbose, verbose=args.verbose) as bar:
        scores = evaluate(
            candidates,
            datasets,
            jobs=args.jobs,
            pseudo=not args.no_pseudo,
            allow_leak=args.allow_leak,
            pictures=args.report is not None,
            on_page=lambda name: bar.step(name, 1),
        )
    rng = np.random.default_rng(args.seed)
    summaries = summarize(scores, rng)
    compared = [compare(scores, first, second, rng) for first, second in args.compare]
    print_scores(scores, summaries, compared, args)
    write_scores(outputs, scores, summaries, compared, args.overwrite)


def _datasets(args: argparse.Namespace) -> "list[Dataset]":
    from docbin.data.dibco import open_dataset, open_globs
    from docbin.data.manifest import load_manifest, manifest_names

    if bool(args.images) != bool(args.truth):
        raise UsageError("--images and --truth go together")
    if bool(args.images) == bool(args.dataset):
        raise UsageError("say which pages: -d FOLDER, or --images GLOB --truth GLOB")
    if args.images:
        return [open_globs(args.images, args.truth)]
    known = set(manifest_names())
    found: list[Dataset] = []
    for word in args.dataset:
        label, folder = _labelled(word)
        if not folder:
            raise UsageError(f"-d {word!r}: names no folder")
        for name, path in _folders(label, Path(folder)):
            guess = name.lower().replace("-", "").removeprefix("h")
            manifest = next((load_manifest(n) for n in (name, guess) if n in known), None)
            found.append(open_dataset(path, name=name, manifest=manifest))
    names = [dataset.name for dataset in found]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"two datasets are called {name}: name one, -d NAME=FOLDER")
    return found


def _folders(label: str, folder: Path) -> list[tuple[str, Path]]:
    """A folder whose every folder has images/ and gt/ is several datasets."""
    try:
        below = sorted(f for f in folder.iterdir() if f.is_dir()) if folder.is_dir() else []
    except PermissionError:
        raise DatasetError(f"{folder}: no permission to look into this folder") from None
    if below and all((f / "images").is_dir() and (f / "gt").is_dir() for f in below):
        return [(f"{label}/{f.name}" if label else f.name, f) for f in below]
    return [(label or folder.resolve().name, folder)]


def _method(word: str) -> "Candidate":
    from docbin.evaluate import Method
    from docbin.registry import METHODS, create

    label, rest = _labelled(word)
    if label in METHODS or ":" in label:  # sauvola:k=0.3 has an = of its own
        label, rest = "", word
    name, colon, settings = rest.partition(":")
    if name not in METHODS and colon:  # package.module:Class[:settings]
        class_name, colon, settings = settings.partition(":")
        name = f"{name}:{class_name}"
    options: dict[str, str] = {}
    for part in filter(None, settings.split(",")):
        key, equals, value = part.partition("=")
        if not equals:
            raise UsageError(f"{word}: settings are KEY=VALUE,..., got {part!r}")
        options[key.strip()] = value.strip()
    return Method(label or rest, create(name, options))


def _finished(word: str, datasets: "Sequence[Dataset]") -> "Candidate":
    from docbin.evaluate import finished
    from docbin.evaluate.candidates import extra_files

    label, folder = _labelled(word)
    candidate = finished(Path(folder), datasets, label=label)
    extra = extra_files(candidate)
    if extra:
        say(f"warning: {len(extra)} predictions belong to no page, such as {extra[0]}")
    return candidate


def _labelled(word: str) -> tuple[str, str]:
    label, equals, rest = word.partition("=")
    return (label, rest) if equals and "/" not in label else ("", word)
