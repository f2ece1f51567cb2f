"""What a local network behind packed channels is shown: their merged maps, as they are deployed."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from docbin.data.training_pages import TrainingPage
from docbin.native.network import PackedNetwork
from docbin.networks.plan import Batch
from docbin.networks.three_stage.build import AnyGenerator
from docbin.networks.three_stage.held import mean_f_measure
from docbin.networks.three_stage.pipeline import run_network
from docbin.networks.three_stage.stages import merge_channels, packed_channels, page_view
from docbin.tiles import Tiling

__all__ = ["Merger"]


class Merger:
    """A packed channel network that turns colour crops and pages into merged maps."""

    def __init__(self, path: Path, *, wavelet: bool) -> None:
        self.network, self.wavelet = PackedNetwork(path), wavelet

    def batch(self, batch: Batch) -> Batch:
        """Return a batch whose crops (n, 3, h, w) are merged maps; views and ink as they were."""
        merged = [
            self._merged(crop, view)
            for crop, view in zip(_bytes(batch["crop"]), _bytes(batch["view"]), strict=True)
        ]
        crops = torch.from_numpy(np.stack(merged)).permute(0, 3, 1, 2).float().div_(255)
        return {**batch, "crop": crops.contiguous(memory_format=torch.channels_last)}

    def score(self, net: AnyGenerator, held: Sequence[TrainingPage]) -> dict[str, float]:
        """Return the mean F-measure of a local network on pages held back."""

        def ink_of(page: TrainingPage) -> NDArray[np.bool_]:
            view = page_view(page.pixels)
            return run_network(net, self._merged(page.pixels, view), view, Tiling()) > 0.5

        return mean_f_measure(held, ink_of)

    def _merged(self, rgb: NDArray[np.uint8], view: NDArray[np.uint8]) -> NDArray[np.uint8]:
        maps = packed_channels(self.network, rgb, view, wavelet=self.wavelet, threads=1)
        return merge_channels(maps)


def _bytes(tensor: Tensor) -> NDArray[np.uint8]:
    """(n, c, h, w) in 0..1 to (n, h, w, c) uint8."""
    pixels = (tensor * 255).round().to(torch.uint8).permute(0, 2, 3, 1)
    return np.ascontiguousarray(pixels.numpy())
