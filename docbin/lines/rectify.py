"""Crops of lines for a recogniser: each line bent straight, level and read from left to right."""

from collections.abc import Iterable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from docbin.errors import SettingError, UsageError
from docbin.lines.outline import Outline, outline
from docbin.page import Page
from docbin.protocols import TextLine

__all__ = ["crop_lines", "sample", "straighten"]

LARGEST = 32_000
"""Longest side of a crop, pixels: what OpenCV's remap takes."""


def crop_lines(
    page: Page, lines: Iterable[TextLine], *, height: int | None = None, margin: float = 0.1
) -> list[NDArray[np.uint8]]:
    """Return a rectified crop (h, w) or (h, w, 3) of each line.

    `height` of the crops in pixels (None: as high as the line is on the page); `margin` above,
    below and at the ends, as a share of the line's height. Raises SettingError for other numbers,
    UsageError for what are no lines.
    """
    if height is not None and not 1 <= height <= LARGEST:
        raise SettingError(f"crops: height must lie in 1..{LARGEST}, got {height}")
    if not 0 <= margin <= 2:
        raise SettingError(f"crops: margin must lie in 0..2, got {margin}")
    if not isinstance(lines, Iterable):
        raise UsageError(f"crops: lines must be a list of TextLine, got {type(lines).__name__}")
    crops: list[NDArray[np.uint8]] = []
    for line in lines:
        if not isinstance(line, TextLine):
            raise UsageError(f"crops: a line is a TextLine, as docbin.detect gives, got {line!r}")
        edges = outline(line.polygon)
        tall = max(edges.height, 1.0) * (1 + 2 * margin)
        scale = 1.0 if height is None else height / tall
        rows = max(round(tall * scale), 1) if height is None else height
        columns = max(round((edges.length + 2 * margin * edges.height) * scale), 1)
        size = (min(rows, LARGEST), min(columns, LARGEST))
        crops.append(straighten(page.pixels, edges, size, margin))
    return crops


def straighten(
    image: NDArray[Any], edges: Outline, size: tuple[int, int], margin: float = 0.0
) -> NDArray[np.uint8]:
    """Resample what lies between two edges to (h, w); beyond the page its border is repeated.

    Sections are taken at equal steps along the middle line. Where the page is reduced by more than
    half it is averaged first.
    """
    rows, columns = size
    middle = edges.at(0.5)
    steps = middle[1:] - middle[:-1]
    along = np.concatenate([[0.0], np.cumsum(np.hypot(steps[:, 0], steps[:, 1]))])
    spread = margin * edges.height
    wanted = np.linspace(-spread, along[-1] + spread, columns)
    top, bottom = (_walk(edge, along, wanted) for edge in (edges.top, edges.bottom))
    share = np.linspace(-margin, 1 + margin, rows)
    reduction = edges.height * (1 + 2 * margin) / rows
    return sample(image, top, bottom, share, reduction if reduction > 2 else 1.0)


def sample(
    image: NDArray[Any],
    top: NDArray[Any],
    bottom: NDArray[Any],
    share: NDArray[Any],
    reduction: float = 1.0,
    how: int = cv2.INTER_LINEAR,
) -> NDArray[np.uint8]:
    """Return the image (rows, columns) at `share` (rows,) of the way from `top` to `bottom`.

    Both are (2, columns), x and y. It is averaged first over `reduction` pixels; `how` is OpenCV's.
    """
    down = bottom - top
    ends = np.concatenate([top + share[0] * down, top + share[-1] * down], axis=1)
    sides = np.array(image.shape[1::-1])
    low = np.minimum(np.maximum(np.floor(ends.min(1)).astype(int) - 2, 0), sides - 1)
    high = np.maximum(np.minimum(np.ceil(ends.max(1)).astype(int) + 3, sides), low + 1)
    part = np.ascontiguousarray(image[low[1] : high[1], low[0] : high[0]])
    top = top - low[:, None]
    reduction = max(reduction, max(part.shape[:2]) / LARGEST)
    if reduction > 1:
        before = np.array(part.shape[1::-1])
        after = np.maximum((before / reduction).astype(int), 1)
        part = cv2.resize(part, (int(after[0]), int(after[1])), interpolation=cv2.INTER_AREA)
        step = (after / before)[:, None]
        top, down = (top + 0.5) * step - 0.5, down * step
    # In single precision: sides are at most `LARGEST` here.
    (left, upper), (right, lower) = top.astype(np.float32), down.astype(np.float32)
    shares = share.astype(np.float32)[:, None]
    x, y = left + shares * right, upper + shares * lower
    done = cv2.remap(part, x, y, how, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(done, np.uint8)


def _walk(edge: NDArray[Any], along: NDArray[Any], wanted: NDArray[Any]) -> NDArray[Any]:
    """The edge (2, m) at lengths `wanted`, continued straight beyond its ends."""
    step = np.array([np.interp(wanted, along, edge[:, k]) for k in (0, 1)])
    length = max(float(along[-1]), 1e-6)
    slope = (edge[-1] - edge[0]) / length
    beyond = np.minimum(wanted, 0) + np.maximum(wanted - along[-1], 0)
    out: NDArray[Any] = step + slope[:, None] * beyond
    return out
