"""What the generators and the discriminator make small.

BCE    binary cross-entropy of the logits
Dice   1 - 2 Σ p·t / (Σ p + Σ t), over the whole batch, so that a crop without ink is no pole
       (F. Milletari, N. Navab, S.-A. Ahmadi, "V-Net", 2016)
WGAN   D: E[D(fake)] - E[D(real)] + λ E[(|∇D(mix)| - 1)²], G: -E[D(fake)]
       (I. Gulrajani et al., "Improved Training of Wasserstein GANs", 2017), λ = 10
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["critic_loss", "dice_loss", "ink_loss"]


def dice_loss(logits: Tensor, truth: Tensor) -> Tensor:
    """Return the soft Dice loss of a batch, 0..1; shapes (n, 1, h, w)."""
    p = torch.sigmoid(logits.float())
    return 1 - (2 * (p * truth).sum() + 1) / (p.sum() + truth.sum() + 1)


def ink_loss(logits: Tensor, truth: Tensor, bce: float = 2.0, dice: float = 1.0) -> Tensor:
    """Return bce · BCE + dice · Dice."""
    cross = functional.binary_cross_entropy_with_logits(logits.float(), truth)
    return bce * cross + dice * dice_loss(logits, truth)


def critic_loss(
    critic: nn.Module, pixels: Tensor, real: Tensor, fake: Tensor, penalty: float = 10.0
) -> Tensor:
    """Return the discriminator's WGAN-GP loss.

    `pixels` (n, c, h, w), `real` and `fake` ink (n, 1, h, w) in 0..1. Computed in fp32: the
    penalty is a gradient of a gradient.
    """
    with torch.autocast(pixels.device.type, enabled=False):
        real, fake = real.float(), fake.detach().float()
        share = torch.rand(len(real), 1, 1, 1, device=real.device)
        mix = (share * real + (1 - share) * fake).requires_grad_()
        score = critic(pixels, mix)
        (slope,) = torch.autograd.grad(score.sum(), mix, create_graph=True)
        length = (slope.flatten(1).square().sum(1) + 1e-12).sqrt()
        gap = critic(pixels, fake).mean() - critic(pixels, real).mean()
        loss: Tensor = gap + penalty * (length - 1).square().mean()
    return loss
