"""Tables as text: CSV a row a page, JSON with everything, Markdown and LaTeX for papers."""

import csv
import io
import json
import math
from collections.abc import Sequence

from docbin.evaluate.run import PageScore
from docbin.evaluate.summary import METRICS, Comparison, Metric, Summary

__all__ = ["as_csv", "as_json", "as_latex", "as_markdown", "explained", "number", "shown_metrics"]

LEAK_MARK = "†"


def shown_metrics(summaries: Sequence[Summary]) -> list[Metric]:
    """Return the metrics that were computed."""
    return [m for m in METRICS if not all(math.isnan(s.mean[m.name]) for s in summaries)]


def number(value: float, decimals: int) -> str:
    """Write a score: inf and n/a are words."""
    if math.isnan(value):
        return "n/a"
    return "inf" if math.isinf(value) else f"{value:.{decimals}f}"


def explained(leaked: bool) -> list[str]:
    """Return what the columns mean, a line each."""
    lines = [
        "F, Fps, PSNR, DRD ...: mean of page scores. Fps: pseudo-F by pixel weights "
        "(Ntirogiannis, Gatos, Pratikakis 2013); skeleton Fps: recall over the skeleton, plain "
        "precision (Suh, Ju and others).",
        "F of mean P, R: F-measure of mean precision and mean recall, as some papers report.",
        "Rank sum: ranks on F, Fps, PSNR, DRD, added over pages; lower is better, equal share.",
    ]
    if leaked:
        lines.append(f"{LEAK_MARK} trained on some of these pages: not a test result.")
    return lines


def as_csv(scores: Sequence[PageScore]) -> str:
    """Write one row for each page and candidate, full precision."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["dataset", "page", "method", *(m.name for m in METRICS), "leaked", "notes"])
    for s in scores:
        values = [repr(float(getattr(s.scores, m.name))) for m in METRICS]
        notes = "; ".join(s.notes)
        writer.writerow([s.dataset, s.page, s.candidate, *values, s.leaked, notes])
    return stream.getvalue()


def as_json(
    scores: Sequence[PageScore],
    summaries: Sequence[Summary],
    comparisons: Sequence[Comparison] = (),
) -> str:
    """Write pages, summaries and comparisons; infinite is "inf", undefined null."""
    value = {
        "pages": [
            {
                "dataset": s.dataset,
                "page": s.page,
                "method": s.candidate,
                "scores": {m.name: _plain(getattr(s.scores, m.name)) for m in METRICS},
                "leaked": s.leaked,
                "notes": list(s.notes),
            }
            for s in scores
        ],
        "summaries": [
            {
                "dataset": s.dataset,
                "method": s.candidate,
                "pages": s.pages,
                "mean_of_page_scores": {k: _plain(v) for k, v in s.mean.items()},
                "interval_95": {k: [_plain(x) for x in v] for k, v in s.interval.items()},
                "f_measure_of_mean_precision_and_recall": _plain(s.pooled_f),
                "rank_sum": s.rank_sum,
                "leaked": s.leaked,
            }
            for s in summaries
        ],
        "comparisons": [
            {
                "first": c.first,
                "second": c.second,
                "metric": c.metric,
                "pages": c.pages,
                "mean_difference": _plain(c.difference),
                "interval_95": [_plain(x) for x in c.interval],
                "wins": c.wins,
                "ties": c.ties,
                "p_value": _plain(c.p_value),
            }
            for c in comparisons
        ],
    }
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def as_markdown(summaries: Sequence[Summary]) -> str:
    """Write the summary as a Markdown table with its footnotes."""
    heading, rows = _cells(summaries)
    lines = ["| " + " | ".join(heading) + " |", "|---|---|" + "---:|" * (len(heading) - 2)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    notes = explained(any(s.leaked for s in summaries))
    return "\n".join(lines) + "\n\n" + "\n".join(f"- {note}" for note in notes) + "\n"


def as_latex(summaries: Sequence[Summary]) -> str:
    """Write the summary as a LaTeX tabular; it needs no package."""
    heading, rows = _cells(summaries)
    lines = [f"% {note}" for note in explained(any(s.leaked for s in summaries))]
    lines += ["\\begin{tabular}{ll" + "r" * (len(heading) - 2) + "}", "\\hline"]
    lines.append(" & ".join(map(_escaped, heading)) + " \\\\")
    lines.append("\\hline")
    lines += [" & ".join(map(_escaped, row)) + " \\\\" for row in rows]
    return "\n".join([*lines, "\\hline", "\\end{tabular}"]) + "\n"


def _cells(summaries: Sequence[Summary]) -> tuple[list[str], list[list[str]]]:
    metrics = shown_metrics(summaries)
    heading = ["dataset", "method", "pages", *(m.heading for m in metrics)]
    heading += ["F 95 % interval", "F of mean P, R", "rank sum"]
    rows = []
    for s in summaries:
        low, high = (number(x, 2) for x in s.interval["f_measure"])
        mark = LEAK_MARK if s.leaked else ""
        row = [" ".join(s.dataset.split()), " ".join(s.candidate.split()) + mark, str(s.pages)]
        row += [number(s.mean[m.name], m.decimals) + mark for m in metrics]
        row += [f"{low} to {high}{mark}", number(s.pooled_f, 2) + mark]
        rows.append([*row, "" if s.rank_sum is None else f"{s.rank_sum}{mark}"])
    return heading, rows


def _plain(value: float) -> float | str | None:
    if math.isnan(value):
        return None
    return ("inf" if value > 0 else "-inf") if math.isinf(value) else float(value)


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\textbackslash ").replace(LEAK_MARK, "$^{\\dagger}$")
    for character in "&%#_{}"[:4]:
        text = text.replace(character, "\\" + character)
    return text
