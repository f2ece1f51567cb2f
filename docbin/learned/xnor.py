"""A trained binarizer with 1-bit weights and activations, on packed bits. Needs no torch.

One binarized generator on colour, taught by the full-precision network of `three-stage`; its
layers are in `docbin.networks.binarized`, its kernels in `docbin.native`. All arithmetic is
integer: the same ink on every processor, bit for bit.
"""

import math
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from docbin.errors import ModelError, SettingError
from docbin.learned.packed import open_packed, shipped_folder
from docbin.learned.working import (
    Scale,
    check_levels,
    check_scale,
    enlarged,
    is_blank,
    keep_strong,
    working_factor,
    working_pixels,
)
from docbin.native.network import PackedNetwork
from docbin.native.parts import keep_reaching
from docbin.native.reference_xnor import LOGIT_LIMIT
from docbin.page import Ink, Page

if TYPE_CHECKING:
    from docbin.data.fingerprint import Fingerprints

__all__ = ["SETTINGS", "Xnor", "check_threads", "threads_for"]

LOGIT_ONE = 256
SETTINGS = {
    "threads": "processors for one page; 0: all, or one in each worker of a batch",
    "scale": "factor the page is resized by for the network; auto: by its dpi or its letters",
    "model": "file of a packed network, as docbin export writes it",
}
"""Settings of whatever runs this network."""


@dataclass(frozen=True)
class Xnor:
    """Binarize with the packed 1-bit network."""

    threshold: float = 0.4
    strong: float = 0.98
    threads: int = 0
    scale: Scale = "auto"
    model: str = "shipped"

    PAPER: ClassVar[str] = (
        "Rastegari et al., XNOR-Net, 2016; units after Liu et al., ReActNet, 2020"
    )
    SETTINGS: ClassVar[dict[str, str]] = {
        "threshold": "probability from which a pixel is ink, between 0 and 1",
        "strong": "a patch of ink must reach this probability somewhere, 0 keeps all, below 1",
        **SETTINGS,
    }

    def __post_init__(self) -> None:
        check_levels("xnor", self.threshold, self.strong)
        check_threads("xnor", self.threads)
        check_scale("xnor", self.scale)

    def __call__(self, page: Page, /) -> Ink:
        """Return (h, w) bool, True where the probability of ink reaches the threshold.

        A connected patch that nowhere reaches `strong` is dropped: crumbs of show-through are
        doubtful all over, a stroke is certain somewhere.
        """
        if is_blank(page):
            return np.zeros((page.height, page.width), np.bool_)
        factor = working_factor(page, self.scale)
        if factor != 1:
            return keep_strong(self._resized(page, factor), self.threshold, self.strong)
        logits = self._network().logits(page.pixels, threads=threads_for(self.threads))
        weak = _least_logit(self.threshold)
        if self.strong <= self.threshold:
            return logits >= weak
        return keep_reaching(logits, weak, _least_logit(self.strong))

    def probability(self, page: Page, /) -> NDArray[np.float32]:
        """Return the probability of ink, float32 (h, w), 0..1."""
        if is_blank(page):
            return np.zeros((page.height, page.width), np.float32)
        return self._resized(page, working_factor(page, self.scale))

    def trained_on(self) -> "Fingerprints":
        """Return the fingerprints of the pages the network and its teacher were trained on."""
        from docbin.data.fingerprint import Fingerprints, merge

        return merge([Fingerprints.from_json(text) for text in self._network().training_pages])

    def open(self) -> None:
        """Load the network, which else the first page does."""
        self._network()

    def _resized(self, page: Page, factor: float) -> NDArray[np.float32]:
        pixels = working_pixels(page, factor)
        return enlarged(self._network()(pixels, threads=threads_for(self.threads)), page)

    def _network(self) -> PackedNetwork:
        shipped = shipped_folder() / "xnor.safetensors"
        path = shipped if self.model == "shipped" else Path(self.model)
        network = open_packed(path)
        if network.file.graph.page_channels != 3:
            raise ModelError(f"{path}: it reads grey; the method xnor needs a network on colour")
        return network


def _least_logit(probability: float) -> int:
    """Return the smallest logit, in the network's units, of at least a probability in 0..1."""
    logit = math.ceil(math.log(probability / (1 - probability)) * LOGIT_ONE)
    return min(max(logit, -LOGIT_LIMIT), LOGIT_LIMIT)  # all of them, none


def check_threads(method: str, threads: int) -> None:
    """Raise SettingError for a number of threads that `threads_for` cannot take."""
    if threads < 0:
        raise SettingError(f"{method}: threads must be 0 (all) or more, got {threads}")


def threads_for(wanted: int) -> int:
    """Return `wanted`, or for 0 as many as there are; the workers of a batch share them out."""
    if wanted:
        return wanted
    workers = sys.modules.get("multiprocessing")  # imported in every worker
    if workers is not None and workers.parent_process() is not None:
        return 1
    return os.cpu_count() or 1
