"""One file, one network: packed bits and small integer tensors, the graph in the metadata.

A packed network is a safetensors file. Its metadata holds three texts: `docbin.network`, the
graph as JSON (`docbin.native.graph`); `docbin.training_pages`, a JSON list of fingerprints of the
pages it was trained on; `docbin.about`, free JSON (architecture, recipe, licence). A unit's
weights are packed eight input channels a byte, lowest bit first, 1 = -1.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docbin.errors import ModelError
from docbin.native.graph import Graph, Tensors, parse_graph, tensor_specs
from docbin.native.proof import prove

__all__ = ["PackedFile", "pack_weights", "read_packed", "unpack_weights", "write_packed"]

MAX_BYTES = 1 << 28


@dataclass(frozen=True, eq=False)
class PackedFile:
    """A checked graph, its tensors, and what the file says about itself."""

    graph: Graph
    tensors: Tensors
    training_pages: tuple[str, ...] = ()
    about: Mapping[str, Any] = field(default_factory=dict)

    def affine(self, name: str) -> tuple[Any, Any, Any]:
        """Return weight, bias and shift of a layer of 16-bit weights."""
        weight, bias, shift = (self.tensors[f"{name}.{key}"] for key in ("weight", "bias", "shift"))
        return weight, bias, shift


def pack_weights(weights: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Pack (O, C, k, k), True = -1, into (O, k, k, ceil(C / 8)) bytes."""
    return np.packbits(weights.transpose(0, 2, 3, 1), axis=3, bitorder="little")


def unpack_weights(packed: NDArray[np.uint8], channels: int) -> NDArray[np.bool_]:
    """Undo `pack_weights`: bits beyond `channels` are ignored."""
    bits = np.unpackbits(packed, axis=3, count=channels, bitorder="little")
    return bits.transpose(0, 3, 1, 2).astype(bool)


def _check(graph_data: Any, tensors: Tensors) -> Graph:
    graph = parse_graph(graph_data)
    sizes = []
    for i in range(graph.context_layers):
        weight = tensors.get(f"context{i}.weight")
        if weight is None or weight.ndim != 4 or not 0 < weight.shape[0] <= 256:
            raise ModelError(f"packed network: context{i}.weight is missing or has a wrong shape")
        sizes.append(int(weight.shape[0]))
    specs = tensor_specs(graph, sizes)
    if set(specs) != set(tensors):
        odd = sorted(set(specs) ^ set(tensors))[0]
        state = "missing" if odd in specs else "not part of the graph"
        raise ModelError(f"packed network: tensor {odd[:80]} is {state}")
    for name, (dtype, shape) in specs.items():
        found = tensors[name]
        if found.dtype != np.dtype(dtype) or found.shape != shape:
            raise ModelError(
                f"packed network: tensor {name} must be {dtype} {shape}, "
                f"got {found.dtype} {found.shape}"
            )
    prove(graph, tensors)
    return graph


def write_packed(
    path: str | os.PathLike[str],
    graph: Mapping[str, Any],
    tensors: Tensors,
    *,
    training_pages: tuple[str, ...] = (),
    about: Mapping[str, Any] | None = None,
) -> None:
    """Check a network as a reader would, then write it: whole or not at all.

    `graph` is the JSON object of `docbin.native.graph`; `tensors` as `tensor_specs` lists them.
    """
    from safetensors.numpy import save

    _check(graph, tensors)
    metadata = {
        "docbin.network": json.dumps(graph),
        "docbin.training_pages": json.dumps(list(training_pages)),
        "docbin.about": json.dumps(dict(about or {})),
    }
    data = save({k: np.ascontiguousarray(v) for k, v in tensors.items()}, metadata)
    target = Path(path)
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        partial.write_bytes(data)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def read_packed(path: str | os.PathLike[str]) -> PackedFile:
    """Read and check a file; ModelError says what is wrong with it."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    target = Path(path)
    try:
        if target.stat().st_size > MAX_BYTES:
            raise ModelError(f"{target}: larger than any packed network ({MAX_BYTES} bytes)")
        data = target.read_bytes()
    except OSError as error:
        raise ModelError(f"{target}: cannot be read ({error.strerror})") from error
    try:
        size = int.from_bytes(data[:8], "little")
        if len(data) < 8 or size > len(data) - 8:
            raise ModelError("it is cut short, or not a safetensors file")
        header = json.loads(data[8 : 8 + size])
        metadata = header.get("__metadata__", {}) if isinstance(header, dict) else {}
        if not isinstance(metadata, dict) or "docbin.network" not in metadata:
            raise ModelError("it holds no packed network; export one with docbin export")
        graph_data = json.loads(metadata["docbin.network"])
        pages = json.loads(metadata.get("docbin.training_pages", "[]"))
        about = json.loads(metadata.get("docbin.about", "{}"))
        strings = isinstance(pages, list) and all(isinstance(page, str) for page in pages)
        if not strings or not isinstance(about, dict):
            raise ModelError("its training pages or its description are malformed")
        tensors = load(data)
        graph = _check(graph_data, tensors)
    except ModelError as error:
        raise ModelError(f"{target}: {error}") from error
    except (ValueError, TypeError, KeyError, RecursionError, SafetensorError) as error:
        raise ModelError(f"{target}: not a readable packed network ({error})") from error
    return PackedFile(graph, tensors, tuple(pages), about)
