"""The compact generator: its Haar transform, its shapes, and that it sees the page."""

import pytest

torch = pytest.importorskip("torch")

from docbin.errors import SettingError  # noqa: E402
from docbin.networks.three_stage.generator import (  # noqa: E402
    Generator,
    GeneratorConfig,
    HaarDown,
    HaarUp,
    haar_matrix,
)

TINY = GeneratorConfig(widths=(32, 32), down=(1, 1), up=(1,), context=8)


def test_haar_is_orthonormal_and_up_inverts_down() -> None:
    assert torch.allclose(haar_matrix() @ haar_matrix().T, torch.eye(4))
    down, up = HaarDown(1, 4), HaarUp(4, 1)
    with torch.no_grad():
        down.mix.copy_(torch.eye(4)[:, None, :])
        up.mix.copy_(torch.eye(4)[None])
    x = torch.rand(2, 1, 6, 8)
    assert torch.allclose(up(down(x)), x, atol=1e-6)
    assert torch.allclose(down(x)[:, 0], torch.nn.functional.avg_pool2d(x, 2)[:, 0] * 2)


@pytest.mark.parametrize("size", [(4, 4), (8, 20)])
def test_shapes(size: tuple[int, int]) -> None:
    net = Generator(TINY).eval()
    out = net(torch.rand(2, 3, *size), torch.rand(2, 3, 128, 128))
    assert out.logits.shape == (2, 1, *size)
    assert [m.shape[1] for m in out.maps] == [32, 32]
    assert TINY.multiple == 4


def test_page_changes_the_crop() -> None:
    torch.manual_seed(0)
    net = Generator(TINY).eval()
    for head in net.context.heads:  # type: ignore[union-attr]
        torch.nn.init.normal_(head.weight)
    crop = torch.rand(1, 3, 8, 8)
    dark, light = torch.zeros(1, 3, 128, 128), torch.ones(1, 3, 128, 128)
    assert not torch.allclose(net(crop, dark).logits, net(crop, light).logits)
    with pytest.raises(SettingError, match="page's view"):
        net(crop)


def test_shipped_size() -> None:
    count = sum(p.numel() for p in Generator(GeneratorConfig()).parameters())
    assert count <= 1_500_000


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"channels": 2}, "channels"),
        ({"widths": (33, 64)}, "multiples of 32"),
        ({"widths": (32,)}, "two or more"),
        ({"down": (1,)}, "as many entries"),
        ({"context": -1}, "negative"),
    ],
)
def test_bad_config(settings: dict[str, object], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        GeneratorConfig(**settings)  # type: ignore[arg-type]
