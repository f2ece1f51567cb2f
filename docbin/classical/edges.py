"""Edges that set a threshold: the ink is what is as dark as the stroke edges around it.

    ink = N >= N_min and g <= m + f s        N, m, s of the edge pixels in the window

and the width of strokes told by edges: the distance most frequent between neighbouring edges along
the rows. What Su's, Su's robust and Lu and Su's methods share.
"""

import numpy as np

from docbin.native.window import ink_by_edges
from docbin.page import Ink

__all__ = ["LARGEST", "edge_distance", "ink_by_edges"]

LARGEST = 1023
"""Largest window: its sums are exact."""

_FARTHEST = 64  # pixels: edges farther apart are not the two sides of a stroke


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
