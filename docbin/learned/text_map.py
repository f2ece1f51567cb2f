"""A page to its map of probability: a network that was opened once, and tiles for large pages.

The page is reduced by area: strokes that fall between samples are lost. The network sees what lies
inside the margins: beyond the outermost rows and columns with any contrast nothing is text. What
fits in one tile is one; a larger page is cut into as few as will do, of even size, which overlap,
and the maps meet in the middle of the overlaps. So the network's memory does not grow with a page.
"""

import json
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import as_file, files
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from docbin.errors import ModelError
from docbin.learned.onnx_file import read_onnx
from docbin.learned.runtime import Engine, Run, open_network
from docbin.page import Gray, Page

__all__ = [
    "KIND",
    "Network",
    "inside_margins",
    "open_detector",
    "probability_map",
    "resized",
    "resized_sides",
    "seen",
    "shipped",
]

KIND = "docbin-dbnet"
LARGEST_TILE = 2_400_000
"""Pixels of a tile: OpenCV takes about 400 MB for one."""
OVERLAP = 160
"""Pixels that neighbours share at least."""
MOST_ENLARGED = 3.0
CONTRAST, AROUND = 8, 32
"""Grey levels between neighbours, on the resized page, that end a margin; how much of the margin
the network sees, pixels."""


class Network(NamedTuple):
    """An open network, the channels it takes, the r of its targets, its pages' fingerprints."""

    run: Run
    channels: int
    shrink: float
    pages: str


@lru_cache(maxsize=2)
def shipped(engine: Engine = "auto") -> Network:
    """Open the network that comes with docbin."""
    with as_file(files("docbin.models") / "dbnet" / "dbnet.onnx") as path:
        return open_detector(path, engine)


@lru_cache(maxsize=4)
def open_detector(path: Path, engine: Engine = "auto") -> Network:
    """Open a file of `docbin train dbnet`; raises ModelError where it is another, or damaged."""
    data, notes = read_onnx(path, KIND)
    try:
        channels = int(json.loads(notes["config"])["channels"])
        shrink = float(notes["shrink"])
    except (KeyError, ValueError, TypeError) as error:
        raise ModelError(f"{path}: its notes describe no detector: {error}") from error
    return Network(open_network(data, path, engine), channels, shrink, notes.get("pages", ""))


def resized_sides(page: Page, scale: float) -> tuple[int, int]:
    """Return width and height of the page as the network is to see it."""
    scale = min(scale, MOST_ENLARGED)
    return max(1, round(page.width * scale)), max(1, round(page.height * scale))


def resized(pixels: NDArray[np.uint8], sides: tuple[int, int]) -> NDArray[np.uint8]:
    """Return pixels (h, w) or (h, w, 3) at `sides` (w, h)."""
    if sides == pixels.shape[1::-1]:
        return pixels
    how = cv2.INTER_AREA if sides[0] < pixels.shape[1] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, sides, interpolation=how), np.uint8)


def seen(network: Network, page: Page, scale: float) -> NDArray[np.uint8]:
    """Return the page's sides times `scale`, as the network takes it: (h, w) or (h, w, 3)."""
    pixels = page.gray if network.channels == 1 else page.rgb
    return resized(pixels, resized_sides(page, scale))


def probability_map(network: Network, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the map (h, w) of what the network is to see, from `seen`."""
    whole = np.zeros(pixels.shape[:2], np.float32)
    inside = inside_margins(pixels)
    if inside is None:
        return whole
    pixels, found = pixels[inside], whole[inside]
    height, width = pixels.shape[:2]
    paper = float(np.percentile(pixels[::4, ::4], 75))
    across, down = _counts(height, width)
    for rows, keep_rows in _windows(height, down):
        for columns, keep_columns in _windows(width, across):
            tile = _run(network, pixels[rows, columns], paper)
            kept = tile[
                keep_rows.start - rows.start : keep_rows.stop - rows.start,
                keep_columns.start - columns.start : keep_columns.stop - columns.start,
            ]
            found[keep_rows, keep_columns] = kept
    return whole


def inside_margins(pixels: NDArray[np.uint8]) -> tuple[slice, slice] | None:
    """Return rows and columns between the margins of a page (h, w) or (h, w, 3); None: all is one.

    Margins have no contrast; `AROUND` pixels of them are left, for what the network sees around.
    """
    gray = pixels if pixels.ndim == 2 else pixels[..., 1]
    brush = np.ones((3, 3), np.uint8)
    steps = cv2.dilate(gray, brush) - cv2.erode(gray, brush)
    sides = []
    for axis, length in ((1, gray.shape[0]), (0, gray.shape[1])):
        held = np.flatnonzero(steps.max(axis) >= CONTRAST)
        if not len(held):
            return None
        sides.append(slice(max(0, int(held[0]) - AROUND), min(length, int(held[-1]) + AROUND + 1)))
    return sides[0], sides[1]


def _counts(height: int, width: int) -> tuple[int, int]:
    """How many tiles side by side and over one another: the longer side is cut first."""
    across = down = 1
    while (height / down + OVERLAP) * (width / across + OVERLAP) > LARGEST_TILE:
        if height / down >= width / across:
            down += 1
        else:
            across += 1
    return across, down


def _windows(length: int, count: int) -> Iterator[tuple[slice, slice]]:
    """Yield `count` stretches of a side, and the part of each that is kept."""
    cuts = [round(length * i / count) for i in range(count + 1)]
    for first, last in pairwise(cuts):
        start = max(0, first - OVERLAP // 2)
        yield slice(start, min(length, last + OVERLAP // 2)), slice(first, last)


def _run(network: Network, pixels: Gray, paper: float) -> NDArray[np.float32]:
    """Run the network on one tile, filled up with paper to sides that are multiples of 32."""
    height, width = pixels.shape[:2]
    fill = ((0, -height % 32), (0, -width % 32), *(((0, 0),) if pixels.ndim == 3 else ()))
    full = np.pad(pixels, fill, constant_values=np.uint8(paper))
    planes = full[None] if full.ndim == 2 else full.transpose(2, 0, 1)
    found = network.run(planes[None].astype(np.float32) * np.float32(4 / 255) - np.float32(2))
    return np.ascontiguousarray(found[0, 0, :height, :width])
