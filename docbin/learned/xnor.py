"""A trained binarizer with 1-bit weights and activations, on packed bits. Needs no torch.

One binarized generator on colour, taught by the full-precision network of `three-stage`; its
layers are in `docbin.networks.binarized`, its kernels in `docbin.native`. All arithmetic is
integer: the same ink on every processor, bit for bit.
"""

import functools
import importlib.resources
import math
import multiprocessing
import os
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from docbin.data.fingerprint import Fingerprints, merge
from docbin.errors import ModelError, SettingError
from docbin.learned.working import (
    Scale,
    as_gray,
    check_levels,
    check_scale,
    enlarged,
    is_blank,
    keep_strong,
    working_factor,
    working_rgb,
)
from docbin.native.network import PackedNetwork
from docbin.page import Gray, Ink, Page

__all__ = ["Xnor", "XnorGray", "check_threads", "threads_for"]

LOGIT_ONE = 256
PAPER = "Rastegari et al., XNOR-Net, 2016; units after Liu et al., ReActNet, 2020"
SETTINGS = {
    "threads": "processors for one page; 0: all, or one in each worker of a batch",
    "scale": "factor the page is resized by for the network; auto: by its dpi or its letters",
    "model": "file of a packed network, as docbin export writes it",
}


@dataclass(frozen=True)
class Xnor:
    """Binarize with the packed 1-bit network."""

    threshold: float = 0.4
    strong: float = 0.98
    threads: int = 0
    scale: Scale = "auto"
    model: str = "shipped"

    PAPER: ClassVar[str] = PAPER
    SETTINGS: ClassVar[dict[str, str]] = {
        "threshold": "probability from which a pixel is ink, between 0 and 1",
        "strong": "a patch of ink must reach this probability somewhere, 0 keeps all, below 1",
        **SETTINGS,
    }

    def __post_init__(self) -> None:
        check_levels("xnor", self.threshold, self.strong)
        _check(self.threads, self.scale)

    def __call__(self, page: Page, /) -> Ink:
        """Return (h, w) bool, True where the probability of ink reaches the threshold.

        A connected patch that nowhere reaches `strong` is dropped: crumbs of show-through are
        doubtful all over, a stroke is certain somewhere.
        """
        if is_blank(page):
            return np.zeros((page.height, page.width), np.bool_)
        factor = working_factor(page, self.scale)
        if factor != 1:
            return keep_strong(self.probability(page), self.threshold, self.strong)
        logits = _open(self.model).logits(page.rgb, threads=threads_for(self.threads))
        weak = math.log(self.threshold / (1 - self.threshold)) * LOGIT_ONE
        sure = math.log(self.strong / (1 - self.strong)) * LOGIT_ONE if self.strong else -math.inf
        return keep_strong(logits, weak, sure)

    def probability(self, page: Page, /) -> NDArray[np.float32]:
        """Return the probability of ink, float32 (h, w), 0..1."""
        return _probability(page, self.model, self.threads, self.scale)

    def trained_on(self) -> Fingerprints:
        """Return the fingerprints of the pages the network and its teacher were trained on."""
        return merge([Fingerprints.from_json(text) for text in _open(self.model).training_pages])


@dataclass(frozen=True)
class XnorGray:
    """Clean to grey: white paper, black ink, and between them how likely a pixel is ink."""

    threads: int = 0
    scale: Scale = "auto"
    model: str = "shipped"

    PAPER: ClassVar[str] = PAPER
    SETTINGS: ClassVar[dict[str, str]] = SETTINGS

    def __post_init__(self) -> None:
        _check(self.threads, self.scale)

    def __call__(self, page: Page, /) -> Gray:
        """Return (h, w) uint8: 255 · (1 - probability), rounded; a blank page is white."""
        return as_gray(_probability(page, self.model, self.threads, self.scale))


def _check(threads: int, scale: Scale) -> None:
    check_threads("xnor", threads)
    check_scale("xnor", scale)


def _probability(page: Page, model: str, threads: int, scale: Scale) -> NDArray[np.float32]:
    if is_blank(page):
        return np.zeros((page.height, page.width), np.float32)
    rgb = working_rgb(page, working_factor(page, scale))
    return enlarged(_open(model)(rgb, threads=threads_for(threads)), page)


def check_threads(method: str, threads: int) -> None:
    """Raise SettingError for a number of threads that `threads_for` cannot take."""
    if threads < 0:
        raise SettingError(f"{method}: threads must be 0 (all) or more, got {threads}")


def threads_for(wanted: int) -> int:
    """Return `wanted`, or for 0 as many as there are; the workers of a batch share them out."""
    if wanted:
        return wanted
    return 1 if multiprocessing.parent_process() is not None else os.cpu_count() or 1


@functools.lru_cache(maxsize=4)
def _open(model: str) -> PackedNetwork:
    """Open a packed network once a process."""
    if model == "shipped":
        path = Path(str(importlib.resources.files("docbin.models"))) / "xnor" / "xnor.safetensors"
    else:
        path = Path(model)
    network = PackedNetwork(path)
    if network.file.graph.page_channels != 3:
        raise ModelError(f"{path}: it reads grey; the method xnor needs a network on colour")
    return network
