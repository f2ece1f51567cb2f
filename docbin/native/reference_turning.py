"""The twin of turning: both passes over the whole page, pixel by pixel."""

import numpy as np
from numpy.typing import NDArray

from docbin.native.turning import places_of

__all__ = ["turned"]


def turned(
    pixels: NDArray[np.uint8],
    matrix: tuple[tuple[float, float, float], tuple[float, float, float]],
    size: tuple[int, int],
    fill: tuple[int, ...],
) -> NDArray[np.uint8]:
    """Return the page laid out anew, as ``docbin.native.turning.turned`` says."""
    across, row, down, rows = (
        table.astype(np.int64) for table in places_of(matrix, size, pixels.shape[0])
    )
    page = pixels.reshape(*pixels.shape[:2], -1).astype(np.int64)
    height, width = page.shape[:2]
    beyond = np.array(fill, np.int64)

    first = np.zeros((height, size[0], page.shape[2]), np.int64)
    u = across[None, :] + row[:, None]
    for k, weight in zip(range(-1, 3), _weights(u & 4095), strict=True):
        x = (u >> 12) + k
        taps = np.take_along_axis(page, np.clip(x, 0, width - 1)[:, :, None], axis=1)
        first += weight[:, :, None] * _or(taps, (x >= 0) & (x < width), beyond)
    first = (first + 128) >> 8

    second = np.zeros((size[1], size[0], page.shape[2]), np.int64)
    v = down[None, :] + rows[:, None]
    for k, weight in zip(range(-1, 3), _weights(v & 4095), strict=True):
        y = (v >> 12) + k
        taps = np.take_along_axis(first, np.clip(y, 0, height - 1)[:, :, None], axis=0)
        second += weight[:, :, None] * _or(taps, (y >= 0) & (y < height), 64 * beyond)
    out = np.clip((second + (1 << 19)) >> 20, 0, 255).astype(np.uint8)
    return np.asarray(out.reshape(size[1], size[0], *pixels.shape[2:]))


def _weights(t: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
    """Return the four weights, in 1/16384, of parts `t` of a pixel in 1/4096."""
    s = 4096 - t
    ts = (t * s) >> 10
    before, after = -((3 * ts * s) >> 14), -((3 * ts * t) >> 14)
    here = 4 * s + ts - ((5 * ts * t) >> 14)
    return before, here, 16384 - before - here - after, after


def _or(
    taps: NDArray[np.int64], inside: NDArray[np.bool_], beyond: NDArray[np.int64]
) -> NDArray[np.int64]:
    return np.where(inside[:, :, None], taps, beyond)
