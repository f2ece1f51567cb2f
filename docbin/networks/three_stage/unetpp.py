"""U-Net++ on an EfficientNet-lite0 encoder: the published shape of every generator, made small.

Z. Zhou, M. M. R. Siddiquee, N. Tajbakhsh, J. Liang, "UNet++: A Nested U-Net Architecture for
Medical Image Segmentation" (2018). With X[i][0] the encoder's map at 1/2, 1/4 ... 1/32,

    X[i][j] = conv(conv([X[i][0], ..., X[i][j-1], up(X[i+1][j-1])]))

and the ink is read from X[0][4], enlarged once more. The published three-stage code takes this from
a library with EfficientNet-B6; here it is plain torch with lite0. It sees the crop alone: the
page's view, which the compact generator takes, is accepted and not used. Its weights are not
shipped: ``docbin train three-stage --network unet++`` makes them.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from docbin.errors import SettingError
from docbin.networks.three_stage.encoder import FEATURES, Encoder
from docbin.networks.three_stage.folded_node import FoldedNode
from docbin.networks.three_stage.generator import GeneratorOutput

__all__ = ["UnetPlusPlus", "UnetPlusPlusConfig"]

MEAN, DEVIATION = 127 / 255, 128 / 255
"""What the ImageNet weights of the encoder were trained with, every channel alike."""


@dataclass(frozen=True)
class UnetPlusPlusConfig:
    """`channels` in (1 or 3; one is shown three times), `widths` of the nodes at 1/2 ... 1/16.

    `last` channels at full size, before the ink is read.
    """

    channels: int = 3
    widths: tuple[int, ...] = (32, 64, 128, 256)
    last: int = 16

    def __post_init__(self) -> None:
        if self.channels not in (1, 3):
            raise SettingError(f"unet++: channels must be 1 or 3, got {self.channels}")
        if len(self.widths) != len(FEATURES) - 1 or min(*self.widths, self.last) < 1:
            raise SettingError(
                f"unet++: widths must be {len(FEATURES) - 1} positive numbers, got {self.widths}, "
                f"and last positive, got {self.last}"
            )

    @property
    def multiple(self) -> int:
        """Sides of a crop must be multiples of this."""
        return int(2 ** len(FEATURES))


class Node(nn.Module):
    """Two 3x3 convolutions over what is joined: skips (n, s, h, w) each, below (n, b, h/2, w/2)."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
        self.first_norm = nn.BatchNorm2d(outputs)
        self.second = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.second_norm = nn.BatchNorm2d(outputs)

    def forward(self, skips: list[Tensor], below: Tensor) -> Tensor:
        """Return (n, o, h, w)."""
        x = torch.cat([*skips, functional.interpolate(below, scale_factor=2, mode="nearest")], 1)
        x = functional.relu(self.first_norm(self.first(x)))
        return functional.relu(self.second_norm(self.second(x)))


class UnetPlusPlus(nn.Module):
    """Crop to ink logits: (n, channels, h, w) from 0 to 1, h and w multiples of 32."""

    def __init__(self, config: UnetPlusPlusConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder()
        widths, depth = config.widths, len(config.widths)
        self.nodes = nn.ModuleDict()
        for j in range(1, depth + 1):
            for i in range(depth + 1 - j):
                below = _below(widths, i, j)
                self.nodes[f"{i}_{j}"] = Node(FEATURES[i] + (j - 1) * widths[i] + below, widths[i])
        self.full: nn.Module = Node(widths[0], config.last)
        self.head = nn.Conv2d(config.last, 1, 3, padding=1)
        nn.init.constant_(self.head.bias, -2.0)  # type: ignore[arg-type]  # a tenth is ink

    def fold(self) -> None:
        """Fold the norms and what is doubled into the convolutions: never to be trained again."""
        self.encoder.fold()
        widths = self.config.widths
        for name, node in list(self.nodes.items()):
            i, j = (int(part) for part in name.split("_"))
            self.nodes[name] = _folded(node, _below(widths, i, j))
        self.full = _folded(self.full, widths[0])

    def forward(self, crop: Tensor, view: Tensor | None = None) -> GeneratorOutput:
        x = (crop.expand(-1, 3, -1, -1) - MEAN) / DEVIATION
        rows = [[x] for x in self.encoder(x)]  # X[i], 1/2 first
        for j in range(1, len(rows)):
            for i in range(len(rows) - j):
                rows[i].append(self.nodes[f"{i}_{j}"](rows[i], rows[i + 1][j - 1]))
        logits = self.head(self.full([], rows[0][-1]))
        return GeneratorOutput(logits, tuple(row[-1] for row in rows[-2::-1]))


def _below(widths: tuple[int, ...], i: int, j: int) -> int:
    """Return the channels of what node X[i][j] is given from the level below."""
    return FEATURES[i + 1] if j == 1 else widths[i + 1]


def _folded(node: nn.Module, below: int) -> FoldedNode:
    assert isinstance(node, Node)
    return FoldedNode(node.first, node.first_norm, node.second, node.second_norm, below)
