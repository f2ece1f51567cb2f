"""Backbones of a text detector: ResNet-18, ResNet-50, and a small one made for pages.

ResNets after K. He, X. Zhang, S. Ren, J. Sun, "Deep Residual Learning for Image Recognition"
(2016), with the stride of a bottleneck in its 3x3 convolution, in plain torch. DB's authors make
the 3x3 convolutions of the last three stages deformable; these are plain.

The small one, ``page``, is ResNet's basic block with what ink needs and no more: two strided 3x3
convolutions instead of 7x7 and a pool, few channels, multiples of 32 (what the matrix units of
processors like), one block at 1/4, two at each level below. Level 1/4 has half the channels of the
next: it is a third of the work with as many, and the text is as well found without them.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from docbin.errors import SettingError

__all__ = ["BACKBONES", "Backbone", "make_backbone"]


@dataclass(frozen=True)
class _Shape:
    """Widths of the four levels (1/4, 1/8, 1/16, 1/32), blocks a level, kind of block and stem."""

    widths: tuple[int, int, int, int]
    blocks: tuple[int, int, int, int]
    bottleneck: bool
    stem: int
    pooled: bool


BACKBONES: dict[str, _Shape] = {
    "page": _Shape((32, 64, 128, 192), (1, 2, 2, 2), False, 32, False),
    "resnet18": _Shape((64, 128, 256, 512), (2, 2, 2, 2), False, 64, True),
    "resnet50": _Shape((256, 512, 1024, 2048), (3, 4, 6, 3), True, 64, True),
}
"""Backbones by name."""


def normed(
    inputs: int, outputs: int, size: int, stride: int = 1, *, relu: bool = True
) -> nn.Sequential:
    """Make a convolution, batch norm, and, unless told otherwise, a ReLU."""
    layers: list[nn.Module] = [
        nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False),
        nn.BatchNorm2d(outputs),
    ]
    return nn.Sequential(*layers, *([nn.ReLU(inplace=True)] if relu else []))


class Block(nn.Module):
    """Residual block: (n, i, h, w) to (n, o, h/stride, w/stride)."""

    def __init__(self, inputs: int, outputs: int, stride: int, bottleneck: bool) -> None:
        super().__init__()
        if bottleneck:
            inner = outputs // 4
            self.body = nn.Sequential(
                normed(inputs, inner, 1),
                normed(inner, inner, 3, stride),
                normed(inner, outputs, 1, relu=False),
            )
        else:
            self.body = nn.Sequential(
                normed(inputs, outputs, 3, stride), normed(outputs, outputs, 3, relu=False)
            )
        same = stride == 1 and inputs == outputs
        self.skip = None if same else normed(inputs, outputs, 1, stride, relu=False)
        nn.init.zeros_(self.body[-1][1].weight)  # type: ignore[index,arg-type]

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.body(x) + (x if self.skip is None else self.skip(x)))


class Backbone(nn.Module):
    """(n, channels, h, w), sides multiples of 32, to maps at 1/4, 1/8, 1/16 and 1/32."""

    def __init__(self, shape: _Shape, channels: int) -> None:
        super().__init__()
        self.widths = shape.widths
        if shape.pooled:
            self.stem = nn.Sequential(
                normed(channels, shape.stem, 7, 2), nn.MaxPool2d(3, stride=2, padding=1)
            )
            width = shape.stem
        else:
            self.stem = nn.Sequential(
                normed(channels, shape.stem, 3, 2), normed(shape.stem, shape.widths[0], 3, 2)
            )
            width = shape.widths[0]
        self.levels = nn.ModuleList()
        for number, (outputs, count) in enumerate(zip(shape.widths, shape.blocks, strict=True)):
            level = nn.Sequential()
            for index in range(count):
                stride = 2 if number and not index else 1
                level.append(Block(width, outputs, stride, shape.bottleneck))
                width = outputs
            self.levels.append(level)

    def forward(self, x: Tensor) -> list[Tensor]:
        x = self.stem(x)
        maps = []
        for level in self.levels:
            x = level(x)
            maps.append(x)
        return maps


def make_backbone(name: str, channels: int) -> Backbone:
    """Build a backbone by name for an input of `channels`."""
    if name not in BACKBONES:
        known = ", ".join(BACKBONES)
        raise SettingError(f"dbnet: backbone must be one of {known}, got {name!r}")
    return Backbone(BACKBONES[name], channels)
