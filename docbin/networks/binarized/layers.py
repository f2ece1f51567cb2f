"""The layers of a binarized network: the binary convolution and its residual unit."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from docbin.networks.binarized.bits import Bits, eight_bits, salient_channels, sum_of_bases
from docbin.networks.binarized.sign import ESTIMATORS

__all__ = ["BinaryConv2d", "Unit"]

OFFSET_LIMIT = 3.0
"""A page moves a unit's sums by at most this many standard deviations."""


class BinaryConv2d(nn.Module):
    """Convolve signs with signs, stride 1, +1 outside: (n, c, h, w) of ±1 to (n, c, h, w).

    While `real` is set the latent weights are used as they are: the first of the two steps of
    training, in which activations alone are binary. `share` is how much of the training is done.
    `bits` beyond one a weight are those of `docbin.networks.binarized.bits`.
    """

    share: Tensor

    def __init__(
        self, width: int, estimator: str, kernel: int = 3, *, bits: Bits | None = None
    ) -> None:
        super().__init__()
        self.estimator, self.bits = ESTIMATORS[estimator], bits or Bits()
        self.weight = nn.Parameter(torch.randn(width, width, kernel, kernel) * 0.1)
        learned = self.estimator.scale == "learned"
        self.scale = nn.Parameter(torch.ones(width, 1, 1, 1)) if learned else None
        bases = self.bits.bases
        self.factors = nn.Parameter(torch.ones(bases, width)) if bases > 1 else None
        self.register_buffer("share", torch.zeros(()), persistent=False)
        self.real = False

    def binary(self) -> Tensor:
        """Return the signs of the weights, (o, i, k, k) of ±1."""
        return self.estimator.weight(self.weight, self.share)

    def factor(self) -> Tensor | None:
        """Return what the signs are multiplied by, (o, 1, 1, 1), None for nothing."""
        if self.factors is not None:
            size = self.weight.detach().abs().mean((1, 2, 3), keepdim=True)
            return self.factors[0, :, None, None, None] * size
        return self.estimator.scale_of(self.weight, self.scale)

    def deployed(self) -> Tensor:
        """Return the weights that the signs of activations meet, (o, i, k, k)."""
        if self.real:
            return self.weight
        if self.factors is not None:
            weight = sum_of_bases(
                self.weight, self.factors, self.estimator, self.share, evolving=self.bits.evolving
            )
        else:
            weight, factor = self.binary(), self.factor()
            weight = weight if factor is None else weight * factor
        if self.bits.salient:
            chosen = salient_channels(self.weight, self.bits.salient)
            weight = torch.where(chosen, eight_bits(self.weight), weight)
        return weight

    def forward(self, signs: Tensor) -> Tensor:
        pad = self.weight.shape[-1] // 2
        return functional.conv2d(functional.pad(signs, (pad,) * 4, value=1.0), self.deployed())


class Unit(nn.Module):
    """y = x + gain · prelu(γ · (norm(conv(sign(x - threshold))) + offset) + β).

    gain and offset come from the page's features (n, f) where `features` is not 0.
    """

    def __init__(
        self, width: int, estimator: str, features: int = 0, *, bits: Bits | None = None
    ) -> None:
        super().__init__()
        self.conv = BinaryConv2d(width, estimator, bits=bits)
        shifted = self.conv.estimator.shifted
        start = torch.randn(width) * 0.3 if shifted else torch.zeros(width)
        self.threshold = nn.Parameter(start, requires_grad=shifted)
        self.norm = nn.BatchNorm2d(width, affine=False)
        self.gamma = nn.Parameter(torch.full((width,), 0.3))
        self.beta = nn.Parameter(torch.zeros(width))
        self.slope = nn.Parameter(torch.full((width,), 0.25))
        self.film = nn.Linear(features, 2 * width) if features else None
        if self.film is not None:
            nn.init.zeros_(self.film.weight)
            nn.init.zeros_(self.film.bias)

    def forward(self, x: Tensor, features: Tensor | None = None) -> Tensor:
        shifted = x - self.threshold[:, None, None]
        signs = self.conv.estimator.activation(shifted, self.conv.share)
        y = self.norm(self.conv(signs))
        shift, gain = self.beta[:, None, None], None
        if self.film is not None and features is not None:
            scale, offset = self.film(features).float()[:, :, None, None].chunk(2, 1)
            gain = torch.clamp(1 + scale, 0.5, 1.5)
            offset = torch.clamp(offset, -OFFSET_LIMIT, OFFSET_LIMIT)
            shift = shift + self.gamma[:, None, None] * offset
        y = y * self.gamma[:, None, None] + shift
        y = torch.where(y >= 0, y, y * self.slope[:, None, None])
        return (x + (y if gain is None else gain * y)).to(x.dtype)
