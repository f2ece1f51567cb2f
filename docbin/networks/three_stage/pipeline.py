"""From a page to a probability of ink: the stages as named pure functions of arrays.

R.-Y. Ju, Y.-S. Lin, Y. Jin, C.-C. Chen, C.-T. Chien, J.-S. Chiang, "Three-stage binarization of
color document images based on discrete wavelet transform and generative adversarial networks"
(2024); two stages without the wavelet: S. Suh, J. Kim, P. Lukowicz, Y. O. Lee, "Two-stage
generative adversarial networks for document image binarization" (2022); one network on colour:
R.-Y. Ju et al., "DKDS" (2025).

    single       colour network
    two-stage    channel networks, merged; local network; global network on the page at 512 x 512
    three-stage  the same, with a Haar stage before the channel networks

Departures, each with a switch or a reason: tiles overlap by a share of the tile and are blended by
a window; every network but the global one also sees a view of the whole page; one channel network
trained on channels drawn at random may serve all four channels.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, Union

import numpy as np
from numpy.typing import NDArray

from docbin.networks.three_stage.fixed import FixedGenerator
from docbin.networks.three_stage.fusion import Fusion, FusionWeights, fuse
from docbin.networks.three_stage.stages import (
    CHANNELS,
    GLOBAL,
    has_whole,
    merge_channels,
    page_view,
    smooth_tile,
    split_channels,
    twin_channels,
    whole_map,
)
from docbin.tiles import Tiling

if TYPE_CHECKING:
    from docbin.networks.three_stage.build import AnyGenerator

__all__ = [
    "Network",
    "Networks",
    "channel_maps",
    "page_probability",
    "run_network",
    "whole_probability",
]

Array = NDArray[np.float32]
Network: TypeAlias = Union[FixedGenerator, "AnyGenerator"]
"""A generator in fixed point, or in torch, which is imported only for such a one."""

LEAST = 64
"""Side of the smallest tile, pixels: a smaller page is filled up to it."""
TOGETHER = 1 << 18
"""Pixels of the tiles that torch is given together: small maps alone leave its kernels waiting."""


class Networks(NamedTuple):
    """The trained networks of one form; those that the form does not use are None."""

    single: Network | None = None
    channels: Mapping[str, Network] | None = None
    local: Network | None = None
    whole: Network | None = None
    weights: FusionWeights = FusionWeights()


def run_network(
    net: Network,
    pixels: NDArray[Any],
    view: NDArray[Any],
    tiling: Tiling,
    *,
    prepare: Callable[[NDArray[Any]], NDArray[Any]] | None = None,
    flips: bool = False,
    threads: int = 1,
) -> Array:
    """Probability of ink of a whole page (h, w, c) uint8, float32 (h, w), by tiles.

    `prepare` is done to every tile first; with `flips` the mean over four mirror images. `threads`
    are those of a network in fixed point; torch keeps its own, and is given small tiles together.
    """
    batch = 1
    if isinstance(net, FixedGenerator):
        ask, multiple = net.asked(view), net.network.multiple
    else:
        from docbin.networks.three_stage.float_tiles import asked

        ask, multiple, threads = asked(net, view), net.config.multiple, 1  # torch has its own
        batch = max(1, TOGETHER // tiling.size**2)
    tiling = replace(tiling, multiple=multiple, least=LEAST)

    def work(tiles: NDArray[Any]) -> Array:
        parts = tiles if prepare is None else np.stack([prepare(tile) for tile in tiles])
        if not flips:
            return ask(parts, 1, 1)
        turns = [(1, 1), (1, -1), (-1, 1), (-1, -1)]
        total = sum(ask(parts[:, ::d, ::r], d, r)[:, ::d, ::r] for d, r in turns)
        return np.asarray(total / np.float32(len(turns)), np.float32)

    return tiling.run(pixels, work, threads, batch)


def whole_probability(net: Network, rgb: NDArray[np.uint8]) -> Array:
    """Stage 3, global branch: float32 (h, w)."""
    tiling = Tiling(GLOBAL, 0.0)
    return whole_map(rgb, lambda small: run_network(net, small, page_view(small), tiling))


def page_probability(
    networks: Networks,
    rgb: NDArray[np.uint8],
    tiling: Tiling,
    *,
    form: Literal["single", "two-stage", "three-stage"] = "single",
    wavelet: bool = False,
    fusion: Fusion = "veto",
    flips: bool = False,
    threads: int = 1,
) -> Array:
    """Run every stage of `form` on a page (h, w, 3) uint8; float32 (h, w), 1 is ink."""
    view = page_view(rgb)
    if form == "single":
        return run_network(_need(networks.single), rgb, view, tiling, flips=flips, threads=threads)
    haar = wavelet and form == "three-stage"
    found = channel_maps(networks, rgb, tiling, wavelet=haar, flips=flips, threads=threads)
    merged, net = merge_channels(found), _need(networks.local)
    local = run_network(net, merged, view, tiling, flips=flips, threads=threads)
    if fusion == "local" or networks.whole is None or not has_whole(*rgb.shape[:2]):
        return local
    return fuse(local, whole_probability(networks.whole, rgb), fusion, networks.weights)


def channel_maps(
    networks: Networks,
    rgb: NDArray[np.uint8],
    tiling: Tiling,
    *,
    view: NDArray[np.uint8] | None = None,
    wavelet: bool = False,
    flips: bool = False,
    threads: int = 1,
) -> dict[str, Array]:
    """Stage 2: the map of every channel; one network is not asked the same thing twice.

    `view` (128, 128, 3) of the page, where `rgb` is a part of it.
    """
    nets = {name: _need((networks.channels or {}).get(name)) for name in CHANNELS}
    view = page_view(rgb) if view is None else view
    planes, views = split_channels(rgb), split_channels(view)
    one_network = len({id(net) for net in nets.values()}) == 1
    twins = twin_channels(planes, wavelet) if one_network else {}
    found: dict[str, Array] = {}
    for name, plane in planes.items():
        twin = found.get(twins.get(name, name))
        # grey is never transformed; the released code transforms colours in training alone
        haar = smooth_tile if wavelet and name != "gray" else None
        found[name] = (
            twin
            if twin is not None
            else run_network(
                nets[name], plane, views[name], tiling, prepare=haar, flips=flips, threads=threads
            )
        )
    return found


def _need(net: Network | None) -> Network:
    if net is None:
        raise KeyError("a network of this form is missing")
    return net
