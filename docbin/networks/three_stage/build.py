"""The generators by name: built from a config, opened from a weight file."""

from pathlib import Path
from typing import Any, TypeAlias

import torch

from docbin.errors import ModelError, SettingError
from docbin.networks.three_stage.generator import Generator, GeneratorConfig
from docbin.networks.three_stage.unetpp import UnetPlusPlus, UnetPlusPlusConfig
from docbin.networks.weights import GENERATORS, THREE_STAGE, UNET_PLUS_PLUS, load_into, read_weights

__all__ = ["AnyConfig", "AnyGenerator", "architecture", "build_generator", "load_generator"]

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


def load_generator(path: Path) -> AnyGenerator:
    """Build a generator from its weight file, ready for inference."""
    file = read_weights(path, *GENERATORS)
    settings: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in file.config.items()
    }
    try:
        net = build_generator(CONFIGS[file.architecture](**settings))
    except (TypeError, SettingError) as error:
        raise ModelError(f"{path}: its config builds no generator: {error}") from error
    load_into(net, file, path)
    return net.eval()
