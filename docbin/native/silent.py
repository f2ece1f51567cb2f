"""Leave out a view that says nothing.

A branch whose features are 0 on every page only adds constants to the units (`fold_film` of a zero
vector). Folded into them once and for all, the network gives the same ink without it, in a smaller
file and without looking at the page twice.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docbin.native.graph import parse_graph
from docbin.native.network import area_view
from docbin.native.packed import PackedFile
from docbin.native.reference_context import context_features, fold_film

__all__ = ["graph_data", "is_silent", "without_view"]


def graph_data(file: PackedFile) -> dict[str, Any]:
    """Return the JSON object of a file's graph."""
    graph = file.graph
    return {
        "format": 1,
        "page_channels": graph.page_channels,
        "stream_bits": graph.stream_bits,
        "digits": graph.digits,
        "context_layers": graph.context_layers,
        "nodes": [{"name": n.name, "op": n.op, **n.settings} for n in graph.nodes],
    }


def is_silent(file: PackedFile, pages: Iterable[NDArray[np.uint8]]) -> bool:
    """Tell whether a view's features are 0 on all of the pages (h, w, c); False without a view."""
    layers = [file.affine(f"context{i}") for i in range(file.graph.context_layers)]
    return bool(layers) and not any(context_features(area_view(p), layers).any() for p in pages)


def without_view(file: PackedFile) -> PackedFile:
    """Fold what a view of zeros does into the units, and drop it."""
    data = graph_data(file)
    tensors = {k: v for k, v in file.tensors.items() if not k.startswith("context")}
    for node in data["nodes"]:
        if node["op"] != "unit" or not node["film"]:
            continue
        name, node["film"] = node["name"], False
        film = file.affine(f"{name}.film")
        own = [file.tensors[f"{name}.{key}"] for key in ("bias", "positive", "negative")]
        folded = fold_film(np.zeros(film[0].shape[1], np.int64), film, *own)
        for key, value in zip(("bias", "positive", "negative"), folded, strict=True):
            tensors[f"{name}.{key}"] = value.astype(np.int32)
        for key in ("weight", "bias", "shift"):
            del tensors[f"{name}.film.{key}"]
    data["context_layers"] = 0
    return replace(file, graph=parse_graph(data), tensors=tensors)
