"""What `binarize` and `clean` share: from files to files, by one method, with a report."""

import argparse
import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from docbin import imageio
from docbin.batch import Outcome, Recipe, plan, process, run
from docbin.batch.files import Job
from docbin.cli.console import add_talk_arguments, parse_assignments, progress
from docbin.cli.outcomes import check_report, conclude, line_of, tell_polarity, write_report
from docbin.cli.streams import binary_input, binary_output
from docbin.errors import InputError, UsageError
from docbin.imageio.ahead import begin
from docbin.imageio.resolution import DPI_RANGE

if TYPE_CHECKING:
    from docbin.batch.detect import LineRecipe

__all__ = [
    "add_batch_arguments",
    "add_input_arguments",
    "add_page_arguments",
    "run_jobs",
    "run_pages",
    "run_recipe",
]

LARGEST_PIPE = 1 << 31
"""Most bytes read from standard input."""

MOST_JOBS = 256
"""Processes a batch may take: each holds a Python and a page."""

KEEPS_PAGES = {".pdf": "pdf", ".tif": "tiff", ".tiff": "tiff", "": "png"}
"""Format of a result by its input's suffix, unless --format says otherwise."""


def add_page_arguments(parser: argparse.ArgumentParser, default_method: str | None) -> None:
    """Add the arguments of a command that takes pages to pages."""
    add_input_arguments(parser)
    usual = "what the result asks for" if default_method is None else "%(default)s"
    parser.add_argument("-m", "--method", default=default_method, metavar="METHOD",
                        help="a name from `docbin methods`, or package.module:Class "
                        f"(default: {usual})")  # fmt: skip
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE",
                        help="a setting of the method; may be repeated")  # fmt: skip
    parser.add_argument("--invert", choices=("auto", "yes", "no"), default="no",
                        help="turn pages of light ink on dark: those that look it, all, none; "
                        "they are told of either way (default: %(default)s)")  # fmt: skip
    parser.add_argument("--format", metavar="FORMAT", choices=sorted(imageio.FORMATS),
                        help="png, tiff, pdf or jpeg (default: OUT's suffix; else pdf and tiff "
                        "stay what they are and the rest becomes png)")  # fmt: skip
    add_batch_arguments(parser)


def add_input_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what goes in and where the results go."""
    parser.add_argument("inputs", nargs="+", metavar="INPUT",
                        help="files, folders, glob patterns, or - for standard input")  # fmt: skip
    parser.add_argument("-o", "--out", required=True, metavar="OUT",
                        help="a file for one input, else a folder; - for stdout")  # fmt: skip


def add_batch_arguments(parser: argparse.ArgumentParser) -> None:
    """Add how a batch is worked on, and what is told of it."""
    parser.add_argument("--jobs", type=int, default=1, metavar="N",
                        help="files worked on at a time (default: %(default)s)")  # fmt: skip
    standing = parser.add_mutually_exclusive_group()
    standing.add_argument("--skip-existing", action="store_true",
                          help="leave results that are there, do the rest")  # fmt: skip
    standing.add_argument("--overwrite", action="store_true", help="replace results that are there")
    parser.add_argument("--report", metavar="FILE", help="write a JSON report of every file")
    parser.add_argument("--dpi", type=float, default=300, metavar="DPI",
                        help="resolution at which drawn PDF pages are rendered "
                        "(default: %(default)s)")  # fmt: skip
    parser.add_argument("--max-pixels", type=int, default=imageio.MAX_PIXELS, metavar="N",
                        help="refuse larger pages (default: %(default)s)")  # fmt: skip
    add_talk_arguments(parser)


def run_pages(args: argparse.Namespace, kind: Literal["ink", "gray"]) -> None:
    """Do every input, say what became of it, and fail at the end if any did."""
    recipe = Recipe(args.method, dict(parse_assignments(args.set)), kind)
    run_recipe(args, recipe, KEEPS_PAGES)


def run_recipe(
    args: argparse.Namespace,
    recipe: Recipe,
    formats: dict[str, str],
    parts: Sequence[str] = (),
) -> list[Outcome]:
    """Do every input by a recipe, completed from the arguments; return what became of each.

    `formats` is the result's format by its input's suffix, unless --format says otherwise, and
    `parts` the names of what a page may become (docbin.batch.parts).
    """
    recipe = dataclasses.replace(
        recipe,
        format=args.format,
        dpi=args.dpi,
        max_pixels=args.max_pixels,
        overwrite=args.overwrite,
        invert=args.invert,
        specks=getattr(args, "despeckle", 0.0),
        holes=getattr(args, "fill_holes", 0.0),
    )
    if recipe.kind == "ink":
        ending = Path(args.out).suffix.lower()
        form = args.format or ("jpeg" if ending in imageio.FORMATS["jpeg"].suffixes else "png")
        if not imageio.FORMATS[form].ink:
            raise UsageError(f"{form} would blur ink; choose png, tiff or pdf")
    return run_jobs(args, recipe, formats, parts)


def run_jobs(
    args: argparse.Namespace,
    recipe: "Recipe | LineRecipe",
    formats: dict[str, str],
    parts: Sequence[str] = (),
    suffix: str | None = None,
) -> list[Outcome]:
    """Do every input by a whole recipe; `suffix` is that of results that are no images."""
    _check_numbers(args)
    if args.jobs == 1:
        begin(args.inputs[0], args.max_pixels)  # meanwhile the next line imports, numpy to start
    recipe.create()  # a wrong name or setting is told before any file is touched
    if "-" in args.inputs or args.out == "-":
        return _through_pipe(args, recipe, suffix)
    if_exists = "skip" if args.skip_existing else "overwrite" if args.overwrite else "refuse"
    format_of = formats if suffix or not args.format else args.format
    jobs, standing = plan(
        args.inputs, args.out, format_of=format_of, if_exists=if_exists, parts=parts, suffix=suffix
    )
    if jobs:
        out = Path(args.out)
        imageio.refuse_folder(out.parent if jobs[0].target == out else out)
    outcomes = [Outcome(job.source, job.target, "skipped") for job in standing]
    if args.report:
        check_report(args.report, [*jobs, *standing])
        write_report(args.report, recipe, outcomes)  # so that a bad place for it is told now
    with progress(len(jobs), quiet=args.quiet, verbose=args.verbose) as bar:
        try:
            for outcome in run(recipe, jobs, args.jobs):
                outcomes.append(outcome)
                bar.step(line_of(outcome), len(outcome.pages))
        finally:
            if args.report:
                write_report(args.report, recipe, outcomes)
    conclude(outcomes, args.quiet)
    return outcomes


def _check_numbers(args: argparse.Namespace) -> None:
    if not 1 <= args.jobs <= MOST_JOBS:
        raise UsageError(f"--jobs must be from 1 to {MOST_JOBS}, got {args.jobs}")
    low, high = DPI_RANGE
    if not low <= args.dpi <= high:
        raise UsageError(f"--dpi must be between {low:g} and {high:g}, got {args.dpi:g}")
    if args.max_pixels < 1:
        raise UsageError(f"--max-pixels must be at least 1, got {args.max_pixels}")


def _through_pipe(
    args: argparse.Namespace, recipe: "Recipe | LineRecipe", suffix: str | None
) -> list[Outcome]:
    """One document from standard input, or to standard output, or both."""
    if len(args.inputs) != 1:
        raise UsageError("- is one document: give no other input beside it, and one for `-o -`")
    name, to_pipe = args.inputs[0], args.out == "-"
    job = Job(Path(name), Path(args.out))
    if args.report:
        check_report(args.report, [job])
    stream = binary_output() if to_pipe else None
    started = time.perf_counter()
    import tempfile

    with tempfile.TemporaryDirectory(prefix="docbin-") as folder:
        target = job.target
        if to_pipe:
            ending = suffix or imageio.FORMATS[args.format or "png"].suffix
            target = Path(folder) / f"result{ending}"
        elif target.is_dir():
            raise UsageError(f"{target}: is a folder; name a file for standard input")
        elif args.skip_existing and target.exists():
            return [Outcome(job.source, target, "skipped")]
        else:
            imageio.refuse_input(target, [job.source])
        source = _from_pipe() if name == "-" else job.source
        try:
            notes = process(recipe, source, target, args.skip_existing)
        except UsageError as error:  # several pages for a format of one
            shown = "standard output" if to_pipe else str(target)
            raise UsageError(str(error).replace(str(target), shown)) from error
        if stream is not None:
            if not target.exists():  # numbered files, one a page
                raise UsageError(
                    f"{args.format} is of one page a file, this document has {len(notes)}: "
                    "name a folder or a file instead of -"
                )
            stream.write(target.read_bytes())
            stream.flush()
    if not args.quiet:
        tell_polarity("standard input" if name == "-" else job.source, notes)
    seconds = time.perf_counter() - started
    outcomes = [Outcome(job.source, job.target, "done", tuple(notes), seconds)]
    if args.report:
        write_report(args.report, recipe, outcomes)
    return outcomes


def _from_pipe() -> bytes:
    data = binary_input().read(LARGEST_PIPE + 1)
    if len(data) > LARGEST_PIPE:
        raise InputError("standard input: more than 2 GiB; give a file instead")
    return data
