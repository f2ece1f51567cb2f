"""Back from a packed file to weights that can be trained on: the inverse of `export`.

A packed unit keeps the signs of its latent weights and four integers a channel; the size of the
latent weights, the norms' statistics and the steps Q of the stream are gone. Any size, any
statistics and any Q give the same function, so these are chosen: every latent weight is
`MAGNITUDE`, a sum of N signs has mean 0 and variance N, Q is one number for all channels. What is
left is read off the formulas of `export`, and `pack` at the same Q gives the file again.

A norm trains on the statistics of its batch, though, and those are not 0 and N: `settle` measures
them on batches and moves the parameters with them, the function staying what it was.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from docbin.data.fingerprint import Fingerprints, merge
from docbin.errors import ModelError, SettingError
from docbin.native.graph import Graph
from docbin.native.packed import PackedFile, read_packed, unpack_weights
from docbin.native.reference_context import FILM_ONE
from docbin.native.reference_xnor import GAIN_ONE, LOGIT_ONE
from docbin.networks.binarized.export import VIEW_ONE, graph_of, units_of
from docbin.networks.binarized.generator import STEM_LIMIT, BinarizedConfig, BinarizedGenerator
from docbin.networks.binarized.layers import Unit
from docbin.networks.plan import Batch
from docbin.networks.weights import BINARIZED, WeightFile, read_weights

__all__ = ["config_of", "latent", "revive_view", "settle", "stream_steps", "warm_weights"]

Array = NDArray[Any]
MAGNITUDE = 0.1
"""Size of every latent weight: the deviation of fresh ones."""


def config_of(file: PackedFile, estimator: str = "reactnet") -> BinarizedConfig:
    """Return the config of a packed generator; raises ModelError for a graph of another shape.

    The file does not say which estimator trained its signs; the next one is `estimator`.
    """
    graph = file.graph
    names = [node.name for node in graph.nodes if node.op == "unit"]

    def counts(side: str) -> tuple[int, ...]:
        levels = [name.removeprefix(side).split("_")[0] for name in names if name.startswith(side)]
        return tuple(levels.count(level) for level in sorted(set(levels)))

    down = counts("down")
    films = [bool(node.settings["film"]) for node in graph.nodes if node.op == "unit"]
    try:
        width = graph.node("stem").channels
        config = BinarizedConfig(
            channels=graph.page_channels,
            widths=tuple(width << level for level in range(len(down))),
            down=down,
            up=counts("up"),
            context=tuple(len(file.tensors[f"context{i}.bias"])
                          for i in range(graph.context_layers)),
            every_unit=all(films) or not graph.context_layers,
            estimator=estimator,
        )  # fmt: skip
    except (SettingError, StopIteration) as error:
        raise ModelError(f"packed network: its graph is not a page generator's: {error}") from error
    found = [(n.name, n.op, n.inputs) for n in graph.nodes]
    own = graph_of(config)["nodes"]
    expected = [
        (n["name"], n["op"], tuple(n[k] for k in ("input", "other") if k in n)) for n in own
    ]
    if found != expected:
        raise ModelError("packed network: its graph is not a page generator's")
    return config


def stream_steps(graph: Graph) -> float:
    """Return the Q that `latent` works with: the stem's limit over what it stands for."""
    return float(graph.node("stem").settings["limit"]) / STEM_LIMIT


def latent(file: PackedFile, estimator: str = "reactnet") -> BinarizedGenerator:
    """Build the binarized generator whose export at `stream_steps` is `file`, for inference."""
    net = BinarizedGenerator(config_of(file, estimator))
    one = stream_steps(file.graph)
    if net.view is not None:
        unit = 255.0
        for i, conv in enumerate(cast(Iterable[nn.Conv2d], net.view.convs)):
            weight, bias = _affine(file, f"context{i}")
            _set(conv.weight, weight * unit / VIEW_ONE)
            _set(cast(Tensor, conv.bias), bias / VIEW_ONE)
            unit = VIEW_ONE
    weight, bias = _affine(file, "stem")
    _set(net.stem.weight, weight * 4 * 255 / one)
    _set(net.stem_norm.bias, bias / one)
    _neutral(net.stem_norm, 1.0)
    for name, module in units_of(net):
        _unit(file, name, module, one)
    weight, bias = _affine(file, "ink")
    _set(net.head.weight, weight * one / LOGIT_ONE)
    _set(cast(Tensor, net.head.bias), bias / LOGIT_ONE)
    return net.eval()


def settle(net: BinarizedGenerator, batches: Sequence[Batch]) -> None:
    """Give every norm the statistics it meets on batches, and keep what the network computes."""
    norms = [net.stem_norm, *(unit.norm for _, unit in units_of(net))]
    net.eval()
    with _measured(norms) as found, torch.no_grad():
        for batch in batches:
            net(batch["crop"], batch["view"])
    for norm, unit in zip(norms, [None, *(unit for _, unit in units_of(net))], strict=True):
        count, total, squares = found[norm]
        mean = total / count
        variance = (squares / count - mean.square()).clamp(min=1e-3)
        before = (cast(Tensor, norm.running_var) + norm.eps).sqrt().double()
        after = (variance + norm.eps).sqrt()
        moved = (mean - cast(Tensor, norm.running_mean)) / before  # in old deviations
        gain, shift = (norm.weight, norm.bias) if unit is None else (unit.gamma, unit.beta)
        with torch.no_grad():
            shift.add_(gain * moved)
            gain.mul_(after / before)
            if unit is not None and unit.film is not None:
                for film in (unit.film.weight, unit.film.bias):
                    film[len(after) :].div_((after / before).reshape(-1, *[1] * (film.ndim - 1)))
            cast(Tensor, norm.running_mean).copy_(mean)
            cast(Tensor, norm.running_var).copy_(variance)


def revive_view(net: BinarizedGenerator, batches: Sequence[Batch]) -> bool:
    """Give a view that says the same of every page a fresh start; return whether it had to.

    What FiLM made of the one thing it said stays in its bias: the network computes what it did.
    """
    if net.view is None:
        return False
    with torch.no_grad():
        said = torch.cat([net.view(1 - batch["view"]) for batch in batches])
        if bool((said - said[0]).abs().max() > 1e-3):
            return False
        for _, unit in units_of(net):
            if unit.film is not None:
                unit.film.bias.add_(unit.film.weight @ said[0])
                unit.film.weight.zero_()
        net.view.start()
    return True


def warm_weights(path: Path) -> WeightFile:
    """Read weights to start a binarized generator from: trained ones, or a packed file's."""
    try:
        with safe_open(path, framework="pt") as file:
            packed = "docbin.network" in (file.metadata() or {})
    except (SafetensorError, OSError, ValueError) as error:
        raise ModelError(f"{path}: not a readable weight file: {error}") from error
    if not packed:
        return read_weights(path, BINARIZED)
    content = read_packed(path)
    pages = merge([Fingerprints.from_json(text) for text in content.training_pages])
    state = latent(content).state_dict()
    return WeightFile(BINARIZED, {}, pages.to_json(), {"packed": "yes"}, state)


def _unit(file: PackedFile, name: str, unit: Unit, one: float) -> None:
    width = len(unit.gamma)
    bias, positive, negative, threshold = (
        file.tensors[f"{name}.{key}"].astype(np.float64)
        for key in ("bias", "positive", "negative", "threshold")
    )
    minus = unpack_weights(file.tensors[f"{name}.weight"], width)
    _set(unit.conv.weight, np.where(minus, -MAGNITUDE, MAGNITUDE))
    deviation = float(unit.conv.weight[0].numel()) ** 0.5
    _neutral(unit.norm, deviation)
    # a gain that was rounded to nothing is a quarter of its last place
    gain = np.where(positive == 0, 0.25, positive) / GAIN_ONE
    factor = unit.conv.factor()
    scale = gain / (2 * one)
    _set(unit.gamma, scale * deviation / (1.0 if factor is None else _flat(factor)))
    _set(unit.beta, bias * scale)
    _set(unit.slope, negative / (gain * GAIN_ONE))
    _set(unit.threshold, (threshold - 0.5) / one)  # the packed one is rounded up
    if unit.film is not None:
        weight, shift = _affine(file, f"{name}.film")
        moved = np.concatenate([np.full(width, float(FILM_ONE)), np.full(width, deviation)])
        _set(unit.film.weight, weight * VIEW_ONE / moved[:, None])
        _set(unit.film.bias, shift / moved)


def _affine(file: PackedFile, name: str) -> tuple[Array, Array]:
    """Return the real weight and bias of a layer of 16-bit weights."""
    weight, bias = (file.tensors[f"{name}.{key}"].astype(np.float64) for key in ("weight", "bias"))
    step = 2.0 ** file.tensors[f"{name}.shift"].astype(np.float64)
    return weight / step.reshape(-1, *[1] * (weight.ndim - 1)), bias / step


def _neutral(norm: nn.BatchNorm2d, deviation: float) -> None:
    cast(Tensor, norm.running_mean).zero_()
    cast(Tensor, norm.running_var).fill_(deviation**2 - norm.eps)


def _set(parameter: Tensor, values: Array) -> None:
    with torch.no_grad():
        parameter.copy_(torch.from_numpy(np.asarray(values)).reshape(parameter.shape))


def _flat(factor: Tensor) -> Array:
    return np.asarray(factor.detach().double().numpy().ravel())


@contextmanager
def _measured(norms: Sequence[nn.Module]) -> Iterator[dict[nn.Module, list[Any]]]:
    """Count what flows into every norm: values a channel, their sum and the sum of squares."""
    found: dict[nn.Module, list[Any]] = {norm: [0, 0.0, 0.0] for norm in norms}

    def count(norm: nn.Module, inputs: tuple[Tensor]) -> None:
        x = inputs[0].double()
        row = found[norm]
        row[0] += x.numel() // x.shape[1]
        row[1] = row[1] + x.sum((0, 2, 3))
        row[2] = row[2] + x.square().sum((0, 2, 3))

    hooks = [norm.register_forward_pre_hook(count) for norm in norms]
    try:
        yield found
    finally:
        for hook in hooks:
            hook.remove()
