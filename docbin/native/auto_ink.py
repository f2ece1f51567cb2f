"""The page-wide passes of the automatic method, on grey pages (h, w) uint8 and ink (h, w) bool.

Maths, bounds and what windows do at the page's end: kernels/src/auto_ink.hpp and edge_parts.hpp;
twins in ``docbin.native.reference_auto``. Every target gives the same bits.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from docbin.errors import ArrayError
from docbin.native import _native

__all__ = [
    "STEPS",
    "EdgePower",
    "InkDepth",
    "OutlinedParts",
    "edge_ink",
    "edge_power",
    "enlarged_ink",
    "ink_depth",
    "ink_level",
    "keep_edged",
    "outlined_parts",
    "sharpened",
]

STEPS = 8192
"""Steps of a grey level that paper is measured in."""

Window = tuple[int, float]
"""An odd side in pixels, at most 1023, and what a window is worth in its twin's formula."""


class EdgePower(NamedTuple):
    """The squared Sobel sums W of each pixel, (h, w) int32; what they say of the page.

    The sums of W and of W g; of W at every third pixel each way, 95th percentile and median.
    """

    power: NDArray[np.int32]
    total: float
    weighted: float
    ordinary: float
    calm: float


class OutlinedParts(NamedTuple):
    """The 8-connected parts of two planes: outline lengths and sums of gradients along them.

    ``at_end`` tells which reach the page's end, ``noise`` is the gradient of the bare paper,
    ``found`` what paints parts.
    """

    lengths: NDArray[np.int64]
    gradients: NDArray[np.float64]
    at_end: NDArray[np.bool_]
    noise: float
    found: _native.EdgeParts

    def kept(self, keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return the parts that are to be kept, (h, w) bool."""
        out = np.empty(self.found.shape(), np.uint8)
        self.found.paint(np.ascontiguousarray(keep).view(np.uint8), out)
        return out.view(np.bool_)


class InkDepth(NamedTuple):
    """Paper B and depth I of the ink below it, float32, and the level that ink lies below."""

    background: NDArray[np.float32]
    depth: NDArray[np.float32]
    level: NDArray[np.uint8]


def edge_power(gray: NDArray[np.uint8]) -> EdgePower:
    """Return the squared Sobel sums of a page."""
    gray = _page(gray)
    power = np.empty(gray.shape, np.int32)
    return EdgePower(power, *_native.edge_power(gray, power))


def edge_ink(
    gray: NDArray[np.uint8],
    power: NDArray[np.int32],
    windows: tuple[Window, Window],
    mean: float,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the ink of the first window of (side, calm), and what only the second says is ink."""
    gray = _page(gray)
    wide, near = np.empty(gray.shape, np.uint8), np.empty(gray.shape, np.uint8)
    _native.edge_ink(gray, np.ascontiguousarray(power), windows, mean, wide, near)
    return wide.view(np.bool_), near.view(np.bool_)


def outlined_parts(
    first: NDArray[np.bool_], second: NDArray[np.bool_], power: NDArray[np.int32]
) -> OutlinedParts:
    """Find the parts of two planes that share no pixel, and measure their outlines."""
    found = _native.EdgeParts(_ink(first), _ink(second), np.ascontiguousarray(power))
    at_end = found.at_end().view(np.bool_)
    return OutlinedParts(found.lengths(), found.gradients(), at_end, found.noise(), found)


def ink_level(
    gray: NDArray[np.uint8],
    ink: NDArray[np.bool_],
    paper: tuple[Window, Window],
    depth: tuple[Window, Window],
    share: float,
) -> NDArray[np.uint8]:
    """Return the level alone of `ink_depth`."""
    return _measured(gray, ink, paper, depth, share, None)[1]


def ink_depth(
    gray: NDArray[np.uint8],
    ink: NDArray[np.bool_],
    paper: tuple[Window, Window],
    depth: tuple[Window, Window],
    share: float,
) -> InkDepth:
    """Return the paper, how deep below it the ink is, and the level `share` of that below it.

    Windows are near and far, (side, trust).
    """
    below = np.empty(gray.shape, np.float32)
    steps, level = _measured(gray, ink, paper, depth, share, below)
    return InkDepth((steps / np.float32(STEPS)).astype(np.float32), below, level)


def _measured(
    gray: NDArray[np.uint8],
    ink: NDArray[np.bool_],
    paper: tuple[Window, Window],
    depth: tuple[Window, Window],
    share: float,
    below: NDArray[np.float32] | None,
) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    gray = _page(gray)
    background, level = np.empty(gray.shape, np.int32), np.empty(gray.shape, np.uint8)
    _native.paper_depth(gray, _ink(ink), paper, depth, share, background, below, level)
    return background, level


def enlarged_ink(
    gray: NDArray[np.uint8], level: NDArray[np.uint8], near: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return the ink of a page below the level of a reduced copy, where the copy says `near`."""
    gray = _page(gray)
    out = np.empty(gray.shape, np.uint8)
    _native.enlarged_ink(gray, _page(level), _ink(near), out)
    return out.view(np.bool_)


def sharpened(gray: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a page with its strokes raised from what is around them."""
    gray = _page(gray)
    out = np.empty(gray.shape, np.uint8)
    _native.sharpened(gray, out)
    return out


def keep_edged(
    ink: NDArray[np.bool_],
    first: NDArray[np.bool_],
    power: NDArray[np.int32],
    known: float,
    apart: float,
) -> NDArray[np.bool_]:
    """Return the 8-connected parts of `ink` that `first` knows and whose outline is an edge.

    At least the share `known` of a part's pixels are in `first`, and the mean gradient along its
    outline is more than `apart` of that along all of these parts' outlines.
    """
    out = np.empty(ink.shape, np.uint8)
    _native.keep_edged(_ink(ink), _ink(first), np.ascontiguousarray(power), known, apart, out)
    return out.view(np.bool_)


def _page(gray: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if gray.dtype != np.uint8 or gray.ndim != 2 or not gray.size:
        raise ArrayError(f"a page must be uint8 of shape (h, w), got {gray.dtype} {gray.shape}")
    return np.ascontiguousarray(gray)


def _ink(ink: NDArray[Any]) -> NDArray[np.uint8]:
    if ink.dtype != np.bool_ or ink.ndim != 2 or not ink.size:
        raise ArrayError(f"ink must be bool of shape (h, w), got {ink.dtype} {ink.shape}")
    return np.ascontiguousarray(ink).view(np.uint8)
