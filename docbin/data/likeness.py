"""Likeness: whether an image shows the page of a signature, or a part of it.

Three marks of the page found in the image propose a similarity transform (scale, quarter turn,
shift), as in Lowe's object recognition (2004). The image laid over the page by it is a copy when
the coarse maps agree: `ALIKE` of the map, or `ALIKE_FEW` where no more than three marks fit.
"""

import numpy as np
from numpy.typing import NDArray

from docbin.data.marks import BITS, Marks
from docbin.data.signature import SIDE, cells, unpack
from docbin.page import Gray

__all__ = ["covers", "likeness"]

LEAST = 3  # marks that must fit
SHARE = 0.4  # of the marks the image should show,
ENOUGH = 12  # or as many as that
MOST_BITS = 10  # signs that may differ between two marks taken for one
TOLERANCE = 0.012  # of the page's longer side
PAIRS = 300
TRIED = 8
LEAST_SEEN = 0.15  # of the page, for its map to say anything
ALIKE = 0.85
ALIKE_FEW = 0.93


def covers(stored: bytes, gray: Gray, image: Marks) -> bool:
    """Whether an image, with its marks, shows the page of a signature or a part of it."""
    return likeness(stored, gray, image) >= 1.0


def likeness(stored: bytes, gray: Gray, image: Marks) -> float:
    """Return the best agreement of the coarse maps over the transforms the marks propose.

    It is a share of what is asked: `ALIKE` of the map, `ALIKE_FEW` where only three marks fit.
    """
    page, coarse = unpack(stored)
    if len(page) < LEAST or len(image) < LEAST:
        return 0.0
    alike = page.signs @ image.signs.T
    which, where = np.nonzero(alike >= BITS - 2 * MOST_BITS)
    if len(np.unique(which)) < LEAST:
        return 0.0
    close = np.argsort(-alike[which, where], kind="stable")[:PAIRS]
    best = 0.0
    for fitting, slope, shift in _transforms(page, image, which[close], where[close]):
        to_cells = np.array(
            [[slope.real, -slope.imag, shift.real], [slope.imag, slope.real, shift.imag]]
        ) @ np.diag([page.width / SIDE, page.height / SIDE, 1.0])
        values, seen = cells(gray, to_cells)
        if seen.mean() < LEAST_SEEN:
            continue
        weights = np.abs(values) * seen
        total = float(weights.sum())
        if total > 0:
            agreement = float(weights[(values > 0) == coarse].sum()) / total
            best = max(best, agreement / (ALIKE if fitting > LEAST else ALIKE_FEW))
    return best


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
    found.sort(key=lambda item: -item[0])
    return found[:TRIED]


def _off_turn(turns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far each is from a whole turn, 0..0.5."""
    return np.abs((turns + 0.5) % 1.0 - 0.5)
