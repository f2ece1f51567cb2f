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

That no page can overflow it is `docbin.native.proof`'s to show.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from docbin.errors import ModelError

__all__ = ["OPS", "Graph", "Node", "Tensors", "need", "parse_graph", "tensor_specs"]

FORMAT = 1
MAX_NODES = 512
MAX_CHANNELS = 1024
MAX_SCALE = 64  # page pixels a value's pixel, along a side
MAX_CONTEXT_LAYERS = 6

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


def need(condition: bool, message: str) -> None:
    """Raise ModelError with a message about the network unless a condition holds."""
    if not condition:
        raise ModelError(f"packed network: {message}")


def _integer(value: Any, low: int, high: int, what: str) -> int:
    good = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
    need(good, f"{what} must be an integer from {low} to {high}, got {str(value)[:40]}")
    return int(value)


def parse_graph(data: Any) -> Graph:
    """Check the decoded JSON and work out every node's shape; ModelError says what is wrong."""
    keys = {"format", "page_channels", "stream_bits", "digits", "context_layers", "nodes"}
    need(isinstance(data, dict) and set(data) == keys, f"the graph's keys must be {sorted(keys)}")
    found = data["format"]
    need(found == FORMAT, f"format {str(found)[:20]} is not {FORMAT}; export it again")
    channels = _integer(data["page_channels"], 1, 3, "page_channels")
    need(channels != 2, "page_channels must be 1 (grey) or 3 (RGB)")
    nodes: dict[str, Node] = {}
    listed = data["nodes"]
    need(isinstance(listed, list) and 0 < len(listed) <= MAX_NODES, "nodes must be a short list")
    for item in listed:
        node = _parse_node(item, nodes, channels)
        nodes[node.name] = node
    ops = [node.op for node in nodes.values()]
    need(ops[-1] == "head" and ops.count("head") == 1, "the last node, only, must be a head")
    need(ops[0] == "haar" and ops.count("haar") == 1, "the first node, only, must be haar")
    used = {name for node in nodes.values() for name in node.inputs}
    idle = [name for name in list(nodes)[:-1] if name not in used]
    need(not idle, f"nobody uses {', '.join(idle[:3])}")
    return Graph(
        page_channels=channels,
        stream_bits=_integer(data["stream_bits"], 8, 16, "stream_bits"),
        digits=_integer(data["digits"], 1, 3, "digits"),
        context_layers=_integer(data["context_layers"], 0, MAX_CONTEXT_LAYERS, "context_layers"),
        nodes=tuple(nodes.values()),
    )


def _parse_node(item: Any, above: Mapping[str, Node], page_channels: int) -> Node:
    need(isinstance(item, dict), "a node must be an object")
    op, name = item.get("op"), item.get("name")
    need(isinstance(op, str) and op in OPS, f"op must be one of {', '.join(OPS)}, got {op!r:.40}")
    good_name = isinstance(name, str) and 0 < len(name) <= 64 and name.isidentifier()
    need(good_name and name not in above, f"a node's name must be a new identifier: {name!r:.40}")
    row = OPS[op]
    settings = {key: value for key, value in item.items() if key not in ("op", "name")}
    need(set(settings) == set(row), f"{name}: {op} has the settings {', '.join(row)}")
    for key, kind in row.items():
        need(type(settings[key]) is kind, f"{name}: {key} must be {kind.__name__}")
    sources: list[Node] = []
    for key in ("input", "other"):
        if key in row and op != "haar":
            source = above.get(settings[key])
            need(source is not None, f"{name}: no node above is called {settings[key]!r:.40}")
            assert source is not None
            bands_in = op == "convolution"
            fits = (source.op == "haar") == bands_in and source.op != "head"
            need(fits, f"{name}: {op} cannot follow {source.op}")
            sources.append(source)
    if op == "haar":
        need(settings["input"] == "page", f"{name}: haar reads the page")
        return Node(name, op, settings, 16 * page_channels, 4)
    size, scale = sources[0].channels, sources[0].scale
    if op == "convolution":
        size = _integer(settings["outputs"], 1, MAX_CHANNELS, f"{name}: outputs")
        _integer(settings["limit"], 1, (1 << 15) - 1, f"{name}: limit")
    elif op == "unit":
        need(settings["kernel"] in (1, 3), f"{name}: kernel must be 1 or 3")
    elif op == "pool":
        size, scale = 2 * size, 2 * scale
    elif op == "up":
        need(size % 2 == 0 and scale > 4, f"{name}: up needs even channels and a pool above it")
        size, scale = size // 2, scale // 2
    elif op == "add":
        same = (sources[1].channels, sources[1].scale) == (size, scale)
        need(same, f"{name}: add needs two streams of one shape")
    elif op == "head":
        factor = settings["factor"]
        need(factor == scale == 4, f"{name}: factor must be 4, the scale of its input")
        size, scale = factor * factor, scale
    need(0 < size <= MAX_CHANNELS, f"{name}: more than {MAX_CHANNELS} channels")
    need(scale <= MAX_SCALE, f"{name}: scale {scale} is over {MAX_SCALE}")
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
