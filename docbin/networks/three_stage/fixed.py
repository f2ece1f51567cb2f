"""A compact generator in fixed point: its weight file rounded, norms folded, without torch.

Every map has a unit of its own kind, a power of two. The largest values that the shipped networks
show on their training pages are about half of what a unit leaves room for (`ROOM`), on noise and
stripes two thirds. What is larger is clamped: a network that does so says it once, as a
UserWarning. Weights keep as many bits as 32-bit sums leave (`docbin.native.fixed_layers`).
"""

import functools
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docbin.errors import ModelError, SettingError
from docbin.native.fixed import ContextLayer, Films, FixedNetwork, FixedUNet
from docbin.native.fixed_layers import LARGEST, FixedLayer, Kind, fitted_layer
from docbin.native.reference_fixed import FILM_BITS
from docbin.native.reference_xnor import LOGIT_LIMIT, probability_table
from docbin.networks.three_stage.config import HAAR, GeneratorConfig
from docbin.networks.weight_file import ArrayFile, config_settings

__all__ = ["ROOM", "FixedGenerator", "fixed_generator", "fixed_unet"]

Array = NDArray[np.float64]
Probability = NDArray[np.float32]
UNITS = {"stem": 8, "fine": 7, "coarse": 6, "middle": 7, "head": 6}
"""Fractional bits of a map: of the stem, of residual streams at 1/2 and 1/4 and of those below, of
what is inside a block, of the head."""
ROOM = {name: LARGEST / 2**bits for name, bits in UNITS.items()}
"""Largest value of a map, in the network's own numbers."""
LOGIT_BITS = 8
TABLE = probability_table()
VIEW_BITS = 16
EPSILON = 1e-5  # of torch's batch norm


class FixedGenerator:
    """A compact generator that is ready to run without torch; `path` is for messages."""

    def __init__(self, config: GeneratorConfig, unet: FixedUNet, path: Path) -> None:
        self.config = config
        self.network = FixedNetwork(unet)
        self.path = path
        self._warned = False

    def asked(self, view: NDArray[np.uint8]) -> Callable[[NDArray[Any], int, int], Probability]:
        """Return what a page of this view (128, 128, c) asks of its tiles.

        The tiles (n, h, w, c) uint8, and the steps, 1 or -1, by which they are mirrored down and to
        the right; the answer is their probability of ink (n, h, w), mirrored as they are.
        """

        @functools.cache
        def films(down: int, right: int) -> Films:
            return self.network.net.page_films(view[::down, ::right].transpose(2, 0, 1))

        films(1, 1)  # before the threads come

        def ask(tiles: NDArray[Any], down: int, right: int) -> Probability:
            seen = films(down, right)
            logits = np.stack([self.network.logits(tile, seen) for tile in tiles])
            if self.network.full and not self._warned:
                self._warned = True
                warnings.warn(self._said(), UserWarning, stacklevel=2)
            return TABLE[logits.astype(np.intp) + LOGIT_LIMIT]

        return ask

    def _said(self) -> str:
        layers = ", ".join(sorted(self.network.full)[:3])
        return (
            f"{self.path}: values of this network reach the limit of fixed point, in {layers} and "
            "perhaps elsewhere, and larger ones are cut off: use engine=torch, or train it further "
            "with smaller weights"
        )


def fixed_generator(file: ArrayFile, path: Path) -> FixedGenerator:
    """Round what a weight file of a compact generator says; ModelError says what is wrong."""
    try:
        config = GeneratorConfig(**config_settings(file.config))
    except (TypeError, SettingError) as error:
        raise ModelError(f"{path}: its config builds no generator: {error}") from error
    try:
        return FixedGenerator(config, fixed_unet(config, file), path)
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from error


def fixed_unet(config: GeneratorConfig, file: ArrayFile) -> FixedUNet:
    """Round a generator's weights; raises ModelError where a tensor is missing or does not fit."""
    tensors = _Tensors(file.tensors)
    widths = config.widths
    layers: dict[str, FixedLayer] = {}

    def add(name: str, kind: Kind, weight: Array, bias: Array, given: str, out: str) -> None:
        inside = (0, 255) if given == "page" else (0, LARGEST)
        if given == "stem":
            inside = (-LARGEST, LARGEST)
        limits = (-LARGEST if out == "stem" else 0, LARGEST)
        units = (UNITS.get(given, 0), UNITS.get(out, LOGIT_BITS))
        if out == "logits":
            limits = (-LOGIT_LIMIT, LOGIT_LIMIT - 1)
        layers[name] = fitted_layer(kind, weight, bias, units, inside, limits)

    def blocks(side: str, level: int, count: int) -> None:
        for i in range(count):
            for part, norm, given, out in (
                ("a", "first", stream(level), "middle"),
                ("b", "second", "middle", stream(level)),
            ):
                weight, bias = tensors.folded(
                    f"{side}.{level}.{i}.{norm}", widths[level], widths[level]
                )
                add(f"{side}{level}_{i}_{part}", "convolve", weight, bias, given, out)

    stem = tensors.mixed_down("stem", widths[0], config.channels) * 4 / 255  # (page - 0.5) 4
    bias = stem.sum((1, 2, 3)) * -127.5
    stem = np.pad(stem, ((0, 0), (0, 4 - config.channels), (0, 0), (0, 0)))
    add("stem", "down", stem, bias, "page", "stem")
    add("stem_conv", "convolve", *tensors.folded("stem", widths[0], widths[0]), "stem", "fine")
    for level, count in enumerate(config.down):
        if level:
            weight = tensors.mixed_down(f"shrink.{level - 1}", widths[level], widths[level - 1])
            add(
                f"shrink{level}",
                "down",
                weight,
                np.zeros(widths[level]),
                stream(level - 1),
                stream(level),
            )
        blocks("down", level, count)
    for level, count in enumerate(config.up):
        weight = tensors.mixed_up(f"grow.{level}", widths[level], widths[level + 1])
        add(
            f"grow{level}",
            "up",
            weight,
            np.zeros(4 * widths[level]),
            stream(level + 1),
            stream(level),
        )
        blocks("up", level, count)
    head = tensors.take("head.weight", 16, widths[0], 3, 3), tensors.take("head.bias", 16)
    add("head", "convolve", *head, "fine", "head")
    tail = tensors.mixed_up("tail", 1, 16)
    add("tail", "up", tail, np.repeat(tensors.take("bias", 1), 4), "head", "logits")
    context, films = _context(config, tensors) if config.context else ([], [])
    tensors.finish()
    return FixedUNet(config.channels, widths, config.down, config.up, layers, context, films)


def stream(level: int) -> str:
    """Name the kind of a level's residual stream."""
    return "fine" if level < 2 else "coarse"


def _context(
    config: GeneratorConfig, tensors: "_Tensors"
) -> tuple[list[ContextLayer], list[ContextLayer]]:
    """Round the view's branch; it is run once a page, with 64-bit sums."""
    width = config.context
    sizes = (config.channels, max(16, width // 2), width, width, width)
    layers, films = [], []
    side = 128
    for i in range(4):
        weight = tensors.take(f"context.convs.{i}.weight", sizes[i + 1], sizes[i], 3, 3)
        bias = tensors.take(f"context.convs.{i}.bias", sizes[i + 1])
        given = 2 / 255 if i == 0 else 2.0**-12  # 2 page - 255 goes in, and 1/4096 comes out
        scaled = weight * given * 4096
        layers.append(_rounded(scaled, bias * 4096, VIEW_BITS, sizes[i + 1]))
        side //= 2
    for i, channels in enumerate(config.widths[::-1]):
        weight = tensors.take(f"context.heads.{i}.weight", 2 * channels, 2 * width)
        bias = tensors.take(f"context.heads.{i}.bias", 2 * channels)
        bias[:channels] += 1  # the gain is 1 + scale
        weight[:, :width] /= side * side  # the mean of what is summed
        one = 1 << UNITS[stream(len(config.widths) - 1 - i)]
        unit = np.repeat([1, one], channels) * 2.0**FILM_BITS
        films.append(_rounded(weight * unit[:, None] / 4096, bias * unit, VIEW_BITS, 2 * channels))
    return layers, films


def _rounded(weight: Array, bias: Array, bits: int, outputs: int) -> ContextLayer:
    return (
        np.rint(weight * 2.0**bits).astype(np.int64),
        np.rint(bias * 2.0**bits).astype(np.int64),
        np.full(outputs, bits, np.int64),
    )


class _Tensors:
    """The tensors of a file, each taken once."""

    def __init__(self, tensors: Mapping[str, NDArray[Any]]) -> None:
        self.left = dict(tensors)

    def take(self, name: str, *shape: int) -> Array:
        if name not in self.left:
            raise ModelError(f"tensor {name!r} is missing; the file is not whole")
        value = np.asarray(self.left.pop(name), np.float64)
        if value.shape != shape:
            raise ModelError(f"tensor {name!r} has shape {value.shape}, need {shape}")
        if not np.isfinite(value).all():
            raise ModelError(f"tensor {name!r} holds values that are not finite")
        return value

    def folded(self, name: str, outputs: int, inputs: int) -> tuple[Array, Array]:
        """Return a convolution with the batch norm behind it: weight and bias."""
        conv, norm = (f"{name}_conv", "stem_norm") if name == "stem" else (name, f"{name}_norm")
        weight = self.take(f"{conv}.weight", outputs, inputs, 3, 3)
        scale, shift, mean, variance = (
            self.take(f"{norm}.{key}", outputs)
            for key in ("weight", "bias", "running_mean", "running_var")
        )
        scale = scale / np.sqrt(np.maximum(variance, 0) + EPSILON)
        return weight * scale[:, None, None, None], shift - mean * scale

    def mixed_down(self, name: str, outputs: int, inputs: int) -> Array:
        """Return a mix of Haar bands as weights (O, I, 2, 2)."""
        mix = self.take(f"{name}.mix", outputs, inputs, 4) @ np.array(HAAR)
        return np.asarray(mix.reshape(outputs, inputs, 2, 2))

    def mixed_up(self, name: str, outputs: int, inputs: int) -> Array:
        """Return four bands and their inverse as weights (4 O, I, 1, 1), by pixels of a square."""
        mix = np.array(HAAR).T @ self.take(f"{name}.mix", outputs, 4, inputs)
        return np.asarray(mix.transpose(1, 0, 2).reshape(4 * outputs, inputs, 1, 1))

    def finish(self) -> None:
        if self.left:
            raise ModelError(f"tensor {min(self.left)!r} belongs to no part of this network")
