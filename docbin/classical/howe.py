"""Howe: the ink of least energy under the page's Laplacian, smooth but where the page has edges.

    E(B) = sum of -L over the ink  +  sum of C over neighbours, of four, that are not alike
    L = I(x-1) + I(x+1) + I(y-1) + I(y+1) - 4 I         dark among light: L > 0, and is ink
    L = -phi      where I > m + 2 s                     bright for its neighbourhood: paper
    C = 0         where an edge lies on the darker of the two neighbours, or they are alike and it
                  lies on the second; else c

The edges are Canny's, of the page blurred by sigma 0.6, their upper threshold `edge` of the page's
steepest gradient and the lower 0.4 of that. The minimum is exact, by a minimum cut.

Nicholas R. Howe, "Document binarization with automatic parameter tuning", International Journal on
Document Analysis and Recognition 16, 2013.

c and `edge` are the page's own unless given, as in the paper by stability: of a row of values the
one that changes the ink least from the value before. First `edge`, at c = 640, then c. This rule
and the values were chosen here on pages of 2009, 2010 and 2012. A page over 2^20 pixels is tuned on
its busiest part of that size, and one over 2^24 is cut in bands.

Seen in the paper: c from 20 to 5120 in equal ratios and `edge` from 0.15 to 0.65, tried together.
Seen in stored copies of the author's program: sigma 0.6, phi = 500, the factor 2, the four
neighbours, and which neighbour an edge must lie on. There, other than here, the lower threshold is
a tenth of the steepest gradient, m and s are under a Gaussian of sigma 20 (the square window of 81
is ours), c is tuned for each `edge` on a smoothed curve, and ink that has none above it and none on
its left is taken off at the end. Tried one by one on the pages of 2009 and 2010 (F 93.8 and 94.3 as
it is here): the lower threshold gives 94.2 and 94.4, but on one page of 2011 the steadiest ink is
then a wrong one, F 19; the Gaussian 90.6 and 94.3, and 94.2 and 94.4 with both; taking ink off
loses 1.1 and 2.7.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from docbin.classical.moments import check_range
from docbin.classical.scale import WINDOW_DOC, check_window, window_pixels
from docbin.native.grid_cut import MOST_COST, GridCut
from docbin.native.window import local_moments
from docbin.page import Gray, Ink, Page

__all__ = ["Howe"]

_PHI = 500
_BRIGHT = 2.0
_SIGMA = 0.6
_LOWER = 0.4
_EDGES = (0.15, 0.25, 0.35, 0.45, 0.55)
_COSTS = (20, 40, 80, 160, 320, 640, 1280)
_TRIAL = 640  # c while the edge is chosen
_SAMPLE = 1 << 20  # pixels that a page is tuned on
_BAND = 1 << 24  # pixels cut at once
_OVERLAP = 128  # rows


@dataclass(frozen=True)
class Howe:
    """Binarize by the minimum cut of the page's Laplacian."""

    c: int | None = None
    edge: float | None = None
    window: int | str = 81

    PAPER: ClassVar[str] = (
        "N. R. Howe, Document binarization with automatic parameter tuning, IJDAR 16, 2013"
    )
    SETTINGS: ClassVar[dict[str, str]] = {
        "c": "cost of unlike neighbours away from edges, 0 to 16383 grey levels; none: the page's",
        "edge": "share of the steepest gradient that makes an edge, 0.01 to 1; none: the page's",
        "window": WINDOW_DOC + "; m and s are of it",
    }

    def __post_init__(self) -> None:
        check_window("howe", self.window)
        if self.c is not None:
            check_range("howe", "c", self.c, 0, MOST_COST)
        if self.edge is not None:
            check_range("howe", "edge", self.edge, 0.01, 1)

    def __call__(self, page: Page, /) -> Ink:
        """Return the ink of the page; a page of one grey level has none."""
        gray = page.gray
        if gray.min() == gray.max():
            return np.zeros(gray.shape, np.bool_)
        side = window_pixels(self.window, page)
        steepest = max(_steepest(*_gradient(gray[rows])) for rows, *_ in _bands(gray.shape, 1))
        edge, c = self._tuned(gray, side, steepest)
        out = np.empty(gray.shape, np.bool_)
        for rows, inner, kept in _bands(gray.shape, max(_OVERLAP, side // 2)):
            (ink,) = _Field.of(gray[rows], side, steepest).inks([(edge, c)])
            out[kept] = ink[inner]
        return out

    def _tuned(self, gray: Gray, side: int, steepest: float) -> tuple[float, int]:
        """Return edge and c: those given, else those by which the ink of a sample is steadiest."""
        edge, c = self.edge, self.c
        if edge is not None and c is not None:
            return edge, c
        field = _Field.of(gray[_sample(gray)], side, steepest)
        if edge is None:
            tried = [(edge, _TRIAL if c is None else c) for edge in _EDGES]
            edge = _EDGES[_steadiest(field.inks(tried))]
        if c is None:
            c = _COSTS[_steadiest(field.inks([(edge, c) for c in _COSTS]))]
        return edge, c


@dataclass(frozen=True)
class _Field:
    """What the energy of a page or a part of it is made of, (h, w) each."""

    gray: Gray
    excess: NDArray[np.int32]
    across: NDArray[np.int16]  # Sobel's derivatives of the blurred page
    down: NDArray[np.int16]
    steepest: float  # on the whole page

    @classmethod
    def of(cls, gray: Gray, window: int, steepest: float | None = None) -> "_Field":
        """Return the field of a page or of a part; `steepest` is that of the whole page."""
        import cv2

        gray = np.ascontiguousarray(gray)
        laplacian = cv2.Laplacian(gray, cv2.CV_16S, ksize=1, borderType=cv2.BORDER_REPLICATE)
        mean, deviation = local_moments(gray, window)
        bright = gray > mean + np.float32(_BRIGHT) * deviation
        excess = np.where(bright, np.int32(-_PHI), laplacian).astype(np.int32)
        slopes = _gradient(gray)
        if steepest is None:
            steepest = _steepest(*slopes)
        return cls(gray, excess, *slopes, steepest)

    def inks(self, settings: Sequence[tuple[float, int]]) -> Iterator[Ink]:
        """Yield the ink for each (edge, c), of which none may fall: costs only grow."""
        cut = GridCut(self.excess)
        planes = (np.zeros(self.gray.shape, np.uint16),) * 2
        for edge, c in settings:
            after = self._costs(edge, c)
            cut.raise_costs(after[0] - planes[0], after[1] - planes[1])
            planes = after
            yield cut.ink()

    def _costs(self, edge: float, c: int) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
        """Return the costs towards the neighbours on the right and below."""
        import cv2

        upper = max(1e-6, edge * self.steepest)
        found = cv2.Canny(self.across, self.down, _LOWER * upper, upper, L2gradient=True) > 0
        costs = []
        for axis in (1, 0):
            first, second = (
                np.s_[(slice(None),) * axis + (part,)] for part in (np.s_[:-1], np.s_[1:])
            )
            darker = self.gray[first] < self.gray[second]
            free = (found[first] & darker) | (found[second] & ~darker)
            cost = np.zeros(self.gray.shape, np.uint16)
            cost[first] = np.where(free, np.uint16(0), np.uint16(c))
            costs.append(cost)
        return costs[0], costs[1]


def _gradient(gray: Gray) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Return Sobel's derivatives of the blurred page, across and down."""
    import cv2

    blurred = cv2.GaussianBlur(np.ascontiguousarray(gray), (0, 0), _SIGMA)
    across = np.asarray(cv2.Sobel(blurred, cv2.CV_16S, 1, 0), np.int16)
    return across, np.asarray(cv2.Sobel(blurred, cv2.CV_16S, 0, 1), np.int16)


def _steepest(across: NDArray[np.int16], down: NDArray[np.int16]) -> float:
    squared = across.astype(np.int32) ** 2 + down.astype(np.int32) ** 2
    return float(np.sqrt(squared.max()))


def _steadiest(inks: Iterable[Ink]) -> int:
    """Return which ink differs least from the one before it, by their mean number of pixels."""
    before: Ink | None = None
    least, best = 2.0, 0
    for place, ink in enumerate(inks):
        if before is not None:
            changed = int(np.count_nonzero(before ^ ink))
            change = changed / max(1, int(np.count_nonzero(before)) + int(np.count_nonzero(ink)))
            if change < least:
                least, best = change, place
        before = ink
    return best


def _sample(gray: Gray) -> tuple[slice, slice]:
    """Return the part of at most _SAMPLE pixels where neighbours differ most in sum."""
    height, width = gray.shape
    side = int(_SAMPLE**0.5)
    high = min(height, max(side, _SAMPLE // width))
    wide = min(width, _SAMPLE // high)
    best, found = -1, (slice(0, high), slice(0, wide))
    for top in _starts(height, high):
        for left in _starts(width, wide):
            where = (slice(top, top + high), slice(left, left + wide))
            step = np.diff(gray[where][::3].astype(np.int16), axis=1)
            busy = int(np.abs(step).sum(dtype=np.int64))
            if busy > best:
                best, found = busy, where
    return found


def _starts(length: int, part: int) -> list[int]:
    """Return where parts of a length begin, half overlapping, the last at the end."""
    return sorted({*range(0, length - part, max(1, part // 2)), length - part})


def _bands(shape: tuple[int, int], overlap: int) -> Iterator[tuple[slice, slice, slice]]:
    """Yield the rows to cut at once, which of these to keep, and where those are on the page."""
    height, width = shape
    rows = max(1, _BAND // width)
    for top in range(0, height, rows):
        end = min(height, top + rows)
        above = max(0, top - overlap)
        yield (
            slice(above, min(height, end + overlap)),
            slice(top - above, end - above),
            slice(top, end),
        )
