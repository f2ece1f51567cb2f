"""Every estimator's forward and gradient against its formula, at and around each breakpoint."""

import math

import pytest

torch = pytest.importorskip("torch")

from docbin.networks.binarized.sign import ESTIMATORS, SLOPES, slope_of  # noqa: E402

EDGE = 1e-4
POINTS = [
    sign * (base + step)
    for base in (0.0, 0.1, 0.5, 1.0, 1.5)
    for step in (-EDGE, 0.0, EDGE)
    for sign in (1.0, -1.0)
]


def expected(surrogate: str, x: float, share: float) -> float:
    """The formulas once more, one number at a time."""
    size = abs(x)
    if surrogate == "clip":
        return 1.0 if size <= 1 else 0.0
    if surrogate == "wide":
        return 1.0 if size <= 1.5 else 0.0
    if surrogate == "quadratic":
        return max(0.0, 2 - 2 * size)
    if surrogate == "fourier":
        n = round(9 + 9 * share)
        total = sum(math.cos((2 * i + 1) * 0.1 * x) for i in range(n + 1))
        return 4 * 0.1 / math.pi * total if size <= 1 else 0.0
    if surrogate == "power":
        o = 1 + 2 * share
        if size > 1.5:
            return 0.0
        return 0.1 ** (1 / o) / 0.1 if size <= 0.1 else size ** ((1 - o) / o) / o
    if surrogate == "tanh":
        return 1 - math.tanh(x) ** 2
    if surrogate == "sine":
        return 20 * math.cos(20 * x)
    return 1.0


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("surrogate", sorted(SLOPES))
def test_slopes(surrogate: str, share: float) -> None:
    x = torch.tensor(POINTS, dtype=torch.float64)
    found = slope_of(surrogate, x, share)  # type: ignore[arg-type]
    wanted = [expected(surrogate, p, share) for p in POINTS]
    assert found.tolist() == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize("name", sorted(ESTIMATORS))
def test_activations_are_signs_and_zero_is_plus_one(name: str) -> None:
    x = torch.tensor([-2.0, -1e-9, 0.0, 1e-9, 2.0]).reshape(1, 1, 1, 5)
    found = ESTIMATORS[name].activation(x, torch.tensor(0.3))
    assert found.flatten().tolist() == [-1, -1, 1, 1, 1]


@pytest.mark.parametrize("name", sorted(ESTIMATORS))
def test_weights_are_signs_that_learn(name: str) -> None:
    weight = (
        torch.randn(4, 3, 3, 3, generator=torch.Generator().manual_seed(1)) * 0.1
    ).requires_grad_()
    signs = ESTIMATORS[name].weight(weight, torch.tensor(0.5))
    assert set(signs.unique().tolist()) == {-1.0, 1.0}
    signs.sum().backward()
    assert weight.grad is not None
    assert bool(torch.isfinite(weight.grad).all())
    assert float(weight.grad.abs().sum()) > 0


@pytest.mark.parametrize("name", sorted(ESTIMATORS))
def test_gradients_are_the_slopes(name: str) -> None:
    estimator = ESTIMATORS[name]
    x = torch.tensor(POINTS).reshape(1, 1, 1, -1).requires_grad_()
    share = torch.tensor(0.5)
    estimator.activation(x, share).sum().backward()
    assert x.grad is not None
    if not estimator.standardise:
        wanted = [expected(estimator.activations, p, 0.5) for p in POINTS]
        assert x.grad.flatten().tolist() == pytest.approx(wanted, abs=1e-4)
    if estimator.weights not in ("clamp",):
        w = torch.tensor(POINTS).reshape(1, 1, 1, -1).requires_grad_()
        estimator.weight(w, share).sum().backward()
        wanted = [expected(estimator.weights, p, 0.5) for p in POINTS]
        assert w.grad is not None
        assert w.grad.flatten().tolist() == pytest.approx(wanted, abs=1e-4)


def test_sine_weights_are_signs_of_the_sine() -> None:
    w = torch.linspace(-1, 1, 201).reshape(1, 1, 1, -1)
    found = ESTIMATORS["biper"].weight(w, torch.tensor(0.0))
    assert torch.equal(found, torch.where(torch.sin(20 * w) >= 0, 1.0, -1.0))


def test_recu_revives_dead_weights_and_clamps_rare_ones() -> None:
    w = torch.randn(2, 8, 3, 3, generator=torch.Generator().manual_seed(3)).requires_grad_()
    ESTIMATORS["recu"].weight(w, torch.tensor(0.0)).square().sum().backward()
    w.grad = None
    signs = ESTIMATORS["recu"].weight(w, torch.tensor(0.0))
    (signs * torch.randn(signs.shape, generator=torch.Generator().manual_seed(4))).sum().backward()
    assert w.grad is not None
    centred = (w - w.mean((1, 2, 3), keepdim=True)).detach()
    rare = centred.abs() > 3 * centred.abs().mean()
    assert bool(rare.any())
    assert float(w.grad[~rare].abs().min()) > 0


def test_scales() -> None:
    w = torch.tensor([[[[1.0, -3.0]]], [[[0.5, 0.5]]]])
    mean = ESTIMATORS["xnor-net"].scale_of(w, None)
    assert mean is not None
    assert mean.flatten().tolist() == [2.0, 0.5]
    assert ESTIMATORS["bnn"].scale_of(w, None) is None
