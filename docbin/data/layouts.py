"""How a page is laid out: each layout fills a canvas with lines, rules and signatures."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from docbin.data.canvas import Canvas, Pen, box_polygon
from docbin.data.setting import fit_text, flow, words_for
from docbin.data.sheet import Region
from docbin.data.text import prose, sentence
from docbin.data.typescript import typescript

__all__ = ["LAYOUTS", "Layout"]

Layout = Callable[[Canvas, Pen, str, bool], None]
"""Fills a canvas: the pen for running text, the language, whether packaged text may be used."""


def book(canvas: Canvas, pen: Pen, language: str, packages: bool) -> None:
    """A printed page: running head, page number, heading, one to three columns, marginalia."""
    rng = canvas.rng
    height, width = canvas.height, canvas.width
    margin = float(rng.uniform(0.06, 0.13)) * width
    top = float(rng.uniform(0.04, 0.09)) * height
    if rng.random() < 0.8:
        head = fit_text(pen, sentence(rng, language)[:28].rsplit(" ", 1)[0])
        canvas.text(margin + 0.3 * (width - 2 * margin), top + pen.size, head, pen, "header")
        canvas.text(width - margin - 3 * pen.size, top + pen.size,
                    fit_text(pen, str(int(rng.integers(2, 900)))), pen, "page-number")  # fmt: skip
        top += 2.5 * pen.size
        if rng.random() < 0.5:
            canvas.rule((margin, top), (width - margin, top), max(pen.size // 18, 1))
            top += 0.5 * pen.size
    if rng.random() < 0.6:
        large = replace(pen, size=round(pen.size * float(rng.uniform(1.5, 2.4))))
        words = fit_text(large, sentence(rng, language)).split()[: int(rng.integers(2, 7))]
        top = flow(canvas, large, words, (top, margin, 3 * large.size, width - 2 * margin), 1.1,
                   "heading") + pen.size  # fmt: skip
    notes = rng.random() < 0.3
    inner = width - 2 * margin - (0.14 * width if notes else 0)
    columns = int(rng.choice([1, 2, 3], p=[0.55, 0.35, 0.1]))
    columns = max(min(columns, int(inner // (8 * pen.size))), 1)
    gutter = 1.5 * pen.size
    measure = (inner - gutter * (columns - 1)) / columns
    leading = float(rng.uniform(1.12, 1.5))
    bottom = height * float(rng.uniform(0.9, 0.96))
    per_column = int((bottom - top) / (leading * pen.size) * measure / (2.2 * pen.size)) + 8
    for column in range(columns):
        left = margin + column * (measure + gutter)
        y = top
        words = words_for(canvas, pen, language, packages, per_column)
        while words and y + 1.5 * pen.size < bottom:
            count = int(rng.integers(30, 140))
            part, words = words[:count], words[count:]
            y = flow(canvas, pen, part, (y, left, bottom - y - pen.size, measure), leading,
                     indent=1.2 * pen.size) + (leading - 1) * pen.size  # fmt: skip
    if notes:
        small = replace(pen, size=max(round(pen.size * 0.7), 6))
        y = top
        while y < bottom - 0.2 * height:
            y += float(rng.uniform(0.03, 0.25)) * height
            words = words_for(canvas, small, language, packages, int(rng.integers(4, 12)))
            flow(canvas, small, words[:12], (y, width - margin - 0.12 * width, 8 * small.size,
                 0.13 * width), 1.15, "marginalia")  # fmt: skip


def plain(canvas: Canvas, pen: Pen, language: str, packages: bool) -> None:
    """Paragraphs in one column and nothing else: its text has one reading order only."""
    margin = 0.09 * canvas.width
    y, bottom = 0.07 * canvas.height, 0.93 * canvas.height
    while y + 2 * pen.size < bottom:
        words = words_for(canvas, pen, language, packages, int(canvas.rng.integers(30, 90)))
        box = (y, margin, bottom - y - pen.size, canvas.width - 2 * margin)
        y = flow(canvas, pen, words, box, 1.3, indent=1.2 * pen.size) + 0.5 * pen.size


def illustrated(canvas: Canvas, pen: Pen, language: str, packages: bool) -> None:
    """A printed page with pictures: across the measure or beside the text, each with a caption."""
    rng = canvas.rng
    height, width = canvas.height, canvas.width
    margin = float(rng.uniform(0.07, 0.13)) * width
    measure = width - 2 * margin
    y, bottom = float(rng.uniform(0.05, 0.09)) * height, 0.94 * height
    small = replace(pen, size=max(round(0.8 * pen.size), 6))
    shown = rng.random() < 0.5
    while y + 3 * pen.size < bottom:
        if shown:
            high = min(float(rng.uniform(0.16, 0.34)) * height, bottom - y - 3 * small.size)
            wide = float(rng.choice([1.0, 0.7, 0.45])) * measure
            if high < 4 * pen.size or wide < 4 * pen.size:
                break
            at_left = rng.random() < 0.5
            left = margin if at_left else margin + measure - wide
            beside = measure - wide > 8 * pen.size
            if not beside:
                left = margin + (measure - wide) / 2
            canvas.picture(y, left, high, wide, pen.size / 5)
            caption = words_for(canvas, small, language, packages, 3)[: int(rng.integers(2, 9))]
            foot = flow(canvas, small, caption, (y + high + 0.4 * pen.size, left,
                        2 * small.size, wide), 1.2, "caption")  # fmt: skip
            if beside:
                start = margin + wide + pen.size if at_left else margin
                words = words_for(canvas, pen, language, packages, int(high * wide / pen.size**2))
                box = (y - 0.2 * pen.size, start, high, measure - wide - pen.size)
                flow(canvas, pen, words, box, 1.25)
            y = foot + 1.2 * pen.size
        else:
            words = words_for(canvas, pen, language, packages, int(rng.integers(30, 110)))
            box = (y, margin, bottom - y - pen.size, measure)
            y = flow(canvas, pen, words, box, 1.25, indent=1.2 * pen.size) + 0.6 * pen.size
        shown = not shown


def letter(canvas: Canvas, pen: Pen, language: str, packages: bool) -> None:
    """A letter: place and date on the right, salutation, text, signature."""
    rng = canvas.rng
    height, width = canvas.height, canvas.width
    margin = float(rng.uniform(0.04, 0.12)) * width
    y = float(rng.uniform(0.04, 0.1)) * height
    leading = float(rng.uniform(1.3, 1.9))
    if rng.random() < 0.7:
        date = fit_text(pen, sentence(rng, language).split()[0] + f" {int(rng.integers(1, 29))}")
        canvas.text(width * 0.6, y + pen.size, date, pen, "date")
        y += 2 * leading * pen.size
    if rng.random() < 0.7:
        canvas.text(margin, y + pen.size, fit_text(pen, sentence(rng, language)[:14].strip()), pen,
                    "salutation")  # fmt: skip
        y += leading * pen.size
    signed = rng.random() < 0.7
    bottom = height * (0.82 if signed else 0.95)
    count = int((bottom - y) / (leading * pen.size) * (width - 2 * margin) / (2 * pen.size)) + 8
    words = words_for(canvas, pen, language, packages, count)
    y = flow(canvas, pen, words, (y, margin, bottom - y, width - 2 * margin), leading,
             indent=2 * pen.size)  # fmt: skip
    if signed:
        canvas.signature(width * float(rng.uniform(0.35, 0.6)), y + 3 * pen.size, 2.2 * pen.size)


def table(canvas: Canvas, pen: Pen, language: str, packages: bool) -> None:
    """A ledger: a title, ruled rows and columns, names and figures in them."""
    rng = canvas.rng
    height, width = canvas.height, canvas.width
    margin = 0.06 * width
    y = 0.05 * height
    title = fit_text(pen, sentence(rng, language)[:40].rsplit(" ", 1)[0])
    canvas.text(margin, y + pen.size, title, pen, "heading")
    y += 2.5 * pen.size
    row = float(rng.uniform(1.5, 2.2)) * pen.size
    edges = margin + np.cumsum(np.r_[0, rng.dirichlet([4, 2, 2, 2])]) * (width - 2 * margin)
    rows = max(int((0.94 * height - y) / row), 1)
    thick = max(pen.size // 14, 1)
    for i in range(rows + 1):
        if i < 2 or i == rows or rng.random() < 0.8:
            canvas.rule((edges[0], y + i * row), (edges[-1], y + i * row), thick)
    for x in edges:
        canvas.rule((x, y), (x, y + rows * row), thick)
    canvas.regions.append(Region(box_polygon(y, edges[0], rows * row, edges[-1] - edges[0]),
                                 "table"))  # fmt: skip
    for i in range(rows):
        for j in range(len(edges) - 1):
            if rng.random() < 0.15:
                continue
            room = edges[j + 1] - edges[j] - pen.size
            text = sentence(rng, language)[:60] if j == 0 else f"{rng.integers(1, 99999) / 100:.2f}"
            text = fit_text(pen, text)
            while text and pen.width(text) > room:
                text = text.rsplit(" ", 1)[0] if " " in text else text[:-1]
            if text.strip():
                canvas.text(
                    edges[j] + pen.size / 2, y + (i + 0.72) * row, text.strip(), pen, "cell"
                )


def form(canvas: Canvas, pen: Pen, language: str, packages: bool) -> None:
    """A printed form: labels, rules and boxes to write on, some of them signed."""
    rng = canvas.rng
    height, width = canvas.height, canvas.width
    margin = 0.07 * width
    y = 0.06 * height
    large = replace(pen, size=round(1.6 * pen.size))
    heading = fit_text(large, sentence(rng, language)[:24].rsplit(" ", 1)[0])
    canvas.text(margin, y + large.size, heading, large, "heading")
    y += 3 * pen.size
    thick = max(pen.size // 16, 1)
    while y + 3 * pen.size < 0.9 * height:
        label = fit_text(pen, sentence(rng, language).split()[0].rstrip(".,;") + ":")
        end = canvas.text(margin, y + pen.size, label, pen, "label")
        start = end + pen.size / 2
        canvas.rule((start, y + 1.15 * pen.size), (width - margin, y + 1.15 * pen.size), thick)
        if rng.random() < 0.7:
            hand = replace(pen, unsteady=0.8)
            room = width - margin - start - pen.size
            text = fit_text(hand, sentence(rng, language))
            while text and hand.width(text) > room * 0.95:
                text = text.rsplit(" ", 1)[0] if " " in text else ""
            if text:
                canvas.text(start + pen.size / 2, y + 0.95 * pen.size, text, hand, "entry")
        if rng.random() < 0.3:
            top = y + 1.9 * pen.size
            tick = (margin, top, margin + pen.size, top + pen.size)
            canvas.draw.rectangle(tick, outline=255, width=thick)
            y += 1.6 * pen.size
        y += float(rng.uniform(1.8, 2.8)) * pen.size
    canvas.signature(width * 0.55, min(y + pen.size, 0.95 * height), 1.8 * pen.size)


def vertical(canvas: Canvas, pen: Pen, language: str, packages: bool) -> None:
    """A Japanese page: columns from right to left, top to bottom."""
    rng = canvas.rng
    margin = float(rng.uniform(0.04, 0.1)) * canvas.width
    top = float(rng.uniform(0.04, 0.1)) * canvas.height
    pitch = pen.size * float(rng.uniform(1.3, 1.8))
    right = canvas.width - margin
    while right - pitch > margin:
        count = max(int((canvas.height - 2 * top) / (1.15 * pen.size) * rng.uniform(0.6, 1)), 1)
        text = fit_text(pen, prose(rng, count, "japanese", packages=packages))[:count]
        canvas.column(right, top, text, pen)
        right -= pitch


LAYOUTS: dict[str, Layout] = {
    "book": book,
    "form": form,
    "illustrated": illustrated,
    "letter": letter,
    "plain": plain,
    "table": table,
    "typescript": typescript,
    "vertical": vertical,
}
