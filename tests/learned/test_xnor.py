"""The methods `xnor`: shipped weights without torch, settings, hard pages, other networks."""

import multiprocessing
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import docbin.native as native
from docbin import registry
from docbin.errors import ModelError, SettingError
from docbin.learned import packed, xnor
from docbin.learned.working import Belief
from docbin.learned.xnor import Xnor
from docbin.native.packed import write_packed
from docbin.native.random_network import random_tensors, small_graph
from docbin.page import Page


def written(height: int = 90, width: int = 140, paper: int = 205, ink: int = 40) -> np.ndarray:
    pixels = np.full((height, width, 3), paper, np.uint8)
    for top in range(15, height - 10, 20):
        pixels[top : top + 5, 12 : width - 12] = ink
    return pixels


def f_measure(ink: np.ndarray, truth: np.ndarray) -> float:
    return float(200 * (ink & truth).sum() / (ink.sum() + truth.sum()))


def test_finds_the_writing() -> None:
    page = written()
    assert f_measure(Xnor()(Page(page)), page[..., 0] < 100) > 85


def test_the_ink_is_what_the_probability_says() -> None:
    noise = np.random.default_rng(3).integers(-15, 16, (90, 140, 1))
    page = Page(np.clip(written() + noise, 0, 255).astype(np.uint8))
    probability = Xnor().probability(page)
    assert probability.dtype == np.float32
    assert np.array_equal(Xnor(threshold=0.5, strong=0.0)(page), probability >= 0.5)
    assert (Xnor(threshold=0.2, strong=0.0)(page) >= Xnor(strong=0.0)(page)).all()
    assert (Xnor()(page) <= Xnor(strong=0.0)(page)).all()


@pytest.mark.parametrize("target", native.targets())
def test_same_ink_on_every_target_and_for_any_threads(target: str) -> None:
    page = Page(np.random.default_rng(0).integers(0, 256, (150, 210, 3), np.uint8))
    expected = Xnor(threads=1).probability(page)
    with native.use_target(target):
        assert np.array_equal(Xnor(threads=2).probability(page), expected)


def test_blank_paper_with_grain_stays_blank() -> None:
    grain = np.random.default_rng(0).normal(215, 3, (300, 300, 1))
    page = Page(np.repeat(grain, 3, 2).astype(np.uint8))
    assert Xnor()(page).mean() < 1e-3
    assert Belief(Xnor())(page).mean() > 250


@pytest.mark.parametrize("shape", [(1, 1), (1, 700), (13, 7, 3), (3, 5000), (2, 16000)])
def test_any_shape(shape: tuple[int, ...]) -> None:
    page = Page(np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8))
    assert Xnor()(page).shape == shape[:2]
    assert Belief(Xnor())(page).shape == shape[:2]


@pytest.mark.parametrize("dpi", [72.0, 1200.0])
def test_dpi_and_scale_keep_the_size(dpi: float) -> None:
    page = Page(written(), (dpi, dpi))
    assert Xnor()(page).shape == (90, 140)
    found = Xnor(scale=2.0).probability(page)
    assert found.shape == (90, 140)
    assert 0 <= found.min() <= found.max() <= 1


def test_bilevel_page_keeps_its_ink() -> None:
    ink = written()[..., 0] < 100
    assert f_measure(Xnor()(Page(np.where(ink, np.uint8(0), np.uint8(255)))), ink) > 85


@pytest.mark.parametrize(
    "bad", [{"threshold": 0.0}, {"strong": 1.0}, {"threads": -1}, {"scale": 0.0}]
)
def test_bad_settings(bad: dict[str, float]) -> None:
    with pytest.raises(SettingError, match="xnor"):
        Xnor(**bad)  # type: ignore[arg-type]


def test_built_prints_and_pickles() -> None:
    method = registry.create("xnor", {"threads": "2"})
    assert pickle.loads(pickle.dumps(method)) == method == Xnor(threads=2)


def test_workers_of_a_batch_take_a_thread_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xnor.os, "cpu_count", lambda: 6)
    assert xnor.threads_for(0) == 6
    assert xnor.threads_for(3) == 3
    monkeypatch.setattr(multiprocessing, "parent_process", lambda: object())
    assert xnor.threads_for(0) == 1


def test_knows_its_training_pages() -> None:
    pages = Xnor().trained_on()
    assert len(pages.pages) > 50


def test_runs_without_torch() -> None:
    code = (
        "import sys; sys.modules['torch'] = None; import numpy as np, docbin;"
        "print(docbin.binarize(np.full((9, 9), 200, np.uint8), 'xnor').sum())"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "0"


def test_a_network_of_ones_own(tmp_path: Path) -> None:
    graph = small_graph(4)
    path = tmp_path / "own.safetensors"
    write_packed(path, graph, random_tensors(graph, np.random.default_rng(0)))
    assert Xnor(model=str(path))(Page(written())).shape == (90, 140)
    assert Xnor(model=str(path)).trained_on().pages == ()


def test_files_that_are_no_network(tmp_path: Path) -> None:
    page = Page(written())
    with pytest.raises(ModelError, match="cannot be read"):
        Xnor(model=str(tmp_path / "none.safetensors"))(page)
    gray = small_graph(4, page_channels=1)
    path = tmp_path / "gray.safetensors"
    write_packed(path, gray, random_tensors(gray, np.random.default_rng(0)))
    with pytest.raises(ModelError, match="reads grey"):
        Xnor(model=str(path))(page)
    path.write_bytes(path.read_bytes()[:-40])
    packed._opened.cache_clear()
    with pytest.raises(ModelError, match="gray"):
        Xnor(model=str(path))(page)
