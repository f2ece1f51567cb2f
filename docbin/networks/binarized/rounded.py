"""The trained network in torch, rounded at the points where the packed network rounds.

The check of an export. Signs come from the latent weights and the layers are torch's own, in
float64, where sums of integers below 2**53 are exact; only the folded numbers are the file's. What
differs from the packed network then is a mistake in packing, and its size is known.
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from docbin.native.network import area_view
from docbin.native.reference_context import FEATURE_LIMIT, FILM_GAIN, FILM_OFFSET, FILM_ONE
from docbin.native.reference_network import padded_page
from docbin.native.reference_xnor import LOGIT_LIMIT, power_digits
from docbin.networks.binarized.export import Packed, units_of
from docbin.networks.binarized.generator import BinarizedGenerator, haar_bands
from docbin.networks.binarized.layers import Unit

__all__ = ["rounded_logits"]


def rounded_logits(
    net: BinarizedGenerator, packed: Packed, page: NDArray[np.uint8]
) -> NDArray[np.int16]:
    """Return the logits of ink of a page (h, w, c) uint8: (h, w) int16, in 1/256."""
    run = _Rounded(net, packed)
    with torch.inference_mode():
        found = run.page(page)
    return found.numpy().astype(np.int16)[: page.shape[0], : page.shape[1]]


class _Rounded:
    def __init__(self, net: BinarizedGenerator, packed: Packed) -> None:
        self.net, self.packed = net, packed
        self.units = dict(units_of(net))

    def number(self, name: str) -> Tensor:
        return torch.from_numpy(np.asarray(self.packed.tensors[name], np.float64))

    def affine(self, name: str, x: Tensor, stride: int = 1) -> Tensor:
        total = functional.conv2d(x, self.number(f"{name}.weight"), stride=stride, padding=1)
        return self.shifted(name, total)

    def shifted(self, name: str, total: Tensor) -> Tensor:
        step = 2 ** self.number(f"{name}.shift")[:, None, None]
        return torch.floor((total + self.number(f"{name}.bias")[:, None, None] + step / 2) / step)

    def page(self, page: NDArray[np.uint8]) -> Tensor:
        features: Tensor | None = None
        config = self.net.config
        if config.context:
            x = 255 - torch.from_numpy(area_view(page)).double()[None]
            for i in range(len(config.context)):
                x = self.affine(f"context{i}", x, 2).clamp(0, FEATURE_LIMIT)
            features = torch.floor(x.mean((2, 3)))[0]
        padded = padded_page(page, config.multiple)
        inverted = 255 - torch.from_numpy(padded).double().permute(2, 0, 1)[None]
        limit = self.packed.graph["nodes"][1]["limit"]
        x = self.affine("stem", haar_bands(inverted)).clamp(-limit, limit)
        skips: list[Tensor] = []
        for level, count in enumerate(config.down):
            if level:
                skips.append(x)
                x = torch.repeat_interleave(torch.floor(functional.avg_pool2d(x, 2) + 0.5), 2, 1)
            for i in range(count):
                x = self.unit(f"down{level}_{i}", x, features)
        for level in reversed(range(len(config.up))):
            n, c, h, w = x.shape
            x = torch.floor(x.reshape(n, c // 2, 2, h, w).mean(2) + 0.5)
            x = functional.interpolate(x, scale_factor=2.0, mode="nearest") + skips[level]
            for i in range(config.up[level]):
                x = self.unit(f"up{level}_{i}", x, features)
        logits = self.affine("ink", x).clamp(-LOGIT_LIMIT, LOGIT_LIMIT - 1)
        return functional.pixel_shuffle(logits, 4)[0, 0]

    def unit(self, name: str, x: Tensor, features: Tensor | None) -> Tensor:
        unit: Unit = self.units[name]
        steps = np.repeat(self.packed.one, len(unit.gamma) // len(self.packed.one))
        below = x < torch.ceil(unit.threshold.double() * torch.from_numpy(steps))[:, None, None]
        signs = functional.pad(torch.where(below, -1.0, 1.0), (1, 1, 1, 1), value=1.0)
        dot = functional.conv2d(signs, unit.conv.binary()).double()  # exact: below 2**24
        factor = unit.conv.factor()
        turned = unit.gamma < 0 if factor is None else unit.gamma * factor.flatten() < 0
        dot = torch.where(turned[:, None, None], -dot, dot)
        bias, positive, negative = (
            self.number(f"{name}.{key}") for key in ("bias", "positive", "negative")
        )
        if unit.film is not None and features is not None:
            total = (self.number(f"{name}.film.weight") @ features)[:, None, None]
            moved = self.shifted(f"{name}.film", total).flatten()
            gain, offset = moved.chunk(2)
            gain = (FILM_ONE + gain).clamp(*FILM_GAIN)
            bias = bias + offset.clamp(-FILM_OFFSET, FILM_OFFSET)
            positive, negative = (
                torch.floor((g * gain + FILM_ONE / 2) / FILM_ONE) for g in (positive, negative)
            )
        u = torch.floor((dot + bias[:, None, None]) / 2)
        return x + torch.where(u >= 0, self.gained(u, positive), self.gained(u, negative))

    def gained(self, u: Tensor, gains: Tensor) -> Tensor:
        digits: Any = self.packed.graph["digits"]
        signs, exponents, _ = power_digits(gains.numpy().astype(np.int64), digits)
        total = torch.zeros_like(u)
        for d in range(digits):
            power = torch.from_numpy(signs[:, d] * 1.0)[:, None, None]
            step = torch.from_numpy(2.0 ** exponents[:, d])[:, None, None]
            total = total + power * torch.floor(u * step)
        return total
