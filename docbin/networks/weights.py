"""Weights of torch modules, to and from weight files (`docbin.networks.weight_file`)."""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors.torch import save
from torch import Tensor, nn

from docbin.errors import ModelError, OutputError
from docbin.networks.weight_file import (
    BINARIZED,
    FORMAT,
    GENERATORS,
    KIND,
    THREE_STAGE,
    UNET_PLUS_PLUS,
    ArrayFile,
    read_arrays,
)

__all__ = [
    "BINARIZED",
    "FORMAT",
    "GENERATORS",
    "THREE_STAGE",
    "UNET_PLUS_PLUS",
    "WeightFile",
    "in_torch",
    "load_into",
    "read_weights",
    "save_weights",
]


class WeightFile(NamedTuple):
    """What a weight file says."""

    architecture: str
    config: dict[str, Any]
    pages: str  # the training pages' fingerprints, as docbin.data.fingerprint writes them
    notes: dict[str, str]
    tensors: dict[str, Tensor]


def save_weights(
    path: Path,
    architecture: str,
    config: Any,
    module: nn.Module,
    *,
    pages: str = "",
    notes: Mapping[str, str] | None = None,
) -> None:
    """Write a module's state as fp16; `config` is a dataclass of plain values.

    Raises OutputError when the file cannot be written; an older file then stays as it was.
    """
    tensors = {
        name: (value.half() if value.dtype.is_floating_point else value).cpu().contiguous()
        for name, value in module.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    if not all(bool(torch.isfinite(v).all()) for v in tensors.values()):
        raise OutputError(f"{path}: a weight is not finite or too large for fp16; train again")
    header = {
        "kind": KIND,
        "format": str(FORMAT),
        "architecture": architecture,
        "config": json.dumps(dataclasses.asdict(config), sort_keys=True),
        "pages": pages,
        **{f"note.{key}": value for key, value in (notes or {}).items()},
    }
    temporary = path.with_name(path.name + ".part")
    try:
        temporary.write_bytes(save(tensors, header))
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"{path}: cannot write the weights: {error.strerror}") from error
    finally:
        temporary.unlink(missing_ok=True)


def read_weights(path: Path, *architectures: str) -> WeightFile:
    """Read a weight file of one of `architectures`; raises ModelError for any other file."""
    return in_torch(read_arrays(path, *architectures))


def in_torch(file: ArrayFile) -> WeightFile:
    """Return the same with its numbers as tensors, which share their memory."""
    return WeightFile(*file[:-1], {name: torch.from_numpy(v) for name, v in file.tensors.items()})


def load_into(module: nn.Module, file: WeightFile, path: Path) -> None:
    """Copy the tensors into a module built from the file's config; every one must fit."""
    state = module.state_dict()
    for name, value in state.items():
        if name.endswith("num_batches_tracked"):
            continue
        if name not in file.tensors:
            raise ModelError(f"{path}: tensor {name!r} is missing; the file is not whole")
        given = file.tensors[name]
        if given.shape != value.shape:
            raise ModelError(
                f"{path}: tensor {name!r} has shape {tuple(given.shape)}, need {tuple(value.shape)}"
            )
        if not bool(torch.isfinite(given).all()):
            raise ModelError(f"{path}: tensor {name!r} holds values that are not finite")
        with torch.no_grad():
            value.copy_(given)
    unknown = sorted(set(file.tensors) - set(state))
    if unknown:
        raise ModelError(f"{path}: tensor {unknown[0]!r} belongs to no part of this network")
