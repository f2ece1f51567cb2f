"""The method `three-stage`: shipped weights, settings, hard pages, and a sentence without torch."""

import pickle
import sys
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from docbin.errors import MissingDependencyError, ModelError, SettingError
from docbin.learned import three_stage
from docbin.learned.three_stage import ThreeStage, keep_strong
from docbin.page import Page


def written(height: int = 90, width: int = 140, paper: int = 205, ink: int = 40) -> np.ndarray:
    pixels = np.full((height, width, 3), paper, np.uint8)
    for top in range(15, height - 10, 20):
        pixels[top : top + 5, 12 : width - 12] = ink
    return pixels


def letters(height: int) -> np.ndarray:
    """A page of 12 x 5 letters of a height, which are boxes."""
    pixels = np.full((height * 26, height * 8), 210, np.uint8)
    for row in range(12):
        for column in range(5):
            top, left = height * (1 + 2 * row), height + round(1.5 * height) * column
            pixels[top : top + height, left : left + height // 2] = 40
    return pixels


def test_strong_patches_stay_whole_and_weak_ones_go() -> None:
    p = np.zeros((4, 9), np.float32)
    p[0, :3] = (0.5, 0.99, 0.45)
    p[1, 3] = 0.5  # touches by a corner
    p[3, 5:8] = 0.8
    ink = keep_strong(p, 0.4, 0.95)
    assert ink.sum() == 4
    assert ink[1, 3]
    assert not ink[3].any()
    assert keep_strong(p, 0.4, 0.0).sum() == 7


@pytest.mark.parametrize(
    "bad",
    [{"threshold": 0.0}, {"strong": 1.0}, {"tile": 100}, {"scale": 0.0}, {"overlap": 1.0}],
)
def test_bad_settings(bad: dict[str, float]) -> None:
    with pytest.raises(SettingError):
        ThreeStage(**bad)  # type: ignore[arg-type]


def test_without_torch_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    three_stage._open.cache_clear()
    for name in [m for m in sys.modules if m.startswith("docbin.networks")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingDependencyError, match=r"docbin\[train\]"):
        ThreeStage()(Page(written()))


class TestWithTorch:
    @pytest.fixture(autouse=True)
    def _torch(self) -> None:
        pytest.importorskip("torch")

    def test_finds_the_writing(self) -> None:
        page = written()
        ink = ThreeStage()(Page(page))
        truth = page[..., 0] < 100
        assert 2 * (ink & truth).sum() / (ink.sum() + truth.sum()) > 0.85

    @pytest.mark.parametrize(
        ("form", "fusion"), [("two-stage", "local"), ("three-stage", "weighted")]
    )
    def test_shipped_stages_find_it_too(self, form: str, fusion: str) -> None:
        page = written(200, 520)  # large enough for the global network
        ink = ThreeStage(form=form, fusion=fusion)(Page(page))  # type: ignore[arg-type]
        truth = page[..., 0] < 100
        assert 2 * (ink & truth).sum() / (ink.sum() + truth.sum()) > 0.8

    def test_shipped_weights_are_small_and_know_their_pages(self) -> None:
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
    def test_blank_pages_stay_blank(self, level: int) -> None:
        page = np.full((70, 90, 3), level, np.uint8)
        assert not ThreeStage()(Page(page)).any()
        assert ThreeStage().probability(Page(page)).max() == 0

    def test_blank_paper_with_grain_stays_blank(self) -> None:
        grain = np.random.default_rng(0).normal(215, 3, (300, 300, 1))
        assert ThreeStage()(Page(np.repeat(grain, 3, 2).astype(np.uint8))).mean() < 1e-3

    @pytest.mark.parametrize("shape", [(1, 1), (1, 700), (13, 7, 3), (3, 5000)])
    def test_any_shape(self, shape: tuple[int, ...]) -> None:
        page = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
        assert ThreeStage(tile=64)(Page(page)).shape == shape[:2]

    def test_bilevel_page(self) -> None:
        ink = written()[..., 0] < 100
        found = ThreeStage()(Page(np.where(ink, np.uint8(0), np.uint8(255))))
        assert 2 * (ink & found).sum() / (ink.sum() + found.sum()) > 0.8

    @pytest.mark.parametrize("dpi", [72.0, 1200.0])
    def test_dpi_and_scale_keep_the_size(self, dpi: float) -> None:
        page = Page(written(), (dpi, dpi))
        found = ThreeStage().probability(page)
        assert found.shape == (90, 140)
        assert 0 <= found.min() <= found.max() <= 1
        assert ThreeStage(scale=2.0).probability(page).shape == (90, 140)

    def test_tall_letters_are_reduced(self) -> None:
        page = Page(letters(14))
        assert ThreeStage()._factor(page) == 1
        large = Page(letters(60))
        assert 0.2 < ThreeStage()._factor(large) < 0.5
        assert ThreeStage(scale=1.0)._factor(large) == 1
        assert ThreeStage()._factor(Page(letters(60), (600.0, 600.0))) == 0.5  # the file says it

    def test_built_prints_and_pickles(self) -> None:
        method = ThreeStage(overlap=0.25)
        assert pickle.loads(pickle.dumps(method)) == method
        assert "overlap=0.25" in repr(method)

    def test_says_what_it_was_trained_on(self) -> None:
        names = {page.name for page in ThreeStage().trained_on().pages}
        assert "dibco2009/H01" in names
        assert not any(name.startswith(("dibco2011", "dibco2013")) for name in names)

    def test_missing_and_damaged_weights(self, tmp_path: Path) -> None:
        with pytest.raises(ModelError, match="needs single"):
            ThreeStage(model=str(tmp_path))(Page(written()))
        with pytest.raises(ModelError, match=r"needs channel.*, local.*; train"):
            ThreeStage(form="two-stage", model=str(tmp_path))(Page(written()))
        with pytest.raises(ModelError, match=r"needs channel.*, local.*, global"):
            ThreeStage(form="two-stage", fusion="veto", model=str(tmp_path))(Page(written()))
        (tmp_path / "single.safetensors").write_bytes(b"not weights")
        with pytest.raises(ModelError, match="not a readable weight file"):
            ThreeStage(model=str(tmp_path))(Page(written()))
