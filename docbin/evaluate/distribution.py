"""A metric's distribution over pages as a picture: a dot a page, a bar at the median, as SVG."""

import math
from collections.abc import Sequence
from html import escape

from docbin.evaluate.run import PageScore
from docbin.evaluate.summary import Metric
from docbin.evaluate.tables import number

__all__ = ["distribution"]


def distribution(scores: Sequence[PageScore], metric: Metric) -> str:
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
