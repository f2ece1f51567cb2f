"""What a network makes of the pages held back: a score, pictures, and the maps that are fused."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from docbin.data.page_crops import TrainingPage
from docbin.metrics.counts import Counts
from docbin.networks.three_stage.build import AnyGenerator
from docbin.networks.three_stage.pipeline import (
    Networks,
    page_probability,
    run_network,
    whole_probability,
)
from docbin.networks.three_stage.samples import plane
from docbin.networks.three_stage.stages import CHANNELS, page_view, smooth_tile
from docbin.tiles import Tiling

__all__ = ["held_maps", "mean_f_measure", "score_held"]


def held_maps(
    networks: Networks, held: list[TrainingPage], wavelet: bool
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_]]]:
    """Yield the local map, the global map and the truth of every held page."""
    for page in held:
        local = page_probability(
            networks, page.pixels, Tiling(), form="three-stage", wavelet=wavelet, fusion="local"
        )
        yield local, whole_probability(cast(AnyGenerator, networks.whole), page.pixels), page.ink


def score_held(
    role: str,
    net: AnyGenerator,
    channels: Mapping[str, AnyGenerator],
    held: list[TrainingPage],
    folder: Path,
    *,
    wavelet: bool = False,
) -> dict[str, float]:
    """Mean F-measure on the held pages; pictures of the first three."""
    return mean_f_measure(
        held, lambda page: _ink(role, wavelet, net, channels, page.pixels), folder
    )


def mean_f_measure(
    held: Sequence[TrainingPage],
    ink_of: Callable[[TrainingPage], NDArray[np.bool_]],
    folder: Path | None = None,
) -> dict[str, float]:
    """Mean F-measure of what `ink_of` makes of pages; pictures of the first three into `folder`."""
    scores = []
    for number, page in enumerate(held):
        ink = ink_of(page)
        scores.append(100 * Counts.of(ink, page.ink).f_measure)
        if folder is not None and number < 3:
            picture = np.where(ink, np.uint8(0), np.uint8(255))
            cv2.imwrite(str(folder / f"sample{number}.png"), picture)
    return {"f_measure": float(np.mean(scores))}


def _ink(
    role: str,
    wavelet: bool,
    net: AnyGenerator,
    channels: Mapping[str, AnyGenerator],
    pixels: NDArray[np.uint8],
) -> NDArray[np.bool_]:
    view, tiling = page_view(pixels), Tiling()
    if role == "global":
        found = whole_probability(net, pixels)
    elif role == "local":
        found = page_probability(
            Networks(channels=channels, local=net),
            pixels,
            tiling,
            form="three-stage",
            wavelet=wavelet,
            fusion="local",
        )
    elif role == "single":
        found = run_network(net, pixels, view, tiling)
    else:  # the channel of its own, or grey, which every page has
        own = role.removeprefix("channel_")
        number = CHANNELS.index(own) if own in CHANNELS else 0
        prepare = smooth_tile if wavelet and number else None
        found = run_network(
            net, plane(pixels, number), plane(view, number), tiling, prepare=prepare
        )
    return found > 0.5
