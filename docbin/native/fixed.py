"""FixedNetwork: a compact U-Net of full precision in fixed point, tile by tile, without torch.

A page's tile goes down by Haar-like 2x2 mixes, through residual blocks, and up again, as
`docbin.networks.three_stage.generator` has it; a view of the whole page gives each level of the
way up a gain and an offset a channel (FiLM: Perez et al., 2018). All arithmetic is in whole
numbers: the same logits on every target and for every number of threads.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from docbin.errors import ArrayError
from docbin.native import _native, reference_fixed
from docbin.native.fixed_layers import LARGEST, FixedLayer
from docbin.native.reference_xnor import Ints, convolution

__all__ = ["ContextLayer", "Films", "FixedNetwork", "FixedUNet"]

Films = list[tuple[NDArray[np.int16], NDArray[np.int32]]]
"""A page's gains (in 1/4096) and offsets of each level, deepest first."""
ContextLayer = tuple[Ints, Ints, Ints]
"""Weight, bias and shift."""
CONTEXT_LIMIT = 1 << 20
PAGE_CHANNELS = 4
LOOKED_AT = np.s_[1::61]
"""Rows of a map that are looked at for values at their limit; an odd step sees both rows of a
square."""


@dataclass(frozen=True, eq=False)
class FixedUNet:
    """A network's numbers.

    `layers` by name: stem, stem_conv, shrink1 .., down0_0_a and down0_0_b .. (level, block, first
    and second convolution), grow0 .., up0_0_a .., head, tail. `context` are stride-2 convolutions
    of the view; `films` of their sum and maximum, deepest level first: weight (2 C, 2 F), bias,
    shift; the first C are gains. Both may be empty.
    """

    page_channels: int
    widths: tuple[int, ...]
    down: tuple[int, ...]
    up: tuple[int, ...]
    layers: Mapping[str, FixedLayer]
    context: Sequence[ContextLayer] = ()
    films: Sequence[ContextLayer] = ()

    def page_films(self, view: NDArray[np.uint8]) -> Films:
        """Return what a page's view (c, n, n) says to every level."""
        if not self.films:
            return []
        values: Ints = 2 * view.astype(np.int64) - 255
        for weight, bias, shift in self.context:
            values = convolution(values, weight, bias, shift, CONTEXT_LIMIT, stride=2).clip(0)
        summary = np.concatenate([values.sum((1, 2)), values.max((1, 2))])
        films: Films = []
        for weight, bias, shift in self.films:
            numbers = (weight @ summary + bias + (1 << (shift - 1))) >> shift
            gain, offset = np.split(numbers, 2)
            edge = 1 << 29  # and 2**15 times 2**13 beside it: still 31 bits
            films.append(
                (
                    gain.clip(-32768, 32767).astype(np.int16),
                    offset.clip(-edge, edge).astype(np.int32),
                )
            )
        return films


class _Steps(Protocol):
    """How the layers are run: by the kernels, or by their twins."""

    def page(self, tile: NDArray[np.uint8]) -> Any: ...
    def down(self, name: str, x: Any) -> Any: ...
    def convolve(self, name: str, x: Any) -> Any: ...
    def block(self, first: str, second: str, x: Any) -> Any: ...
    def up(self, name: str, x: Any, skip: Any) -> Any: ...
    def film(self, x: Any, gain: NDArray[np.int16], offset: NDArray[np.int32]) -> Any: ...
    def logits(self, name: str, x: Any) -> NDArray[np.int16]: ...


def _walk(
    net: FixedUNet, steps: _Steps, tile: NDArray[np.uint8], films: Films
) -> NDArray[np.int16]:
    x = steps.convolve("stem_conv", steps.down("stem", steps.page(tile)))
    skips: list[Any] = []
    for level, count in enumerate(net.down):
        if level:
            skips.append(x)
            x = steps.down(f"shrink{level}", x)
        for i in range(count):
            x = steps.block(f"down{level}_{i}_a", f"down{level}_{i}_b", x)
    for depth in range(len(net.widths)):
        level = len(net.widths) - 1 - depth
        if depth:
            x = steps.up(f"grow{level}", x, skips[level])
        if films:
            x = steps.film(x, *films[depth])
        for i in range(net.up[level] if depth else 0):
            x = steps.block(f"up{level}_{i}_a", f"up{level}_{i}_b", x)
    return steps.logits("tail", steps.convolve("head", x))


class _Twins:
    """The walk by the twins, on maps without a frame."""

    def __init__(self, net: FixedUNet) -> None:
        self.layers = net.layers

    def page(self, tile: NDArray[np.uint8]) -> Ints:
        return np.asarray(np.pad(tile, ((0, 0), (0, 0), (0, PAGE_CHANNELS - tile.shape[2]))))

    def down(self, name: str, x: Ints) -> Ints:
        return reference_fixed.down(self.layers[name], x)

    def convolve(self, name: str, x: Ints) -> Ints:
        return reference_fixed.convolve(self.layers[name], x)

    def block(self, first: str, second: str, x: Ints) -> Ints:
        return reference_fixed.convolve(self.layers[second], self.convolve(first, x), x)

    def up(self, name: str, x: Ints, skip: Ints) -> Ints:
        return reference_fixed.up(self.layers[name], x, skip)

    def film(self, x: Ints, gain: NDArray[np.int16], offset: NDArray[np.int32]) -> Ints:
        return reference_fixed.film(x, gain, offset)

    def logits(self, name: str, x: Ints) -> NDArray[np.int16]:
        return reference_fixed.logits(self.layers[name], x).astype(np.int16)


@dataclass
class _Kernels:
    """The walk by the kernels. Maps are kept from tile to tile; sums land on what they add to."""

    layers: Mapping[str, _native.FixedLayer]
    outputs: Mapping[str, int]
    shape: tuple[int, ...]  # of the tiles
    full: set[str]  # where values were seen at their limit
    maps: dict[tuple[Any, ...], NDArray[np.int16]] = field(default_factory=dict)

    def _map(self, name: str, height: int, width: int, channels: int) -> NDArray[np.int16]:
        key = (name, height, width, channels)
        if key not in self.maps:
            self.maps[key] = np.zeros((height + 2, width + 2, channels), np.int16)
        return self.maps[key]

    def page(self, tile: NDArray[np.uint8]) -> NDArray[np.int16]:
        height, width, channels = tile.shape
        x = self._map("page", height, width, PAGE_CHANNELS)
        x[1:-1, 1:-1, :channels] = tile
        return x

    def down(self, name: str, x: NDArray[np.int16]) -> NDArray[np.int16]:
        height, width = (x.shape[0] - 2) // 2, (x.shape[1] - 2) // 2
        out = self._map(name, height, width, self.outputs[name])
        _native.fixed_down(self.layers[name], x, out)
        return self._seen(name, out)

    def convolve(self, name: str, x: NDArray[np.int16], own: str = "") -> NDArray[np.int16]:
        out = self._map(own or name, x.shape[0] - 2, x.shape[1] - 2, self.outputs[name])
        _native.fixed_convolve(self.layers[name], x, None, out)
        return self._seen(name, out)

    def block(self, first: str, second: str, x: NDArray[np.int16]) -> NDArray[np.int16]:
        middle = self.convolve(first, x, "middle")
        _native.fixed_convolve(self.layers[second], middle, x, x)
        return self._seen(second, x)

    def up(self, name: str, x: NDArray[np.int16], skip: NDArray[np.int16]) -> NDArray[np.int16]:
        _native.fixed_up(self.layers[name], x, skip)
        return self._seen(name, skip)

    def film(
        self, x: NDArray[np.int16], gain: NDArray[np.int16], offset: NDArray[np.int32]
    ) -> NDArray[np.int16]:
        _native.fixed_film(x, gain, offset, LARGEST)
        return self._seen("film", x)

    def logits(self, name: str, x: NDArray[np.int16]) -> NDArray[np.int16]:
        out = np.empty((2 * x.shape[0] - 4, 2 * x.shape[1] - 4), np.int16)
        _native.fixed_logits(self.layers[name], x, out)
        return out

    def _seen(self, name: str, x: NDArray[np.int16]) -> NDArray[np.int16]:
        rows = x.reshape(len(x), -1)[LOOKED_AT]  # long rows: numpy is slow on short ones
        if rows.max() == LARGEST or (name == "stem" and rows.min() == -LARGEST):
            self.full.add(name)  # only the stem's values are of both signs
        return x


class FixedNetwork:
    """A network ready to run. Safe from several threads at once, each with maps of its own.

    `full` names the layers where values were seen at their limit, so that they may have been
    clamped, in the rows of the maps that are looked at: one in 61. That takes 16 to 20 ms of CPU
    on a page of 900 x 900 (1.5 to 3.7 % in several runs), by its 132 calls and not by the rows:
    one in 31 takes as long.
    """

    def __init__(self, net: FixedUNet) -> None:
        self.net = net
        self.full: set[str] = set()
        self._layers = {
            name: _native.FixedLayer(
                layer.kernel,
                np.ascontiguousarray(layer.weight),
                layer.bias,
                layer.shift,
                layer.low,
                layer.high,
            )
            for name, layer in net.layers.items()
        }
        self._outputs = {name: layer.weight.shape[0] for name, layer in net.layers.items()}
        self._spare: list[_Kernels] = []

    @property
    def multiple(self) -> int:
        """Sides of a tile must be multiples of this: the sides of the smallest map are even."""
        return int(2 ** (len(self.net.widths) + 1))

    def logits(self, tile: NDArray[np.uint8], films: Films) -> NDArray[np.int16]:
        """Return the logits of ink of a tile (h, w, channels) uint8: int16 (h, w), in 1/256."""
        self._check(tile)
        steps = self._spare.pop() if self._spare else None
        if steps is None or steps.shape != tile.shape:
            steps = _Kernels(self._layers, self._outputs, tile.shape, self.full)
        found = _walk(self.net, steps, tile, films)
        self._spare.append(steps)
        return found

    def twin_logits(self, tile: NDArray[np.uint8], films: Films) -> NDArray[np.int16]:
        """Return what `logits` must: the walk in NumPy, slow."""
        self._check(tile)
        return _walk(self.net, _Twins(self.net), tile, films)

    def _check(self, tile: NDArray[np.uint8]) -> None:
        fits = tile.ndim == 3 and tile.shape[2] == self.net.page_channels and tile.size > 0
        if not fits or any(side % self.multiple for side in tile.shape[:2]):
            raise ArrayError(
                f"fixed network: a tile is (h, w, {self.net.page_channels}) uint8 with sides that "
                f"are multiples of {self.multiple}, got {tile.dtype} {tile.shape}"
            )
