"""The proof that a packed network fits: intervals of every channel, walked through its graph.

No page can overflow the stream or an accumulator. What cannot be proved is refused, so the kernels
need no saturation.
"""

import numpy as np
from numpy.typing import NDArray

from docbin.native.graph import Graph, Node, Tensors, need
from docbin.native.reference_context import FEATURE_LIMIT, FILM_GAIN, FILM_OFFSET, FILM_ONE
from docbin.native.reference_xnor import power_digits

__all__ = ["MAX_BIAS", "MAX_GAIN", "prove"]

MAX_SHIFT = 30
MAX_GAIN = 1 << 20
MAX_BIAS = 1 << 14
INT32 = (1 << 31) - 1


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
                need(graph.context_layers > 0, f"{name}: film needs context layers")
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
        need(fits, f"{name}: the stream could leave {graph.stream_bits} bits; export it coarser")
        low[name], high[name] = lo, hi
    streams = [node.name for node in graph.nodes if node.op not in ("haar", "head")]
    return {name: np.maximum(-low[name], high[name]) for name in streams}


def _prove_sums(name: str, tensors: Tensors, bound: NDArray[np.int64]) -> NDArray[np.int64]:
    weight = np.abs(tensors[f"{name}.weight"].astype(np.int64))
    shift = tensors[f"{name}.shift"]
    need(bool(((shift >= 1) & (shift <= MAX_SHIFT)).all()), f"{name}: shift must be 1 to 30")
    total = weight.reshape(*weight.shape[:2], -1).sum(axis=2) @ bound
    total += np.abs(tensors[f"{name}.bias"].astype(np.int64)) + (1 << shift.astype(np.int64))
    need(bool(total.max() <= INT32), f"{name}: its sums could leave 32 bits; scale it down")
    return np.asarray(total >> shift)


def _branch(
    node: Node, graph: Graph, tensors: Tensors, reach: NDArray[np.int64] | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Bounds of what a unit adds to its stream; `reach` of its film's gains, then offsets."""
    name = node.name
    bias = tensors[f"{name}.bias"].astype(np.int64)
    need(bool(np.abs(bias).max() <= MAX_BIAS), f"{name}: bias must be within +-{MAX_BIAS}")
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
        need(bool(np.abs(gain).max() < MAX_GAIN), f"{name}: {key} must be within +-256")
        if reach is not None:
            # a folded gain's expansion: what a digit leaves is a third of it at most
            part = 3**graph.digits
            value = np.sign(gain) * (((np.abs(gain) * most) >> 8) * (part + 1) // part + 2)
        else:
            value = power_digits(gain, graph.digits)[2]
        end = np.sign(value) * ((np.abs(value) * np.abs(u)) >> 12) * np.sign(u)
        low, high = np.minimum(low, end - 4), np.maximum(high, end + 4)
    return low, high
