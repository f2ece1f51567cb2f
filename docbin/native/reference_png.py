"""The NumPy twin of ``docbin.native.png``: the formulas of PNG's section 9, a byte at a time."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["unfiltered"]


def unfiltered(rows: NDArray[np.uint8], samples: int, pixels: NDArray[np.uint8]) -> bool:
    """Undo the filters of rows; False where a filter is none of the five."""
    height, width = rows.shape
    out = np.zeros((height + 1, width - 1 + samples), np.int64)  # what lies above and left is 0
    for y, row in enumerate(rows, 1):
        if row[0] > 4:
            return False
        for x, value in enumerate(row[1:].tolist(), samples):
            left, above, corner = out[y, x - samples], out[y - 1, x], out[y - 1, x - samples]
            estimate = left + above - corner
            nearest = min((left, above, corner), key=lambda c: abs(int(estimate - c)))
            guess = (0, left, above, (left + above) // 2, nearest)[row[0]]
            out[y, x] = (value + guess) % 256
    pixels.reshape(height, width - 1)[:] = out[1:, samples:]
    return True
