"""Twins of the thinning kernels: both halves of every turn, pixel by pixel."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

__all__ = ["AROUND", "ring_of", "thin_guo_hall", "thin_lee_chen"]

Bits = NDArray[np.bool_]
AROUND = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))  # N, then clockwise


def thin_guo_hall(ink: Bits) -> Bits:
    """Thin to a skeleton as Guo and Hall (1989) do, in MATLAB's variant."""

    def deletable(ring: list[bool], half: int) -> bool:
        n, ne, e, se, s, sw, w, nw = ring
        crossings = sum(
            not a and (b or c) for a, b, c in ((e, ne, n), (n, nw, w), (w, sw, s), (s, se, e))
        )
        one = (e or ne) + (n or nw) + (w or sw) + (s or se)
        two = (ne or n) + (nw or w) + (sw or s) + (se or e)
        side = (ne or n or not se) and e if half == 0 else (sw or s or not nw) and w
        return crossings == 1 and 2 <= min(one, two) <= 3 and not side

    return _thin(ink, deletable)


def thin_lee_chen(ink: Bits) -> Bits:
    """Thin as Zhang and Suen (1984) do, then clean up with Lee and Chen's table (1992)."""

    def deletable(ring: list[bool], half: int) -> bool:
        n, _, e, _, s, _, w, _ = ring
        rises = sum(not ring[i] and ring[(i + 1) % 8] for i in range(8))
        corner = (n and e and s) or (e and s and w)
        if half == 1:
            corner = (n and e and w) or (n and s and w)
        return 2 <= sum(ring) <= 6 and rises == 1 and not corner

    skeleton = _thin(ink, deletable, keeps_squares=True)
    changed = True
    while changed:
        changed = False
        for y, x in np.argwhere(skeleton).tolist():
            if _in_lee_chen_table(ring_of(skeleton, y, x)):
                skeleton[y, x] = False
                changed = True
    return skeleton


def _in_lee_chen_table(ring: list[bool]) -> bool:
    """Say whether table 1 deletes a pixel with these neighbours.

    The table is: deleting changes no connection (Yokoi's number is one), it is no end, and Zhang
    and Suen would not have deleted it, with four exceptions.
    """
    code = sum(1 << i for i in range(8) if ring[i])
    return bool(LEE_CHEN[code >> 6] >> (code & 63) & 1)


LEE_CHEN = (
    0x20F0000020D06020,
    0x0A5AA0AA5B59A0AA,
    0xA0A0000020A02020,
    0x4850A0215B5B2020,
)


def ring_of(image: Bits, y: int, x: int) -> list[bool]:
    """Whether each neighbour is set; beyond the page none is."""
    height, width = image.shape
    return [
        0 <= y + dy < height and 0 <= x + dx < width and bool(image[y + dy, x + dx])
        for dy, dx in AROUND
    ]


def _thin(
    ink: Bits, deletable: Callable[[list[bool], int], bool], *, keeps_squares: bool = False
) -> Bits:
    skeleton = ink.copy()
    idle, half = 0, 0
    while idle < 2:
        doomed = [
            (y, x)
            for y, x in np.argwhere(skeleton).tolist()
            if deletable(ring_of(skeleton, y, x), half)
            and not (keeps_squares and _ends_lone_square(skeleton, y, x))
        ]
        for pixel in doomed:
            skeleton[pixel] = False
        idle = 0 if doomed else idle + 1
        half = 1 - half
    return skeleton


def _ends_lone_square(image: Bits, y: int, x: int) -> bool:
    """Whether this is the lower right pixel of four that stand alone in their 4 x 4."""
    square = image[max(y - 1, 0) : y + 1, max(x - 1, 0) : x + 1]
    around = image[max(y - 2, 0) : y + 2, max(x - 2, 0) : x + 2]
    return int(square.sum()) == 4 == int(around.sum())
