"""The stages one by one, and every form of the pipeline on tiny networks."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from docbin.networks.three_stage.generator import Generator, GeneratorConfig  # noqa: E402
from docbin.networks.three_stage.pipeline import (  # noqa: E402
    Networks,
    channel_maps,
    page_probability,
    run_network,
)
from docbin.networks.three_stage.samples import channel_target  # noqa: E402
from docbin.networks.three_stage.stages import (  # noqa: E402
    CHANNELS,
    merge_channels,
    split_channels,
    twin_channels,
)
from docbin.tiles import Tiling  # noqa: E402


def tiny(channels: int, context: int = 4) -> Generator:
    torch.manual_seed(channels)
    config = GeneratorConfig(channels, (32, 32), (0, 0), (0,), context)
    return Generator(config).eval()


@pytest.fixture(scope="module")
def networks() -> Networks:
    channel = tiny(1)
    return Networks(tiny(3), dict.fromkeys(CHANNELS, channel), tiny(3), tiny(3, 0))


@pytest.fixture(scope="module")
def page() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (40, 520, 3)).astype(np.uint8)


def test_channels() -> None:
    rgb = np.zeros((2, 3, 3), np.uint8)
    rgb[..., 0] = 255
    planes = split_channels(rgb)
    assert list(planes) == ["gray", "red", "green", "blue"]
    assert planes["red"].min() == 255
    assert planes["gray"].tolist() == [[[76]] * 3] * 2


def test_merge_is_the_mean_with_gray() -> None:
    maps = {
        c: np.full((1, 1), v, np.float32) for c, v in zip(CHANNELS, (1, 0, 0.5, 1), strict=True)
    }
    assert merge_channels(maps).tolist() == [[[128, 64, 0]]]


def test_channel_target_adds_what_is_nearly_black() -> None:
    smooth = np.array([[200, 61, 60, 0]], np.uint8)
    ink = np.array([[True, False, False, False]])
    assert channel_target(smooth, ink).tolist() == [[True, False, True, True]]


@pytest.mark.parametrize(
    ("form", "fusion"),
    [
        ("single", "local"),
        ("two-stage", "veto"),
        ("two-stage", "local"),
        ("three-stage", "weighted"),
    ],
)
def test_forms(networks: Networks, page: np.ndarray, form: str, fusion: str) -> None:
    found = page_probability(networks, page, Tiling(64, 0.0), form=form, fusion=fusion)  # type: ignore[arg-type]
    assert found.shape == page.shape[:2]
    assert found.dtype == np.float32
    assert found.min() >= 0
    assert found.max() <= 1


def test_wavelet_changes_three_stages_only(networks: Networks, page: np.ndarray) -> None:
    page = page[:, :64]
    for form, same in (("two-stage", True), ("three-stage", False)):
        raw, haar = (
            page_probability(networks, page, Tiling(64, 0.0), form=form, wavelet=w)  # type: ignore[arg-type]
            for w in (False, True)
        )
        assert np.array_equal(raw, haar) == same


def test_flips_make_it_symmetric(networks: Networks) -> None:
    assert networks.single is not None
    patch = np.random.default_rng(1).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    view = np.zeros((128, 128, 3), np.uint8)
    run = lambda p: run_network(networks.single, p, view, Tiling(64), flips=True)  # noqa: E731
    assert np.allclose(run(patch)[:, ::-1], run(patch[:, ::-1]), atol=2e-2)


def test_twins_are_channels_that_look_alike() -> None:
    gray = np.full((4, 4, 3), 90, np.uint8)
    assert twin_channels(split_channels(gray), False) == dict.fromkeys(CHANNELS, "gray")
    haar = twin_channels(split_channels(gray), True)
    assert haar == {"gray": "gray", "red": "red", "green": "red", "blue": "red"}
    gray[..., 2] = 80
    assert twin_channels(split_channels(gray), False)["blue"] == "blue"


def test_one_network_is_asked_once_about_a_gray_page(page: np.ndarray) -> None:
    gray = page[:, :64, :1].repeat(3, 2)
    calls = []

    class Counting(Generator):
        def forward(self, crop, view=None):  # type: ignore[no-untyped-def]
            calls.append(crop.shape)
            return super().forward(crop, view)

    net = Counting(tiny(1).config).eval()
    maps = channel_maps(Networks(channels=dict.fromkeys(CHANNELS, net)), gray, Tiling(64))
    assert len(calls) == 1
    assert np.array_equal(maps["gray"], maps["blue"])
    own = dict.fromkeys(CHANNELS, net) | {"blue": tiny(1)}
    channel_maps(Networks(channels=own), gray, Tiling(64))
    assert len(calls) == 1 + 3
