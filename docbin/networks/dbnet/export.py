"""A trained detector as an ONNX file that OpenCV, or any other runtime, reads without torch.

Batch norms are folded into the convolutions before them; only the probability branch is written.
The input is (1, channels, h, w) float32, 4 · (value / 255) - 2, sides multiples of 32; the output
(1, 1, h, w) the probability P.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from torch import nn

from docbin.errors import ModelError, SettingError
from docbin.networks.dbnet.backbones import Backbone, Block
from docbin.networks.dbnet.network import DBNet, DBNetConfig, Fusion, Neck
from docbin.networks.onnx import Graph
from docbin.networks.weights import load_into, read_weights

__all__ = ["export", "load_detector", "to_onnx"]

INPUT = "page"


def load_detector(path: Path) -> tuple[DBNet, dict[str, str]]:
    """Build a detector from its safetensors file; return it and the file's notes."""
    file = read_weights(path, "dbnet")
    try:
        net = DBNet(DBNetConfig(**file.config))
    except (TypeError, SettingError) as error:
        raise ModelError(f"{path}: its config builds no detector: {error}") from error
    load_into(net, file, path)
    return net.eval(), {**file.notes, "pages": file.pages}


def export(weights: Path, notes: dict[str, str] | None = None) -> bytes:
    """Return the ONNX file of a safetensors file, with its notes and `notes` as metadata."""
    net, kept = load_detector(weights)
    return to_onnx(net, {**kept, **(notes or {})})


def to_onnx(net: DBNet, notes: dict[str, str]) -> bytes:
    """Return the ONNX file of a detector; `notes` go into its metadata."""
    graph = Graph(INPUT, net.config.channels)
    maps = _backbone(graph, net.backbone, INPUT)
    x = _neck(graph, net.neck, maps)
    enter, first, norm, _, last = net.probability
    x = _normed(graph, enter, x)  # type: ignore[arg-type]
    x = _grown_fourfold(graph, x, first, norm, last)
    metadata = {"kind": "docbin-dbnet", "format": "1", "config": json.dumps(asdict(net.config))}
    return graph.to_bytes(x, {**metadata, **notes})


def _backbone(graph: Graph, backbone: Backbone, x: str) -> list[str]:
    for layer in backbone.stem:
        if isinstance(layer, nn.MaxPool2d):
            x = graph.node(
                "MaxPool", [x], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]
            )  # fmt: skip
        else:
            x = _normed(graph, layer, x)  # type: ignore[arg-type]
    maps = []
    for level in backbone.levels:
        for block in cast(nn.Sequential, level):
            x = _block(graph, cast(Block, block), x)
        maps.append(x)
    return maps


def _block(graph: Graph, block: Block, x: str) -> str:
    y = x
    for layer in block.body:
        y = _normed(graph, layer, y)  # type: ignore[arg-type]
    skip = x if block.skip is None else _normed(graph, block.skip, x)
    return graph.node("Relu", [graph.node("Add", [y, skip])])


def _neck(graph: Graph, neck: Neck, maps: list[str]) -> str:
    levels = [_plain(graph, layer, x) for layer, x in zip(neck.lateral, maps, strict=True)]
    for i in range(len(levels) - 1, 0, -1):
        levels[i - 1] = graph.node("Add", [levels[i - 1], _grown(graph, levels[i], 2)])
    levels = [_plain(graph, layer, x) for layer, x in zip(neck.smooth, levels, strict=True)]
    grown = [_grown(graph, x, 2**i) if i else x for i, x in enumerate(levels)]
    joined = graph.node("Concat", grown[::-1], axis=1)
    if neck.fusion is None:
        return joined
    return _fusion(graph, neck.fusion, joined, grown[::-1])


def _fusion(graph: Graph, fusion: Fusion, joined: str, parts: list[str]) -> str:
    s = _plain(graph, fusion.enter, joined)
    inner = fusion.enter.out_channels
    average = np.full((1, inner, 1, 1), 1 / inner, np.float32)
    mean = graph.node("Conv", [s, graph.weight(average)], kernel_shape=[1, 1])
    mean = graph.node("Relu", [_plain(graph, fusion.spatial[0], mean)])
    # OpenCV 5 adds maps of different widths wrongly: the one channel is made `inner` times.
    spatial = _widened(graph, mean, _numpy(fusion.spatial[2].weight), inner)
    s = graph.node("Add", [s, spatial])
    weighted = []
    for i, part in enumerate(parts):
        weight = _widened(graph, s, _numpy(fusion.leave.weight)[i : i + 1], inner)
        weighted.append(graph.node("Mul", [part, weight]))
    return graph.node("Concat", weighted, axis=1)


def _widened(graph: Graph, x: str, kernel: NDArray[Any], width: int) -> str:
    """The sigmoid of a 1x1 convolution to one channel, `width` times over."""
    same = graph.weight(np.repeat(kernel, width, axis=0))
    return graph.node("Sigmoid", [graph.node("Conv", [x, same], kernel_shape=[1, 1])])


def _normed(graph: Graph, layers: nn.Sequential, x: str) -> str:
    convolution, norm = layers[0], layers[1]
    scale, shift = _folded(norm)
    kernel = _numpy(convolution.weight) * scale[:, None, None, None]
    x = _convolved(graph, convolution, x, kernel, shift)
    return graph.node("Relu", [x]) if len(layers) > 2 else x


def _plain(graph: Graph, convolution: Any, x: str) -> str:
    bias = None if convolution.bias is None else _numpy(convolution.bias)
    return _convolved(graph, convolution, x, _numpy(convolution.weight), bias)


def _convolved(
    graph: Graph, convolution: Any, x: str, kernel: NDArray[Any], bias: NDArray[Any] | None
) -> str:
    inputs = [x, graph.weight(kernel)]
    if bias is not None:
        inputs.append(graph.constant(bias))
    pads = [*convolution.padding, *convolution.padding]
    return graph.node(
        "Conv", inputs, kernel_shape=list(kernel.shape[2:]), strides=list(convolution.stride),
        pads=pads,
    )  # fmt: skip


def _grown_fourfold(graph: Graph, x: str, first: Any, norm: Any, last: Any) -> str:
    """Both transposed convolutions of the head as 1x1 ones, their pixels put in place at the end.

    With stride 2 and kernels (inputs, outputs, 2, 2) every pixel becomes 2x2 that no other reaches:
    the first makes 4 · width channels (a, b, width), the second 16, of which pixel (a, b) has 4.
    ONNX Runtime takes a third of the time for it.
    """
    scale, shift = _folded(norm)
    kernel = _numpy(first.weight) * scale[None, :, None, None]
    inputs, width = kernel.shape[:2]
    kernel = kernel.transpose(2, 3, 1, 0).reshape(4 * width, inputs, 1, 1)
    weights = [graph.weight(kernel), graph.constant(np.tile(shift, 4))]
    x = graph.node("Relu", [graph.node("Conv", [x, *weights], kernel_shape=[1, 1])])
    spread = np.zeros((2, 2, 2, 2, 2, 2, width), np.float32)  # a, p, b, q; a, b, width
    for a, b in np.ndindex(2, 2):
        spread[a, :, b, :, a, b] = _numpy(last.weight)[:, 0].transpose(1, 2, 0)
    shift = np.repeat(_numpy(last.bias), 16)
    weights = [graph.weight(spread.reshape(16, 4 * width, 1, 1)), graph.constant(shift)]
    x = graph.node("Sigmoid", [graph.node("Conv", [x, *weights], kernel_shape=[1, 1])])
    return graph.node("DepthToSpace", [x], blocksize=4, mode="DCR")


def _grown(graph: Graph, x: str, times: int) -> str:
    scales = graph.constant(np.array([1, 1, times, times], np.float32))
    return graph.node(
        "Resize", [x, "", scales], mode="nearest", nearest_mode="floor",
        coordinate_transformation_mode="asymmetric",
    )  # fmt: skip


def _folded(norm: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    """Scale and shift of a batch norm in inference."""
    scale = _numpy(norm.weight) / np.sqrt(_numpy(norm.running_var) + norm.eps)
    return scale, _numpy(norm.bias) - _numpy(norm.running_mean) * scale


def _numpy(tensor: Any) -> NDArray[Any]:
    return tensor.detach().float().cpu().numpy()
