"""Dewarp: make the lines of a page flat that was bent when it was taken, as by the fold of a book.

Feet of letters in chains (docbin.prepare.text_lines) show how lines run. A place x, Y of the flat
page lies at x, Y + D(x, Y) of the bent one, and the foot of letter j of line i at

    y_ij = Y_i + D(x_ij, Y_i) + noise,    D(x, Y) = sum_kl c_kl (B_k(x) - mean B_k) P_l(Y)

with cubic B-splines in x, Legendre polynomials in Y and a line's own height Y_i. c is that of least
squares with a penalty on second differences (P. H. C. Eilers and B. D. Marx, "Flexible smoothing
with B-splines and penalties", 1996), and letters below the line, as p and g are, lose their weight
(S. Geman and D. E. McClure, "Statistical methods for tomographic image reconstruction", 1987).
All lines share one D: what only one of them does is not taken for a bend. That is also the test. D
of every other line must straighten the lines between, or the page is left as it is.

Only heights are changed. What a bend does to widths cannot be told from lines.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from docbin.errors import SettingError
from docbin.page import Page
from docbin.prepare.bend import Bend
from docbin.prepare.bend_fit import Fit
from docbin.prepare.bend_search import bend_of
from docbin.prepare.geometry import Flattened, Geometry
from docbin.prepare.render import bent, paper_color
from docbin.prepare.sketch import Sketch, sketch
from docbin.prepare.step import Part, StepResult, Verdict, empty, size_of, unchanged

__all__ = ["Dewarp"]

_BENT = 0.12  # letter heights that lines must bow before they are called bent
_BETTER = 0.6  # share of the straight lines' error that the bend may leave on lines it has not seen
_NODES = 100  # of the bend along the longer side


@dataclass(frozen=True)
class Dewarp:
    """Make bent lines flat, as those near the fold of a book."""

    least: float = _BENT
    keep_everything: bool = False

    SETTINGS: ClassVar[dict[str, str]] = {
        "least": "letter heights by which lines bow, below which the page is left alone, 0 to 5",
        "keep_everything": "grow the page until no pixel falls off, ink or not",
    }

    def __post_init__(self) -> None:
        if not 0 <= self.least <= 5:
            raise SettingError(f"dewarp: least must be from 0 to 5, got {self.least:g}")

    def __call__(self, page: Page, /) -> StepResult:
        """Return the page with flat lines, as large as it was unless ink would be lost."""
        seen = sketch(page)
        if not seen.has_text:
            return unchanged(page, "dewarp", empty(seen.ink), "no lines to go by")
        found = bend_of(seen)
        if isinstance(found, str):
            return unchanged(page, "dewarp", "uncertain", found)
        values = {k: round(v, 3) for k, v in found.values().items()}
        if found.bow < self.least:
            return unchanged(page, "dewarp", "left unchanged", "lines are flat already", values)
        if not found.left < _BETTER * found.was:
            reason = "lines do not bend alike"
            return unchanged(page, "dewarp", "uncertain", reason, values)
        if not found.fit.is_moderate(seen.ink.shape):
            reason = "lines are steeper than those of a page"
            return unchanged(page, "dewarp", "uncertain", reason, values)
        first = _nodes(found.fit, seen, page, 0, page.height)
        kept = _border(page) if self.keep_everything else seen.ink_corners
        there = first.flat_y(kept)
        top = min(0, math.floor(there.min()))
        low = max(page.height - 1, math.ceil(there.max()))
        bend = _nodes(found.fit, seen, page, top, low - top + 1)
        # D is known on the flat page itself, which begins at `top`.
        matrix = ((1.0, 0.0, 0.0), (0.0, 1.0, float(top)))
        geometry = Geometry(matrix, (page.width, low - top + 1), size_of(page), Flattened(bend))
        flat = bent(page, geometry, paper_color(page))
        reason = f"lines bowed by {found.bow:.1f} letter heights"
        return StepResult((Part(flat, geometry),), Verdict("dewarp", "done", reason, values))


def _nodes(fit: Fit, seen: Sketch, page: Page, top: int, height: int) -> Bend:
    """Return the bend of the page's pixels, known from row `top` of the flat page on."""
    step = max(2.0, max(size_of(page)) / _NODES)
    xs = np.arange(0, page.width + step, step)
    ys = np.arange(0, height + step, step)
    sx, sy = seen.scale
    # Middles of pixels: X = s (u + 1/2) - 1/2 on the page for u on the sketch.
    u, v = (xs + 0.5) / sx - 0.5, (ys + top + 0.5) / sy - 0.5
    x, y = (values.ravel() for values in np.meshgrid(u, v))
    return Bend.of(sy * fit.shift(x, y).reshape(ys.size, xs.size), step)


def _border(page: Page) -> NDArray[np.float64]:
    """Return points along the upper and the lower edge."""
    x = np.arange(page.width, dtype=np.float64)
    return np.column_stack([np.tile(x, 2), np.repeat([0.0, page.height - 1.0], page.width)])
