"""Exact minimum cuts of 4-connected grids: the ink of least energy.

The energy, the method and the bounds are in kernels/src/grid_cut.hpp; the twin, for small grids, in
``docbin.native.reference_cut``.
"""

import numpy as np
from numpy.typing import NDArray

from docbin.errors import ArrayError
from docbin.native import _native

__all__ = ["MOST_COST", "MOST_EXCESS", "GridCut"]

MOST_COST = 16383
"""The greatest cost between neighbours."""
MOST_EXCESS = (1 << 30) - 1
"""The greatest excess of a pixel, either sign."""


class GridCut:
    """The ink that minimises -excess on it plus the cost between every two unlike neighbours.

    ``excess`` is (h, w) int32. Costs begin at zero and may be raised between cuts, which go on from
    the flow that was found.

    >>> cut = GridCut(np.array([[9, -2, 4, -30]], np.int32))
    >>> cut.ink().astype(int).tolist()
    [[1, 0, 1, 0]]
    >>> cut.raise_costs(np.full((1, 4), 3), np.zeros((1, 4), int))
    >>> cut.ink().astype(int).tolist()
    [[1, 1, 1, 0]]
    """

    def __init__(self, excess: NDArray[np.int32]) -> None:
        if excess.dtype != np.int32 or excess.ndim != 2 or not excess.size:
            raise ArrayError(f"excess must be int32 of shape (h, w), got {excess.dtype}")
        if max(int(excess.max()), -int(excess.min())) > MOST_EXCESS:
            raise ArrayError(f"excess must be at most {MOST_EXCESS}, either sign")
        self._shape = excess.shape
        self._cut = _native.GridCut(np.ascontiguousarray(excess))

    def raise_costs(self, right: NDArray[np.integer], down: NDArray[np.integer]) -> None:
        """Add to the costs towards the neighbours on the right and below, whole and not negative.

        What would lead off the grid is ignored. Raises ArrayError if a cost were to pass MOST_COST.
        """
        planes = []
        for plane in (right, down):
            if plane.shape != self._shape or not np.issubdtype(plane.dtype, np.integer):
                raise ArrayError(f"costs must be whole numbers of shape {self._shape}")
            if int(plane.min()) < 0 or int(plane.max()) > MOST_COST:
                raise ArrayError(f"a cost must be 0 to {MOST_COST}")
            planes.append(np.ascontiguousarray(plane, np.uint16))
        if not self._cut.raise_costs(*planes):
            raise ArrayError(f"the costs would pass {MOST_COST}")

    def ink(self) -> NDArray[np.bool_]:
        """Return the ink of least energy, of several the smallest, (h, w) bool."""
        self._cut.solve()
        out = np.empty(self._shape, np.uint8)
        self._cut.ink(out)
        return out.view(np.bool_)
