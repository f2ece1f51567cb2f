"""Scores as tables on the terminal, and as the files that `docbin evaluate` writes."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from docbin.cli.checks import check_place
from docbin.cli.streams import one_line, say
from docbin.errors import UsageError

if TYPE_CHECKING:
    from docbin.data.dibco import Dataset
    from docbin.evaluate import Comparison, PageScore, Summary

__all__ = ["check_outputs", "print_scores", "write_scores"]


def check_outputs(
    outputs: dict[str, Path | None], overwrite: bool, datasets: "Sequence[Dataset]"
) -> None:
    """Refuse, before any work, files that could not be written or are pages to be scored."""
    from docbin.imageio import refuse_input

    seen: dict[str, str] = {}
    for name, path in outputs.items():
        if path is None:
            continue
        check_place(f"--{name} {path}", path, overwrite)
        other = seen.setdefault(os.path.realpath(path), name)
        if other != name:
            raise UsageError(f"--{name} {path}: is the file of --{other} too; name another")
        for dataset in datasets:
            refuse_input(path, [p for pair in dataset.pairs for p in (pair.image, pair.truth)])


def print_scores(
    scores: "Sequence[PageScore]",
    summaries: "Sequence[Summary]",
    compared: "Sequence[Comparison]",
    args: argparse.Namespace,
) -> None:
    """Print the tables and comparisons, each page too with --pages."""
    from rich.console import Console
    from rich.table import Table

    from docbin.evaluate.tables import LEAK_MARK, explained, number, shown_metrics

    # A pipe has no width of its own: a table cut to 80 columns would lose figures.
    width = None if os.isatty(1) else 220
    console = Console(width=width, markup=False, emoji=False)  # names are no commands
    metrics = [m for m in shown_metrics(summaries) if m.name not in ("nrm", "mpm")]
    table = Table("dataset", "method", "pages")
    for name in (*(m.heading for m in metrics), "F 95 %", "F of mean P, R", "rank sum"):
        table.add_column(name, justify="right")
    for s in summaries:
        mark = LEAK_MARK if s.leaked else ""
        figures = [number(s.mean[m.name], m.decimals) + mark for m in metrics]
        low, high = (number(x, 1) for x in s.interval["f_measure"])
        rank = "" if s.rank_sum is None else f"{s.rank_sum}{mark}"
        spread = f"{low} to {high}{mark}"
        pooled = number(s.pooled_f, 2) + mark
        names = one_line(s.dataset), one_line(s.candidate) + mark
        table.add_row(*names, str(s.pages), *figures, spread, pooled, rank)
    if args.pages:
        rows = Table("page", "method")
        for m in metrics:
            rows.add_column(m.heading, justify="right")
        for score in scores:
            values = [number(float(getattr(score.scores, m.name)), m.decimals) for m in metrics]
            page = one_line(f"{score.dataset}/{score.page}")
            rows.add_row(page, one_line(score.candidate), *values)
        console.print(rows)
    console.print(table)
    if not args.quiet:
        for line in explained(any(s.leaked for s in summaries)):
            console.print(line, style="dim")
    for c in compared:
        low, high = (number(x, 2) for x in c.interval)
        line = (
            f"{c.first} minus {c.second}, {c.metric}: {c.difference:+.2f} (95 % {low} to {high}), "
            f"better on {c.wins} of {c.pages} pages, equal on {c.ties}, p = {c.p_value:.4f}"
        )
        console.print(one_line(line))
    for score in scores:
        for note in score.notes:
            say(f"warning: {score.candidate} on {score.dataset}/{score.page}: {note}")


def write_scores(
    outputs: dict[str, Path | None],
    scores: "Sequence[PageScore]",
    summaries: "Sequence[Summary]",
    compared: "Sequence[Comparison]",
    overwrite: bool,
) -> None:
    """Write the files that were asked for: kind of file to path."""
    from docbin.evaluate import tables
    from docbin.evaluate.report import as_html
    from docbin.imageio import atomic

    makers = {
        "csv": lambda: tables.as_csv(scores),
        "json": lambda: tables.as_json(scores, summaries, compared),
        "markdown": lambda: tables.as_markdown(summaries),
        "latex": lambda: tables.as_latex(summaries),
        "report": lambda: as_html(scores, summaries, compared),
    }
    for name, path in outputs.items():
        if path is not None:
            with atomic(path, overwrite=overwrite) as temporary:
                temporary.write_text(makers[name](), "utf-8")
