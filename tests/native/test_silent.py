"""A view that says nothing is left out, and the ink stays what it was."""

from pathlib import Path

import numpy as np
import pytest

from docbin.native.network import PackedNetwork
from docbin.native.packed import PackedFile, read_packed, write_packed
from docbin.native.random_network import random_tensors, small_graph
from docbin.native.silent import graph_data, is_silent, without_view


@pytest.fixture
def page() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (70, 90, 3)).astype(np.uint8)


def network(folder: Path, context: int, silent: bool) -> PackedFile:
    graph = small_graph(8, context=context)
    tensors = random_tensors(graph, np.random.default_rng(0))
    if silent:
        tensors[f"context{context - 1}.weight"][:] = 0
        tensors[f"context{context - 1}.bias"][:] = -1000
    path = folder / "network.safetensors"
    write_packed(path, graph, tensors, training_pages=("pages",), about={"a": 1})
    return read_packed(path)


def test_the_same_ink_without_a_silent_view(tmp_path: Path, page: np.ndarray) -> None:
    file = network(tmp_path, 2, silent=True)
    assert is_silent(file, [page, 255 - page])
    short = without_view(file)
    path = tmp_path / "short.safetensors"
    write_packed(
        path, graph_data(short), short.tensors, training_pages=short.training_pages,
        about=short.about,
    )  # fmt: skip
    again = read_packed(path)
    assert again.graph.context_layers == 0
    assert (again.training_pages, again.about) == (file.training_pages, file.about)
    assert path.stat().st_size < (tmp_path / "network.safetensors").stat().st_size
    assert np.array_equal(PackedNetwork(file).logits(page), PackedNetwork(again).logits(page))
    unit = next(node.name for node in file.graph.nodes if node.op == "unit")
    assert not np.array_equal(file.tensors[f"{unit}.bias"], again.tensors[f"{unit}.bias"])


def test_a_view_that_speaks_and_none_are_not_silent(tmp_path: Path, page: np.ndarray) -> None:
    assert not is_silent(network(tmp_path, 2, silent=False), [page])
    assert not is_silent(network(tmp_path, 0, silent=False), [page])
