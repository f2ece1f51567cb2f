"""What a generator in torch says about tiles."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from docbin.networks.precision import autocast
from docbin.networks.three_stage.build import AnyGenerator

__all__ = ["asked"]

Array = NDArray[np.float32]


def asked(net: AnyGenerator, view: NDArray[Any]) -> Callable[[NDArray[Any], int, int], Array]:
    """Return what a page of this view (128, 128, c) asks of its tiles.

    The tiles (n, h, w, c) uint8, and the steps, 1 or -1, by which they are mirrored down and to the
    right; the answer is their probability of ink (n, h, w), mirrored as they are.
    """
    device = next(net.parameters()).device

    def ask(tiles: NDArray[Any], down: int, right: int) -> Array:
        with torch.inference_mode(), autocast(device.type):
            seen = _tensor(view[None, ::down, ::right], device)
            logits = net(_tensor(tiles, device), seen).logits.float()
        return np.asarray(torch.sigmoid(logits)[:, 0].cpu().numpy())

    return ask


def _tensor(array: NDArray[Any], device: torch.device) -> torch.Tensor:
    """(n, h, w, c) uint8 to (n, c, h, w) float in 0..1, channels last in memory."""
    tensor = torch.from_numpy(np.ascontiguousarray(array)).to(device).permute(0, 3, 1, 2)
    return tensor.float().div_(255).contiguous(memory_format=torch.channels_last)
