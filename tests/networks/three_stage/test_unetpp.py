"""The published shape: its encoder's padding and weights, its nodes, its sizes."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from docbin.errors import ModelError, SettingError  # noqa: E402
from docbin.networks.three_stage.encoder import (  # noqa: E402
    FEATURES,
    Encoder,
    Padded,
    load_imagenet,
)
from docbin.networks.three_stage.unetpp import UnetPlusPlus, UnetPlusPlusConfig  # noqa: E402


def test_encoder_maps_and_size() -> None:
    encoder = Encoder().eval()
    with torch.no_grad():
        maps = encoder(torch.rand(1, 3, 64, 32))
    assert [tuple(m.shape[1:]) for m in maps] == [
        (width, 64 >> level, 32 >> level) for level, width in enumerate(FEATURES, 1)
    ]
    weights = sum(p.numel() for p in encoder.parameters())
    assert weights == 2_958_848  # EfficientNet-lite0 without its 1280-wide head and classifier


def test_padding_puts_the_odd_pixel_last() -> None:
    conv = Padded(1, 1, 3, 2)
    torch.nn.init.zeros_(conv.weight)
    with torch.no_grad():
        conv.weight[0, 0, 0, 0] = 1
    x = torch.arange(16.0).reshape(1, 1, 4, 4)
    assert conv(x)[0, 0].tolist() == [[0, 2], [8, 10]]


def test_imagenet_weights_go_where_they_belong(tmp_path: Path) -> None:
    torch.manual_seed(0)
    encoder = Encoder()
    theirs = {"_fc.bias": torch.zeros(1000)}
    block = encoder.stages[2][1]
    names = {
        "_conv_stem": encoder.stem,
        "_bn0": encoder.stem_norm,
        "_blocks.4._depthwise_conv": block.depthwise,
    }
    from docbin.networks.three_stage.encoder import _their_name

    for name, value in encoder.state_dict().items():
        if not name.endswith("num_batches_tracked"):
            theirs[_their_name(name)] = torch.rand(value.shape)
    assert len(theirs) == 1 + sum("num_batches" not in name for name in encoder.state_dict())
    path = tmp_path / "lite0.pth"
    torch.save(theirs, path)
    load_imagenet(encoder, path)
    for name, module in names.items():
        assert torch.equal(module.weight, theirs[f"{name}.weight"])
    del theirs["_blocks.0._bn1.bias"]
    torch.save(theirs, path)
    with pytest.raises(ModelError, match=r"_blocks.0._bn1.bias"):
        load_imagenet(encoder, path)
    path.write_bytes(b"no weights")
    with pytest.raises(ModelError, match="not readable"):
        load_imagenet(encoder, path)


@pytest.mark.parametrize("channels", [1, 3])
def test_shapes(channels: int) -> None:
    net = UnetPlusPlus(UnetPlusPlusConfig(channels)).eval()
    with torch.no_grad():
        out = net(torch.rand(1, channels, 64, 32), torch.rand(1, channels, 128, 128))
    assert out.logits.shape == (1, 1, 64, 32)
    assert [m.shape[1] for m in out.maps] == [256, 128, 64, 32]
    assert sorted(net.nodes) == [
        "0_1", "0_2", "0_3", "0_4", "1_1", "1_2", "1_3", "2_1", "2_2", "3_1",
    ]  # fmt: skip


@pytest.mark.parametrize("settings", [{"channels": 2}, {"widths": (8, 8)}, {"last": 0}])
def test_bad_config(settings: dict[str, object]) -> None:
    with pytest.raises(SettingError, match="must be"):
        UnetPlusPlusConfig(**settings)  # type: ignore[arg-type]


@pytest.mark.parametrize("channels", [1, 3])
def test_folded_says_the_same(channels: int) -> None:
    torch.manual_seed(2)
    net = UnetPlusPlus(UnetPlusPlusConfig(channels, (8, 16, 24, 32), 8)).eval()
    with torch.no_grad():
        for module in net.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.running_mean.normal_(0, 0.3)
                module.running_var.uniform_(0.5, 2)
                module.weight.normal_(1, 0.3)
                module.bias.normal_(0, 0.3)
        crops = torch.rand(2, channels, 64, 96)
        expected = net(crops)
        net.fold()
        found = net(crops)
    assert expected.logits.std() > 0.005
    assert not any(isinstance(m, torch.nn.BatchNorm2d) for m in net.modules())
    for a, b in zip([found.logits, *found.maps], [expected.logits, *expected.maps], strict=True):
        assert torch.allclose(a, b, rtol=1e-4, atol=1e-5)
