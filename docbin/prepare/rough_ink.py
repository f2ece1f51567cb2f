"""Rough ink: Otsu's on a reduced page divided by its paper, for looking at, not for reading.

Light and shadow do not count on such a page, its grain and what has no contrast are no ink.
"""

import numpy as np
from numpy.typing import NDArray

from docbin.classical.histogram import histogram
from docbin.classical.otsu import otsu_threshold
from docbin.page import Gray, Ink

__all__ = ["fainter_ink", "rough_ink"]

_THRESHOLDS = (90, 225)
_NOISE = 3.0  # standard deviations of the paper below which there is no ink
_SPARSE = 0.001
_LEAST_CONTRAST = 20.0  # grey levels of 255 between ink and paper, below which there is no ink


def rough_ink(flat: Gray) -> Ink:
    """Return the ink of a page that was divided by its paper."""
    level = _level(histogram(flat), _grain(flat))
    ink: Ink = flat <= level
    # Grain is single pixels; the least mark of a pen has two by two.
    solid = ink[1:, 1:] & ink[:-1, 1:] & ink[1:, :-1] & ink[:-1, :-1]
    if not solid.any() and np.count_nonzero(ink) < _SPARSE * ink.size:
        return np.zeros(flat.shape, np.bool_)
    return ink


def fainter_ink(flat: Gray, ink: Ink) -> Ink:
    """Return what is ink among the rest of the page, away from the ink that was found."""
    import cv2

    near = cv2.dilate(ink.view(np.uint8), np.ones((7, 7), np.uint8))
    rest: Ink = near == 0
    if not rest.any():
        return np.zeros(flat.shape, np.bool_)
    faint: Ink = rest & (flat <= _level(histogram(flat[rest][None]), _grain(flat)))
    return faint


def _level(counts: NDArray[np.int64], grain: float) -> int:
    """Return the lightest level of the ink, -1 where there is none."""
    if np.count_nonzero(counts) < 2:
        return -1
    level = int(np.clip(otsu_threshold(counts), *_THRESHOLDS))
    middle = int(np.searchsorted(np.cumsum(counts), counts.sum() / 2))
    level = min(level, int(middle - _NOISE * grain))
    levels = np.arange(256)
    dark, light = counts[: level + 1], counts[level + 1 :]
    if level < 0 or not dark.sum() or not light.sum():
        return -1
    contrast = np.average(levels[level + 1 :], weights=light) - np.average(
        levels[: level + 1], weights=dark
    )
    return level if contrast >= _LEAST_CONTRAST else -1


def _grain(flat: Gray) -> float:
    """Return the standard deviation of the paper's noise, by the median step between neighbours."""
    rows = flat[::3, ::2].astype(np.int16)
    if rows.shape[1] < 2:
        return 0.0
    # Whole levels are coarse beside fine grain: the mean of the middle steps, not the median. Of a
    # normal deviation s that is near 0.95 s.
    steps = np.abs(np.diff(rows, axis=1))
    counts = np.bincount(steps.ravel(), minlength=256)
    inside = np.clip(np.cumsum(counts), 0.4 * steps.size, 0.6 * steps.size)
    shares = np.diff(inside, prepend=0.4 * steps.size)
    return float(shares @ np.arange(len(shares)) / max(shares.sum(), 1.0)) / 0.95
