"""Cut a page into overlapping tiles and stitch what is made of them, for pages of any size.

As few tiles as will do stand at even steps, and each is no larger than that takes: full tiles on an
A4 page would overlap by more than was asked, for a fifth more work. The overlap is a share of the
tile: 0.1 means that neighbours share at least a tenth (published code calls a *stride* of a tenth
"overlap 0.1", which is an overlap of nine tenths and 67 times the work). Blending is by a window
that falls towards the tile's edge, or by the minimum of all tiles, as published.
"""

import itertools
import math
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from docbin.errors import SettingError

__all__ = ["Tile", "Tiling"]


class Tile(NamedTuple):
    """A window of a page; it may hang over the page's end."""

    top: int
    left: int
    height: int
    width: int


Done: TypeAlias = tuple[list[Tile], NDArray[np.float32]]
"""Tiles, and what was found of them (n, a, b)."""


@dataclass(frozen=True)
class Tiling:
    """How a page is cut: the most a tile's side may be, `overlap` as a share of it, `blend`.

    Sides are multiples of `multiple` pixels, and `least` or more.
    """

    size: int = 768
    overlap: float = 0.075
    blend: Literal["window", "minimum"] = "window"
    multiple: int = 1
    least: int = 1

    def __post_init__(self) -> None:
        if min(self.size, self.multiple, self.least) < 1:
            raise SettingError(
                "tiles: size, multiple and least must be at least 1, "
                f"got {self.size}, {self.multiple} and {self.least}"
            )
        if not 0 <= self.overlap <= 0.95:
            raise SettingError(f"tiles: overlap must be from 0 to 0.95, got {self.overlap}")
        if self.blend not in ("window", "minimum"):
            raise SettingError(f"tiles: blend must be window or minimum, got {self.blend!r}")

    def tiles(self, height: int, width: int) -> Iterator[Tile]:
        """Yield the tiles of a page, row by row."""
        tall, tops = self._axis(height)
        wide, lefts = self._axis(width)
        for top in tops:
            for left in lefts:
                yield Tile(top, left, tall, wide)

    def run(
        self,
        image: NDArray[Any],
        work: Callable[[NDArray[Any]], NDArray[np.float32]],
        threads: int = 1,
        batch: int = 1,
    ) -> NDArray[np.float32]:
        """Stitch ``work(tiles)`` over an image.

        `image` is (h, w, ...); `work` maps (n, a, b, ...) to float32 (n, a, b), with a tile's sides
        and n at most `batch`. What hangs over the image is filled by repeating its edge. Returns
        float32 (h, w), the same for any number of `threads`, which work on a batch each.
        """
        height, width = image.shape[:2]
        smallest = self.blend == "minimum"
        total = np.full((height, width), np.inf if smallest else 0, np.float32)
        weight = None if smallest else np.zeros((height, width), np.float32)
        tall, wide = self._axis(height)[0], self._axis(width)[0]
        window = self._ramp(tall)[:, None] * self._ramp(wide)

        def cut(tile: Tile) -> NDArray[Any]:
            part = image[tile.top : tile.top + tall, tile.left : tile.left + wide]
            h, w = part.shape[:2]
            hang = [(0, tall - h), (0, wide - w), *[(0, 0)] * (image.ndim - 2)]
            return np.pad(part, hang, mode="edge")

        def found(tiles: list[Tile]) -> tuple[list[Tile], NDArray[np.float32]]:
            return tiles, work(np.stack([cut(tile) for tile in tiles]))

        for tiles, parts in _in_order(found, self._batches(height, width, batch), threads):
            for tile, done in zip(tiles, parts, strict=True):
                h, w = min(tall, height - tile.top), min(wide, width - tile.left)
                place = np.s_[tile.top : tile.top + h, tile.left : tile.left + w]
                if weight is None:
                    total[place] = np.minimum(total[place], done[:h, :w])
                else:
                    total[place] += done[:h, :w] * window[:h, :w]
                    weight[place] += window[:h, :w]
        return total if weight is None else total / weight

    def _batches(self, height: int, width: int, batch: int) -> Iterator[list[Tile]]:
        tiles = self.tiles(height, width)
        while some := list(itertools.islice(tiles, batch)):
            yield some

    def _ramp(self, side: int) -> NDArray[np.float32]:
        """Return (side,) weights: 1 inside, falling as a raised cosine over the overlap."""
        distance = np.minimum(np.arange(side), np.arange(side)[::-1]) + 0.5
        line = 0.5 - 0.5 * np.cos(np.pi * np.minimum(distance / max(1.0, side * self.overlap), 1))
        return np.maximum(line, 1e-4).astype(np.float32)  # what one tile alone sees still counts

    def _axis(self, length: int) -> tuple[int, list[int]]:
        """Return the side of the tiles along an axis and where they start."""
        largest = max(self._whole(self.size), self._whole(self.least))
        if length <= largest:
            return self._whole(length), [0]
        share = 1 - self.overlap
        count = 1 + -(-(length - largest) // max(1, int(largest * share)))
        side = min(largest, self._whole(math.ceil(length / (1 + (count - 1) * share))))
        room = length - side
        return side, [room * i // (count - 1) for i in range(count)]

    def _whole(self, side: int) -> int:
        """Return a side that is allowed, and no smaller than `side`."""
        return -(-max(side, self.least) // self.multiple) * self.multiple


def _in_order(
    work: Callable[[list[Tile]], Done], batches: Iterator[list[Tile]], threads: int
) -> Iterator[Done]:
    """Yield ``work(tiles)`` in the tiles' order; few wait to be asked for."""
    if threads == 1:
        yield from map(work, batches)
        return
    with ThreadPoolExecutor(threads) as pool:
        ahead: deque[Future[Done]] = deque()
        for tiles in batches:
            ahead.append(pool.submit(work, tiles))
            if len(ahead) > 2 * threads:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
