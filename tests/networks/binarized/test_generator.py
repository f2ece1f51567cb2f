"""The binarized generator: shapes, what is binary, and that it is the packed network."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from docbin.data.training_pages import TrainingPage  # noqa: E402
from docbin.errors import ModelError, SettingError  # noqa: E402
from docbin.native.network import PackedNetwork  # noqa: E402
from docbin.native.packed import write_packed  # noqa: E402
from docbin.networks.binarized import packing  # noqa: E402
from docbin.networks.binarized.export import pack  # noqa: E402
from docbin.networks.binarized.generator import (  # noqa: E402
    BinarizedConfig,
    BinarizedGenerator,
    haar_bands,
)
from docbin.networks.binarized.layers import BinaryConv2d, Unit  # noqa: E402
from docbin.networks.binarized.rounded import rounded_logits  # noqa: E402
from docbin.networks.binarized.sign import ESTIMATORS  # noqa: E402
from docbin.networks.binarized.train import recalibrate  # noqa: E402
from docbin.networks.weights import BINARIZED, save_weights  # noqa: E402

SMALL = BinarizedConfig(widths=(8, 16, 32), down=(1, 2, 1), up=(1, 1), context=(4, 6))


def settled(config: BinarizedConfig = SMALL, seed: int = 0) -> BinarizedGenerator:
    """A network with random numbers everywhere, negative ones too, and norms that fit."""
    torch.manual_seed(seed)
    net = BinarizedGenerator(config)
    for module in net.modules():
        if isinstance(module, Unit):
            torch.nn.init.normal_(module.gamma, 0, 0.3)
            torch.nn.init.normal_(module.beta, 0, 0.3)
            if module.film is not None:
                torch.nn.init.normal_(module.film.weight, 0, 0.5)
        if isinstance(module, BinaryConv2d) and module.scale is not None:
            torch.nn.init.normal_(module.scale, 0, 1)
    pixels = torch.rand(2, config.channels, 64, 64)
    view = torch.rand(2, config.channels, 128, 128)
    recalibrate(net, [{"crop": pixels, "view": view}] * 2)
    return net


def test_shapes_and_maps() -> None:
    net = settled()
    out = net(torch.rand(2, 3, 64, 96), torch.rand(2, 3, 128, 128))
    assert out.logits.shape == (2, 1, 64, 96)
    assert [tuple(m.shape[1:]) for m in out.maps] == [(32, 4, 6), (16, 8, 12), (8, 16, 24)]


def test_needs_its_view() -> None:
    with pytest.raises(SettingError, match="view"):
        settled()(torch.rand(1, 3, 32, 32))


def test_a_fresh_view_tells_pages_apart() -> None:
    torch.manual_seed(0)
    net = BinarizedGenerator(BinarizedConfig())
    assert net.view is not None
    shades = torch.linspace(0, 0.9, 6)[:, None, None, None]  # of ever darker pages
    pages = 1 - shades * torch.rand(6, 3, 128, 128)
    said = net.view(1 - pages).detach()
    assert (said.std(0) > 0.01).float().mean() > 0.3
    assert said.max() < 8


@pytest.mark.parametrize(
    "bad",
    [
        {"channels": 2},
        {"widths": (8, 24)},
        {"down": (1, 1)},
        {"up": (0, 1)},
        {"estimator": "none"},
    ],
)
def test_bad_configs(bad: dict[str, object]) -> None:
    with pytest.raises(SettingError):
        BinarizedConfig(**bad)  # type: ignore[arg-type]


def test_haar_bands_are_the_twin_of_the_kernels() -> None:
    from docbin.native.reference_xnor import haar_bands as twin

    page = np.random.default_rng(0).integers(0, 256, (16, 24, 3), np.uint8)
    bands = haar_bands(255 - torch.from_numpy(page).permute(2, 0, 1)[None].double())
    assert np.array_equal(bands[0].numpy(), twin(page))


def test_convolution_pads_with_plus_one() -> None:
    conv = BinaryConv2d(2, "bnn")
    found = conv(-torch.ones(1, 2, 3, 3))
    signs = conv.binary().detach()
    inside = -signs.sum((1, 2, 3))
    assert torch.equal(found[0, :, 1, 1], inside)
    corner = -signs[:, :, 1:, 1:].sum((1, 2, 3)) + (
        signs.sum((1, 2, 3)) - signs[:, :, 1:, 1:].sum((1, 2, 3))
    )
    assert torch.equal(found[0, :, 0, 0], corner)


@pytest.mark.parametrize("name", sorted(ESTIMATORS))
def test_packed_network_is_the_trained_one(name: str, tmp_path: Path) -> None:
    net = settled(BinarizedConfig((3), (8, 16), (1, 1), (1,), (4, 6), estimator=name))
    packed = pack(net)
    path = tmp_path / "net.safetensors"
    write_packed(path, packed.graph, packed.tensors)
    run = PackedNetwork(path)
    for shape in ((1, 1), (13, 50), (64, 40)):
        page = np.random.default_rng(1).integers(0, 256, (*shape, 3), np.uint8)
        assert np.array_equal(rounded_logits(net, packed, page), run.logits(page))


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("context", [(), (4, 8, 6)])
def test_rounding_costs_little(channels: int, context: tuple[int, ...], tmp_path: Path) -> None:
    net = settled(BinarizedConfig(channels, (16, 32), (1, 1), (1,), context, every_unit=False))
    packed = pack(net, digits=3)
    page = np.random.default_rng(2).integers(0, 256, (64, 64, channels), np.uint8)
    view = torch.from_numpy(page).permute(2, 0, 1)[None].float() / 255
    seen = torch.nn.functional.interpolate(view, (128, 128))  # an area view of 64 pixels repeats
    with torch.no_grad():
        exact = net(view, seen).logits[0, 0].numpy()
    found = rounded_logits(net, packed, page) / 256
    alike = np.corrcoef(found.ravel(), np.clip(exact, -8, 8).ravel())[0, 1]
    assert alike > 0.9  # a random network on noise: signs near zero flip


def test_gains_that_cannot_be_proved_are_refused() -> None:
    net = settled()
    with torch.no_grad():
        net.down[0][0].gamma.fill_(1e4)
    with pytest.raises(ModelError, match="smaller gains"):
        pack(net)


class TestExport:
    def page(self) -> TrainingPage:
        pixels = np.random.default_rng(5).integers(0, 256, (40, 52, 3), np.uint8)
        return TrainingPage("set/one", pixels, pixels[..., 0] < 90)

    def test_writes_what_it_checked(self, tmp_path: Path) -> None:
        net = settled()
        save_weights(tmp_path / "w.safetensors", BINARIZED, SMALL, net, pages="the pages")
        target = tmp_path / "packed.safetensors"
        rows = list(packing.export(tmp_path / "w.safetensors", target, [self.page()]))
        assert [row.name for row in rows] == ["set/one"]
        assert rows[0].differing == 0
        assert rows[0].packed == rows[0].rounded
        assert PackedNetwork(target).training_pages == ("the pages",)
        assert sorted(p.name for p in tmp_path.iterdir()) == ["packed.safetensors", "w.safetensors"]

    def test_a_channel_network_is_checked_on_gray(self, tmp_path: Path) -> None:
        config = BinarizedConfig(1, (8, 16), (1, 1), (1,), (4,))
        save_weights(tmp_path / "w.safetensors", BINARIZED, config, settled(config))
        target = tmp_path / "packed.safetensors"
        rows = list(packing.export(tmp_path / "w.safetensors", target, [self.page()]))
        assert rows[0].differing == 0
        assert PackedNetwork(target).file.graph.page_channels == 1

    def test_leaves_out_a_view_that_says_nothing(self, tmp_path: Path) -> None:
        net = settled()
        assert net.view is not None
        with torch.no_grad():
            net.view.convs[-1].bias.fill_(-50)
        save_weights(tmp_path / "w.safetensors", BINARIZED, SMALL, net)
        target = tmp_path / "packed.safetensors"
        rows = list(packing.export(tmp_path / "w.safetensors", target, [self.page()]))
        assert rows[0].differing == 0
        assert PackedNetwork(target).file.graph.context_layers == 0

    def test_refuses_ink_that_differs(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        net = settled()
        save_weights(tmp_path / "w.safetensors", BINARIZED, SMALL, net)

        def other(*args: object) -> np.ndarray:
            return np.full((40, 52), 7, np.int16)

        monkeypatch.setattr(packing, "rounded_logits", other)
        target = tmp_path / "packed.safetensors"
        with pytest.raises(ModelError, match="was not written"):
            list(packing.export(tmp_path / "w.safetensors", target, [self.page()]))
        assert not target.exists()
