"""The method `three-stage-xnor`: shipped networks without torch, stages, one's own networks."""

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from docbin import registry
from docbin.errors import ModelError, SettingError
from docbin.learned.three_stage_xnor import ThreeStageXnor
from docbin.learned.xnor import Xnor
from docbin.native.packed import write_packed
from docbin.native.random_network import random_tensors, small_graph
from docbin.page import Page

STAGES = ("channels", "local", "global")


def written(height: int = 200, width: int = 520) -> np.ndarray:
    pixels = np.full((height, width, 3), (210, 200, 180), np.uint8)
    for top in range(15, height - 10, 20):
        pixels[top : top + 5, 12 : width - 12] = 40
    return pixels


def f_measure(ink: np.ndarray, truth: np.ndarray) -> float:
    return float(200 * (ink & truth).sum() / (ink.sum() + truth.sum()))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random networks: one that reads a channel, a local one, a global one."""
    path = tmp_path_factory.mktemp("networks")
    rng = np.random.default_rng(0)
    for role, channels in (("channel", 1), ("local", 3), ("global", 3)):
        graph = small_graph(4, page_channels=channels)
        about = {"fusion": "1 0.5 0"} if role == "global" else {}
        write_packed(
            path / f"{role}.safetensors",
            graph,
            random_tensors(graph, rng),
            training_pages=(),
            about=about,
        )
    return path


def test_finds_the_writing() -> None:
    page = written()
    assert f_measure(ThreeStageXnor()(Page(page)), page[..., 0] < 100) > 85


@pytest.mark.parametrize("stages", STAGES)
@pytest.mark.parametrize("shape", [(1, 1), (1, 700), (13, 7, 3), (2, 16000), (600, 530, 3)])
def test_any_shape_in_any_stage(stages: Any, shape: tuple[int, ...]) -> None:
    page = Page(np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8))
    found = ThreeStageXnor(stages=stages).probability(page)
    assert found.shape == shape[:2]
    assert found.dtype == np.float32
    assert 0 <= found.min() <= found.max() <= 1


def test_every_stage_adds_its_own(folder: Path) -> None:
    page = Page(written(600, 530))
    maps = [ThreeStageXnor(stages=s, model=str(folder)).probability(page) for s in STAGES]  # type: ignore[arg-type]
    veto = ThreeStageXnor(stages="global", fusion="veto", model=str(folder)).probability(page)
    assert not np.array_equal(maps[0], maps[1])
    assert not np.array_equal(maps[1], maps[2])
    assert (veto <= maps[1]).all()
    assert not np.array_equal(veto, maps[2])


def test_small_and_long_pages_have_no_global_stage(folder: Path) -> None:
    for page in (Page(written(100, 140)), Page(written(80, 600))):
        local, whole = (
            ThreeStageXnor(stages=s, model=str(folder)).probability(page)  # type: ignore[arg-type]
            for s in ("local", "global")
        )
        assert np.array_equal(local, whole)


def test_a_gray_page_is_its_gray_channel() -> None:
    gray = written()[..., 0]
    assert np.array_equal(
        ThreeStageXnor(wavelet=False).probability(Page(gray)), Xnor().probability(Page(gray))
    )


def test_the_haar_stage_changes_the_colours() -> None:
    rng = np.random.default_rng(2)
    noisy = np.clip(written() + rng.integers(-20, 21, (200, 520, 1)), 0, 255).astype(np.uint8)
    raw, haar = (ThreeStageXnor(wavelet=w).probability(Page(noisy)) for w in (False, True))
    assert not np.array_equal(raw, haar)
    assert f_measure(haar >= 0.5, noisy[..., 0] < 100) > 60


@pytest.mark.parametrize("level", [0, 128, 255])
def test_blank_pages_stay_blank(level: int) -> None:
    page = Page(np.full((70, 90, 3), level, np.uint8))
    assert not ThreeStageXnor(stages="global")(page).any()


@pytest.mark.parametrize("dpi", [72.0, 1200.0])
def test_any_dpi_keeps_the_size(dpi: float) -> None:
    assert ThreeStageXnor()(Page(written(90, 140), (dpi, dpi))).shape == (90, 140)


@pytest.mark.parametrize(
    "bad", [{"threshold": 0.0}, {"strong": 1.0}, {"threads": -1}, {"scale": 0.0}]
)
def test_bad_settings(bad: dict[str, float]) -> None:
    with pytest.raises(SettingError, match="three-stage-xnor"):
        ThreeStageXnor(**bad)  # type: ignore[arg-type]


def test_built_prints_and_pickles() -> None:
    method = registry.create("three-stage-xnor", {"stages": "local"})
    assert pickle.loads(pickle.dumps(method)) == method == ThreeStageXnor(stages="local")


def test_knows_its_training_pages() -> None:
    assert len(ThreeStageXnor(stages="global").trained_on().pages) > 50


def test_a_folder_without_networks(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no packed network for channel, local"):
        ThreeStageXnor(stages="local", model=str(tmp_path))(Page(written()))
    assert ThreeStageXnor(model=str(tmp_path / "none")).stages == "channels"


def test_runs_without_torch() -> None:
    code = (
        "import sys; sys.modules['torch'] = None; import numpy as np, docbin;"
        "page = np.random.default_rng(0).integers(0, 256, (600, 530, 3), np.uint8);"
        "print(docbin.binarize(page, 'three-stage-xnor', stages='global').shape)"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "(600, 530)"
