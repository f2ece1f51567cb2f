"""Main element: the threshold in whose neighbourhood the number of components changes least.

"MEBin", main element binarization, of industrial anomaly inspection: the
threshold sweeps the grey levels, the connected components of the ink are counted at each, and the
longest stable run of the count gives the threshold. A run is stable while the count stays within a
`tolerance` share of its first value; the last level of the run is taken, as strokes are whole
there. Components are counted on a page reduced to at most 2^20 pixels: the interval, not the
count, is what matters.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from docbin.classical.histogram import below, histogram
from docbin.errors import SettingError
from docbin.page import Gray, Ink, Page

__all__ = ["MainElement"]

_PIXELS = 1 << 20


@dataclass(frozen=True)
class MainElement:
    """Threshold where the number of components of the ink is stable for longest."""

    step: int = 4
    tolerance: float = 0.15

    SETTINGS: ClassVar[dict[str, str]] = {
        "step": "1 to 32: grey levels between two thresholds of the sweep",
        "tolerance": "0 to 1: share by which the count may change within a stable run",
    }
    PAPER: ClassVar[str] = "Main element binarization (MEBin), a sweep over connected components"

    def __post_init__(self) -> None:
        if not 1 <= self.step <= 32:
            raise SettingError(f"main-element: step must be 1 to 32, got {self.step}")
        if not 0 <= self.tolerance <= 1:
            raise SettingError(f"main-element: tolerance must be 0 to 1, got {self.tolerance:g}")

    def __call__(self, page: Page, /) -> Ink:
        """Return the ink of the page; a page of one grey level has none."""
        used = np.flatnonzero(histogram(page.gray))
        if used.size < 2:
            return np.zeros(page.gray.shape, np.bool_)
        levels = np.arange(int(used[0]), int(used[-1]), self.step)
        counts = _component_counts(_reduced(page.gray), levels)
        return below(page.gray, int(levels[_longest_stable(counts, self.tolerance)]))


def _reduced(gray: Gray) -> Gray:
    import cv2

    scale = (_PIXELS / gray.size) ** 0.5
    if scale >= 1:
        return gray
    size = (max(1, round(gray.shape[1] * scale)), max(1, round(gray.shape[0] * scale)))
    return np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8)


def _component_counts(gray: Gray, levels: NDArray[np.int64]) -> list[int]:
    import cv2

    counts = []
    for level in levels:
        ink = below(gray, int(level)).view(np.uint8)
        count, _ = cv2.connectedComponents(ink, connectivity=8)
        counts.append(int(count) - 1)
    return counts


def _longest_stable(counts: list[int], tolerance: float) -> int:
    """Return the last index of the longest run within `tolerance` of its first count."""
    best, best_length = len(counts) // 2, 0
    for start, first in enumerate(counts):
        if first == 0:
            continue
        end = start
        while end < len(counts) and abs(counts[end] - first) <= tolerance * first:
            end += 1
        if end - start > best_length:
            best, best_length = end - 1, end - start
    return best
