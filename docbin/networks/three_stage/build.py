"""The generators by name: built from a config, opened from a weight file."""

from pathlib import Path
from typing import TypeAlias

import torch

from docbin.errors import ModelError, SettingError
from docbin.networks.three_stage.generator import Generator, GeneratorConfig
from docbin.networks.three_stage.stages import CHANNELS
from docbin.networks.three_stage.unetpp import UnetPlusPlus, UnetPlusPlusConfig
from docbin.networks.weight_file import config_settings
from docbin.networks.weights import (
    GENERATORS,
    THREE_STAGE,
    UNET_PLUS_PLUS,
    WeightFile,
    load_into,
    read_weights,
)

__all__ = [
    "AnyConfig",
    "AnyGenerator",
    "architecture",
    "build_generator",
    "channel_files",
    "generator_of",
    "load_channels",
    "load_generator",
]

AnyGenerator: TypeAlias = Generator | UnetPlusPlus
AnyConfig: TypeAlias = GeneratorConfig | UnetPlusPlusConfig

CONFIGS: dict[str, type[AnyConfig]] = {
    THREE_STAGE: GeneratorConfig,
    UNET_PLUS_PLUS: UnetPlusPlusConfig,
}


def architecture(config: AnyConfig) -> str:
    """Return the architecture that a weight file of this config names."""
    return THREE_STAGE if isinstance(config, GeneratorConfig) else UNET_PLUS_PLUS


def build_generator(config: AnyConfig) -> AnyGenerator:
    """Build a generator with fresh weights, channels last in memory."""
    net: AnyGenerator
    net = Generator(config) if isinstance(config, GeneratorConfig) else UnetPlusPlus(config)
    return net.to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def load_generator(path: Path, *, fold: bool = False) -> AnyGenerator:
    """Build a generator from its weight file, ready for inference.

    With `fold` its norms are folded into its convolutions, and more in the published shape: faster
    and the same but for rounding.
    """
    return generator_of(read_weights(path, *GENERATORS), path, fold=fold)


def generator_of(file: WeightFile, path: Path, *, fold: bool = False) -> AnyGenerator:
    """Build a generator from what its weight file says; `path` is for messages."""
    try:
        net = build_generator(CONFIGS[file.architecture](**config_settings(file.config)))
    except (TypeError, SettingError) as error:
        raise ModelError(f"{path}: its config builds no generator: {error}") from error
    load_into(net, file, path)
    net.eval()
    if fold:
        net.fold()
    return net.to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def load_channels(path: Path) -> dict[str, AnyGenerator]:
    """Open stage 2: a channel network's file for all channels, or a folder of four."""
    nets = [load_generator(file) for file in channel_files(path)]
    return dict(zip(CHANNELS, nets if len(nets) > 1 else nets * len(CHANNELS), strict=True))


def channel_files(path: Path) -> list[Path]:
    """Return the weight files of stage 2: one for all channels, or a folder's four."""
    if not path.is_dir():
        return [path]
    own = [path / f"channel_{name}.safetensors" for name in CHANNELS]
    return own if any(file.exists() for file in own) else [path / "channel.safetensors"]
