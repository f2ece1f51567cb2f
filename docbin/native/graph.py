"""The graph of a packed network: its nodes, the tensors each one needs, and the proof it fits.

A graph is a list of nodes; a node may only name nodes above it, so there are no cycles. One JSON
object describes it, each node an object with exactly the keys of its row in `OPS` below:

    {"format": 1, "page_channels": 3, "stream_bits": 16, "digits": 2, "context_layers": 0,
     "nodes": [{"name": "bands", "op": "haar", "input": "page"},
               {"name": "stem", "op": "convolution", "input": "bands", "outputs": 64,
                "limit": 2047},
               {"name": "unit1", "op": "unit", "input": "stem", "kernel": 3, "film": false},
               {"name": "down1", "op": "pool", "input": "unit1", "interleave": true}, ...
               {"name": "ink", "op": "head", "input": "last", "factor": 4}]}

`prove` walks the graph with the interval of every channel: no page can overflow the stream or an
accumulator. What cannot be proved is refused, so the kernels need no saturation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docbin.errors import ModelError
from docbin.native.reference_context import FEATURE_LIMIT, FILM_GAIN, FILM_OFFSET, FILM_ONE
from docbin.native.reference_xnor import power_digits

__all__ = ["OPS", "Graph", "Node", "parse_graph", "prove", "tensor_specs"]

FORMAT = 1
MAX_NODES = 512
MAX_CHANNELS = 1024
MAX_SCALE = 64  # page pixels a value's pixel, along a side
MAX_CONTEXT_LAYERS = 6
MAX_SHIFT = 30
MAX_GAIN = 1 << 20
MAX_BIAS = 1 << 14
INT32 = (1 << 31) - 1

Tensors = Mapping[str, NDArray[Any]]

OPS: dict[str, dict[str, type]] = {
    "haar": {"input": str},
    "convolution": {"input": str, "outputs": int, "limit": int},
    "unit": {"input": str, "kernel": int, "film": bool},
    "pool": {"input": str, "interleave": bool},
    "up": {"input": str, "interleave": bool},
    "add": {"input": str, "other": str},
    "head": {"input": str, "factor": int},
}


@dataclass(frozen=True)
class Node:
    """One step: its settings, and what comes out (channels, page pixels a pixel, kind)."""

    name: str
    op: str
    settings: dict[str, Any]
    channels: int
    scale: int

    @property
    def inputs(self) -> tuple[str, ...]:
        return tuple(self.settings[key] for key in ("input", "other") if key in self.settings)


@dataclass(frozen=True)
class Graph:
    """A checked graph, nodes in order."""

    page_channels: int
    stream_bits: int
    digits: int
    context_layers: int
    nodes: tuple[Node, ...]

    def node(self, name: str) -> Node:
        return next(node for node in self.nodes if node.name == name)

    @property
    def scale(self) -> int:
        """Sides of a page are padded to a multiple of this."""
        return max(node.scale for node in self.nodes)


def _need(condition: bool, message: str) -> None:
    if not condition:
        raise ModelError(f"packed network: {message}")


def _integer(value: Any, low: int, high: int, what: str) -> int:
    good = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
    _need(good, f"{what} must be an integer from {low} to {high}, got {str(value)[:40]}")
    return int(value)


def parse_graph(data: Any) -> Graph:
    """Check the decoded JSON and work out every node's shape; ModelError says what is wrong."""
    keys = {"format", "page_channels", "stream_bits", "digits", "context_layers", "nodes"}
    _need(isinstance(data, dict) and set(data) == keys, f"the graph's keys must be {sorted(keys)}")
    found = data["format"]
    _need(found == FORMAT, f"format {str(found)[:20]} is not {FORMAT}; export it again")
    channels = _integer(data["page_channels"], 1, 3, "page_channels")
    _need(channels != 2, "page_channels must be 1 (grey) or 3 (RGB)")
    nodes: dict[str, Node] = {}
    listed = data["nodes"]
    _need(isinstance(listed, list) and 0 < len(listed) <= MAX_NODES, "nodes must be a short list")
    for item in listed:
        node = _parse_node(item, nodes, channels)
        nodes[node.name] = node
    ops = [node.op for node in nodes.values()]
    _need(ops[-1] == "head" and ops.count("head") == 1, "the last node, only, must be a head")
    _need(ops[0] == "haar" and ops.count("haar") == 1, "the first node, only, must be haar")
    used = {name for node in nodes.values() for name in node.inputs}
    idle = [name for name in list(nodes)[:-1] if name not in used]
    _need(not idle, f"nobody uses {', '.join(idle[:3])}")
    return Graph(
        page_channels=channels,
        stream_bits=_integer(data["stream_bits"], 8, 16, "stream_bits"),
        digits=_integer(data["digits"], 1, 3, "digits"),
        context_layers=_integer(data["context_layers"], 0, MAX_CONTEXT_LAYERS, "context_layers"),
        nodes=tuple(nodes.values()),
    )


def _parse_node(item: Any, above: Mapping[str, Node], page_channels: int) -> Node:
    _need(isinstance(item, dict), "a node must be an object")
    op, name = item.get("op"), item.get("name")
    _need(isinstance(op, str) and op in OPS, f"op must be one of {', '.join(OPS)}, got {op!r:.40}")
    good_name = isinstance(name, str) and 0 < len(name) <= 64 and name.isidentifier()
    _need(good_name and name not in above, f"a node's name must be a new identifier: {name!r:.40}")
    row = OPS[op]
    settings = {key: value for key, value in item.items() if key not in ("op", "name")}
    _need(set(settings) == set(row), f"{name}: {op} has the settings {', '.join(row)}")
    for key, kind in row.items():
        _need(type(settings[key]) is kind, f"{name}: {key} must be {kind.__name__}")
    sources: list[Node] = []
    for key in ("input", "other"):
        if key in row and op != "haar":
            source = above.get(settings[key])
            _need(source is not None, f"{name}: no node above is called {settings[key]!r:.40}")
            assert source is not None
            bands_in = op == "convolution"
            fits = (source.op == "haar") == bands_in and source.op != "head"
            _need(fits, f"{name}: {op} cannot follow {source.op}")
            sources.append(source)
    if op == "haar":
        _need(settings["input"] == "page", f"{name}: haar reads the page")
        return Node(name, op, settings, 16 * page_channels, 4)
    size, scale = sources[0].channels, sources[0].scale
    if op == "convolution":
        size = _integer(settings["outputs"], 1, MAX_CHANNELS, f"{name}: outputs")
        _integer(settings["limit"], 1, (1 << 15) - 1, f"{name}: limit")
    elif op == "unit":
        _need(settings["kernel"] in (1, 3), f"{name}: kernel must be 1 or 3")
    elif op == "pool":
        size, scale = 2 * size, 2 * scale
    elif op == "up":
        _need(size % 2 == 0 and scale > 4, f"{name}: up needs even channels and a pool above it")
        size, scale = size // 2, scale // 2
    elif op == "add":
        same = (sources[1].channels, sources[1].scale) == (size, scale)
        _need(same, f"{name}: add needs two streams of one shape")
    elif op == "head":
        factor = settings["factor"]
        _need(factor == scale == 4, f"{name}: factor must be 4, the scale of its input")
        size, scale = factor * factor, scale
    _need(0 < size <= MAX_CHANNELS, f"{name}: more than {MAX_CHANNELS} channels")
    _need(scale <= MAX_SCALE, f"{name}: scale {scale} is over {MAX_SCALE}")
    return Node(name, op, settings, size, scale)


def tensor_specs(graph: Graph, feature_sizes: list[int]) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Return the dtype and shape of every tensor; `feature_sizes`: context layers' outputs."""
    specs: dict[str, tuple[str, tuple[int, ...]]] = {}

    def affine(name: str, out: int, *taps: int) -> None:
        specs[f"{name}.weight"] = ("int16", (out, *taps))
        specs[f"{name}.bias"] = ("int32", (out,))
        specs[f"{name}.shift"] = ("uint8", (out,))

    inputs = graph.page_channels
    for i, size in enumerate(feature_sizes):
        affine(f"context{i}", size, inputs, 3, 3)
        inputs = size
    for node in graph.nodes:
        c = node.channels
        if node.op in ("convolution", "head"):
            affine(node.name, c, graph.node(node.inputs[0]).channels, 3, 3)
        elif node.op == "unit":
            k = node.settings["kernel"]
            specs[f"{node.name}.weight"] = ("uint8", (c, k, k, -(-c // 8)))
            for what in ("bias", "positive", "negative", "threshold"):
                specs[f"{node.name}.{what}"] = ("int32", (c,))
            if node.settings["film"]:
                affine(f"{node.name}.film", 2 * c, inputs)
    return specs


def prove(graph: Graph, tensors: Tensors) -> dict[str, NDArray[np.int64]]:
    """Check values, and that no page can overflow the stream or a 32-bit sum (ModelError).

    Returns, for every node whose output is the stream, the largest size of each channel.
    """
    low = {"page": np.zeros(graph.page_channels, np.int64)}
    high = {"page": np.full(graph.page_channels, 255, np.int64)}
    top = (1 << (graph.stream_bits - 1)) - 1
    bound = high["page"]
    for i in range(graph.context_layers):
        bound = _prove_sums(f"context{i}", tensors, bound)
        bound = np.full(bound.size, FEATURE_LIMIT, np.int64)
    for node in graph.nodes:
        name, source = node.name, node.inputs[0]
        lo, hi = low[source], high[source]
        if node.op == "haar":
            lo = np.full(node.channels, -4080, np.int64)
            hi = -lo
        elif node.op in ("convolution", "head"):
            _prove_sums(name, tensors, np.maximum(-lo, hi))
            hi = np.full(node.channels, node.settings.get("limit", 0), np.int64)
            lo = -hi
        elif node.op == "unit":
            reach = None
            if node.settings["film"]:
                _need(graph.context_layers > 0, f"{name}: film needs context layers")
                reach = _prove_sums(f"{name}.film", tensors, bound)
            branch_lo, branch_hi = _branch(node, graph, tensors, reach)
            lo, hi = lo + branch_lo, hi + branch_hi
        elif node.op == "pool":
            both = node.settings["interleave"]
            lo, hi = (np.repeat(v, 2) if both else np.tile(v, 2) for v in (lo, hi))
        elif node.op == "up":
            half = lo.size // 2
            a, b = (slice(None, None, 2), slice(1, None, 2))
            if not node.settings["interleave"]:
                a, b = slice(None, half), slice(half, None)
            lo, hi = np.minimum(lo[a], lo[b]), np.maximum(hi[a], hi[b])
        elif node.op == "add":
            lo, hi = lo + low[node.inputs[1]], hi + high[node.inputs[1]]
        fits = node.op == "haar" or (lo.min() >= -top - 1 and hi.max() <= top)
        _need(fits, f"{name}: the stream could leave {graph.stream_bits} bits; export it coarser")
        low[name], high[name] = lo, hi
    streams = [node.name for node in graph.nodes if node.op not in ("haar", "head")]
    return {name: np.maximum(-low[name], high[name]) for name in streams}


def _prove_sums(name: str, tensors: Tensors, bound: NDArray[np.int64]) -> NDArray[np.int64]:
    weight = np.abs(tensors[f"{name}.weight"].astype(np.int64))
    shift = tensors[f"{name}.shift"]
    _need(bool(((shift >= 1) & (shift <= MAX_SHIFT)).all()), f"{name}: shift must be 1 to 30")
    total = weight.reshape(*weight.shape[:2], -1).sum(axis=2) @ bound
    total += np.abs(tensors[f"{name}.bias"].astype(np.int64)) + (1 << shift.astype(np.int64))
    _need(bool(total.max() <= INT32), f"{name}: its sums could leave 32 bits; scale it down")
    return np.asarray(total >> shift)


def _branch(
    node: Node, graph: Graph, tensors: Tensors, reach: NDArray[np.int64] | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Bounds of what a unit adds to its stream; `reach` of its film's gains, then offsets."""
    name = node.name
    bias = tensors[f"{name}.bias"].astype(np.int64)
    _need(bool(np.abs(bias).max() <= MAX_BIAS), f"{name}: bias must be within +-{MAX_BIAS}")
    n = node.channels * node.settings["kernel"] ** 2
    slack = np.zeros(node.channels, np.int64)
    most = slack + FILM_ONE
    if reach is not None:
        most = np.minimum(FILM_ONE + reach[: node.channels], FILM_GAIN[1])
        slack = np.minimum(reach[node.channels :], FILM_OFFSET)
    largest = np.maximum((n + bias + slack) >> 1, 0)
    smallest = np.minimum((bias - n - slack) >> 1, 0)
    low = np.full(node.channels, -3, np.int64)
    high = np.full(node.channels, 3, np.int64)
    for key, u in (("positive", largest), ("negative", smallest)):
        gain = tensors[f"{name}.{key}"].astype(np.int64)
        _need(bool(np.abs(gain).max() < MAX_GAIN), f"{name}: {key} must be within +-256")
        if (
            reach is not None
        ):  # a folded gain's expansion: what a digit leaves is a third of it at most
            part = 3**graph.digits
            value = np.sign(gain) * (((np.abs(gain) * most) >> 8) * (part + 1) // part + 2)
        else:
            value = power_digits(gain, graph.digits)[2]
        end = np.sign(value) * ((np.abs(value) * np.abs(u)) >> 12) * np.sign(u)
        low, high = np.minimum(low, end - 4), np.maximum(high, end + 4)
    return low, high
