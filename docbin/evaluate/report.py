"""The report: one HTML file that needs nothing else, worst pages first, pictures inside.

Tables sort by a click on a heading. Distributions are drawn as SVG: a dot a page, a bar at the
median. The file stays below `BUDGET`: once it is full, further pages keep their figures only.
"""

import math
from base64 import b64encode
from collections.abc import Sequence
from html import escape

from docbin.evaluate.pictures import FALSE, MISSED, Pictures
from docbin.evaluate.run import PageScore
from docbin.evaluate.summary import METRICS, Comparison, Metric, Summary
from docbin.evaluate.tables import LEAK_MARK, explained, number, shown_metrics

__all__ = ["BUDGET", "as_html"]

BUDGET = 40_000_000
"""Bytes of pictures, before base64."""

STYLE = """
:root{--line:#d9d9d9;--soft:#f5f5f2;--text:#1d1d1b;--quiet:#66665f}
*{box-sizing:border-box}
body{font:15px/1.5 system-ui,sans-serif;color:var(--text);max-width:1560px;margin:0 auto;
padding:24px}
h1{font-size:26px;margin:0 0 4px}h2{font-size:19px;margin:36px 0 8px}
h3{font-size:16px;margin:0 0 6px}
p,li{color:var(--quiet);margin:4px 0}ul{padding-left:18px}
.wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums;
font-size:13.5px}
th,td{padding:5px 8px;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}
th:nth-child(-n+2),td:nth-child(-n+2){text-align:left}
th{cursor:pointer;background:var(--soft);position:sticky;top:0;user-select:none}
th:hover,th:focus{text-decoration:underline}
th[aria-sort=ascending]::after{content:" \\2191"}th[aria-sort=descending]::after{content:" \\2193"}
td small{color:var(--quiet)}a{color:#0072b2}
section{border-top:2px solid var(--line);padding:18px 0}
.grid{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:12px}
figure{margin:0}figure img{width:100%;border:1px solid var(--line);display:block;background:#fff}
figcaption{font-size:13px;color:var(--quiet);margin-bottom:3px}
.note{color:#8a3d00}.key{display:inline-block;width:12px;height:12px;margin:0 4px -1px 12px}
svg{display:block;margin:6px 0 14px}svg text{font:12px system-ui,sans-serif;fill:#1d1d1b}
@media(max-width:700px){.grid{grid-template-columns:1fr}}
"""

SCRIPT = """
for (const table of document.querySelectorAll("table.sortable")) {
  table.tHead.querySelectorAll("th").forEach((heading, column) => {
    const sort = () => {
      const was = heading.getAttribute("aria-sort");
      const first = heading.dataset.first || "ascending";
      const other = first === "ascending" ? "descending" : "ascending";
      const order = was === first ? other : first;
      table.tHead.querySelectorAll("th").forEach(h => h.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", order);
      const key = row => row.cells[column].dataset.value ?? row.cells[column].textContent;
      const sign = order === "ascending" ? 1 : -1;
      const rows = [...table.tBodies[0].rows];
      rows.sort((a, b) => {
        const x = key(a), y = key(b), m = Number(x), n = Number(y);
        if (x === "" || y === "") return (x === "") - (y === "");
        const both = !Number.isNaN(m) && !Number.isNaN(n);
        return sign * (both ? m - n || 0 : x.localeCompare(y, "en", {numeric: true}));
      });
      table.tBodies[0].append(...rows);
    };
    heading.tabIndex = 0;
    heading.addEventListener("click", sort);
    heading.addEventListener("keydown", event => { if (event.key === "Enter") sort(); });
  });
}
"""


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
    body += ["<h2>Distributions</h2>", *(_distribution(scores, m) for m in metrics[:5])]
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


def _distribution(scores: Sequence[PageScore], metric: Metric) -> str:
    """Draw a row of dots for each method, with a bar at its median."""
    rows: dict[str, list[float]] = {}
    for s in scores:
        rows.setdefault(s.candidate, []).append(float(getattr(s.scores, metric.name)))
    numbers = [v for values in rows.values() for v in values if math.isfinite(v)]
    if not numbers:
        return ""
    low, high = min(numbers), max(numbers)
    span = (high - low) or 1.0
    left, width, row = 180, 720, 26
    height = row * len(rows) + 40
    parts = [
        f'<svg role="img" aria-label="{escape(metric.heading)} by method" width="940" '
        f'height="{height}" viewBox="0 0 940 {height}">',
        f'<text x="0" y="14" font-weight="600">{escape(metric.heading)}</text>',
    ]
    for i, (name, values) in enumerate(rows.items()):
        y = 34 + i * row
        short = name if len(name) <= 24 else name[:23] + "…"
        parts.append(f'<text x="0" y="{y + 4}">{escape(short)}</text>')
        parts.append(
            f'<line x1="{left}" x2="{left + width}" y1="{y}" y2="{y}" stroke="#d9d9d9"></line>'
        )
        known = sorted(v for v in values if math.isfinite(v))
        for value in known:
            x = left + width * (value - low) / span
            parts.append(
                f'<circle cx="{x:.1f}" cy="{y}" r="4.5" fill="#0072b2" fill-opacity=".45">'
                f"<title>{number(value, metric.decimals)}</title></circle>"
            )
        if known:
            middle = (known[(len(known) - 1) // 2] + known[len(known) // 2]) / 2
            x = left + width * (middle - low) / span
            parts.append(
                f'<rect x="{x - 1.5:.1f}" y="{y - 10}" width="3" height="20" fill="#d55e00">'
                f"<title>median {number(middle, metric.decimals)}</title></rect>"
            )
    base = 34 + row * len(rows)
    parts.append(f'<text x="{left}" y="{base}">{number(low, metric.decimals)}</text>')
    parts.append(
        f'<text x="{left + width}" y="{base}" text-anchor="end">'
        f"{number(high, metric.decimals)}</text></svg>"
    )
    return "".join(parts)
