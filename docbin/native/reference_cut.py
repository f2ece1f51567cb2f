"""The twin of the grid cut, for small grids: shortest augmenting paths, until there is none."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

__all__ = ["least_energy_ink"]


def least_energy_ink(
    excess: NDArray[np.int32], right: NDArray[np.integer], down: NDArray[np.integer]
) -> NDArray[np.bool_]:
    """Return the ink that minimises -excess on it plus the costs between unlike neighbours.

    ``right`` and ``down`` are the costs towards those neighbours. Of several, the smallest ink.
    """
    height, width = excess.shape
    source, sink = height * width, height * width + 1
    left: list[dict[int, int]] = [{} for _ in range(height * width + 2)]  # what arcs still take

    def arc(one: int, other: int, there: int, back: int) -> None:
        left[one][other] = there
        left[other][one] = back

    for at, value in enumerate(excess.ravel().tolist()):
        if value > 0:
            arc(source, at, value, 0)
        elif value < 0:
            arc(at, sink, -value, 0)
    for y in range(height):
        for x in range(width):
            at = y * width + x
            if x + 1 < width:
                arc(at, at + 1, int(right[y, x]), int(right[y, x]))
            if y + 1 < height:
                arc(at, at + width, int(down[y, x]), int(down[y, x]))
    while True:
        before = _reached(left, source)
        if sink not in before:
            break
        path = [sink]
        while path[-1] != source:
            path.append(before[path[-1]])
        steps = list(zip(path[1:], path, strict=False))
        most = min(left[one][other] for one, other in steps)
        for one, other in steps:
            left[one][other] -= most
            left[other][one] += most
    ink = np.zeros(height * width, np.bool_)
    ink[[at for at in before if at < source]] = True
    return ink.reshape(height, width)


def _reached(left: list[dict[int, int]], source: int) -> dict[int, int]:
    """Return each node that can still be reached, with the one before it."""
    before = {source: source}
    waiting = deque([source])
    while waiting:
        at = waiting.popleft()
        for other, most in left[at].items():
            if most > 0 and other not in before:
                before[other] = at
                waiting.append(other)
    return before
