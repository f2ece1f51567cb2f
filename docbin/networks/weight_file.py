"""Weights on disk: one safetensors file a network, fp16, and everything needed to build it.

The header says which architecture it is, its config, the format's version, and the fingerprints of
the pages it was trained on. Loading reads numbers only: nothing is ever unpickled. Reading here
needs no torch; `docbin.networks.weights` writes such files.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from docbin.errors import ModelError

__all__ = [
    "BINARIZED",
    "FORMAT",
    "GENERATORS",
    "KIND",
    "THREE_STAGE",
    "UNET_PLUS_PLUS",
    "ArrayFile",
    "config_settings",
    "read_arrays",
]

FORMAT = 1
BINARIZED = "binarized-compact"
"""Architecture of the binarized page generators: latent weights, for training and export."""
THREE_STAGE = "three-stage-compact"
"""Architecture of the compact page generators."""
UNET_PLUS_PLUS = "three-stage-unet++"
"""Architecture of the generators of the published shape."""
GENERATORS = (THREE_STAGE, UNET_PLUS_PLUS)
KIND = "docbin-weights"


class ArrayFile(NamedTuple):
    """What a weight file says."""

    architecture: str
    config: dict[str, Any]
    pages: str  # the training pages' fingerprints, as docbin.data.fingerprint writes them
    notes: dict[str, str]
    tensors: dict[str, NDArray[Any]]


def read_arrays(path: Path, *architectures: str, numbers: bool = True) -> ArrayFile:
    """Read a weight file of one of `architectures`; raises ModelError for any other file.

    Without `numbers` the header is read alone, and `tensors` are empty.
    """
    try:
        with safe_open(path, framework="np") as file:
            header = dict(file.metadata() or {})
            names = file.keys() if numbers else []
            tensors = {name: file.get_tensor(name) for name in names}
    except (SafetensorError, OSError, ValueError, TypeError) as error:
        raise ModelError(f"{path}: not a readable weight file: {error}") from error
    if header.get("kind") != KIND:
        raise ModelError(f"{path}: a safetensors file, but not of docbin weights")
    if header.get("format") != str(FORMAT):
        raise ModelError(
            f"{path}: weights of format {header.get('format')}, this docbin reads {FORMAT}"
        )
    architecture = header.get("architecture", "")
    if architecture not in architectures:
        needed = " or ".join(repr(name) for name in architectures)
        raise ModelError(f"{path}: weights of a {architecture!r} network, need {needed}")
    try:
        config = json.loads(header["config"])
    except (KeyError, ValueError) as error:
        raise ModelError(f"{path}: its header names no readable config") from error
    if not isinstance(config, dict):
        raise ModelError(f"{path}: its config is not a table of settings")
    notes = {key[5:]: value for key, value in header.items() if key.startswith("note.")}
    return ArrayFile(architecture, config, header.get("pages", ""), notes, tensors)


def config_settings(config: dict[str, Any]) -> dict[str, Any]:
    """Return the settings a network's config is built from: JSON has lists for its tuples."""
    return {
        key: tuple(value) if isinstance(value, list) else value for key, value in config.items()
    }
