"""Signs for activations and weights, and the gradients that stand in for theirs.

Forward, every estimator is sign(x) with sign(0) = +1 (BiPer: of sin(ωw) for weights). Backward the
gradient g is multiplied by the slope of a surrogate; with o, n and τ moving over the training:

    clip       1 where |x| <= 1                          Hubara et al., "Binarized Neural Networks"
    wide       1 where |x| <= 1.5                        the same with room for latent weights
    quadratic  max(0, 2 - 2 |x|)                         Liu et al., "Bi-Real Net", 2018
    fourier    (4ω/π) Σ_{i<=n} cos((2i+1)ωx), |x| <= 1   Xu et al., "Frequency Domain Approximation
               ω = 0.1, n from 9 to 18                   for Binary Neural Networks" (FDA), 2021
    power      (1/o) |x|^((1-o)/o), |x| <= 1.5, below    Wu et al., "Estimator Meets Equilibrium
               0.1 flat at 0.1^(1/o) / 0.1; o 1 to 3     Perspective" (ReSTE), 2023
    tanh       1 - tanh²(x)                              Gong et al., "Differentiable Soft
                                                         Quantization", 2019
    sine       ω cos(ωw), ω = 20                         Vargas et al., "BiPer", 2024
    clamp      1 where the standardised weight is        Xu et al., "ReCU", 2021
               within ±Q, Q = -mean|w| ln(2 - 2τ)

A scale a channel is none, the mean |W| (Rastegari et al., "XNOR-Net", 2016), or learned. The batch
normalisation behind every binary convolution makes a scale invisible at inference: it changes what
the latent weights learn, never what is deployed.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor

__all__ = ["ESTIMATORS", "Estimator", "Surrogate", "slope_of"]

Surrogate = Literal["clip", "wide", "quadratic", "fourier", "power", "tanh", "sine", "clamp"]

FOURIER_OMEGA = 0.1
SINE_OMEGA = 20.0
POWER_TOP, POWER_FLAT = 1.5, 0.1


def _clip(x: Tensor, share: Tensor) -> Tensor:
    return (x.abs() <= 1).to(x.dtype)


def _wide(x: Tensor, share: Tensor) -> Tensor:
    return (x.abs() <= 1.5).to(x.dtype)


def _quadratic(x: Tensor, share: Tensor) -> Tensor:
    return torch.clamp(2 - 2 * x.abs(), min=0)


def _fourier(x: Tensor, share: Tensor) -> Tensor:
    last = torch.round(9 + 9 * share)  # n, the last term
    total = torch.zeros_like(x)
    for i in range(19):
        total = total + (i <= last) * torch.cos((2 * i + 1) * FOURIER_OMEGA * x)
    return total * (4 * FOURIER_OMEGA / math.pi) * (x.abs() <= 1)


def _power(x: Tensor, share: Tensor) -> Tensor:
    o = 1 + 2 * share
    size = x.abs()
    curve = torch.clamp(size, min=POWER_FLAT) ** ((1 - o) / o) / o
    flat = POWER_FLAT ** (1 / o) / POWER_FLAT
    return torch.where(size <= POWER_FLAT, flat, curve) * (size <= POWER_TOP)


def _tanh(x: Tensor, share: Tensor) -> Tensor:
    return 1 - torch.tanh(x).square()


def _sine(x: Tensor, share: Tensor) -> Tensor:
    return SINE_OMEGA * torch.cos(SINE_OMEGA * x)


def _one(x: Tensor, share: Tensor) -> Tensor:
    return torch.ones_like(x)


SLOPES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "clip": _clip,
    "wide": _wide,
    "quadratic": _quadratic,
    "fourier": _fourier,
    "power": _power,
    "tanh": _tanh,
    "sine": _sine,
    "clamp": _one,  # the clamp itself, in front of the sign, gives the rest
}


def slope_of(surrogate: Surrogate, x: Tensor, share: float = 0.0) -> Tensor:
    """Return what the gradient at x is multiplied by, `share` of the training being done."""
    return SLOPES[surrogate](x, torch.tensor(share))


class _Sign(torch.autograd.Function):
    """sign(x) forward; the gradient times the surrogate's slope backward."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, share: Tensor, surrogate: str) -> Tensor:
        ctx.save_for_backward(x, share)
        ctx.surrogate = surrogate
        value = torch.sin(SINE_OMEGA * x) if surrogate == "sine" else x
        return torch.where(value >= 0, 1.0, -1.0).to(x.dtype)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        x, share = ctx.saved_tensors
        return grads[0] * SLOPES[ctx.surrogate](x, share).to(grads[0].dtype), None, None


@dataclass(frozen=True)
class Estimator:
    """How a network's signs learn: surrogates, the weights' scale, and the paper.

    `standardise` divides a sample's activations by their deviation first (ReCU, BiPer);
    `shifted` gives every channel a learned threshold before its sign (ReActNet).
    """

    paper: str
    activations: Surrogate
    weights: Surrogate
    scale: Literal["none", "mean", "learned"] = "none"
    standardise: bool = False
    shifted: bool = False

    def activation(self, x: Tensor, share: Tensor) -> Tensor:
        """Return the signs of activations (n, c, h, w)."""
        if self.standardise:
            x = x / (x.flatten(1).std(1)[:, None, None, None] + 1e-5)
        return _sign(x, share, self.activations)

    def weight(self, w: Tensor, share: Tensor) -> Tensor:
        """Return the signs of latent weights (o, i, k, k)."""
        if self.weights == "clamp":
            w = _revived(w, share)
        return _sign(w, share, self.weights)

    def scale_of(self, w: Tensor, learned: Tensor | None) -> Tensor | None:
        """Return the weights' scale (o, 1, 1, 1), None for none."""
        if self.scale == "mean":
            return w.abs().mean((1, 2, 3), keepdim=True)
        return learned


def _sign(x: Tensor, share: Tensor, surrogate: str) -> Tensor:
    result: Tensor = _Sign.apply(x, share, surrogate)
    return result


def _revived(w: Tensor, share: Tensor) -> Tensor:
    """ReCU: standardise a channel's weights, clamp the rare ones; τ from 0.85 to 0.99."""
    spread = w.flatten(1).std(1)[:, None, None, None] / (2 * math.sqrt(2))
    w = (w - w.mean((1, 2, 3), keepdim=True)) / (spread + 1e-8)
    steep = (0.99 - 0.85) / (math.e - 1)
    tau = steep * torch.exp(share) + 0.85 - steep
    limit = -w.abs().mean((1, 2, 3), keepdim=True) * torch.log(2 - 2 * tau)
    return torch.minimum(torch.maximum(w, -limit), limit)


ESTIMATORS: dict[str, Estimator] = {
    "bnn": Estimator("Hubara et al., Binarized Neural Networks, 2016", "clip", "clip"),
    "xnor-net": Estimator("Rastegari et al., XNOR-Net, 2016", "clip", "clip", "mean"),
    "dorefa": Estimator("Zhou et al., DoReFa-Net, 2016", "clip", "clip", "mean"),
    "bi-real": Estimator("Liu et al., Bi-Real Net, 2018", "quadratic", "clip", "mean"),
    "xnor-net++": Estimator("Bulat, Tzimiropoulos, XNOR-Net++, 2019", "clip", "clip", "learned"),
    "reactnet": Estimator("Liu et al., ReActNet, 2020", "quadratic", "wide", shifted=True),
    "recu": Estimator("Xu et al., ReCU, 2021", "quadratic", "clamp", "learned", True),
    "fda": Estimator("Xu et al., FDA-BNN, 2021", "fourier", "fourier", "mean"),
    "biper": Estimator("Vargas et al., BiPer, 2024", "quadratic", "sine", "learned", True),
    "reste": Estimator("Wu et al., ReSTE, 2023", "power", "power", "mean"),
    "tanh": Estimator(
        "Gong et al., Differentiable Soft Quantization, 2019", "tanh", "clip", "mean"
    ),
}
"""Name to estimator."""
