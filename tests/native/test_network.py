"""A whole packed network: every target, thread count and cut gives the twin's logits."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from docbin import native
from docbin.errors import ArrayError, SettingError
from docbin.native import reference_context as context_twin
from docbin.native.network import PackedNetwork, area_view
from docbin.native.packed import read_packed, write_packed
from docbin.native.random_network import random_tensors, small_graph
from docbin.native.reference_network import run_network
from docbin.native.reference_xnor import probability_table

CASES = [
    # channels, page channels, context layers, digits, height, width
    (8, 3, 0, 2, 50, 37),
    (6, 1, 1, 1, 131, 203),
    (16, 3, 2, 3, 90, 410),
    (2, 1, 0, 2, 1, 1),
]


def network_and_page(
    case: tuple[int, ...], folder: Path
) -> tuple[PackedNetwork, NDArray[np.uint8], NDArray[np.int16]]:
    channels, page_channels, context, digits, height, width = case
    generator = np.random.default_rng(channels)
    graph = small_graph(channels, page_channels=page_channels, context=context, digits=digits)
    path = folder / "network.safetensors"
    write_packed(path, graph, random_tensors(graph, generator))
    shape = (height, width, 3) if page_channels == 3 else (height, width)
    page = generator.integers(0, 256, shape).astype(np.uint8)
    return PackedNetwork(path), page, run_network(read_packed(path), page)


@pytest.mark.parametrize("case", CASES)
def test_every_target_and_cut_equals_the_twin(case: tuple[int, ...], tmp_path: Path) -> None:
    network, page, expected = network_and_page(case, tmp_path)
    before = page.copy()
    for target in native.targets():
        with native.use_target(target):
            # Loaded for this target, in its layout; and for another one, in bit-planes.
            here = native.PackedNetwork(network.file)
            for which, threads, band, column in [
                (here, 1, 0, 0),
                (network, 2, 0, 0),
                (network, 1, 16, 0),
                (here, 2, 48, 32),
            ]:
                found = which.logits(page, threads=threads, band=band, column=column)
                assert np.array_equal(found, expected), (target, threads, band, column)
    assert np.array_equal(page, before)
    probability = network(page)
    assert np.array_equal(probability, probability_table()[expected.astype(int) + 2048])


@pytest.mark.parametrize("heavy", [False, True])
def test_numbers_too_large_for_winograd(heavy: bool, tmp_path: Path) -> None:
    """Streams that leave 14 bits in some rows; heavy: and a stem whose transform leaves 16."""
    network, page, _ = network_and_page(CASES[0], tmp_path)
    page[:24] = 255  # rows of the head whose numbers stay small
    tensors = dict(network.file.tensors)
    nodes = network.file.graph.nodes
    stem = replace(nodes[1], settings={**nodes[1].settings, "limit": 9000})
    graph = replace(network.file.graph, nodes=(nodes[0], stem, *nodes[2:]))
    tensors["stem.shift"] = np.full_like(tensors["stem.shift"], 1)
    if heavy:
        weight = np.zeros_like(tensors["stem.weight"])
        weight[:, 0] = 5000
        weight[::2, 1, 1, 1] = -31_000
        tensors["stem.weight"] = weight
        tensors["stem.shift"] += 11
    for key in ("positive", "negative"):
        for node in nodes:
            if node.op == "unit":
                tensors[f"{node.name}.{key}"] = tensors[f"{node.name}.{key}"] // 4
    file = replace(network.file, graph=graph, tensors=tensors)
    expected = run_network(file, page)
    assert len(np.unique(expected)) > 100
    for target in native.targets():
        with native.use_target(target):
            for threads, band in ((1, 0), (2, 16)):
                found = PackedNetwork(file).logits(page, threads=threads, band=band)
                assert np.array_equal(found, expected), (target, threads)


@pytest.mark.parametrize("heavy", [False, True])
def test_grey_is_three_equal_channels(heavy: bool, tmp_path: Path) -> None:
    network, page, _ = network_and_page(CASES[2], tmp_path)
    if heavy:  # weights whose sum over the channels leaves 16 bits; lower bits keep the proof
        tensors = dict(network.file.tensors)
        stem = network.file.graph.nodes[1].name
        weight = np.zeros_like(tensors[f"{stem}.weight"])
        weight[:, ::16, 1, 1] = 20_000
        tensors[f"{stem}.weight"] = weight
        tensors[f"{stem}.shift"] = np.full_like(tensors[f"{stem}.shift"], 20)
        network = PackedNetwork(replace(network.file, tensors=tensors))
    gray = np.ascontiguousarray(page[..., 0])
    expected = run_network(network.file, gray)
    assert np.array_equal(expected, run_network(network.file, np.stack([gray] * 3, axis=-1)))
    for target in native.targets():
        with native.use_target(target):
            for threads, column in ((1, 0), (2, 32)):
                found = network.logits(gray, threads=threads, column=column)
                assert np.array_equal(found, expected), (target, threads)


@pytest.mark.parametrize("shape", [(1, 1, 1), (127, 300, 3), (500, 9, 1), (128, 128, 3)])
def test_area_view_equals_the_twin(shape: tuple[int, int, int]) -> None:
    page = np.random.default_rng(3).integers(0, 256, shape).astype(np.uint8)
    assert np.array_equal(area_view(page), context_twin.area_view(page))


def test_another_page_may_steer(tmp_path: Path) -> None:
    network, page, expected = network_and_page(CASES[2], tmp_path)
    same_view = area_view(page).transpose(1, 2, 0)
    assert np.array_equal(network.logits(page, seen=same_view), expected)
    assert not np.array_equal(network.logits(page, seen=255 - page), expected)
    part = network.logits(page[:, :352], seen=page)
    assert np.array_equal(part[:, :100], expected[:, :100])  # far from the cut: the page's own
    with pytest.raises(ArrayError, match="reads 3 channels"):
        network.logits(page, seen=page[..., :2])


def test_what_is_not_a_page_is_refused(tmp_path: Path) -> None:
    network, page, _ = network_and_page(CASES[0], tmp_path)
    with pytest.raises(ArrayError, match="reads 3 channels, got 2"):
        network(page[..., :2])
    with pytest.raises(ArrayError, match="uint8"):
        network(page.astype(np.float32))
    with pytest.raises(ArrayError, match="not empty"):
        network(page[:0])
    with pytest.raises(SettingError, match="threads must be at least 1"):
        network(page, threads=0)
