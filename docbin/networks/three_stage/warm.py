"""Start a generator from the weights of another one, as far as they fit.

A tensor of the same name and shape is copied. Where only the number of input channels differs, a
colour network becomes a grey one by the sum of its input weights (exactly what it would say about a
page whose channels are all alike), and a grey one a colour network by a third of them each. What
else differs, or is missing, keeps its fresh weights: a network without context takes all but that.
"""

import logging
from pathlib import Path

import torch
from torch import Tensor, nn

from docbin.errors import ModelError
from docbin.networks.weights import WeightFile

__all__ = ["warm_start"]

log = logging.getLogger(__name__)


def warm_start(module: nn.Module, file: WeightFile, path: Path) -> list[str]:
    """Copy what fits from `file` into `module`; return the names of the tensors left fresh.

    Raises ModelError when nothing fits, or when a tensor that does is not finite.
    """
    state = module.state_dict()
    names = [name for name in state if not name.endswith("num_batches_tracked")]
    fresh = []
    for name in names:
        given = _fitted(file.tensors.get(name), state[name].shape)
        if given is None:
            fresh.append(name)
            continue
        if not bool(torch.isfinite(given).all()):
            raise ModelError(f"{path}: tensor {name!r} holds values that are not finite")
        with torch.no_grad():
            state[name].copy_(given)
    if len(fresh) == len(names):
        raise ModelError(f"{path}: nothing in it fits this network; start without --warm")
    if fresh:
        log.info("%s: %d of %d tensors start afresh", path, len(fresh), len(names))
    return fresh


def _fitted(given: Tensor | None, shape: torch.Size) -> Tensor | None:
    """Return `given` in `shape`, adding up or sharing out its input channels; None if no fit."""
    if given is None or given.shape == shape:
        return given
    if given.ndim < 3 or given.ndim != len(shape) or given.shape[0] != shape[0]:
        return None
    if given.shape[2:] != shape[2:]:
        return None
    bands = min(given.shape[1], shape[1])  # of one channel: 1, or the Haar bands of a packed stem
    if given.shape[1] == 3 * shape[1]:
        return given.float().unflatten(1, (3, bands)).sum(1)
    if shape[1] == 3 * given.shape[1]:
        return given.float().repeat(1, 3, *[1] * (given.ndim - 2)) / 3
    return None
