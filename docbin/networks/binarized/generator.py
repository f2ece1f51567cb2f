"""The page generator with 1-bit weights and activations, as the packed kernels run it.

The U of `docbin.networks.three_stage.generator` in binarized form. What is trained here is what is
deployed: every operation below is a node of `docbin.native.graph`, in floating point.

    haar     two Haar levels of the inverted crop: 16 bands a channel at 1/4
    stem     3x3 to widths[0], real-valued, batch normalisation, clamp
    unit     x + prelu(film(bn(conv3(sign(x - threshold), sign(W))))): the identity around every
             binary convolution carries the real-valued stream (Bi-Real Net; ReActNet)
    down     2x2 mean, every channel twice (BiSRNet's dimension-matched identity)
    up       mean of two channels, every pixel 2x2 times; the skip is added
    head     3x3 to 16, real-valued, pixel shuffle by 4
    context  a 128 x 128 view of the page through small convolutions; FiLM on the units, which the
             packed network folds into their numbers once a page

Z. Liu et al., "Bi-Real Net" (2018); Z. Liu, Z. Shen, M. Savvides, K.-T. Cheng, "ReActNet" (2020);
Y. Cai et al., "Binarized Spectral Compressive Imaging" (2023).
"""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from docbin.errors import SettingError
from docbin.networks.binarized.bits import Bits
from docbin.networks.binarized.layers import Unit
from docbin.networks.binarized.sign import ESTIMATORS

__all__ = ["BinarizedConfig", "BinarizedGenerator", "BinarizedOutput", "haar_bands"]

STEM_LIMIT = 8.0
"""The stem's values are clamped to this many standard deviations."""
VIEW_LIMIT = 8.0
"""Largest value of the context's maps."""


@dataclass(frozen=True)
class BinarizedConfig:
    """Shape of a binarized generator.

    `channels` in (1 or 3); `widths` of the levels at 1/4, 1/8, 1/16 ..., each twice the last;
    `down` and `up` units a level (the deepest has its units in `down`); `context` outputs of the
    view's convolutions, empty for none, heard by the first unit of each stage or by `every_unit`;
    `estimator` of the signs' gradients; `bases`, `evolving` and `salient` as in `Bits`.
    """

    channels: int = 3
    widths: tuple[int, ...] = (64, 128, 256)
    down: tuple[int, ...] = (3, 3, 6)
    up: tuple[int, ...] = (3, 3)
    context: tuple[int, ...] = (16, 32, 32, 64, 32)
    every_unit: bool = True
    estimator: str = "reactnet"
    bases: int = 1
    evolving: bool = False
    salient: float = 0.0

    def __post_init__(self) -> None:
        if self.channels not in (1, 3):
            raise SettingError(f"binarized: channels must be 1 or 3, got {self.channels}")
        doubled = all(b == 2 * a for a, b in itertools.pairwise(self.widths))
        if len(self.widths) < 2 or min(self.widths) < 1 or not doubled:
            raise SettingError(f"binarized: each width must be twice the last, got {self.widths}")
        if len(self.down) != len(self.widths) or len(self.up) != len(self.widths) - 1:
            raise SettingError(
                "binarized: down must have as many entries as widths and up one less, "
                f"got {self.down} and {self.up} for {self.widths}"
            )
        if min(self.down + self.up) < 1 or any(c < 1 for c in self.context):
            raise SettingError("binarized: down, up and context must be at least 1")
        if self.estimator not in ESTIMATORS:
            raise SettingError(
                f"binarized: estimator must be one of {', '.join(ESTIMATORS)}, "
                f"got {self.estimator!r}"
            )
        more = self.bits != Bits()
        if more and ESTIMATORS[self.estimator].weights in ("sine", "clamp"):
            raise SettingError(
                f"binarized: bases and salient need signs of the weights themselves; "
                f"{self.estimator} takes others"
            )

    @property
    def bits(self) -> Bits:
        """What the binary convolutions' weights may hold."""
        return Bits(self.bases, self.evolving, self.salient)

    @property
    def multiple(self) -> int:
        """Sides of a crop must be multiples of this."""
        return int(2 ** (len(self.widths) + 1))


class BinarizedOutput(NamedTuple):
    """What a binarized generator says about a crop."""

    logits: Tensor  # (n, 1, h, w), above 0 is ink
    maps: tuple[Tensor, ...]  # the stream after each level of the decoder, deepest first


def haar_bands(x: Tensor) -> Tensor:
    """Two unnormalised Haar levels as a packet: (n, c, h, w) to (n, 16 c, h / 4, w / 4)."""
    for _ in range(2):
        n, c, h, w = x.shape
        blocks = x.reshape(n, c, h // 2, 2, w // 2, 2)
        p, q = blocks[:, :, :, 0, :, 0], blocks[:, :, :, 0, :, 1]
        r, s = blocks[:, :, :, 1, :, 0], blocks[:, :, :, 1, :, 1]
        bands = (p + q + r + s, p - q + r - s, p + q - r - s, p - q - r + s)
        x = torch.stack(bands, 2).reshape(n, 4 * c, h // 2, w // 2)
    return x


class View(nn.Module):
    """The page's inverted view (n, c, 128, 128) to features (n, f).

    Nothing normalises its maps, so they start with the variance of their input (K. He et al.,
    "Delving Deep into Rectifiers", 2015) and without a bias: from a fainter start the last layer
    falls silent for every page, and no gradient brings it back.
    """

    def __init__(self, channels: int, widths: tuple[int, ...]) -> None:
        super().__init__()
        sizes = (channels, *widths)
        self.convs = nn.ModuleList(
            nn.Conv2d(a, b, 3, stride=2, padding=1) for a, b in itertools.pairwise(sizes)
        )
        self.start()

    def start(self) -> None:
        """Draw fresh weights."""
        for conv in cast(Iterable[nn.Conv2d], self.convs):
            nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
            nn.init.zeros_(cast(Tensor, conv.bias))

    def forward(self, x: Tensor) -> Tensor:
        for conv in self.convs:
            x = torch.clamp(conv(x), 0, VIEW_LIMIT)
        return x.float().mean((2, 3))


class BinarizedGenerator(nn.Module):
    """Crop and page view to ink logits.

    ``forward(crop, view)``: crop (n, channels, h, w) and view (n, channels, 128, 128), both from 0
    (black) to 1 (white); h and w multiples of ``config.multiple``.
    """

    def __init__(self, config: BinarizedConfig) -> None:
        super().__init__()
        self.config = config
        widths, features = config.widths, config.context[-1] if config.context else 0
        self.stem = nn.Conv2d(16 * config.channels, widths[0], 3, padding=1, bias=False)
        self.stem_norm = nn.BatchNorm2d(widths[0])
        self.view = View(config.channels, config.context) if config.context else None

        def stage(width: int, count: int) -> nn.ModuleList:
            heard = [features if i == 0 or config.every_unit else 0 for i in range(count)]
            return nn.ModuleList(Unit(width, config.estimator, f, bits=config.bits) for f in heard)

        self.down = nn.ModuleList(map(stage, widths, config.down))
        self.up = nn.ModuleList(map(stage, widths[:-1], config.up))
        self.head = nn.Conv2d(widths[0], 16, 3, padding=1)
        nn.init.constant_(self.head.bias, -2.0)  # type: ignore[arg-type]  # one pixel in ten is ink

    def forward(self, crop: Tensor, view: Tensor | None = None) -> BinarizedOutput:
        features = None
        if self.view is not None:
            if view is None:
                raise SettingError("binarized: this network needs the page's view beside the crop")
            features = self.view(1 - view)
        x = self.stem_norm(self.stem(haar_bands(1 - crop) / 4))
        x = torch.clamp(x, -STEM_LIMIT, STEM_LIMIT)
        skips: list[Tensor] = []
        for level, units in enumerate(self.down):  # 1/4, 1/8, 1/16
            if level:
                skips.append(x)
                x = torch.repeat_interleave(functional.avg_pool2d(x, 2), 2, 1)
            for unit in cast(nn.ModuleList, units):
                x = unit(x, features)
        maps = [x]
        for level in reversed(range(len(self.up))):
            n, c, h, w = x.shape
            x = x.reshape(n, c // 2, 2, h, w).mean(2)
            x = functional.interpolate(x, scale_factor=2.0, mode="nearest") + skips[level]
            for unit in cast(nn.ModuleList, self.up[level]):
                x = unit(x, features)
            maps.append(x)
        return BinarizedOutput(functional.pixel_shuffle(self.head(x), 4), tuple(maps))
