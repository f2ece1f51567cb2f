"""The loss of DB: L = Ls + alpha · Lb + beta · Lt.

M. Liao et al. (2020), section 3.5: Ls is the cross-entropy of the probability map over the shrunk
regions and the hardest negatives, three to one; Lb the same for the approximate binary map, for
which the authors' code takes 1 - Dice; Lt the L1 distance of the threshold map inside the grown
regions; alpha = 1, beta = 10. (The authors' code weighs the three 5, 1 and 10.)
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from docbin.networks.dbnet.network import binary_map

__all__ = ["ALPHA", "BETA", "Losses", "balanced_cross_entropy", "db_loss", "dice_loss"]

ALPHA, BETA = 1.0, 10.0
NEGATIVES = 3.0
"""Negatives for each positive."""


class Losses(NamedTuple):
    """The three terms, scalars, and their weighted sum."""

    total: Tensor
    shrunk: Tensor
    binary: Tensor
    threshold: Tensor


def balanced_cross_entropy(logits: Tensor, truth: Tensor, mask: Tensor) -> Tensor:
    """Mean cross-entropy of the positives and the three times as many worst negatives.

    All three (n, 1, h, w); `mask` 0 where the truth says nothing. A batch without any text still
    learns from its worst 1 % of pixels; one that is masked altogether gives 0.
    """
    losses = functional.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    positive = (truth > 0.5) & (mask > 0.5)
    negative = (truth <= 0.5) & (mask > 0.5)
    positives, available = int(positive.sum()), int(negative.sum())
    wanted = NEGATIVES * positives if positives else max(1.0, 0.01 * available)
    count = min(available, int(wanted))
    hardest = torch.topk(losses[negative], count, sorted=False).values if count else losses[:0]
    total = losses[positive].sum() + hardest.sum()
    return total / max(positives + count, 1)


def dice_loss(found: Tensor, truth: Tensor, mask: Tensor) -> Tensor:
    """1 - 2 |A and B| / (|A| + |B|) within the mask; 0 where neither holds anything."""
    overlap = (found * truth * mask).sum()
    return 1 - (2 * overlap + 1e-6) / ((found * mask).sum() + (truth * mask).sum() + 1e-6)


def db_loss(
    logits: Tensor,
    threshold_logits: Tensor,
    shrunk: Tensor,
    mask: Tensor,
    threshold: Tensor,
    border: Tensor,
) -> Losses:
    """Return the loss of a batch; every tensor (n, 1, h, w), float32.

    `shrunk` and `mask` are the target of P and where it counts, `threshold` and `border` that of T.
    """
    probability, learned = torch.sigmoid(logits), torch.sigmoid(threshold_logits)
    ls = balanced_cross_entropy(logits, shrunk, mask)
    lb = dice_loss(binary_map(probability, learned), shrunk, mask)
    lt = ((learned - threshold).abs() * border).sum() / border.sum().clamp(min=1.0)
    return Losses(ls + ALPHA * lb + BETA * lt, ls, lb, lt)
