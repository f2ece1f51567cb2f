"""The packed file: what is written is read back, and anything else is refused by a sentence."""

import contextlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from docbin.errors import ModelError
from docbin.native.graph import parse_graph
from docbin.native.packed import pack_weights, read_packed, unpack_weights, write_packed
from docbin.native.random_network import random_tensors, small_graph
from docbin.native.reference_network import run_network
from docbin.native.reference_xnor import (
    apply_gain,
    binary_convolution,
    power_digits,
    probability_table,
)


@pytest.fixture
def generator() -> np.random.Generator:
    return np.random.default_rng(5)


def test_round_trip(tmp_path: Path, generator: np.random.Generator) -> None:
    graph = small_graph(context=1)
    tensors = random_tensors(graph, generator)
    path = tmp_path / "net.safetensors"
    write_packed(path, graph, tensors, training_pages=("a" * 64,), about={"recipe": 1})
    file = read_packed(path)
    assert file.training_pages == ("a" * 64,)
    assert file.about == {"recipe": 1}
    assert file.graph == parse_graph(graph)
    assert all(np.array_equal(tensors[name], file.tensors[name]) for name in tensors)
    assert [item.name for item in tmp_path.iterdir()] == ["net.safetensors"]
    logits = run_network(file, generator.integers(0, 256, (50, 37, 3)).astype(np.uint8))
    assert logits.shape == (50, 37)
    assert len(np.unique(logits)) > 50


def change(graph: dict[str, Any], index: int, **settings: Any) -> dict[str, Any]:
    nodes = [dict(node) for node in graph["nodes"]]
    nodes[index].update(settings)
    return {**graph, "nodes": nodes}


@pytest.mark.parametrize(
    ("index", "settings", "words"),
    [
        (2, {"input": "ink"}, "no node above"),
        (2, {"input": "down0_0"}, "no node above"),
        (2, {"op": "magic"}, "op must be one of"),
        (2, {"kernel": 5}, "kernel must be 1 or 3"),
        (2, {"kernel": True}, "kernel must be int"),
        (2, {"input": "bands"}, "cannot follow"),
        (2, {"extra": 1}, "has the settings"),
        (1, {"outputs": 10**9}, "outputs must be"),
        (1, {"outputs": 12}, "must be int16"),
        (2, {"name": "stem"}, "new identifier"),
    ],
)
def test_a_wrong_graph_is_refused(
    tmp_path: Path, generator: np.random.Generator, index: int, settings: Any, words: str
) -> None:
    graph = small_graph()
    tensors = random_tensors(graph, generator)
    with pytest.raises(ModelError, match=words):
        write_packed(tmp_path / "net", change(graph, index, **settings), tensors)
    assert not list(tmp_path.iterdir())


def test_a_stream_that_could_overflow_is_refused(
    tmp_path: Path, generator: np.random.Generator
) -> None:
    graph = small_graph()
    tensors = random_tensors(graph, generator)
    tensors["bottom0.positive"][3] = (1 << 20) - 1
    with pytest.raises(ModelError, match="could leave 16 bits"):
        write_packed(tmp_path / "net", graph, tensors)


def test_damaged_files_are_refused(tmp_path: Path, generator: np.random.Generator) -> None:
    graph = small_graph()
    path = tmp_path / "net"
    write_packed(path, graph, random_tensors(graph, generator))
    good = path.read_bytes()
    header = int.from_bytes(good[:8], "little")
    for _ in range(150):
        data = bytearray(good)
        for _ in range(generator.integers(1, 4)):
            data[generator.integers(0, 8 + header)] = generator.integers(0, 256)
        path.write_bytes(bytes(data[: generator.integers(0, len(data) + 1)]))
        with contextlib.suppress(ModelError):  # a changed byte may still make a good file
            read_packed(path)
    path.write_bytes(json.dumps({"no": 1}).encode())
    with pytest.raises(ModelError, match="cut short"):
        read_packed(path)


def test_power_digits_known_values() -> None:
    signs, exponents, values = power_digits(np.array([0, 4096, 12288, -5120, 7, 6144]), 2)
    assert values.tolist() == [0, 4096, 12288, -5120, 7, 6144]
    assert signs.tolist() == [[0, 0], [1, 0], [1, 1], [-1, -1], [1, -1], [1, 1]]
    assert exponents[2].tolist() == [1, 0]
    assert exponents[4].tolist() == [-9, -12]
    _, _, rough = power_digits(np.arange(1, 9000), 2)
    assert np.abs(rough / np.arange(1, 9000) - 1).max() <= 0.1112


def test_gain_of_a_power_of_two_is_a_shift() -> None:
    u = np.arange(-40, 40).reshape(1, 8, 10)
    assert np.array_equal(apply_gain(u, np.array([4096 * 8]), 2), u * 8)
    assert np.array_equal(apply_gain(u, np.array([-1024]), 2), -(u // 4))


def test_binary_convolution_by_hand(generator: np.random.Generator) -> None:
    signs = generator.random((3, 4, 5)) < 0.5
    weights = generator.random((2, 3, 3, 3)) < 0.5
    padded = np.pad(signs, ((0, 0), (1, 1), (1, 1)))
    dot = binary_convolution(signs, weights)
    for o, y, x in np.ndindex(2, 4, 5):
        differing = int((padded[:, y : y + 3, x : x + 3] ^ weights[o]).sum())
        assert dot[o, y, x] == 27 - 2 * differing


def test_weights_pack_and_unpack(generator: np.random.Generator) -> None:
    weights = generator.random((4, 13, 3, 3)) < 0.5
    assert np.array_equal(unpack_weights(pack_weights(weights), 13), weights)


def test_probability_is_monotone_and_exact_at_the_middle() -> None:
    table = probability_table()
    assert table.dtype == np.float32
    assert table.shape == (4096,)
    assert table[2048] == 0.5
    assert (np.diff(table) >= 0).all()
    assert (np.diff(table[1024:3072]) > 0).all()
