"""Lines that run together side by side: the columns of a receipt or a table in one row.

A region is cut where nothing is written over a part of its height and the map, at its highest over
the line's height, dips there. Between the words of a line the map stays high however wide they are
set, so either alone would cut lines of writing too. How wide and how deep depends on the page: one
of short pieces (a receipt, a form) is cut more readily than one of lines, where a heading may be
set letter by letter. On the former a piece shorter than `unsure` heights is seldom a line of words:
its gaps alone count, and narrower ones in one shorter than `WORD`.
"""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from docbin.classical.sauvola import Sauvola
from docbin.learned.boxes import Region
from docbin.learned.text_scale import in_short_pieces
from docbin.lines.joining import part_of
from docbin.lines.outline import Outline
from docbin.lines.rectify import straighten
from docbin.page import Gray, Ink, Page

__all__ = ["cut_side_by_side"]


class Rule(NamedTuple):
    """The least gap, in heights; what the map dips below there; shorter pieces are unsure."""

    gap: float
    dip: float
    unsure: float


PIECES = Rule(gap=0.9, dip=0.7, unsure=8.0)
"""Of such gaps in 57 training pages, 28 of 37 with a dip so deep lay between lines of the truth, 4
of 13 of the others. Of those that only short pieces are cut at, in 326, 71 did and 18 did not."""
LINES = Rule(gap=1.2, dip=0.5, unsure=0.0)
WORD, SHORT_GAP = 4.0, 0.75
ROWS, EDGE = 16, 2
"""Rows of a straightened line, of which the outermost are its neighbours' as often."""
HEIGHTS = (0.5, 0.4, 0.6, 0.3, 0.7)
"""The middle first: where the map is high there the others are not looked at."""


def cut_side_by_side(
    regions: list[Region], probability: NDArray[np.float32], gray: Gray
) -> list[Region]:
    """Return the regions, those cut that hold two lines or more; all in pixels of the map (h, w).

    `gray` is the page at the map's size.
    """
    if not regions:
        return []
    levels = np.asarray(cv2.convertScaleAbs(probability, alpha=255.0), np.uint8)
    rule = PIECES if in_short_pieces(regions) else LINES
    ink: Ink | None = None
    cut = []
    for region in regions:
        edges = region.edges
        columns = int(min(max(edges.slenderness * ROWS, 2), 8192))
        sure = columns >= rule.unsure * ROWS
        if columns < 2 * ROWS or (sure and not _may_dip(levels, edges, columns, rule.dip)):
            cut.append(region)
            continue
        if ink is None:
            ink = Sauvola(window=max(15, min(gray.shape) // 40 | 1))(Page(gray))
        parts = _parts(levels, ink, edges, columns, rule)
        cut += [Region(p.polygon, region.score, p) for p in parts] if parts else [region]
    return cut


def _may_dip(levels: Gray, edges: Outline, columns: int, dip: float) -> bool:
    """Whether the map dips at five points of the height; the maximum over all is no lower."""
    at = np.linspace(0, len(edges.top) - 1, columns)[ROWS // 2 : -(ROWS // 2)]
    sections = np.arange(len(edges.top))
    limit = np.array(levels.shape[::-1]) - 1
    for height in HEIGHTS:
        line = edges.at(height)
        x, y = (
            np.minimum(np.maximum(np.rint(np.interp(at, sections, line[:, k])), 0), limit[k])
            for k in (0, 1)
        )
        at = at[levels[y.astype(np.intp), x.astype(np.intp)] < dip * 255]
        if not len(at):
            return False
    return True


def _crest(levels: Gray, edges: Outline, columns: int) -> NDArray[np.uint8]:
    """The map's maximum over the line's height, (columns,), the line's ends left out."""
    inner = straighten(levels, edges, (ROWS, columns))[EDGE:-EDGE].max(axis=0)
    inner[: ROWS // 2] = inner[-(ROWS // 2) :] = 255
    return np.asarray(inner)


def _parts(levels: Gray, ink: Ink, edges: Outline, columns: int, rule: Rule) -> list[Outline]:
    """The pieces of a line between its gaps; none where it has no such gap."""
    written = straighten(ink.view(np.uint8) * np.uint8(255), edges, (ROWS, columns))[EDGE:-EDGE]
    filled = np.concatenate([[False], (written > 96).any(axis=0), [False]])
    words = np.flatnonzero(filled[1:] != filled[:-1]).reshape(-1, 2)
    gap = rule.gap if columns >= min(WORD, rule.unsure) * ROWS else SHORT_GAP
    dip = rule.dip * 255 if columns >= rule.unsure * ROWS else 256
    wide = [
        (end, start)
        for end, start in zip(words[:-1, 1].tolist(), words[1:, 0].tolist(), strict=True)
        if start - end >= gap * ROWS
    ]
    if not wide:
        return []
    crest = _crest(levels, edges, columns)
    starts, ends = [0], []
    for end, start in wide:
        if crest[end:start].min() < dip:
            ends.append(end + ROWS // 6)
            starts.append(start - ROWS // 6)
    ends.append(columns)
    if len(starts) == 1:
        return []
    return [part_of(edges, a / columns, b / columns) for a, b in zip(starts, ends, strict=True)]
