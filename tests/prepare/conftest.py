"""Pages for the steps, drawn with Pillow's own font, so that they are the same everywhere.

Each fixture is the function of its name: tests say what page they want.
"""

from collections.abc import Callable
from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from docbin.data.sheet import Sheet
from docbin.data.synthetic import Draft, draw
from docbin.page import Gray, Page

DPI = 150.0


@cache
def drawn(seed: int = 3, layout: str = "book") -> Sheet:
    return draw(Draft(seed=seed, width=1240, height=1754, dpi=DPI, layout=layout, points=11))


@pytest.fixture(scope="session")
def sheet() -> Callable[..., Sheet]:
    """A page of text with its truth, by seed and layout."""
    return drawn


@pytest.fixture(scope="session")
def text() -> Callable[..., Gray]:
    """Dark text on light paper, (1754, 1240), by seed and layout: ink 120, paper 237."""

    def make(seed: int = 3, layout: str = "book") -> Gray:
        gray = np.asarray(cv2.cvtColor(drawn(seed, layout).pixels, cv2.COLOR_RGB2GRAY), np.uint8)
        return np.asarray(gray // 2 + 110, np.uint8)

    return make


@pytest.fixture(scope="session")
def page() -> Callable[..., Page]:
    """A page of an array, at 150 dpi unless told."""

    def make(gray: NDArray[np.uint8], dpi: float | None = DPI) -> Page:
        return Page(np.ascontiguousarray(gray), None if dpi is None else (dpi, dpi))

    return make


@pytest.fixture(scope="session")
def turned() -> Callable[[Gray, float], Gray]:
    """Turned counterclockwise about its middle, on a canvas that loses nothing."""

    def make(gray: Gray, degrees: float) -> Gray:
        height, width = gray.shape
        pad = round(0.16 * max(height, width))
        fill = int(gray.max())
        wide = cv2.copyMakeBorder(gray, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=fill)
        middle = ((wide.shape[1] - 1) / 2, (wide.shape[0] - 1) / 2)
        matrix = cv2.getRotationMatrix2D(middle, degrees, 1.0)
        size = (wide.shape[1], wide.shape[0])
        moved = cv2.warpAffine(wide, matrix, size, flags=cv2.INTER_CUBIC, borderValue=fill)
        return np.asarray(moved, np.uint8)

    return make


@pytest.fixture(scope="session")
def board() -> Callable[..., Gray]:
    """The page on a black lid."""

    def make(gray: Gray, left: int = 60, top: int = 40) -> Gray:
        lid = cv2.copyMakeBorder(gray, top, 0, left, 0, cv2.BORDER_CONSTANT, value=15)
        return np.asarray(lid, np.uint8)

    return make
