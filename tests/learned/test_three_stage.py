"""The method `three-stage`: shipped weights, settings, hard pages, in fixed point and torch."""

import pickle
import subprocess
import sys
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from docbin import native
from docbin.errors import ModelError, SettingError
from docbin.learned.three_stage import ThreeStage
from docbin.page import Page


def written(height: int = 90, width: int = 140, paper: int = 205, ink: int = 40) -> np.ndarray:
    pixels = np.full((height, width, 3), paper, np.uint8)
    for top in range(15, height - 10, 20):
        pixels[top : top + 5, 12 : width - 12] = ink
    return pixels


@pytest.mark.parametrize(
    "bad",
    [
        {"threshold": 0.0},
        {"strong": 1.0},
        {"tile": 100},
        {"scale": 0.0},
        {"overlap": 1.0},
        {"threads": -1},
    ],
)
def test_bad_settings(bad: dict[str, float]) -> None:
    with pytest.raises(SettingError):
        ThreeStage(**bad)  # type: ignore[arg-type]


def without_torch(call: str) -> str:
    code = (
        "import sys; sys.modules['torch'] = None; import numpy as np, docbin;"
        "page = np.full((70, 90), 200, np.uint8); page[20:26, 10:80] = 30;"
        f"print({call})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    return done.stdout + done.stderr


def test_runs_without_torch() -> None:
    assert int(without_torch("docbin.binarize(page, 'three-stage').sum()")) > 300


def test_without_torch_the_other_engine_says_what_to_install() -> None:
    said = without_torch("docbin.binarize(page, 'three-stage', engine='torch')")
    assert "MissingDependencyError: three-stage: single.safetensors runs in torch" in said
    assert "pip install 'docbin[train]'" in said


@pytest.mark.parametrize("form", ["single", "three-stage"])
def test_fixed_point_says_what_torch_says(form: str) -> None:
    pytest.importorskip("torch")
    page = Page(np.pad(written(), ((0, 38), (0, 52), (0, 0)), mode="edge"))  # a tile of both
    fixed = ThreeStage(form=form).probability(page)  # type: ignore[arg-type]
    floats = ThreeStage(form=form, engine="torch").probability(page)  # type: ignore[arg-type]
    assert np.abs(fixed - floats).max() < 0.02
    assert np.abs(fixed - floats).mean() < 1e-3


def test_any_number_of_threads_and_any_target_give_the_same_bits() -> None:
    page = Page(np.tile(written(), (2, 2, 1)))
    expected = ThreeStage(tile=96, threads=1).probability(page)
    assert np.array_equal(ThreeStage(tile=96, threads=3).probability(page), expected)
    for target in native.targets():
        with native.use_target(target):
            assert np.array_equal(ThreeStage(tile=96, threads=2).probability(page), expected)


def test_mirrored_pages_give_mirrored_ink_with_flips() -> None:
    page = written(128, 192)
    page[40:60, 30:37] = 20
    method = ThreeStage(flips=True)
    turned = method.probability(Page(np.ascontiguousarray(page[::-1, ::-1])))
    assert np.abs(turned[::-1, ::-1] - method.probability(Page(page))).max() < 1e-6


def test_finds_the_writing() -> None:
    page = written()
    ink = ThreeStage()(Page(page))
    truth = page[..., 0] < 100
    assert 2 * (ink & truth).sum() / (ink.sum() + truth.sum()) > 0.85


@pytest.mark.parametrize(("form", "fusion"), [("two-stage", "local"), ("three-stage", "weighted")])
def test_shipped_stages_find_it_too(form: str, fusion: str) -> None:
    page = written(200, 520)  # large enough for the global network
    ink = ThreeStage(form=form, fusion=fusion)(Page(page))  # type: ignore[arg-type]
    truth = page[..., 0] < 100
    assert 2 * (ink & truth).sum() / (ink.sum() + truth.sum()) > 0.8


def test_shipped_weights_are_small_and_know_their_pages() -> None:
    pytest.importorskip("torch")
    from docbin.networks.three_stage.build import load_generator

    folder = Path(str(resources.files("docbin.models"))) / "three_stage"
    files = sorted(folder.glob("*.safetensors"))
    assert {file.stem for file in files} >= {"channel", "global", "local", "single"}
    assert sum(file.stat().st_size for file in files) < 20_000_000
    for file in files:
        if file.stem in ("channel", "global", "local", "single"):
            net = load_generator(file)
            assert sum(p.numel() for p in net.parameters()) <= 1_500_000
    every = ThreeStage(form="three-stage", fusion="veto").trained_on()
    assert len(every) == len(ThreeStage().trained_on()) == 105


@pytest.mark.parametrize("level", [0, 128, 255])
def test_blank_pages_stay_blank(level: int) -> None:
    page = np.full((70, 90, 3), level, np.uint8)
    assert not ThreeStage()(Page(page)).any()
    assert ThreeStage().probability(Page(page)).max() == 0


def test_blank_paper_with_grain_stays_blank() -> None:
    grain = np.random.default_rng(0).normal(215, 3, (300, 300, 1))
    assert ThreeStage()(Page(np.repeat(grain, 3, 2).astype(np.uint8))).mean() < 1e-3


@pytest.mark.parametrize("shape", [(1, 1), (1, 700), (13, 7, 3), (2, 16000)])
def test_any_shape(shape: tuple[int, ...]) -> None:
    page = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    assert ThreeStage(tile=64)(Page(page)).shape == shape[:2]


def test_bilevel_page() -> None:
    ink = written()[..., 0] < 100
    found = ThreeStage()(Page(np.where(ink, np.uint8(0), np.uint8(255))))
    assert 2 * (ink & found).sum() / (ink.sum() + found.sum()) > 0.8


@pytest.mark.parametrize("dpi", [72.0, 1200.0])
def test_dpi_and_scale_keep_the_size(dpi: float) -> None:
    page = Page(written(), (dpi, dpi))
    found = ThreeStage().probability(page)
    assert found.shape == (90, 140)
    assert 0 <= found.min() <= found.max() <= 1
    assert ThreeStage(scale=2.0).probability(page).shape == (90, 140)


def test_built_prints_and_pickles() -> None:
    method = ThreeStage(overlap=0.25)
    assert pickle.loads(pickle.dumps(method)) == method
    assert "overlap=0.25" in repr(method)


def test_says_what_it_was_trained_on() -> None:
    names = {page.name for page in ThreeStage().trained_on().pages}
    assert "dibco2009/H01" in names
    assert not any(name.startswith(("dibco2011", "dibco2013")) for name in names)


def test_each_file_is_read_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from docbin.networks import weight_file

    folder = Path(str(resources.files("docbin.models"))) / "three_stage"
    for file in folder.glob("*.safetensors"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    read, own = [], weight_file.read_arrays

    def reading(path: Path, *names: str) -> weight_file.ArrayFile:
        read.append(path.stem)
        return own(path, *names)

    monkeypatch.setattr(weight_file, "read_arrays", reading)
    page = Page(written(200, 520))
    for fusion in ("local", "weighted", "veto"):
        ThreeStage(form="three-stage", fusion=fusion, model=str(tmp_path))(page)  # type: ignore[arg-type]
    assert sorted(read) == ["channel", "global", "local"]


def test_missing_and_damaged_weights(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="needs single"):
        ThreeStage(model=str(tmp_path))(Page(written()))
    with pytest.raises(ModelError, match=r"needs channel.*, local.*; train"):
        ThreeStage(form="two-stage", model=str(tmp_path))(Page(written()))
    with pytest.raises(ModelError, match=r"needs channel.*, local.*, global"):
        ThreeStage(form="two-stage", fusion="veto", model=str(tmp_path))(Page(written()))
    (tmp_path / "single.safetensors").write_bytes(b"not weights")
    with pytest.raises(ModelError, match="not a readable weight file"):
        ThreeStage(model=str(tmp_path))(Page(written()))
