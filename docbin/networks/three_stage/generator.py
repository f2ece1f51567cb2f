"""A compact U-Net for pages: Haar bands down and up, residual blocks, the whole page as context.

After O. Ronneberger, P. Fischer, T. Brox, "U-Net: Convolutional Networks for Biomedical Image
Segmentation" (2015); down- and up-sampling by the Haar transform as in P. Liu et al., "Multi-level
Wavelet-CNN for Image Restoration" (2018); the page steers the crop by feature-wise scale and shift
as in E. Perez et al., "FiLM: Visual Reasoning with a General Conditioning Layer" (2018).

    stem     Haar bands of the crop at 1/2, then 3x3 to widths[0]
    down     y = W · haar(x), W a 1x1 matrix on the four bands: one 2x2 convolution of stride 2
    up       y = haar⁻¹(W · x): one 1x1 convolution and a pixel shuffle; nothing is transposed
    block    y = relu(x + bn(conv3(relu(bn(conv3(x))))))
    context  four small convolutions on a 128 x 128 view of the page; mean and maximum of the last
             map give, for each level of the decoder, x · (1 + scale) + shift

Departures from the U-Net: skips are added, not joined, so that every width is the same on both
sides and a network of 1-bit convolutions with identity paths can be made from the same config.
"""

import itertools
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

from docbin.errors import SettingError
from docbin.networks.three_stage.config import HAAR, GeneratorConfig

__all__ = ["Generator", "GeneratorConfig", "GeneratorOutput", "haar_matrix"]


class GeneratorOutput(NamedTuple):
    """What a generator says about a crop."""

    logits: Tensor  # (n, 1, h, w), above 0 is ink
    maps: tuple[Tensor, ...]  # one a decoder level, deepest first, for distillation


def haar_matrix() -> Tensor:
    """Return the (4, 4) orthonormal Haar matrix: see `HAAR`."""
    return torch.tensor(HAAR, dtype=torch.float32)


class HaarDown(nn.Module):
    """Mix the Haar bands of every 2 x 2 pixels: (n, i, h, w) to (n, o, h/2, w/2)."""

    haar: Tensor

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        mix = torch.randn(outputs, inputs, 4) * (1 / (4 * inputs)) ** 0.5
        self.mix = nn.Parameter(mix)
        self.register_buffer("haar", haar_matrix(), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        kernel = (self.mix @ self.haar).reshape(*self.mix.shape[:2], 2, 2)
        return functional.conv2d(x, kernel, stride=2)


class HaarUp(nn.Module):
    """Make four bands and invert the Haar transform: (n, i, h, w) to (n, o, 2h, 2w)."""

    haar: Tensor

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.mix = nn.Parameter(torch.randn(outputs, 4, inputs) * (1 / inputs) ** 0.5)
        self.register_buffer("haar", haar_matrix(), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        kernel = (self.haar.T @ self.mix).flatten(0, 1)[:, :, None, None]
        kernel = kernel.contiguous(memory_format=torch.channels_last)  # else torch's slow path
        return functional.pixel_shuffle(functional.conv2d(x, kernel), 2)


class Block(nn.Module):
    """Two 3x3 convolutions and the identity around them: (n, c, h, w) to the same."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.first_norm: nn.Module = nn.BatchNorm2d(width)
        self.second = nn.Conv2d(width, width, 3, padding=1, bias=False)
        last = nn.BatchNorm2d(width)
        nn.init.constant_(last.weight, 0.2)  # a young block is nearly the identity
        self.second_norm: nn.Module = last

    def forward(self, x: Tensor) -> Tensor:
        y = _relu(self.first_norm(self.first(x)))
        return _relu(x + self.second_norm(self.second(y)))


def _relu(x: Tensor) -> Tensor:
    """In place: a map of a large tile leaves the caches as it is made."""
    return functional.relu(x, inplace=True)


def _folded(conv: nn.Conv2d, norm: nn.Module) -> tuple[nn.Conv2d, nn.Module]:
    """Return a convolution that does what the norm behind it did at inference, and nothing."""
    assert isinstance(norm, nn.BatchNorm2d)
    return fuse_conv_bn_eval(conv, norm), nn.Identity()


class Context(nn.Module):
    """The page's view (n, c, 128, 128) to a scale and a shift a level, (n, width, 1, 1) each."""

    def __init__(self, channels: int, width: int, levels: tuple[int, ...]) -> None:
        super().__init__()
        sizes = (channels, max(16, width // 2), width, width, width)
        self.convs = nn.ModuleList(
            nn.Conv2d(a, b, 3, stride=2, padding=1) for a, b in itertools.pairwise(sizes)
        )
        self.heads = nn.ModuleList(nn.Linear(2 * width, 2 * level) for level in levels)
        for head in self.heads:
            nn.init.zeros_(head.weight)  # type: ignore[arg-type]
            nn.init.zeros_(head.bias)  # type: ignore[arg-type]

    def forward(self, view: Tensor) -> list[tuple[Tensor, Tensor]]:
        x = view
        for conv in self.convs:
            x = functional.relu(conv(x))
        summary = torch.cat([x.mean((2, 3)), x.amax((2, 3))], 1)
        film = [head(summary)[:, :, None, None].chunk(2, 1) for head in self.heads]
        return [(scale, shift) for scale, shift in film]


class Generator(nn.Module):
    """Crop and page view to ink logits.

    ``forward(crop, view)``: crop (n, channels, h, w) and view (n, channels, 128, 128), both from 0
    (black) to 1 (white); h and w multiples of ``config.multiple``.
    """

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        self.config = config
        widths = config.widths
        self.stem = HaarDown(config.channels, widths[0])
        self.stem_conv = nn.Conv2d(widths[0], widths[0], 3, padding=1, bias=False)
        self.stem_norm: nn.Module = nn.BatchNorm2d(widths[0])
        self.shrink = nn.ModuleList(HaarDown(a, b) for a, b in itertools.pairwise(widths))
        self.down = nn.ModuleList(
            nn.Sequential(*(Block(width) for _ in range(count)))
            for width, count in zip(widths, config.down, strict=True)
        )
        self.grow = nn.ModuleList(HaarUp(b, a) for a, b in itertools.pairwise(widths))
        self.up = nn.ModuleList(
            nn.Sequential(*(Block(width) for _ in range(count)))
            for width, count in zip(widths[:-1], config.up, strict=True)
        )
        self.context = (
            Context(config.channels, config.context, widths[::-1]) if config.context else None
        )
        self.head = nn.Conv2d(widths[0], 16, 3, padding=1)
        self.tail = HaarUp(16, 1)
        self.bias = nn.Parameter(torch.full((1,), -2.0))  # one pixel in ten is ink

    def fold(self) -> None:
        """Fold the norms into the convolutions: a tenth faster, and never to be trained again."""
        self.stem_conv, self.stem_norm = _folded(self.stem_conv, self.stem_norm)
        for block in list(self.modules()):
            if isinstance(block, Block):
                block.first, block.first_norm = _folded(block.first, block.first_norm)
                block.second, block.second_norm = _folded(block.second, block.second_norm)

    def forward(self, crop: Tensor, view: Tensor | None = None) -> GeneratorOutput:
        films: list[tuple[Tensor, Tensor]] = []
        if self.context is not None:
            if view is None:
                raise SettingError("generator: this network needs the page's view beside the crop")
            films = self.context((view - 0.5) * 4)
        x = _relu(self.stem_norm(self.stem_conv(self.stem((crop - 0.5) * 4))))
        skips: list[Tensor] = []
        for level, blocks in enumerate(self.down):  # 1/2, 1/4, 1/8, 1/16
            if level:
                skips.append(x)
                x = _relu(self.shrink[level - 1](x))
            x = blocks(x)
        maps: list[Tensor] = []
        for depth in range(len(skips) + 1):  # deepest first
            if depth:
                level = len(skips) - depth
                x = _relu(skips[level] + self.grow[level](x))
            if films:
                scale, shift = films[depth]
                x = _relu(x * (1 + scale) + shift)
            if depth:
                x = self.up[len(skips) - depth](x)
            maps.append(x)
        logits = self.tail(_relu(self.head(x))) + self.bias
        return GeneratorOutput(logits, tuple(maps))
