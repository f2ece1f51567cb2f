"""DB and DB++: a feature pyramid, and two heads for probability and threshold.

M. Liao, Z. Wan, C. Yao, K. Chen, X. Bai, "Real-time Scene Text Detection with Differentiable
Binarization" (2020); M. Liao, Z. Zou, Z. Wan, C. Yao, X. Bai, "Real-Time Scene Text Detection with
Differentiable Binarization and Adaptive Scale Fusion" (2022).

    neck    1x1 to `inner`, top-down sums, 3x3 to inner/4 a level, all brought to 1/4 and joined
    fusion  DB: none. DB++, the form of its paper's figure and of the released models for Total-Text
            and ICDAR ('scale-spatial'): s = conv3(joined); s = s + sigmoid(conv1(relu(conv3(mean of
            s over channels)))); w = sigmoid(conv1(s)), one weight a pixel and level; level · w
    heads   3x3, BN, ReLU, 2x2 up, BN, ReLU, 2x2 up; logits of P and of T at the page's resolution
    B       = sigmoid(k (P - T)), k = 50

Departure: the first transposed convolution gives `head` channels, which need not be inner/4, so
that a narrow head can be had on its own.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from docbin.errors import SettingError
from docbin.networks.dbnet.backbones import BACKBONES, make_backbone, normed

__all__ = ["DBNet", "DBNetConfig", "DBNetOutput", "K", "binary_map"]

K = 50.0
"""Steepness of the approximate binarization."""


@dataclass(frozen=True)
class DBNetConfig:
    """Shape of a detector.

    `channels` in (1: ink or grey; 3: colour), `backbone` a name of `BACKBONES`, `inner` channels of
    the neck (a multiple of 4), `head` channels of the heads, `fusion` 'none' (DB) or
    'scale-spatial' (DB++).
    """

    channels: int = 1
    backbone: str = "page"
    inner: int = 64
    head: int = 32
    fusion: str = "none"

    def __post_init__(self) -> None:
        if self.channels not in (1, 3):
            raise SettingError(f"dbnet: channels must be 1 or 3, got {self.channels}")
        if self.backbone not in BACKBONES:
            known = ", ".join(BACKBONES)
            raise SettingError(f"dbnet: backbone must be one of {known}, got {self.backbone!r}")
        if self.inner < 4 or self.inner % 4 or self.head < 1:
            raise SettingError(
                "dbnet: inner must be a multiple of 4 and head at least 1, "
                f"got {self.inner} and {self.head}"
            )
        if self.fusion not in ("none", "scale-spatial"):
            raise SettingError(
                f"dbnet: fusion must be 'none' or 'scale-spatial', got {self.fusion!r}"
            )


class DBNetOutput(NamedTuple):
    """What the network says of a page; each (n, 1, h, w)."""

    logits: Tensor  # of P: above 0 is the inside of text
    threshold: Tensor | None  # logits of T; only in training


def binary_map(probability: Tensor, threshold: Tensor, k: float = K) -> Tensor:
    """Return B = 1 / (1 + exp(-k (P - T))), in a form that never overflows."""
    return torch.sigmoid(k * (probability - threshold))


class Fusion(nn.Module):
    """Adaptive scale fusion: a weight a pixel for every level of the joined pyramid."""

    def __init__(self, joined: int, levels: int) -> None:
        super().__init__()
        inner = joined // levels
        self.enter = nn.Conv2d(joined, inner, 3, padding=1)
        self.spatial = nn.Sequential(
            nn.Conv2d(1, 1, 3, padding=1, bias=False),
            nn.ReLU(inplace=True),
            nn.Conv2d(1, 1, 1, bias=False),
        )
        self.leave = nn.Conv2d(inner, levels, 1, bias=False)
        self.levels = levels

    def forward(self, x: Tensor) -> Tensor:
        s = self.enter(x)
        s = s + torch.sigmoid(self.spatial(s.mean(1, keepdim=True)))
        weights = torch.sigmoid(self.leave(s))  # (n, levels, h, w)
        parts = torch.chunk(x, self.levels, 1)
        return torch.cat([part * weights[:, i : i + 1] for i, part in enumerate(parts)], 1)


class Neck(nn.Module):
    """Four maps at 1/4 to 1/32 to one at 1/4: (n, inner, h/4, w/4)."""

    def __init__(self, widths: tuple[int, ...], inner: int, fusion: str) -> None:
        super().__init__()
        self.lateral = nn.ModuleList(nn.Conv2d(w, inner, 1, bias=False) for w in widths)
        self.smooth = nn.ModuleList(
            nn.Conv2d(inner, inner // 4, 3, padding=1, bias=False) for _ in widths
        )
        self.fusion = Fusion(inner, len(widths)) if fusion != "none" else None

    def forward(self, maps: list[Tensor]) -> Tensor:
        levels = [layer(x) for layer, x in zip(self.lateral, maps, strict=True)]
        for i in range(len(levels) - 1, 0, -1):
            levels[i - 1] = levels[i - 1] + functional.interpolate(levels[i], scale_factor=2.0)
        levels = [layer(x) for layer, x in zip(self.smooth, levels, strict=True)]
        grown = [
            functional.interpolate(x, scale_factor=2.0**i) if i else x for i, x in enumerate(levels)
        ]
        joined = torch.cat(grown[::-1], 1)
        return joined if self.fusion is None else self.fusion(joined)  # type: ignore[no-any-return]


def make_head(inner: int, width: int) -> nn.Sequential:
    """Build a head: (n, inner, h/4, w/4) to logits (n, 1, h, w)."""
    return nn.Sequential(
        normed(inner, width, 3),
        nn.ConvTranspose2d(width, width, 2, 2, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(inplace=True),
        nn.ConvTranspose2d(width, 1, 2, 2),
    )


class DBNet(nn.Module):
    """(n, channels, h, w) in 0..1, black 0, sides multiples of 32, to the logits of P and T."""

    def __init__(self, config: DBNetConfig | None = None) -> None:
        super().__init__()
        self.config = config or DBNetConfig()
        self.backbone = make_backbone(self.config.backbone, self.config.channels)
        self.neck = Neck(self.backbone.widths, self.config.inner, self.config.fusion)
        self.probability = make_head(self.config.inner, self.config.head)
        self.threshold = make_head(self.config.inner, self.config.head)
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")

    def forward(self, x: Tensor) -> DBNetOutput:
        joined = self.neck(self.backbone((x - 0.5) * 4))
        logits = self.probability(joined)
        return DBNetOutput(logits, self.threshold(joined) if self.training else None)
