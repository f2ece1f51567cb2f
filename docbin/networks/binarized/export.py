"""From a trained binarized generator to one packed file of bits and small integers.

Every operation keeps its place, so this is arithmetic on parameters alone. With Q steps of the
stream to one, a unit's folded batch normalisation s d + t of its sum d of signs is

    threshold = ceil(Q threshold)         the stream is below it: -1
    bias      = t / s                     s > 0; the weights of a channel with s < 0 are negated
    positive  = 2 s Q, negative = slope positive      for one u = floor((d + bias) / 2)

and a page's offset moves bias, its gain both slopes. Real-valued layers become 16-bit weights with
a shift a channel, as fine as their sums in 32 bits allow.

A channel is repeated where the resolution is halved and averaged with its copies where it is
doubled, so a channel of the stem and its copies are a family of their own all through the network,
and each has a Q of its own: the largest for which `docbin.native.proof.prove` shows that no page
can leave 16 bits.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from docbin.errors import ModelError
from docbin.native.graph import parse_graph
from docbin.native.packed import pack_weights
from docbin.native.proof import MAX_BIAS, MAX_GAIN, prove
from docbin.native.reference_context import FEATURE_LIMIT, FILM_ONE
from docbin.native.reference_xnor import GAIN_ONE, LOGIT_ONE
from docbin.networks.binarized.generator import (
    STEM_LIMIT,
    VIEW_LIMIT,
    BinarizedConfig,
    BinarizedGenerator,
)
from docbin.networks.binarized.layers import Unit

__all__ = ["Packed", "graph_of", "pack", "units_of"]

Array = NDArray[Any]
BAND_LIMIT = 4080  # 16 x 255
STREAM_TOP = (1 << 15) - 1
SUM_TOP = (1 << 31) - 1
COARSE = 8.0  # the least Q a network is exported with
VIEW_ONE = FEATURE_LIMIT / VIEW_LIMIT


class Packed(NamedTuple):
    """A network in integers: what `write_packed` writes, and Q."""

    graph: dict[str, Any]
    tensors: dict[str, Array]
    one: Array  # Q, the stream's steps to 1.0, a channel of the stem


def graph_of(config: BinarizedConfig, digits: int = 2) -> dict[str, Any]:
    """Return the graph of a generator, as `docbin.native.graph` describes it."""
    nodes: list[dict[str, Any]] = [
        {"name": "bands", "op": "haar", "input": "page"},
        {
            "name": "stem",
            "op": "convolution",
            "input": "bands",
            "outputs": config.widths[0],
            "limit": 1,  # known when Q is
        },
    ]
    last = "stem"

    def add(name: str, op: str, **settings: Any) -> str:
        nodes.append({"name": name, "op": op, "input": last, **settings})
        return name

    skips = []
    for level, count in enumerate(config.down):
        if level:
            skips.append(last)
            last = add(f"shrink{level}", "pool", interleave=True)
        for i in range(count):
            film = bool(config.context) and (i == 0 or config.every_unit)
            last = add(f"down{level}_{i}", "unit", kernel=3, film=film)
    for level in reversed(range(len(config.up))):
        last = add(f"grow{level}", "up", interleave=True)
        last = add(f"skip{level}", "add", other=skips[level])
        for i in range(config.up[level]):
            film = bool(config.context) and (i == 0 or config.every_unit)
            last = add(f"up{level}_{i}", "unit", kernel=3, film=film)
    add("ink", "head", factor=4)
    return {
        "format": 1,
        "page_channels": config.channels,
        "stream_bits": 16,
        "digits": digits,
        "context_layers": len(config.context),
        "nodes": nodes,
    }


def units_of(net: BinarizedGenerator) -> Iterator[tuple[str, Unit]]:
    """Yield every unit with the name of its node."""
    for side, stages in (("down", net.down), ("up", net.up)):
        for level, stage in enumerate(stages):
            for i, unit in enumerate(cast(nn.ModuleList, stage)):
                yield f"{side}{level}_{i}", cast(Unit, unit)


def pack(net: BinarizedGenerator, digits: int = 2, steps: float | None = None) -> Packed:
    """Turn a trained network into integers.

    `steps` is Q for all channels, for a network whose Q is known; else the largest are found.
    Raises ModelError for weights of more than one bit, and when 16 bits are too few for the stream.
    """
    if not net.config.bits.one:
        raise ModelError(
            f"export: packed networks hold one bit a weight, this one was trained with "
            f"{net.config.bits}; train it with evolving bases, or with neither bases nor salient"
        )
    width = net.config.widths[0]
    if steps is not None:
        packed = _integers(net, np.full(width, steps), digits)
        prove(parse_graph(packed.graph), packed.tensors)
        return packed
    one, best = np.full(width, COARSE), None
    for _ in range(6):
        packed = _integers(net, one, digits)
        try:
            largest = prove(parse_graph(packed.graph), packed.tensors)
        except ModelError:
            one = one * 0.97
            continue
        best, bound = packed, np.ones(width)
        for sizes in largest.values():
            bound = np.maximum(bound, sizes.reshape(width, -1).max(axis=1))
        if (bound > 0.98 * STREAM_TOP).all():
            break
        one = np.minimum(one * (0.995 * STREAM_TOP / bound), STREAM_TOP / STEM_LIMIT)
    if best is None or best.one.min() < COARSE:
        raise ModelError(
            "export: the network's stream does not fit 16 bits with 8 steps to one; "
            "train with smaller gains"
        )
    return best


def _integers(net: BinarizedGenerator, one: Array, digits: int) -> Packed:
    graph = graph_of(net.config, digits)
    graph["nodes"][1]["limit"] = min(STREAM_TOP, int(STEM_LIMIT * one.max()))
    tensors: dict[str, Array] = {}

    def affine(name: str, weight: Array, bias: Array, bound: float) -> None:
        parts = _fixed(weight, bias, bound)
        for key, value in zip(("weight", "bias", "shift"), parts, strict=True):
            tensors[f"{name}.{key}"] = value

    if net.view is not None:
        unit, bound = 255.0, 255.0
        for i, conv in enumerate(cast(Iterable[nn.Conv2d], net.view.convs)):
            weight, bias = _array(conv.weight), _array(conv.bias)
            affine(f"context{i}", weight * VIEW_ONE / unit, bias * VIEW_ONE, bound)
            unit, bound = VIEW_ONE, FEATURE_LIMIT
    scale, shift = _folded(net.stem_norm)
    weight = (
        _array(net.stem.weight) * scale[:, None, None, None] / (4 * 255) * one[:, None, None, None]
    )
    affine("stem", weight, shift * one, BAND_LIMIT)
    for name, module in units_of(net):
        steps = np.repeat(one, len(module.gamma) // len(one))
        tensors.update(_unit(name, module, steps, affine))
    weight, bias = _array(net.head.weight), _array(net.head.bias)
    affine("ink", weight * LOGIT_ONE / one[:, None, None], bias * LOGIT_ONE, STREAM_TOP + 1)
    return Packed(graph, tensors, one)


def _unit(name: str, unit: Unit, one: Array, affine: Any) -> dict[str, Array]:
    deviation = np.sqrt(_array(unit.norm.running_var) + unit.norm.eps)
    gamma, slope = _array(unit.gamma), _array(unit.slope)
    tiny = 1e-6 * np.where(gamma < 0, -1.0, 1.0)
    gamma = np.where(np.abs(gamma) < 1e-6, tiny, gamma)
    factor = unit.conv.factor()
    shift = _array(unit.beta) - gamma / deviation * _array(unit.norm.running_mean)
    scale = gamma / deviation * (1.0 if factor is None else _array(factor).ravel())
    weight = unit.conv.binary().detach().float().numpy() < 0
    flip = scale < 0
    weight, scale = weight ^ flip[:, None, None, None], np.abs(scale)
    if unit.film is not None:
        film_weight, film_bias = _array(unit.film.weight), _array(unit.film.bias)
        width = len(gamma)
        moved = np.concatenate([np.full(width, float(FILM_ONE)), gamma / scale])
        affine(
            f"{name}.film",
            film_weight * moved[:, None] / VIEW_ONE,
            film_bias * moved,
            FEATURE_LIMIT,
        )
    gain = 2 * scale * one * GAIN_ONE
    top = MAX_GAIN - 1
    return {
        f"{name}.weight": pack_weights(weight),
        f"{name}.bias": _whole(np.clip(shift / scale, -MAX_BIAS, MAX_BIAS)),
        f"{name}.positive": _whole(np.clip(gain, -top, top)),
        f"{name}.negative": _whole(np.clip(gain * slope, -top, top)),
        f"{name}.threshold": np.ceil(_array(unit.threshold) * one).astype(np.int32),
    }


def _fixed(weight: Array, bias: Array, bound: float) -> tuple[Array, Array, Array]:
    """Return 16-bit weights, a bias and a shift a channel; inputs are at most `bound`."""
    flat = np.abs(weight).reshape(len(weight), -1)
    rounding = flat.shape[1] * bound + 2  # every weight half a step up, and the shift's own half
    room = (SUM_TOP - rounding) / (flat.sum(axis=1) * bound + np.abs(bias) + 1)
    room = np.minimum(room, STREAM_TOP / np.maximum(flat.max(axis=1), 1e-9))
    if room.min() < 2:
        raise ModelError("export: a real-valued weight is too large for 16 bits")
    shifts = np.clip(np.floor(np.log2(room)), 1, 30)
    step = 2.0**shifts
    across = step.reshape(-1, *[1] * (weight.ndim - 1))
    whole = np.rint(weight * across)
    return whole.astype(np.int16), _whole(bias * step), shifts.astype(np.uint8)


def _folded(norm: nn.BatchNorm2d) -> tuple[Array, Array]:
    """Return scale and shift of a batch normalisation at inference."""
    scale = _array(norm.weight) / np.sqrt(_array(norm.running_var) + norm.eps)
    return scale, _array(norm.bias) - scale * _array(norm.running_mean)


def _array(tensor: Tensor | None) -> Array:
    assert tensor is not None
    return tensor.detach().double().cpu().numpy()


def _whole(values: Array) -> Array:
    return np.rint(values).astype(np.int32)
