"""What the formats share: whole pixels on the page, boxes, blocks in order."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from docbin.lines.formats import LinesOfPage
from docbin.protocols import TextLine

__all__ = ["blocks", "box", "on_page", "points_text"]


def on_page(points: NDArray[np.float64], page: LinesOfPage) -> NDArray[np.int64]:
    """Round points (n, 2) to pixels of the page."""
    return np.clip(np.rint(points), 0, [page.width - 1, page.height - 1]).astype(np.int64)


def points_text(points: NDArray[np.float64], page: LinesOfPage) -> str:
    """Return ``x,y x,y``, whole pixels on the page, without points that repeat the one before."""
    rounded = on_page(points, page)
    keep = np.r_[True, (rounded[1:] != rounded[:-1]).any(1)]
    return " ".join(f"{x},{y}" for x, y in rounded[keep].tolist())


def box(lines: Sequence[TextLine], page: LinesOfPage) -> tuple[int, int, int, int]:
    """Return left, top, right, bottom of lines in whole pixels; right and bottom are included."""
    points = np.concatenate([on_page(line.polygon, page) for line in lines])
    (left, top), (right, bottom) = points.min(0).tolist(), points.max(0).tolist()
    return left, top, right, bottom


def blocks(lines: Sequence[TextLine]) -> Iterator[tuple[int, list[TextLine]]]:
    """Yield the blocks in order, each with its lines in order."""
    ordered = sorted(lines, key=lambda line: (line.block, line.order))
    for number, members in groupby(ordered, key=lambda line: line.block):
        yield number, list(members)
