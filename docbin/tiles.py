"""Cut a page into overlapping tiles and stitch what is made of them, for pages of any size.

Tiles stand at even steps so that the last one ends with the page. The overlap is a share of the
tile: 0.1 means that neighbours share at least a tenth (published code calls a *stride* of a tenth
"overlap 0.1", which is an overlap of nine tenths and 67 times the work). Blending is by a window
that falls towards the tile's edge, or by the minimum of all tiles, as published.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from docbin.errors import SettingError

__all__ = ["Tile", "Tiling"]


class Tile(NamedTuple):
    """A square window of a page; it may hang over a page that is smaller than a tile."""

    top: int
    left: int
    size: int


@dataclass(frozen=True)
class Tiling:
    """How a page is cut: tile `size` in pixels, `overlap` as a share of it, `blend`."""

    size: int = 512
    overlap: float = 0.1
    blend: Literal["window", "minimum"] = "window"

    def __post_init__(self) -> None:
        if self.size < 1:
            raise SettingError(f"tiles: size must be at least 1, got {self.size}")
        if not 0 <= self.overlap <= 0.95:
            raise SettingError(f"tiles: overlap must be from 0 to 0.95, got {self.overlap}")
        if self.blend not in ("window", "minimum"):
            raise SettingError(f"tiles: blend must be window or minimum, got {self.blend!r}")

    def tiles(self, height: int, width: int) -> Iterator[Tile]:
        """Yield the tiles of a page, row by row."""
        for top in self._starts(height):
            for left in self._starts(width):
                yield Tile(top, left, self.size)

    def run(
        self,
        image: NDArray[Any],
        work: Callable[[NDArray[Any]], NDArray[np.float32]],
    ) -> NDArray[np.float32]:
        """Stitch ``work(tile)`` over an image.

        `image` is (h, w, ...); `work` maps (size, size, ...) to float32 (size, size). What hangs
        over the image is filled by repeating its edge. Returns float32 (h, w).
        """
        height, width = image.shape[:2]
        smallest = self.blend == "minimum"
        total = np.full((height, width), np.inf if smallest else 0, np.float32)
        weight = None if smallest else np.zeros((height, width), np.float32)
        window = self.window()
        for tile in self.tiles(height, width):
            part = image[tile.top : tile.top + tile.size, tile.left : tile.left + tile.size]
            h, w = part.shape[:2]
            hang = [(0, tile.size - h), (0, tile.size - w), *[(0, 0)] * (image.ndim - 2)]
            done = work(np.pad(part, hang, mode="edge"))[:h, :w]
            place = np.s_[tile.top : tile.top + h, tile.left : tile.left + w]
            if weight is None:
                total[place] = np.minimum(total[place], done)
            else:
                total[place] += done * window[:h, :w]
                weight[place] += window[:h, :w]
        return total if weight is None else total / weight

    def window(self) -> NDArray[np.float32]:
        """Return (size, size) weights: 1 inside, falling as a raised cosine over the overlap."""
        ramp = max(1.0, self.size * self.overlap)
        distance = np.minimum(np.arange(self.size), np.arange(self.size)[::-1]) + 0.5
        line = 0.5 - 0.5 * np.cos(np.pi * np.minimum(distance / ramp, 1))
        line = np.maximum(line, 1e-4)  # a corner seen by one tile only still counts
        result: NDArray[np.float32] = (line[:, None] * line[None, :]).astype(np.float32)
        return result

    def _starts(self, length: int) -> list[int]:
        room = length - self.size
        if room <= 0:
            return [0]
        step = max(1, int(self.size * (1 - self.overlap)))
        count = -(-room // step)
        return [room * i // count for i in range(count + 1)]
