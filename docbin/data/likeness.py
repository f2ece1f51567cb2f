"""Likeness: whether an image shows the page of a signature, or a part of it.

Three marks of the page found in the image propose a similarity transform (scale, quarter turn,
shift), as in Lowe's object recognition (2004), which all marks that come back in their places make
exact. The image laid over the page by it is a copy when two things agree:

    the maps      `ALIKE` of the coarse maps, by contrast, or `ALIKE_FEW` where no more than four
                  marks fit;
    the inside    in the middle of what is shown, the maps again, every cell with one vote, or the
                  marks. The leaves of a book that were photographed on one board share the board,
                  the binding and the margins, which have most of the contrast, and many marks; what
                  is written they do not share.
"""

import numpy as np
from numpy.typing import NDArray

from docbin.data.marks import BITS, MarkedImage, Marks
from docbin.data.signature import SIDE, cells, unpack

__all__ = ["covers", "likeness"]

LEAST = 3  # marks that must fit,
CONFIRMED = 4  # and that must come back in their places: three fit by chance now and then
SHARE = 0.4  # of the marks the image should show,
ENOUGH = 12  # or as many as that
MOST_BITS = 10  # signs that may differ between two marks taken for one,
BACK_BITS = 8  # and where the place is known
TOLERANCE = 0.012  # of the page's longer side
PAIRS = 300
TRIED = 8
LEAST_SEEN = 0.15  # of the page, for its map to say anything
ALIKE = 0.85
ALIKE_FEW = 0.93
MIDDLE = 0.7  # of both sides of what is shown
ALIKE_INSIDE, BACK_INSIDE = 0.9, 0.5
"""Shares of the middle's cells that agree, or of the inner half of the marks that come back. Copies
of six training pages (compressed, reduced, cropped, turned) had .889 and more of the cells, most .5
and more of the marks; leaves of one book on one board .85 and .33 at most. So 115 copies of 23
training pages are all known, and none of 145 other pages is."""


def covers(stored: bytes, image: MarkedImage) -> bool:
    """Whether an image shows the page of a signature or a part of it."""
    return likeness(stored, image) >= 1.0


def likeness(stored: bytes, image: MarkedImage) -> float:
    """Return the best agreement of page and image over the transforms the marks propose.

    It is a share of what is asked, of the maps or of the inside, whichever is less.
    """
    page, coarse = unpack(stored)
    if len(page) < LEAST:
        return 0.0
    marks = image.marks_for(page)
    if len(marks) < LEAST:
        return 0.0
    alike = page.signs @ marks.signs.T
    which, where = np.nonzero(alike >= BITS - 2 * MOST_BITS)
    if len(np.unique(which)) < LEAST:
        return 0.0
    close = np.argsort(-alike[which, where], kind="stable")[:PAIRS]
    best = 0.0
    for fitting, slope, shift in _transforms(page, marks, which[close], where[close]):
        slope, shift, back = _refined(page, marks, alike, slope, shift)
        if back.sum() < CONFIRMED:
            continue
        to_cells = np.array(
            [[slope.real, -slope.imag, shift.real], [slope.imag, slope.real, shift.imag]]
        ) @ np.diag([page.width / SIDE, page.height / SIDE, 1.0])
        values, seen = cells(image.gray, to_cells)
        weights = np.abs(values) * seen
        total = float(weights.sum())
        if seen.mean() < LEAST_SEEN or total <= 0:
            continue
        agree = (values > 0) == coarse
        maps = float(weights[agree].sum()) / total / (ALIKE if fitting > CONFIRMED else ALIKE_FEW)
        best = max(best, min(maps, _inside(page, seen, agree, back)))
    return best


def _refined(
    page: Marks, image: Marks, alike: NDArray[np.float32], slope: complex, shift: complex
) -> tuple[complex, complex, NDArray[np.bool_]]:
    """Fit a transform to all marks that come back in their places; which of the page's do so."""
    axes = np.array([1, 1j])
    points, found = page.points @ axes, image.points @ axes
    most = TOLERANCE * max(page.height, page.width)
    back, at = _back(points, found, alike, slope, shift, most)
    for _ in range(2):
        if back.sum() < LEAST:
            break
        system = np.stack([points[back], np.ones(back.sum())], axis=1)
        a, b = (complex(x) for x in np.linalg.lstsq(system, found[at[back]], rcond=None)[0])
        again, there = _back(points, found, alike, a, b, most)
        if again.sum() < back.sum():
            break
        slope, shift, back, at = a, b, again, there
    return slope, shift, back


def _back(
    points: NDArray[np.complex128],
    found: NDArray[np.complex128],
    alike: NDArray[np.float32],
    slope: complex,
    shift: complex,
    most: float,
) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """Which marks of the page the image has in their places, and its mark that is most alike."""
    places = slope * points + shift
    near = np.abs(places[:, None] - found) < most * abs(slope)
    likely = np.where(near, alike, -BITS)
    at = likely.argmax(1)
    return likely.max(1) >= BITS - 2 * BACK_BITS, at


def _inside(
    page: Marks, seen: NDArray[np.bool_], agree: NDArray[np.bool_], back: NDArray[np.bool_]
) -> float:
    """Return how well the middle of what is shown agrees: a share of what is asked."""
    frame = []
    for axis, side in ((0, page.width), (1, page.height)):
        shown = np.flatnonzero(seen.any(axis))
        frame.append((shown[0] * side / SIDE, (shown[-1] + 1) * side / SIDE))
    (left, right), (top, bottom) = frame

    def off_middle(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        """0 in the middle of what is shown, 1 at its edges."""
        across = (2 * x - left - right) / (right - left)
        return np.asarray(np.maximum(np.abs(across), np.abs(2 * y - top - bottom) / (bottom - top)))

    y, x = (np.mgrid[:SIDE, :SIDE] + 0.5) / SIDE
    middle = seen & (off_middle(x * page.width, y * page.height) < MIDDLE)
    share = float(agree[middle].mean()) if middle.any() else 0.0
    off = off_middle(*page.points.T)
    shown = np.flatnonzero(off <= 1)
    inner = shown[np.argsort(off[shown], kind="stable")][: len(shown) // 2]
    returned = float(back[inner].mean()) if len(inner) >= LEAST else 0.0
    return max(share / ALIKE_INSIDE, returned / BACK_INSIDE)


def _transforms(
    page: Marks, image: Marks, which: NDArray[np.intp], where: NDArray[np.intp]
) -> list[tuple[int, complex, complex]]:
    """Return (marks carried, a, b) of similarities z -> a z + b, page to image, best first."""
    axes = np.array([1, 1j])
    source, target = page.points[which] @ axes, image.points[where] @ axes
    every = page.points @ axes
    ratio = np.log2(image.sizes[where] / page.sizes[which])
    turn = image.turns[where] - page.turns[which]
    tolerance = TOLERANCE * max(page.height, page.width)

    # Two matches of different marks, alike in scale and turn, give a transform.
    near = np.abs(ratio - ratio[:, None]) < 0.6
    near &= _off_turn(turn - turn[:, None]) < 0.12
    near &= which != which[:, None]
    step = source - source[:, None]
    one, two = np.nonzero(near & (np.abs(step) > 4 * tolerance))
    slopes = (target[two] - target[one]) / step[one, two]
    angle = np.angle(slopes) / (2 * np.pi)
    fits = np.abs(np.log2(np.abs(slopes) + 1e-9) - ratio[one]) < 0.6
    fits &= _off_turn(angle - turn[one]) < 0.12
    fits &= _off_turn(4 * angle) < 0.12  # scans lie straight: quarter turns
    slopes, one = slopes[fits], one[fits]

    # What else does it carry onto its match?
    back = source[one, None] + (target - target[one, None]) / slopes[:, None]
    hits = near[one] & (np.abs(back - source) < tolerance)
    member = np.zeros((len(which), len(page)), np.float32)
    member[np.arange(len(which)), which] = 1
    carried = 1 + ((hits @ member) > 0).sum(1)

    corners = np.array([0, image.width, image.width + 1j * image.height, 1j * image.height])
    found: list[tuple[int, complex, complex]] = []
    for j in np.flatnonzero(carried >= LEAST):
        chosen = np.append(np.flatnonzero(hits[j]), one[j])
        _, first = np.unique(which[chosen], return_index=True)
        z, y = source[chosen[first]], target[chosen[first]]
        centre, middle = z.mean(), y.mean()
        a = complex(np.vdot(z - centre, y - middle) / np.vdot(z - centre, z - centre))
        if a == 0:
            continue
        b = complex(middle - a * centre)
        frame = (corners - b) / a
        shown = (every.real >= frame.real.min()) & (every.real <= frame.real.max())
        shown &= (every.imag >= frame.imag.min()) & (every.imag <= frame.imag.max())
        if carried[j] >= min(SHARE * shown.sum(), ENOUGH):
            found.append((int(carried[j]), a, b))
    found = sorted(dict.fromkeys(found), key=lambda item: -item[0])
    return found[:TRIED]


def _off_turn(turns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far each is from a whole turn, 0..0.5."""
    return np.abs((turns + 0.5) % 1.0 - 0.5)
