"""A bend: how far every place of a flat page lies below or above where it lay on the bent one.

Shifts are given at nodes, `step` pixels apart, and run straight from node to node in x and in y
(bilinear); beyond the outermost nodes they stay what they are there. They are multiples of 1/256
pixel, so that a report of them is exact.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docbin.errors import ArrayError

__all__ = ["Bend"]

Points = NDArray[np.float64]
_PARTS = 256  # of a pixel
_SETTLED = 1e-9
_MOST_TURNS = 200


@dataclass(frozen=True, eq=False)
class Bend:
    """Shifts in y, (rows, columns) in pixels, at nodes of a flat page, `step` pixels apart.

    >>> bend = Bend.of(np.array([[0.0, 4.0], [0.0, 4.0]]), step=10)
    >>> bend.at(np.array([[5.0, 0.0], [30.0, 7.0]])).tolist()
    [2.0, 4.0]
    """

    shifts: NDArray[np.float64]
    step: float

    @classmethod
    def of(cls, shifts: NDArray[np.float64], step: float) -> "Bend":
        """Return the bend of shifts rounded to parts of a pixel; ArrayError if they fold over."""
        if shifts.ndim != 2 or min(shifts.shape) < 2 or not np.isfinite(shifts).all() or step <= 0:
            raise ArrayError(f"a bend has at least 2 x 2 finite shifts, got {shifts.shape}")
        if np.abs(np.diff(shifts, axis=0)).max() >= 0.9 * step:
            raise ArrayError("a bend must not fold the page over")
        return cls(np.rint(shifts * _PARTS) / _PARTS, float(step))

    def at(self, points: Points) -> NDArray[np.float64]:
        """Return the shift at points of the flat page, (n, 2) x, y."""
        row, column = (self._place(points[:, i], i) for i in (1, 0))
        (i, v), (j, u) = row, column
        s = self.shifts
        upper = s[i, j] * (1 - u) + s[i, j + 1] * u
        lower = s[i + 1, j] * (1 - u) + s[i + 1, j + 1] * u
        return np.asarray(upper * (1 - v) + lower * v)

    def grid(self, xs: NDArray[np.float64], ys: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the shifts at every y of `ys` and x of `xs`, (len(ys), len(xs))."""
        (i, v), (j, u) = self._place(ys, 1), self._place(xs, 0)
        rows = self.shifts[i] * (1 - v)[:, None] + self.shifts[i + 1] * v[:, None]
        return np.asarray(rows[:, j] * (1 - u) + rows[:, j + 1] * u)

    def flat_y(self, points: Points) -> NDArray[np.float64]:
        """Return the y of the flat page for points x, y of the bent one: the inverse of `at`."""
        y = points[:, 1].copy()
        for _ in range(_MOST_TURNS):
            there = points[:, 1] - self.at(np.column_stack([points[:, 0], y]))
            done = not y.size or float(np.abs(there - y).max()) < _SETTLED
            y = there
            if done:
                break
        return y

    def to_json(self) -> dict[str, Any]:
        """Return plain values: the step and the shifts, a list a row."""
        return {"step": self.step, "shifts": self.shifts.tolist()}

    def _place(
        self, values: NDArray[np.float64], axis: int
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Return the node before each value, and how far from it the value is, 0 to 1."""
        count = self.shifts.shape[1 - axis]
        at = np.clip(values / self.step, 0, count - 1)
        node = np.minimum(at.astype(np.intp), count - 2)
        return node, at - node
