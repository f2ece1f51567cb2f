"""Typescripts as they lie in archives: page numbers, spaced headings, rows of dashes, dialogue.

What detectors lose on such pages is short or thin: "- 2 -" above the text, a heading set letter by
letter, dashes under a title, a name in the middle of a line of its own. A page is a run of such
parts, drawn by chance. The lines of the truth are as high as type is, also where only dashes were
struck.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from docbin.data.canvas import Canvas, Pen, box_polygon
from docbin.data.fonts import BUILT_IN, faces_of
from docbin.data.setting import fit_text, flow, words_for
from docbin.data.text import sentence

__all__ = ["typescript"]

Points = NDArray[np.float64]  # (n, 2) x, y
ABOVE, BELOW = 0.72, 0.26
"""How far a line of type reaches above and below its foot, in ems."""


@dataclass
class _Sheet:
    """A page being typed: where the next line stands, between which margins."""

    canvas: Canvas
    pen: Pen
    language: str
    packages: bool
    left: float
    right: float
    y: float
    leading: float

    @property
    def step(self) -> float:
        """From line to line, pixels."""
        return self.leading * self.pen.size

    def type(self, text: str, place: float, kind: str = "paragraph") -> tuple[float, float]:
        """Type a line, its left end `place` (0..1) of the room that it leaves; where it ends."""
        text = fit_text(self.pen, text)
        room = self.right - self.left - self.pen.width(text)
        x = self.left + place * max(room, 0.0)
        end = self.canvas.text(x, self.y, text, self.pen, kind)
        self.y += self.step
        return x, end

    def words(self, least: int, most: int) -> str:
        """Return a few words, without the full stop."""
        rng = self.canvas.rng
        count = int(rng.integers(least, most + 1))
        return " ".join(sentence(rng, self.language).rstrip(".").split()[:count])

    def paragraph(self, words: int, indent: float = 0.0) -> None:
        """Type running text, ragged at its right."""
        made = words_for(self.canvas, self.pen, self.language, self.packages, words)[:words]
        box = (self.y - self.pen.size, self.left, 1e6, self.right - self.left)
        self.y = self.step + flow(
            self.canvas, self.pen, made, box, self.leading, indent=indent * self.pen.size
        )


def typescript(canvas: Canvas, pen: Pen, language: str, packages: bool) -> None:
    """A typed page: page number, headings, dashes, dialogue, lists, paragraphs, notes by hand."""
    rng = canvas.rng
    height, width = canvas.height, canvas.width
    left = float(rng.uniform(0.06, 0.2)) * width
    right = width - float(rng.uniform(0.04, 0.12)) * width
    top = float(rng.uniform(0.03, 0.08)) * height + pen.size
    page = _Sheet(canvas, pen, language, packages, left, right, top, float(rng.uniform(1.1, 2.1)))
    if rng.random() < 0.8:
        _page_number(page)
    foot = float(rng.uniform(0.55, 0.95)) * height
    while page.y < foot:
        part = PARTS[int(rng.choice(len(PARTS), p=SHARES))]
        part(page)
        page.y += float(rng.choice([0.0, 0.5, 1.0, 2.0])) * page.step
    if rng.random() < 0.2:
        page.y = max(page.y, 0.95 * height)
        page.type(str(rng.choice(["../..", ".../...", "./.", "-----", "* * *"])),
                  float(rng.choice([0.5, 1.0])), "footer")  # fmt: skip
    for _ in range(int(rng.choice([0, 1, 2], p=[0.7, 0.2, 0.1]))):
        _note(page)
    canvas.lines[:] = [
        replace(line, polygon=_as_high_as_type(canvas, line.polygon, line.baseline, pen.size),
                order=number)
        for number, line in enumerate(
            line for line in canvas.lines if line.baseline[:, 1].max() < height - 1
        )
    ]  # fmt: skip


def _page_number(page: _Sheet) -> None:
    rng = page.canvas.rng
    number = int(rng.integers(1, 200))
    form = str(rng.choice(["- {} -", "-{}-", "{}", "{}.", "p. {}", "-{}", "({})", "{}/"]))
    page.type(form.format(number), float(rng.choice([0.5, 1.0, 0.0], p=[0.5, 0.4, 0.1])),
              "page-number")  # fmt: skip
    page.y += float(rng.uniform(0.0, 3.0)) * page.step


def _heading(page: _Sheet) -> None:
    """A heading: capitals or not, set letter by letter or not, underlined, with dashes beneath."""
    rng = page.canvas.rng
    words = page.words(1, 5)
    if rng.random() < 0.7:
        words = words.upper()
    if rng.random() < 0.35:
        words = str(rng.choice(["I", "II -", "IV -", "1)", "A.", "1.2."])) + " " + words
    if rng.random() < 0.4:
        words = "   ".join(" ".join(word) for word in words.split()[:3])
    place = float(rng.choice([0.5, 0.0, 0.25]))
    x, end = page.type(words, place, "heading")
    if rng.random() < 0.35:
        foot = page.y - page.step + 0.22 * page.pen.size
        page.canvas.rule((x, foot), (end, foot), page.pen.size // 16)
    if rng.random() < 0.5:
        _dashes(page, place)


def _dashes(page: _Sheet, place: float = 0.5) -> None:
    """A row of one character, short or across the page."""
    rng = page.canvas.rng
    mark = str(rng.choice(["-", "-", "-", "- ", "_", "=", "*", ".", ". ", "+"]))
    across = int(0.9 * (page.right - page.left) / max(page.pen.width(mark * 10) / 10, 1.0))
    count = across if rng.random() < 0.15 else int(rng.integers(3, 16))
    page.type((mark * max(min(count, across), 1)).strip(), place, "separator")


def _dialogue(page: _Sheet) -> None:
    """A name in a row of its own, and what is said."""
    rng = page.canvas.rng
    place = float(rng.choice([0.5, 0.4, 0.0]))
    for _ in range(int(rng.integers(1, 4))):
        name = page.words(1, 2).upper()
        page.type(name + str(rng.choice(["", ".", " :", " -"])), place, "heading")
        page.paragraph(int(rng.integers(2, 30)))


def _cast(page: _Sheet) -> None:
    """Names at the left, what belongs to them beside: two lines of the truth in a row."""
    rng = page.canvas.rng
    column = page.left + float(rng.uniform(0.2, 0.35)) * (page.right - page.left)
    for _ in range(int(rng.integers(2, 6))):
        name = fit_text(page.pen, page.words(1, 1).upper() + str(rng.choice([" .", ".", ""])))
        if page.left + page.pen.width(name) < column - 1.5 * page.pen.size:
            page.canvas.text(page.left, page.y, name, page.pen, "heading")
        left, page.left = page.left, column
        page.paragraph(int(rng.integers(2, 16)))
        page.left = left


def _items(page: _Sheet) -> None:
    """A list: short lines, numbered or with a dash before them."""
    rng = page.canvas.rng
    first = str(rng.choice(["- ", "{}) ", "{}. ", "   - ", "* ", "{} - "]))
    for number in range(int(rng.integers(2, 8))):
        page.type(first.format(number + 1) + page.words(1, 7), 0.0)


def _said(page: _Sheet) -> None:
    page.paragraph(int(page.canvas.rng.integers(10, 90)), float(page.canvas.rng.choice([0, 3])))


PARTS: tuple[Callable[[_Sheet], None], ...] = (_said, _heading, _dialogue, _items, _cast, _dashes)
SHARES = (0.38, 0.24, 0.14, 0.11, 0.06, 0.07)


def _note(page: _Sheet) -> None:
    """A few words by hand in a margin or at the head."""
    canvas, rng = page.canvas, page.canvas.rng
    faces = faces_of("hand")
    font = faces[int(rng.integers(len(faces)))] if page.packages else BUILT_IN
    pen = Pen(font, max(round(page.pen.size * float(rng.uniform(0.9, 1.5))), 6), 1.0)
    text = fit_text(pen, page.words(1, 3))
    x = float(rng.uniform(0.02, 0.7)) * canvas.width
    y = float(rng.uniform(0.03, 0.97)) * canvas.height
    reach = 1.5 * pen.size
    if any(
        abs(float(line.baseline[:, 1].mean()) - y) < reach
        and line.baseline[0, 0] < x + pen.width(text) + reach
        and line.baseline[-1, 0] > x - reach
        for line in canvas.lines
    ) or not text.strip():  # fmt: skip
        return
    canvas.text(x, y, text, pen, "note")


def _as_high_as_type(canvas: Canvas, polygon: Points, baseline: Points, size: int) -> Points:
    """The box of a line, at least from the head of capitals to the foot of descenders."""
    foot = float(baseline[:, 1].mean())
    left, right = polygon[:, 0].min(), polygon[:, 0].max()
    top = min(float(polygon[:, 1].min()), foot - ABOVE * size)
    bottom = max(float(polygon[:, 1].max()), foot + BELOW * size)
    limit = np.array([canvas.width, canvas.height], np.float64)
    return np.clip(box_polygon(top, left, bottom - top, right - left), 0, limit)
