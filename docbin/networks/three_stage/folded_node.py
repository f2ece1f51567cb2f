"""A node of U-Net++ at inference: the same sums, a fifth fewer of them.

A 3x3 convolution over pixels that were doubled sees each of them two or one times in a row, so the
taps that fall on one pixel are added beforehand. Of the pixels (2y, 2x), (2y, 2x + 1), ... four 2x2
convolutions of the small map are left, for nine taps each four:

    conv3([skips, up(below)]) = conv3(skips) + shuffle(conv2(below))

and norms are folded into the weights. Equal to `unetpp.Node` but for rounding.
"""

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

__all__ = ["FoldedNode"]

CORNERS = ((0, 0), (0, 1), (1, 0), (1, 1))
PAIRS = ((0, 1, 1), (0, 0, 1))
"""Which of two small pixels the three taps of a doubled row fall on: even rows, odd rows."""


class FoldedNode(nn.Module):
    """Convolve joined maps twice: skips (n, s, h, w) each, below (n, b, h/2, w/2) to (n, o, h, w).

    From the two convolutions of a node and their norms; `below` channels come from the level below.
    """

    def __init__(
        self,
        first: nn.Conv2d,
        first_norm: nn.BatchNorm2d,
        second: nn.Conv2d,
        second_norm: nn.BatchNorm2d,
        below: int,
    ) -> None:
        super().__init__()
        joined = fuse_conv_bn_eval(first, first_norm)
        assert joined.bias is not None
        own = first.in_channels - below
        self.outputs = first.out_channels
        self.skips = nn.Conv2d(own, self.outputs, 3, padding=1) if own else None
        self.small = nn.Conv2d(below, 4 * self.outputs, 2, padding=1, bias=not own)
        self.second = fuse_conv_bn_eval(second, second_norm)
        with torch.no_grad():
            self.small.weight.copy_(_doubled(joined.weight[:, own:]))
            if self.skips is not None and self.skips.bias is not None:
                self.skips.weight.copy_(joined.weight[:, :own])
                self.skips.bias.copy_(joined.bias)
            elif self.small.bias is not None:
                self.small.bias.copy_(joined.bias.repeat(4))

    def forward(self, skips: list[Tensor], below: Tensor) -> Tensor:
        parts = self.small(below)  # (n, 4 o, h/2 + 1, w/2 + 1): four pixels, each o channels
        n, _, height, width = parts.shape
        if self.skips is not None:
            x = self.skips(skips[0] if len(skips) == 1 else torch.cat(skips, 1))
        else:
            x = parts.new_empty(n, 2 * height - 2, 2 * width - 2, self.outputs)
            x = x.permute(0, 3, 1, 2)  # channels last in memory
        for (row, column), part in zip(CORNERS, parts.chunk(4, 1), strict=True):
            here = part[:, :, row : row + height - 1, column : column + width - 1]
            there = x[:, :, row::2, column::2]
            there.copy_(here) if self.skips is None else there.add_(here)
        return functional.relu_(self.second(functional.relu_(x)))


def _doubled(weight: Tensor) -> Tensor:
    """Add the taps that fall on one pixel: (o, b, 3, 3) to (4 o, b, 2, 2)."""
    parts = []
    for row, column in CORNERS:
        part = weight.new_zeros(*weight.shape[:2], 2, 2)
        for y, x in itertools.product(range(3), repeat=2):
            part[:, :, PAIRS[row][y], PAIRS[column][x]] += weight[:, :, y, x]
        parts.append(part)
    return torch.cat(parts)
