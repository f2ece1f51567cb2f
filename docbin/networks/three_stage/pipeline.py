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
from typing import Any, Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from docbin.networks.precision import autocast
from docbin.networks.three_stage.build import AnyGenerator
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

__all__ = ["Networks", "channel_maps", "page_probability", "run_network", "whole_probability"]

Array = NDArray[np.float32]

LEAST = 64
"""Side of the smallest tile, pixels: a smaller page is filled up to it."""


class Networks(NamedTuple):
    """The trained networks of one form; those that the form does not use are None."""

    single: AnyGenerator | None = None
    channels: Mapping[str, AnyGenerator] | None = None
    local: AnyGenerator | None = None
    whole: AnyGenerator | None = None
    weights: FusionWeights = FusionWeights()


def run_network(
    net: AnyGenerator,
    pixels: NDArray[Any],
    view: NDArray[Any],
    tiling: Tiling,
    *,
    prepare: Callable[[NDArray[Any]], NDArray[Any]] | None = None,
    flips: bool = False,
) -> Array:
    """Probability of ink of a whole page (h, w, c) uint8, float32 (h, w), by tiles.

    `prepare` is done to every tile first; with `flips` the mean over four mirror images.
    """
    tiling = replace(tiling, multiple=net.config.multiple, least=LEAST)
    device = next(net.parameters()).device

    def work(tile: NDArray[Any]) -> Array:
        part = tile if prepare is None else prepare(tile)
        turns = [(1, 1), (1, -1), (-1, 1), (-1, -1)] if flips else [(1, 1)]
        total = np.zeros(tile.shape[:2], np.float32)
        for down, right in turns:
            crop, seen = part[::down, ::right], view[::down, ::right]
            with torch.inference_mode(), autocast(device.type):
                logits = net(_tensor(crop, device), _tensor(seen, device)).logits.float()
            total += torch.sigmoid(logits)[0, 0].cpu().numpy()[::down, ::right]
        return total / np.float32(len(turns))

    return tiling.run(pixels, work)


def whole_probability(net: AnyGenerator, rgb: NDArray[np.uint8]) -> Array:
    """Stage 3, global branch, by a float network: float32 (h, w)."""
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
) -> Array:
    """Run every stage of `form` on a page (h, w, 3) uint8; float32 (h, w), 1 is ink."""
    view = page_view(rgb)
    if form == "single":
        return run_network(_need(networks.single), rgb, view, tiling, flips=flips)
    haar = wavelet and form == "three-stage"
    found = channel_maps(networks, rgb, tiling, wavelet=haar, flips=flips)
    local = run_network(_need(networks.local), merge_channels(found), view, tiling, flips=flips)
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
            run_network(nets[name], plane, views[name], tiling, prepare=haar, flips=flips)
            if twin is None
            else twin
        )
    return found


def _tensor(array: NDArray[Any], device: torch.device) -> torch.Tensor:
    """(h, w, c) uint8 to (1, c, h, w) float in 0..1, channels last in memory."""
    tensor = torch.from_numpy(np.ascontiguousarray(array)).to(device).permute(2, 0, 1)[None]
    return tensor.float().div_(255).contiguous(memory_format=torch.channels_last)


def _need(net: AnyGenerator | None) -> AnyGenerator:
    if net is None:
        raise KeyError("a network of this form is missing")
    return net
