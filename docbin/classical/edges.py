"""Edges that set a threshold: the ink is what is as dark as the stroke edges around it.

    ink = N >= N_min and g <= m + f s        N, m, s of the edge pixels in the window

and the width of strokes told by edges: the distance most frequent between neighbouring edges along
the rows. What Su's, Su's robust and Lu and Su's methods share.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from docbin.page import Gray, Ink

__all__ = ["LARGEST", "edge_distance", "ink_by_edges"]

LARGEST = 1023
"""Largest window: the sums over it stay exact in double precision."""

_FARTHEST = 64  # pixels: edges farther apart are not the two sides of a stroke


def ink_by_edges(gray: Gray, edge: Ink, side: int, least: int, spread: float) -> Ink:
    """Return the ink of the rule above for windows of `side` pixels, clipped at the page's edge."""
    import cv2

    seeds = edge.view(np.uint8)
    ink = np.empty(gray.shape, np.bool_)
    rows = max(256, 2 * side)  # rows at a time: their sums stay in the cache
    for top in range(0, gray.shape[0], rows):
        bottom = min(top + rows, gray.shape[0])
        above = max(0, top - side // 2)
        below = min(gray.shape[0], bottom + side // 2)
        kept = slice(top - above, bottom - above)
        part = seeds[above:below]
        light = gray[above:below] * part
        square = light.astype(np.uint16) ** 2

        def total(values: NDArray[Any], kept: slice = kept) -> NDArray[Any]:
            box = cv2.boxFilter(
                values, cv2.CV_64F, (side, side), normalize=False, borderType=cv2.BORDER_CONSTANT
            )
            return box[kept]

        N, S, S2 = total(part), total(light), total(square)
        # g <= S/N + f sqrt(S2/N - (S/N)^2), multiplied by N >= 0.
        deviation = np.sqrt(np.maximum(N * S2 - S * S, 0))
        below_level = gray[top:bottom] * N <= S + spread * deviation
        ink[top:bottom] = below_level & (max(least, 1) <= N)
    return ink


def edge_distance(edge: Ink) -> int:
    """Return the distance in pixels most frequent between neighbouring edges of a row, 3 or more.

    Runs of edge pixels count from their first; distances over 64 pixels are between letters.
    """
    rising = np.diff(edge.view(np.int8), axis=1, prepend=np.int8(0)) == 1
    rows, columns = np.nonzero(rising)
    distance = np.diff(columns)[np.diff(rows) == 0]
    distance = distance[(distance >= 2) & (distance <= _FARTHEST)]
    if not distance.size:
        return 3
    return max(3, int(np.bincount(distance).argmax()))
