"""Weights of more than one bit: forward and gradient against the formulas, and the export."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from docbin.errors import ModelError, SettingError  # noqa: E402
from docbin.native.network import PackedNetwork  # noqa: E402
from docbin.native.packed import write_packed  # noqa: E402
from docbin.networks.binarized.bits import (  # noqa: E402
    Bits,
    eight_bits,
    salient_channels,
    sum_of_bases,
)
from docbin.networks.binarized.export import pack  # noqa: E402
from docbin.networks.binarized.generator import BinarizedConfig, BinarizedGenerator  # noqa: E402
from docbin.networks.binarized.layers import BinaryConv2d  # noqa: E402
from docbin.networks.binarized.rounded import rounded_logits  # noqa: E402
from docbin.networks.binarized.sign import ESTIMATORS  # noqa: E402
from docbin.networks.binarized.train import advance, recalibrate  # noqa: E402

CLIP = ESTIMATORS["bnn"]
START, END = torch.tensor(0.0), torch.tensor(1.0)


def weights(seed: int = 1) -> torch.Tensor:
    return torch.randn(3, 4, 3, 3, generator=torch.Generator().manual_seed(seed)) * 0.4


def sign(x: np.ndarray) -> np.ndarray:
    return np.where(x >= 0, 1.0, -1.0)


@pytest.mark.parametrize("bases", [1, 2, 3])
def test_bases_are_signs_of_what_is_left(bases: int) -> None:
    w = weights()
    factors = torch.tensor([[1.0, 0.5, 2.0], [0.8, 1.0, -1.0], [1.0, 1.0, 0.5]])[:bases]
    found = sum_of_bases(w, factors, CLIP, START, evolving=False).numpy()
    for o in range(3):
        left, total = w[o].double().numpy(), 0.0
        for k in range(bases):
            part = float(factors[k, o]) * np.abs(left).mean() * sign(left)
            total, left = total + part, left - part
        assert found[o] == pytest.approx(total, abs=1e-6)


def test_more_bases_come_nearer() -> None:
    w = weights()
    gaps = [
        float((w - sum_of_bases(w, torch.ones(k, 3), CLIP, START, evolving=False)).square().sum())
        for k in (1, 2, 3, 4)
    ]
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[1] < 0.6 * gaps[0]


@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 1.0])
def test_later_bases_fade(share: float) -> None:
    w, factors = weights(), torch.ones(2, 3)
    first = sum_of_bases(w, factors[:1], CLIP, START, evolving=False)
    both = sum_of_bases(w, factors, CLIP, START, evolving=False)
    found = sum_of_bases(w, factors, CLIP, torch.tensor(share), evolving=True)
    assert torch.allclose(found, first + max(0.0, 1 - share / 0.5) * (both - first), atol=1e-6)


def test_gradient_of_two_bases() -> None:
    # dŴ/dW = σ1 c(W) + σ2 c(R) (1 - σ1 c(W)), c the estimator's slope, σ held
    w = (weights() * 3).requires_grad_()
    factors = torch.tensor([[1.0, 0.5, 1.5], [1.0, 2.0, 0.5]], requires_grad=True)
    g = torch.randn(w.shape, generator=torch.Generator().manual_seed(2))
    (sum_of_bases(w, factors, CLIP, START, evolving=False) * g).sum().backward()
    x, s = w.detach().double().numpy(), factors.detach().double().numpy()
    assert w.grad is not None
    assert factors.grad is not None
    for o in range(3):
        size = np.abs(x[o]).mean()
        first = s[0, o] * size
        left = x[o] - first * sign(x[o])
        second = s[1, o] * np.abs(left).mean()
        near, near_left = np.abs(x[o]) <= 1, np.abs(left) <= 1
        slope = first * near + second * near_left * (1 - first * near)
        assert w.grad[o].numpy() == pytest.approx(g[o].numpy() * slope, abs=1e-5)
        # dŴ/ds1 = m1 sign(W) (1 - σ2 c(R)), dŴ/ds2 = m2 sign(R)
        wanted = (g[o].numpy() * size * sign(x[o]) * (1 - second * near_left)).sum()
        assert float(factors.grad[0, o]) == pytest.approx(wanted, rel=1e-4)
        wanted = (g[o].numpy() * np.abs(left).mean() * sign(left)).sum()
        assert float(factors.grad[1, o]) == pytest.approx(wanted, rel=1e-4)


def test_eight_bits() -> None:
    w = weights().requires_grad_()
    found = eight_bits(w)
    found.sum().backward()
    for o in range(3):
        step = float(w[o].detach().abs().max()) / 127
        levels = found[o].detach().numpy() / step
        assert np.abs(levels - np.rint(levels)).max() < 1e-3
        assert np.abs(found[o].detach().numpy() - w[o].detach().numpy()).max() <= step * 0.5001
    assert w.grad is not None
    assert bool((w.grad == 1).all())
    assert bool((eight_bits(torch.zeros(2, 1, 1, 1)) == 0).all())


def test_salient_channels_are_the_largest() -> None:
    w = torch.tensor([0.1, -0.9, 0.5, 0.2]).reshape(4, 1, 1, 1)
    assert salient_channels(w, 0.5).flatten().tolist() == [False, True, True, False]
    assert not bool(salient_channels(w, 0.1).any())


def test_a_layer_mixes_salient_and_binary_channels() -> None:
    conv = BinaryConv2d(4, "xnor-net", bits=Bits(salient=0.25))
    with torch.no_grad():
        conv.weight[2] *= 5
    with torch.no_grad():
        found = conv.deployed()
    assert torch.equal(found[2], eight_bits(conv.weight)[2])
    for o in (0, 1, 3):
        size = float(conv.weight[o].detach().abs().mean())
        assert found[o].abs().numpy() == pytest.approx(size)


@pytest.mark.parametrize(
    "bad",
    [
        {"bases": 0},
        {"bases": 9},
        {"salient": 1.0},
        {"salient": -0.1},
        {"evolving": True},
        {"bases": 2, "estimator": "biper"},
        {"salient": 0.1, "estimator": "recu"},
    ],
)
def test_bad_settings(bad: dict[str, object]) -> None:
    with pytest.raises(SettingError):
        BinarizedConfig(**bad)  # type: ignore[arg-type]


def network(**bits: object) -> BinarizedGenerator:
    torch.manual_seed(3)
    config = BinarizedConfig(3, (8, 16), (1, 1), (1,), (4, 6), **bits)  # type: ignore[arg-type]
    net = BinarizedGenerator(config)
    advance(net, 1.0)
    batch = {"crop": torch.rand(2, 3, 64, 64), "view": torch.rand(2, 3, 128, 128)}
    recalibrate(net, [batch] * 2)
    return net


@pytest.mark.parametrize("bits", [{"bases": 2}, {"salient": 0.25}])
def test_packed_files_have_no_node_for_more_bits(bits: dict[str, object]) -> None:
    with pytest.raises(ModelError, match="one bit a weight"):
        pack(network(**bits))


@pytest.mark.parametrize("estimator", ["reactnet", "xnor-net"])
def test_evolved_weights_are_packed_as_they_are(estimator: str, tmp_path: Path) -> None:
    net = network(bases=2, evolving=True, estimator=estimator)
    for module in net.modules():
        if isinstance(module, BinaryConv2d):
            assert module.factors is not None
            torch.nn.init.normal_(module.factors)  # negative ones too
            sizes = module.deployed().abs()
            assert torch.allclose(sizes, sizes.mean((1, 2, 3), keepdim=True), atol=1e-6)
    packed = pack(net)
    path = tmp_path / "net.safetensors"
    write_packed(path, packed.graph, packed.tensors)
    page = np.random.default_rng(1).integers(0, 256, (64, 40, 3), np.uint8)
    assert np.array_equal(rounded_logits(net, packed, page), PackedNetwork(path).logits(page))
