"""Pieces to lines and lines to pieces, by gaps that are measured in heights of the line.

`join` merges two pieces of one row whose gap is at most that share of their height; `split` cuts a
line where it holds no ink over more than that share of its height. No number of pixels is in it, so
a page gives the same lines at any resolution.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from docbin.lines.outline import Outline, outline
from docbin.lines.rectify import straighten
from docbin.page import Ink

__all__ = ["joined", "part_of", "split_at_gaps"]

TURN = np.cos(np.deg2rad(12))
"""Pieces whose directions differ by more than 12 degrees are of different lines."""
LIKE = 1.8
"""Pieces of one line are at most this much higher than each other."""
ROWS = 16


def joined(pieces: Sequence[Outline], join: float) -> list[tuple[Outline, list[int]]]:
    """Merge pieces of one row; return each line and the pieces (by number) it was made of."""
    owner = list(range(len(pieces)))

    def find(i: int) -> int:
        while owner[i] != i:
            owner[i] = owner[owner[i]]
            i = owner[i]
        return i

    for i, near in enumerate(_within_reach(pieces, join) if join > 0 else []):
        for j in near:
            if i != j and _follows(pieces[i], pieces[j], join):
                owner[find(j)] = find(i)
    groups: dict[int, list[int]] = {}
    for i in range(len(pieces)):
        groups.setdefault(find(i), []).append(i)
    lines = []
    for members in groups.values():
        if len(members) == 1:
            lines.append((pieces[members[0]], members))
            continue
        along = _along(max((pieces[i] for i in members), key=lambda p: p.length))
        members.sort(key=lambda i: float(pieces[i].at(0.5).mean(0) @ along))
        tops = np.vstack([pieces[i].top for i in members])
        bottoms = np.vstack([pieces[i].bottom for i in members])
        lines.append((outline(np.vstack([tops, bottoms[::-1]]), along), members))
    return lines


def split_at_gaps(ink: Ink, line: Outline, split: float) -> list[Outline]:
    """Cut a line where there is no ink over more than `split` heights; [line] where there is."""
    height = max(line.height, 1.0)
    columns = int(np.clip(line.length / height * ROWS, 2, 8192))
    strip = straighten(ink.view(np.uint8) * np.uint8(255), line, (ROWS, columns))
    # A speck is no text: a column counts when more than one of sixteen rows holds ink.
    filled = np.concatenate([[False], (strip > 96).sum(axis=0) > 1, [False]])
    edges = np.flatnonzero(filled[1:] != filled[:-1]).reshape(-1, 2)
    if len(edges) < 2:
        return [line]
    gaps = edges[1:, 0] - edges[:-1, 1]
    cuts = np.flatnonzero(gaps > split * ROWS)
    if not len(cuts):
        return [line]
    starts = [edges[0, 0], *edges[cuts + 1, 0]]
    ends = [*edges[cuts, 1], edges[-1, 1]]
    margin = ROWS // 6
    return [
        part_of(line, max(a - margin, 0) / columns, min(b + margin, columns) / columns)
        for a, b in zip(starts, ends, strict=True)
    ]


def part_of(line: Outline, first: float, last: float) -> Outline:
    """Return the part of a line between two shares of its length."""
    steps = np.linspace(0, 1, len(line.top))
    inside = steps[(steps > first) & (steps < last)]
    wanted = np.concatenate([[first], inside, [last]])

    def cut(edge: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack([np.interp(wanted, steps, edge[:, i]) for i in (0, 1)])

    return Outline(cut(line.top), cut(line.bottom))


def _along(line: Outline) -> NDArray[np.float64]:
    middle = line.at(0.5)
    run = middle[-1] - middle[0]
    unit: NDArray[np.float64] = run / max(float(np.hypot(*run)), 1e-9)
    return unit


def _within_reach(pieces: Sequence[Outline], join: float) -> Iterator[list[int]]:
    """Yield for every piece those that begin so near its end that they can be joined to it.

    The gap is `join` heights at most, and facing ends overlap: so the distance of their middles is
    at most the gap and half the heights of both ends.
    """
    heights = np.array([piece.height for piece in pieces])
    ends, starts = (np.array([piece.at(0.5)[k] for piece in pieces]) for k in (-1, 0))
    end_heights, start_heights = (
        np.array([np.hypot(*(piece.bottom - piece.top)[k]) for piece in pieces]) for k in (-1, 0)
    )
    for i in range(len(pieces)):
        gap = max(join, 0.5) * (heights[i] + heights) / 2
        reach = gap + (end_heights[i] + start_heights) / 2
        away = np.hypot(*(starts - ends[i]).T)
        yield np.flatnonzero(away <= reach + 1e-6).tolist()


def _follows(first: Outline, second: Outline, join: float) -> bool:
    """Whether `second` goes on where `first` ends."""
    low, high = sorted((first.height, second.height))
    if high > LIKE * max(low, 1e-6):
        return False
    along = _along(first if first.length >= second.length else second)
    for piece in (first, second):
        if piece.length > 2 * piece.height and float(_along(piece) @ along) < TURN:
            return False
    down = np.array([-along[1], along[0]])
    gap = float((second.at(0.5)[0] - first.at(0.5)[-1]) @ along)
    if not -0.5 * low <= gap <= join * (low + high) / 2:
        return False
    # The facing ends must overlap by half of the lower one.
    ends = [(edge.top[k] @ down, edge.bottom[k] @ down) for edge, k in ((first, -1), (second, 0))]
    overlap = min(ends[0][1], ends[1][1]) - max(ends[0][0], ends[1][0])
    return bool(overlap >= 0.5 * low)
