"""How large the text of a page is: guessed from its letters before a network looks, measured after.

The height of a line is what the network finds, or, where lines stand closer than they are high, the
distance from line to line.
"""

import numpy as np
from numpy.typing import NDArray

from docbin.classical.scale import text_height as letter_height
from docbin.learned.boxes import Region
from docbin.lines.outline import outline
from docbin.page import Page

__all__ = ["first_scale", "line_height", "written"]

LETTERS = 9.5
"""Height, pixels, to which the first look brings what looks like letters: about half a line's."""
SMALLEST, LARGEST = 640, 1200
"""Longer sides of the first look, pixels: stains and shading look like letters too."""


def first_scale(page: Page) -> float:
    """Return what the page's sides are multiplied by for the first look; never more than 1."""
    longer = max(page.width, page.height)
    letters = letter_height(page.gray)
    scale = LARGEST / longer if letters is None else LETTERS / letters
    return min(max(scale, SMALLEST / longer), LARGEST / longer, 1.0)


def line_height(regions: list[Region]) -> float:
    """Return the height of a page's lines, pixels: the median of its regions, long ones first."""
    edges = [outline(region.polygon) for region in regions]
    heights = np.array([line.height for line in edges])
    lengths = np.array([line.length for line in edges])
    by_height = np.argsort(heights)
    total = np.cumsum(lengths[by_height])
    height = float(heights[by_height[int(np.searchsorted(total, total[-1] / 2))]])
    return max(min(height, _pitch([region.polygon for region in regions])), 1.0)


def written(regions: list[Region]) -> float:
    """Return how much text was found: the lengths of the regions by their scores."""
    return sum(outline(region.polygon).length * region.score for region in regions)


def _pitch(polygons: list[NDArray[np.float64]]) -> float:
    """The median distance from a line to the nearest one beneath it; infinite without any."""
    boxes = np.array([[*p.min(0), *p.max(0)] for p in polygons])
    left, top, right, bottom = boxes.T
    middle = (top + bottom) / 2
    shared = np.minimum(right[:, None], right) - np.maximum(left[:, None], left)
    width = right - left
    beneath = (shared > 0.5 * np.minimum(width[:, None], width)) & (middle > middle[:, None] + 1)
    distance = np.where(beneath, middle - middle[:, None], np.inf).min(1)
    distance = distance[np.isfinite(distance)]
    return float(np.median(distance)) if len(distance) > 2 else float("inf")
