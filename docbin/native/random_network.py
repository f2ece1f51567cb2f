"""Packed networks with random weights, of any depth and width: for tests and benchmarks."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from docbin.native.graph import parse_graph, tensor_specs

__all__ = ["page_graph", "random_tensors", "small_graph"]


def small_graph(
    channels: int = 8, *, page_channels: int = 3, digits: int = 2, context: int = 0, units: int = 1
) -> dict[str, Any]:
    """A U of two levels below the stem, `units` residual units each side of each level."""
    nodes: list[dict[str, Any]] = [
        {"name": "bands", "op": "haar", "input": "page"},
        {"name": "stem", "op": "convolution", "input": "bands", "outputs": channels, "limit": 999},
    ]

    def chain(prefix: str, source: str, kernel: int = 3) -> str:
        for i in range(units):
            name = f"{prefix}{i}"
            unit = {"name": name, "op": "unit", "input": source, "kernel": kernel}
            nodes.append({**unit, "film": context > 0})
            source = name
        return source

    last, skips = "stem", []
    for level in range(2):
        skips.append(last := chain(f"down{level}_", last))
        name = f"pool{level}"
        nodes.append({"name": name, "op": "pool", "input": last, "interleave": level == 0})
        last = name
    last = chain("middle", last, 1)
    last = chain("bottom", last)
    for level in (1, 0):
        name = f"up{level}"
        nodes.append({"name": name, "op": "up", "input": last, "interleave": level == 0})
        nodes.append({"name": f"add{level}", "op": "add", "input": name, "other": skips[level]})
        last = chain(f"rise{level}_", f"add{level}")
    nodes.append({"name": "ink", "op": "head", "input": last, "factor": 4})
    return {
        "format": 1,
        "page_channels": page_channels,
        "stream_bits": 16,
        "digits": digits,
        "context_layers": context,
        "nodes": nodes,
    }


def random_tensors(
    graph_data: dict[str, Any], generator: np.random.Generator
) -> dict[str, NDArray[Any]]:
    """Tensors that fit a graph, with numbers that exercise signs, shifts and both slopes."""
    graph = parse_graph(graph_data)
    sizes = [4] * graph.context_layers
    tensors: dict[str, NDArray[Any]] = {}
    for name, (dtype, shape) in tensor_specs(graph, sizes).items():
        kind = name.rsplit(".", 1)[1]
        if dtype == "uint8" and kind == "weight":
            value = generator.integers(0, 256, shape)
        elif kind == "weight":
            value = generator.integers(-20, 21, shape)
        elif kind == "shift":
            stem = ".film" not in name and not name.startswith("context")
            value = generator.integers(6, 9, shape) if stem else generator.integers(3, 7, shape)
        elif kind == "positive":
            value = generator.integers(2000, 12000, shape)
        elif kind == "negative":
            value = generator.integers(-3000, 6000, shape)
        elif kind == "threshold":
            value = generator.integers(-80, 80, shape)
        else:
            value = generator.integers(-40, 40, shape)
        tensors[name] = value.astype(dtype)
    return tensors


def page_graph(page_channels: int = 3) -> dict[str, Any]:
    """The generator that is deployed: 18 residual units over 64, 128 and 256 channels."""
    graph = small_graph(64, page_channels=page_channels, units=3)
    # The bottom is six units of 3x3: the 1x1 units of the small graph become 3x3.
    for node in graph["nodes"]:
        if node["op"] == "unit":
            node["kernel"] = 3
    return graph
