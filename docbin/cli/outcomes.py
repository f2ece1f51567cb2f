"""What is told of a batch: a line a file, its end, the JSON report."""

import dataclasses
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from docbin import errors, imageio
from docbin.batch import Outcome, PageNote, Recipe
from docbin.batch.files import Job
from docbin.cli.streams import say
from docbin.errors import BatchError, DocbinError, UsageError

if TYPE_CHECKING:
    from docbin.batch.detect import LineRecipe

__all__ = ["check_report", "conclude", "line_of", "tell_polarity", "write_report"]


def line_of(outcome: Outcome) -> str:
    """Say what became of one file."""
    if outcome.status == "failed":
        return f"failed: {outcome.error}"
    pages = f", {len(outcome.pages)} pages" if len(outcome.pages) > 1 else ""
    return f"{outcome.source} -> {outcome.target} ({outcome.seconds:.2f} s{pages})"


def tell_polarity(source: Path | str, pages: Sequence[PageNote]) -> None:
    """Tell of pages that were turned, or that look as if they should be."""
    for page in pages:
        if page.light_on_dark:
            where = f"{source} page {page.number}" if len(pages) > 1 else f"{source}"
            what = (
                "light ink on dark, inverted"
                if page.inverted
                else "looks like light ink on dark; --invert auto turns such pages"
            )
            say(f"{where}: {what}")


def conclude(outcomes: list[Outcome], quiet: bool) -> None:
    """Say how many files are done; BatchError, or a single file's own error, where any failed."""
    failed = [outcome for outcome in outcomes if outcome.status == "failed"]
    if not quiet:
        for outcome in outcomes:
            tell_polarity(outcome.source, outcome.pages)
    if not failed:
        skipped = sum(outcome.status == "skipped" for outcome in outcomes)
        if not quiet:
            pages = sum(len(outcome.pages) for outcome in outcomes)
            tail = f", {skipped} skipped" if skipped else ""
            files = _counted(len(outcomes) - skipped, "file")
            say(f"{files} done, {_counted(pages, 'page')}{tail}")
        return
    for outcome in failed:
        if outcome.details:
            say(*outcome.details.rstrip("\n").split("\n"))
    if len(outcomes) == 1 and failed[0].error_type:
        error_class: type[DocbinError] = getattr(errors, failed[0].error_type)
        raise error_class(failed[0].error)
    raise BatchError.of_files([outcome.error for outcome in failed], len(outcomes))


def check_report(path: str, jobs: Sequence[Job]) -> None:
    """Refuse to write the report over an input or a result."""
    for job in jobs:
        if imageio.same_file(path, job.source):
            raise UsageError(f"--report {path}: is the input {job.source}; name another file")
        if os.path.realpath(path) == os.path.realpath(job.target):
            raise UsageError(f"--report {path}: is a result's own name; name another file")


def write_report(path: str, recipe: "Recipe | LineRecipe", outcomes: Sequence[Outcome]) -> None:
    """Write what became of every file as JSON, in place of a report that is there."""
    report = {
        **recipe.provenance,
        "Settings": json.loads(recipe.provenance["Settings"]),
        "files": [_plain(outcome) for outcome in sorted(outcomes, key=lambda o: str(o.source))],
    }
    text = json.dumps(report, indent=2, ensure_ascii=False) + "\n"
    with imageio.atomic(path, overwrite=True) as partial:
        # A name that is no UTF-8 has lone surrogates; as \\udcff they are JSON that gives it back.
        partial.write_bytes(text.encode("utf-8", "backslashreplace"))


def _plain(outcome: Outcome) -> dict[str, object]:
    return {
        key: str(value) if isinstance(value, Path) else value
        for key, value in dataclasses.asdict(outcome).items()
        if value is not None
    }


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
