"""More than one bit a weight, where it pays: several bases, and salient channels at 8 bits.

**Bases.** Weights as a sum of signs, each of what the ones before it left over:

    R_1 = W,   B_k = sign(R_k),   σ_k = s_k mean|R_k|,   R_k+1 = R_k - σ_k B_k,   Ŵ = Σ σ_k B_k

with s_k learned, one an output channel. X. Zheng et al., "BinaryDM: Accurate Weight Binarization
for Efficient Diffusion Models" (2024): two bases with learned scales early in the training, then
one; `evolving` does so, the later σ fading to 0 in the first half of the training. Residual signs:
Y. Guo et al., "Network Sketching" (2017). A departure: the paper learns σ from mean|R| on, here a
factor of it, so that weights that come from a first step start right. A sign's gradient is the
estimator's; through R_k+1 it reaches W and s_k as it stands.

**Salient channels.** The share of output channels with the largest mean |W| keeps 8-bit weights,

    Ŵ = m / 127 round(127 W / m),   m = max|W|,   gradient 1

the others are binary. Y. Shang, Z. Yuan, Q. Wu, Z. Dong, "PB-LLM: Partially Binarized Large
Language Models" (2023) chooses single weights by magnitude; whole channels here, since a kernel
works by channel.

Several bases that stay and 8-bit channels are for measuring: packed networks have one bit a weight
(`docbin.native.graph`), so `docbin export` refuses them. Evolved weights have one bit.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from docbin.errors import SettingError
from docbin.networks.binarized.sign import Estimator

__all__ = ["Bits", "eight_bits", "salient_channels", "sum_of_bases"]

MOST_BASES = 4
EVOLVED = 0.5
"""Share of the training after which evolving weights have one basis."""
LEVELS = 127


@dataclass(frozen=True)
class Bits:
    """What a layer's weights may hold: `bases`, `evolving` to one, `salient` share at 8 bits."""

    bases: int = 1
    evolving: bool = False
    salient: float = 0.0

    def __post_init__(self) -> None:
        if not 1 <= self.bases <= MOST_BASES:
            raise SettingError(f"binarized: bases must be 1 to {MOST_BASES}, got {self.bases}")
        if not 0 <= self.salient < 1:
            raise SettingError(f"binarized: salient must be from 0 up to 1, got {self.salient}")
        if self.evolving and self.bases == 1:
            raise SettingError("binarized: evolving weights start from 2 bases or more")

    @property
    def one(self) -> bool:
        """Whether a trained weight is one bit, as packed networks need it."""
        return (self.bases == 1 or self.evolving) and self.salient == 0


def sum_of_bases(
    weight: Tensor, factors: Tensor, estimator: Estimator, share: Tensor, *, evolving: bool
) -> Tensor:
    """Return Σ σ_k B_k of weights (o, i, k, k); `factors` s (bases, o)."""
    left, total = weight, torch.zeros_like(weight)
    fade = torch.clamp(1 - share / EVOLVED, min=0) if evolving else torch.ones_like(share)
    for number, factor in enumerate(factors):
        scale = factor[:, None, None, None] * left.detach().abs().mean((1, 2, 3), keepdim=True)
        part = (scale if number == 0 else scale * fade) * estimator.weight(left, share)
        total, left = total + part, left - part
    return total


def salient_channels(weight: Tensor, share: float) -> Tensor:
    """Return which output channels of (o, i, k, k) are kept at 8 bits: (o, 1, 1, 1) bool."""
    size = weight.detach().abs().mean((1, 2, 3))
    count = round(share * len(size))
    chosen = torch.zeros_like(size, dtype=torch.bool)
    chosen[torch.topk(size, count).indices] = True
    return chosen[:, None, None, None]


def eight_bits(weight: Tensor) -> Tensor:
    """Return weights (o, i, k, k) rounded to 255 levels an output channel; the gradient is 1."""
    step = weight.detach().abs().amax((1, 2, 3), keepdim=True).clamp(min=1e-12) / LEVELS
    rounded = torch.round(weight.detach() / step) * step
    return weight + (rounded - weight.detach())
