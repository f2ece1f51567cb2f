"""The NumPy twin of a whole packed network: each node by its twin, one after another."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from docbin.native import reference_xnor as twin
from docbin.native.packed import PackedFile, unpack_weights
from docbin.native.reference_context import area_view, context_features, fold_film

__all__ = ["padded_page", "run_network"]


def padded_page(page: NDArray[np.uint8], multiple: int) -> NDArray[np.uint8]:
    """Pad the bottom and right to a multiple by repeating the last row and column."""
    height, width = page.shape[:2]
    edges = [(0, -height % multiple), (0, -width % multiple), (0, 0)][: page.ndim]
    return np.pad(page, edges, mode="edge")


def run_network(file: PackedFile, page: NDArray[np.uint8]) -> NDArray[np.int16]:
    """Return the logits (h, w) int16, in 1/256, of a page (h, w) or (h, w, 3) uint8.

    A network on colour takes grey for three equal channels. The probability is
    `probability_table()[logit + 2048]`.
    """
    graph, tensors = file.graph, file.tensors
    if page.ndim == 2 and graph.page_channels > 1:
        page = np.repeat(page[..., None], graph.page_channels, axis=2)

    def affine(name: str) -> tuple[Any, Any, Any]:
        return tensors[f"{name}.weight"], tensors[f"{name}.bias"], tensors[f"{name}.shift"]

    features: Any = None
    if graph.context_layers:
        layers = [affine(f"context{i}") for i in range(graph.context_layers)]
        features = context_features(area_view(page), layers)
    values: dict[str, Any] = {"page": padded_page(page, graph.scale)}
    for node in graph.nodes:
        name, s = node.name, node.settings
        x = values[node.inputs[0]]
        if node.op == "haar":
            y: Any = twin.haar_bands(x)
        elif node.op == "convolution":
            y = twin.convolution(x, *affine(name), s["limit"])
        elif node.op == "unit":
            bias, gains, slopes = (tensors[f"{name}.{k}"] for k in ("bias", "positive", "negative"))
            if s["film"]:
                folded = fold_film(features, affine(f"{name}.film"), bias, gains, slopes)
                bias, gains, slopes = folded
            weights = unpack_weights(tensors[f"{name}.weight"], node.channels)
            threshold = tensors[f"{name}.threshold"]
            y = twin.residual_unit(x, weights, bias, gains, slopes, threshold, digits=graph.digits)
        elif node.op == "pool":
            y = twin.pool(x, interleave=s["interleave"])
        elif node.op == "up":
            y = twin.up(x, interleave=s["interleave"])
        elif node.op == "add":
            y = twin.add(x, values[node.inputs[1]])
        else:
            logits = twin.convolution(x, *affine(name), twin.LOGIT_LIMIT)
            logits = np.minimum(logits, twin.LOGIT_LIMIT - 1)
            y = twin.pixel_shuffle(logits, s["factor"]).astype(np.int16)
        values[name] = y
    return np.asarray(values[graph.nodes[-1].name][: page.shape[0], : page.shape[1]])
