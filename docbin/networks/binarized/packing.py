"""Write a packed network, and refuse it where it is not the network that was trained."""

import logging
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from docbin.data.training_pages import TrainingPage
from docbin.errors import ModelError
from docbin.metrics.counts import Counts
from docbin.native.network import PackedNetwork
from docbin.native.packed import write_packed
from docbin.native.reference_network import padded_page
from docbin.native.silent import graph_data, is_silent, without_view
from docbin.networks.binarized.export import pack
from docbin.networks.binarized.generator import BinarizedGenerator
from docbin.networks.binarized.rounded import rounded_logits
from docbin.networks.binarized.train import load_binarized
from docbin.networks.three_stage.samples import plane
from docbin.networks.three_stage.stages import page_view
from docbin.networks.weights import BINARIZED, read_weights

__all__ = ["Checked", "export", "float_logits"]

log = logging.getLogger(__name__)

MOST_DIFFERING = 1e-4
MOST_MOVED = 0.02


class Checked(NamedTuple):
    """A page through the trained and the packed network."""

    name: str
    trained: float  # F-measure, 0 to 100, in floating point
    rounded: float  # in torch, rounded where the packed network rounds
    packed: float
    differing: float  # share of pixels whose ink differs between the last two


def export(
    weights: Path, target: Path, pages: Sequence[TrainingPage], *, digits: int = 2
) -> Iterator[Checked]:
    """Pack trained weights and yield a row a page; `target` is written after the last one.

    Raises ModelError when, on a page, more than 1e-4 of the ink differs from the trained network
    rounded at the same points, or the F-measure moves by more than 0.02.
    """
    net = load_binarized(weights)
    if net.config.channels == 1:  # a channel network is checked on grey
        pages = [replace(page, pixels=plane(page.pixels, 0)) for page in pages]
    file = read_weights(weights, BINARIZED)
    packed = pack(net, digits)
    temporary = target.with_name(f".{target.name}.unchecked")
    try:
        write_packed(
            temporary,
            packed.graph,
            packed.tensors,
            training_pages=(file.pages,) if file.pages else (),
            about={"notes": file.notes, "stream_steps": float(np.median(packed.one).round(2))},
        )
        run = PackedNetwork(temporary)
        if is_silent(run.file, (page.pixels for page in pages)):
            log.warning("%s: its view says nothing on any page and is left out", weights)
            short = without_view(run.file)
            marks, about = short.training_pages, short.about
            write_packed(
                temporary, graph_data(short), short.tensors, training_pages=marks, about=about
            )
            run = PackedNetwork(temporary)
        for page in pages:
            row = _check(
                page, net, run.logits(page.pixels), rounded_logits(net, packed, page.pixels)
            )
            if row.differing > MOST_DIFFERING or abs(row.packed - row.rounded) > MOST_MOVED:
                raise ModelError(
                    f"{page.name}: the packed network's ink differs from the trained one's on "
                    f"{row.differing:.3%} of the pixels (F {row.rounded:.3f} to {row.packed:.3f}); "
                    f"{target} was not written"
                )
            yield row
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def _check(
    page: TrainingPage,
    net: BinarizedGenerator,
    packed: NDArray[np.int16],
    rounded: NDArray[np.int16],
) -> Checked:
    trained = float_logits(net, page.pixels)
    return Checked(
        page.name,
        trained=100 * Counts.of(trained >= 0, page.ink).f_measure,
        rounded=100 * Counts.of(rounded >= 0, page.ink).f_measure,
        packed=100 * Counts.of(packed >= 0, page.ink).f_measure,
        differing=float(((rounded >= 0) != (packed >= 0)).mean()),
    )


def float_logits(net: BinarizedGenerator, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the logits of ink of a page (h, w, c) uint8 in floating point, float32 (h, w)."""
    height, width = pixels.shape[:2]
    crop, view = (
        torch.from_numpy(np.ascontiguousarray(part)).permute(2, 0, 1)[None].float() / 255
        for part in (padded_page(pixels, net.config.multiple), page_view(pixels))
    )
    with torch.inference_mode():
        logits = net(crop, view).logits[0, 0]
    return np.asarray(logits.numpy()[:height, :width], np.float32)
