"""Split: cut the scan of an open book between its two pages.

A scan clearly wider than high is looked at. The cut follows a straight line, upright or leaning a
little, that crosses no letter, in the widest such gap near the middle; within it, the darkest
place, where the leaves sink into the spine, or else its middle. A gap no wider than that of two
columns counts only with the shadow of a fold in it. Without a clear gap the page is left whole.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from docbin.errors import SettingError
from docbin.page import Page
from docbin.prepare.geometry import Geometry
from docbin.prepare.render import paper_color, with_margin
from docbin.prepare.sketch import Sketch, sketch
from docbin.prepare.step import Part, StepResult, Verdict, empty, size_of, unchanged

__all__ = ["Split"]

_WIDE = 1.1  # width over height from which a scan may be two pages
_PANORAMA = 2.6
_NARROW, _CLEAR = 0.015, 0.045  # of the width: least gap with a fold in it, and without
_WIDEST = 0.3
_OFF = 0.12  # of the width, that the cut may lie beside the middle
_RULE = 0.003  # of the width: half of the widest printed rule
_FOLD = 0.06  # of the light, that a fold takes
_LEAN = 3.0  # degrees
_BAND = 16  # rows of the sketch that are shifted together
_MIDDLE = (0.38, 0.62)


@dataclass(frozen=True)
class Split:
    """Cut a double page in two."""

    wide: float = _WIDE
    keep_everything: bool = False

    SETTINGS: ClassVar[dict[str, str]] = {
        "wide": "width over height, on paper, from which a scan may hold two pages, 1 to 2",
        "keep_everything": "let both parts keep what the other has along a leaning cut",
    }

    def __post_init__(self) -> None:
        if not 1 <= self.wide <= 2:
            raise SettingError(f"split: wide must be from 1 to 2, got {self.wide:g}")

    def __call__(self, page: Page, /) -> StepResult:
        """Return the left and the right page, or the one there is."""
        dx, dy = page.dpi or (1.0, 1.0)
        shape = (page.width / dx) / (page.height / dy)
        values = {"wide": round(shape, 3)}
        if shape < self.wide:
            return unchanged(page, "split", "left unchanged", "one page by its shape", values)
        seen = sketch(page)
        if not seen.has_text:
            return unchanged(page, "split", empty(seen.ink), "no text to part", values)
        gap = _widest_gap(seen)
        if gap is None or shape > _PANORAMA:
            reason = "wide, but no gap runs down its middle"
            return unchanged(page, "split", "uncertain", reason, values)
        width = seen.ink.shape[1]
        place, depth = _fold(seen, gap)
        values.update(gap=round(gap.width / width, 4), fold=round(depth, 3), lean=gap.lean)
        folded = depth >= _FOLD
        if not folded:
            place = gap.start + gap.width / 2
        central = abs(place / width - 0.5) < (_OFF if folded else _OFF / 2)
        if not central or not (_NARROW if folded else _CLEAR) < gap.width / width < _WIDEST:
            reason = "the gap in its middle may be one between columns"
            return unchanged(page, "split", "uncertain", reason, values)
        parts = self._cut(page, seen, place, gap.lean)
        reason = f"cut {100 * place / width:.1f} % from the left"
        return StepResult(parts, Verdict("split", "done", reason, values))

    def _cut(self, page: Page, seen: Sketch, place: float, lean: float) -> tuple[Part, Part]:
        """Cut along the line that is at `place` of the sketch in its middle row."""
        rows = np.arange(page.height)
        stretch = seen.scale[0] / seen.scale[1]
        slope = np.tan(np.radians(lean)) * stretch
        line = place * seen.scale[0] + slope * (rows - (page.height - 1) / 2)
        line = np.clip(np.rint(line), 1, page.width - 1).astype(int)
        first, last = int(line.min()), int(line.max())
        size = size_of(page)
        fill = paper_color(page)
        left = Geometry.cut(size, 0, 0, (last, page.height))
        right = Geometry.cut(size, first, 0, (page.width - first, page.height))
        pages = with_margin(page, left, fill), with_margin(page, right, fill)
        if not self.keep_everything and first < last:
            beyond = np.arange(first, last)[None] >= line[:, None]
            pages = (
                _painted(pages[0], np.s_[:, first:last], beyond, fill),
                _painted(pages[1], np.s_[:, : last - first], ~beyond, fill),
            )
        return Part(pages[0], left, "left"), Part(pages[1], right, "right")


@dataclass(frozen=True)
class _Gap:
    start: int
    """First free column, at the middle row."""
    width: int
    lean: float
    """Degrees by which the line moves to the right on its way down."""


def _widest_gap(seen: Sketch) -> _Gap | None:
    """Return the widest gap without letters that lies, at least in part, near the middle."""
    height, width = seen.ink.shape
    ink = seen.parts.select(seen.letters | _crossing(seen))
    bands = [np.asarray(ink[y : y + _BAND].any(axis=0)) for y in range(0, height, _BAND)]
    best: _Gap | None = None
    for lean in sorted(np.arange(-_LEAN, _LEAN + 0.1, 0.5), key=abs):
        slope = np.tan(np.radians(lean))
        taken = np.zeros(width, np.bool_)
        for i, band in enumerate(bands):
            y = i * _BAND + _BAND / 2 - height / 2
            # Both ends of the band: nothing is to be touched by rounding.
            for shift in {round(slope * (y - _BAND / 2)), round(slope * (y + _BAND / 2))}:
                taken |= _shifted(band, -shift)
        found = _free_run(taken)
        if found is not None and (best is None or found[1] > 1.1 * best.width):
            best = _Gap(*found, float(lean))
    return best


def _crossing(seen: Sketch) -> NDArray[np.bool_]:
    """Return the parts, rules and pictures, that a cut must not go through; a fold is narrow."""
    p = seen.parts
    height, width = seen.ink.shape
    fold = (p.height > 0.5 * height) & (p.width < 0.12 * width)
    crossing: NDArray[np.bool_] = (p.width > 0.04 * width) & ~fold
    return crossing


def _shifted(row: NDArray[np.bool_], by: int) -> NDArray[np.bool_]:
    moved = np.zeros_like(row)
    if by == 0:
        return row
    if by > 0:
        moved[by:] = row[:-by]
    else:
        moved[:by] = row[-by:]
    return moved


def _free_run(taken: NDArray[np.bool_]) -> tuple[int, int] | None:
    """Return start and length of the longest free run that reaches into the middle."""
    width = len(taken)
    edges = np.flatnonzero(np.diff(np.concatenate([[1], taken.view(np.int8), [1]])))
    starts, stops = edges[::2], edges[1::2]
    inside = (starts > 0) & (stops < width)  # text on both sides
    near = (stops > _MIDDLE[0] * width) & (starts < _MIDDLE[1] * width) & inside
    if not near.any():
        return None
    lengths = np.where(near, stops - starts, 0)
    i = int(np.argmax(lengths))
    return int(starts[i]), int(lengths[i])


def _fold(seen: Sketch, gap: _Gap) -> tuple[float, float]:
    """Return where in the gap it is darkest, and by what share of the light on either side."""
    import cv2

    height, width = seen.gray.shape
    slope = np.tan(np.radians(gap.lean))
    straight = cv2.warpAffine(
        seen.gray,
        np.array([[1.0, slope, -slope * height / 2], [0.0, 1.0, 0.0]]),
        (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    stop = gap.start + gap.width
    columns = np.median(straight[:, gap.start : stop], axis=0).astype(np.float32)
    # A fold is a valley of light; a printed rule is too narrow to be one.
    valley = 2 * round(_RULE * width) + 1
    columns = cv2.dilate(columns[None], np.ones((1, valley), np.uint8))[0]
    low = min(max(0, round(_MIDDLE[0] * width) - gap.start), gap.width - 1)
    high = max(low + 1, min(gap.width, round(_MIDDLE[1] * width) - gap.start))
    i = low + int(np.argmin(columns[low:high]))
    before, after = columns[: i + 1].max(), columns[i:].max()
    depth = 1 - float(columns[i]) / max(float(min(before, after)), 1.0)
    return gap.start + i + 0.5, depth


def _painted(
    page: Page, window: tuple[slice, slice], mask: NDArray[np.bool_], fill: tuple[int, ...]
) -> Page:
    pixels = np.array(page.pixels)
    pixels[window][mask] = fill if page.is_color else fill[0]
    return Page(pixels, page.dpi, page.source)
