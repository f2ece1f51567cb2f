"""The report: one HTML file that needs nothing else, worst pages first, pictures inside.

Tables sort by a click on a heading. The file stays below `BUDGET`: once it is full, further pages
keep their figures only.
"""

import math
from base64 import b64encode
from collections.abc import Sequence
from html import escape

from docbin.evaluate.browser import SCRIPT, STYLE
from docbin.evaluate.distribution import distribution
from docbin.evaluate.pictures import FALSE, MISSED, Pictures
from docbin.evaluate.run import PageScore
from docbin.evaluate.summary import METRICS, Comparison, Metric, Summary
from docbin.evaluate.tables import LEAK_MARK, explained, number, shown_metrics

__all__ = ["BUDGET", "as_html"]

BUDGET = 40_000_000
"""Bytes of pictures, before base64."""


def as_html(
    scores: Sequence[PageScore],
    summaries: Sequence[Summary],
    comparisons: Sequence[Comparison] = (),
    *,
    title: str = "Binarization scores",
    budget: int = BUDGET,
) -> str:
    """Return the report as one HTML document."""
    metrics = shown_metrics(summaries)
    leaked = any(score.leaked for score in scores)
    pages = _worst_first(scores)
    body = [
        f"<h1>{escape(title)}</h1>",
        f"<p>{len(pages)} pages, {len({s.candidate for s in scores})} methods. "
        "Click a heading to sort.</p>",
        "<h2>Summary</h2>",
        _summary_table(summaries, metrics),
        "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in explained(leaked)) + "</ul>",
    ]
    if comparisons:
        body += ["<h2>Compared page by page</h2>", _comparison_table(comparisons)]
    body += ["<h2>Distributions</h2>", *(distribution(scores, m) for m in metrics[:5])]
    body += ["<h2>Pages</h2>", _page_table([s for page in pages for s in page], metrics)]
    if any(score.pictures for score in scores):
        body += ["<h2>Pictures, worst pages first</h2>", _legend()]
        body += _sections(pages, budget)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>\n"
        + "\n".join(body)
        + f"\n<script>{SCRIPT}</script></body></html>\n"
    )


def _worst_first(scores: Sequence[PageScore]) -> list[list[PageScore]]:
    """Group scores by page; the page with the lowest mean F comes first."""
    groups: dict[tuple[str, str], list[PageScore]] = {}
    for score in scores:
        groups.setdefault((score.dataset, score.page), []).append(score)
    return sorted(
        groups.values(), key=lambda group: sum(s.scores.f_measure for s in group) / len(group)
    )


def _heading(name: str, first: str = "ascending") -> str:
    return f'<th data-first="{first}">{escape(name)}</th>'


def _cell(text: str, value: object = None) -> str:
    key = "" if value is None else f' data-value="{escape(str(value))}"'
    return f"<td{key}>{text}</td>"


def _score_cell(value: float, decimals: int, mark: str, more: str = "") -> str:
    key = "" if math.isnan(value) else "Infinity" if math.isinf(value) else repr(float(value))
    return _cell(number(value, decimals) + mark + more, key)


def _metric_headings(metrics: Sequence[Metric]) -> str:
    return "".join(_heading(m.heading, "descending" if m.higher else "ascending") for m in metrics)


def _table(identity: str, heading: str, rows: Sequence[str]) -> str:
    return (
        f'<div class="wide"><table class="sortable" id="{identity}"><thead><tr>{heading}</tr>'
        f"</thead><tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody></table></div>"
    )


def _summary_table(summaries: Sequence[Summary], metrics: Sequence[Metric]) -> str:
    heading = _heading("dataset") + _heading("method") + _heading("pages")
    heading += _metric_headings(metrics)
    heading += _heading("F of mean P, R", "descending") + _heading("rank sum")
    rows = []
    for s in summaries:
        mark = LEAK_MARK if s.leaked else ""
        row = _cell(escape(s.dataset)) + _cell(escape(s.candidate) + mark) + _cell(str(s.pages))
        for m in metrics:
            low, high = s.interval[m.name]
            wide = m.name in ("f_measure", "pseudo_f_measure") and not math.isnan(low)
            more = f" <small>{low:.1f} to {high:.1f}</small>" if wide else ""
            row += _score_cell(s.mean[m.name], m.decimals, mark, more)
        row += _score_cell(s.pooled_f, 2, mark)
        row += _cell("" if s.rank_sum is None else f"{s.rank_sum}{mark}", s.rank_sum or "")
        rows.append(row)
    return _table("summary", heading, rows)


def _comparison_table(comparisons: Sequence[Comparison]) -> str:
    names = ["first", "second", "metric", "pages", "first minus second", "95 % interval"]
    heading = "".join(_heading(name) for name in [*names, "first better", "equal", "p"])
    rows = []
    for c in comparisons:
        low, high = (number(x, 2) for x in c.interval)
        row = "".join(_cell(escape(text)) for text in (c.first, c.second, c.metric, str(c.pages)))
        row += _score_cell(c.difference, 3, "") + _cell(f"{low} to {high}")
        row += _cell(str(c.wins)) + _cell(str(c.ties)) + _score_cell(c.p_value, 4, "")
        rows.append(row)
    return _table("comparison", heading, rows)


def _page_table(scores: Sequence[PageScore], metrics: Sequence[Metric]) -> str:
    heading = _heading("page") + _heading("method") + _metric_headings(metrics) + _heading("notes")
    rows = []
    for s in scores:
        mark = LEAK_MARK if s.leaked else ""
        name = f"{s.dataset}/{s.page}"
        link = f'<a href="#{_anchor(s)}">{escape(name)}</a>' if s.pictures else escape(name)
        row = _cell(link, name) + _cell(escape(s.candidate) + mark)
        for m in metrics:
            row += _score_cell(float(getattr(s.scores, m.name)), m.decimals, mark)
        rows.append(row + f'<td class="note">{escape("; ".join(s.notes))}</td>')
    return _table("pages", heading, rows)


def _anchor(score: PageScore) -> str:
    name = f"page-{score.dataset}-{score.page}"
    return "".join(c if c.isalnum() or c in "-_" else "-" for c in name)


def _legend() -> str:
    keys = [("60,60,60", "right ink"), (_rgb(MISSED), "missed ink"), (_rgb(FALSE), "false ink")]
    return (
        "<p>In the error pictures:"
        + "".join(
            f'<span class="key" style="background:rgb({colour})"></span>{name}'
            for colour, name in keys
        )
        + ".</p>"
    )


def _rgb(colour: tuple[int, int, int]) -> str:
    return ",".join(str(part) for part in colour)


def _sections(pages: Sequence[Sequence[PageScore]], budget: int) -> list[str]:
    """Return a section a page, with pictures while the budget lasts."""
    sections: list[str] = []
    left_out = 0
    for group in pages:
        drawn = [(score, score.pictures) for score in group if score.pictures is not None]
        cost = sum(len(p.prediction) + len(p.errors) for _, p in drawn)
        cost += len(drawn[0][1].page) + len(drawn[0][1].truth) if drawn else 0
        if not drawn or cost > budget:
            left_out += 1
            continue
        budget -= cost
        sections.append(_section(drawn))
    if left_out:
        sections.append(
            f"<p>{left_out} further pages have figures only: the file would be large.</p>"
        )
    return sections


def _section(drawn: Sequence[tuple[PageScore, Pictures]]) -> str:
    score, shared = drawn[0]
    figures = [_figure("page", shared.page), _figure("truth", shared.truth)]
    for own, pictures in sorted(drawn, key=lambda item: item[0].scores.f_measure):
        shown = [m for m in METRICS[:5] if not math.isnan(getattr(own.scores, m.name))]
        said = ", ".join(
            f"{m.heading} {number(getattr(own.scores, m.name), m.decimals)}" for m in shown
        )
        label = own.candidate + (LEAK_MARK if own.leaked else "")
        figures.append(_figure(f"{label}: {said}", pictures.prediction))
        figures.append(_figure(f"{label}: errors", pictures.errors))
    notes = dict.fromkeys(f"{own.candidate}: {note}" for own, _ in drawn for note in own.notes)
    said = "".join(f'<p class="note">{escape(note)}</p>' for note in notes)
    name = escape(f"{score.dataset}/{score.page}")
    return (
        f'<section id="{_anchor(score)}"><h3>{name}</h3>{said}'
        f'<div class="grid">{"".join(figures)}</div></section>'
    )


def _figure(caption: str, webp: bytes) -> str:
    data = b64encode(webp).decode("ascii")
    text = escape(caption)
    return (
        f'<figure><figcaption>{text}</figcaption><img loading="lazy" alt="{text}" '
        f'src="data:image/webp;base64,{data}"></figure>'
    )
