"""Setting type: what a face cannot write is left out, the rest flows into boxes line by line."""

from dataclasses import replace

from docbin.data.canvas import Canvas, Pen
from docbin.data.fonts import can_write
from docbin.data.text import prose

__all__ = ["fit_text", "flow", "words_for"]


def fit_text(pen: Pen, text: str) -> str:
    """Leave out what the face cannot write, so that no box is drawn in its place."""
    lacking = set(can_write(pen.font, text))
    return "".join(c for c in text if c not in lacking) if lacking else text


def flow(canvas: Canvas, pen: Pen, words: list[str], box: tuple[float, float, float, float],
         leading: float, kind: str = "paragraph", indent: float = 0.0) -> float:  # fmt: skip
    """Set words into box (top, left, height, width), justified; use them up; return the bottom.

    Words that are longer than the measure are set alone.
    """
    top, left, height, width = box
    step = leading * pen.size
    y = top + pen.size
    space = pen.width(" ")
    while words and y <= top + height:
        row: list[str] = []
        used = indent
        while words and (not row or used + pen.width(words[0]) <= width):
            used += pen.width(words[0]) + space
            row.append(words.pop(0))
        slack = width - (used - space)
        full = bool(words) and len(row) > 2 and pen.unsteady == 0
        gap = 1 + slack / (space * (len(row) - 1)) if full else 1.0
        canvas.text(left + indent, y, " ".join(row), replace(pen, gap=max(gap, 0.8)), kind)
        y += step
        indent = 0.0
    return y - step


def words_for(canvas: Canvas, pen: Pen, language: str, packages: bool, count: int) -> list[str]:
    """Make words that the face can write."""
    return fit_text(pen, prose(canvas.rng, count, language, packages=packages)).split()
