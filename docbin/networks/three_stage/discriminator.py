"""The patch discriminator: page pixels and ink to a map of scores.

After P. Isola et al., "Image-to-Image Translation with Conditional Adversarial Networks" (2017).
The published three-stage and two-stage code builds its activations as ``LeakyReLU(True)``, a slope
of 1, which makes the whole discriminator linear; here the slope is 0.2. Without normalisation, as
WGAN-GP asks, since the penalty is on each sample alone.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from docbin.errors import SettingError

__all__ = ["Discriminator", "DiscriminatorConfig"]


@dataclass(frozen=True)
class DiscriminatorConfig:
    """`channels` of the pixels; `widths` of the convolutions, all but the last of stride 2."""

    channels: int = 3
    widths: tuple[int, ...] = (32, 64, 128, 256)
    slope: float = 0.2

    def __post_init__(self) -> None:
        if self.channels not in (1, 3) or not self.widths or min(self.widths) < 1:
            raise SettingError("discriminator: channels must be 1 or 3 and widths positive")
        if not 0 <= self.slope < 1:
            raise SettingError(
                f"discriminator: slope must be from 0 up to 1, got {self.slope}; at 1 it is linear"
            )


class Discriminator(nn.Module):
    """Pixels (n, c, h, w) and ink (n, 1, h, w) to scores (n, 1, about h/8, about w/8)."""

    def __init__(self, config: DiscriminatorConfig) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = config.channels + 1
        for number, width in enumerate(config.widths):
            stride = 1 if number == len(config.widths) - 1 and number > 0 else 2
            layers += [nn.Conv2d(before, width, 4, stride, 1), nn.LeakyReLU(config.slope)]
            before = width
        self.layers = nn.Sequential(*layers, nn.Conv2d(before, 1, 4, 1, 1))

    def forward(self, pixels: Tensor, ink: Tensor) -> Tensor:
        scores: Tensor = self.layers(torch.cat([(pixels - 0.5) * 4, (ink - 0.5) * 4], 1))
        return scores
