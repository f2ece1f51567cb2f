"""Pages to train on, with their truth: read from folders, or prepared for crops to be cut."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from docbin.data.pairs import find_pairs, read_pair
from docbin.errors import DatasetError
from docbin.page import Ink

__all__ = ["VIEW", "Prepared", "TrainingPage", "load_pages", "prepare"]

Array = NDArray[Any]
VIEW = 128
"""Side of the view of a whole page, in pixels."""


@dataclass(frozen=True, eq=False)
class TrainingPage:
    """A page with its truth: pixels (h, w, 3) RGB uint8, ink (h, w) bool, weight of its draw."""

    name: str
    pixels: NDArray[np.uint8]
    ink: Ink
    weight: float = 1.0


def load_pages(
    root: Path, masses: Mapping[str, float] | None = None, leave_out: Collection[str] = ()
) -> list[TrainingPage]:
    """Read ``root/SET/images`` with ``root/SET/gt``, page names ``SET/STEM``.

    A set's pages share its mass (default: one a page), so that a large set does not drown the
    others. Raises DatasetError where a truth is missing, sizes differ, or there is no page.
    """
    pairs = [pair for pair in find_pairs(root) if pair.name not in leave_out]
    if not pairs:
        raise DatasetError(f"{root}: no pages; need folders SET/images and SET/gt")
    counts = Counter(pair.name.split("/")[0] for pair in pairs)
    pages = []
    for pair in pairs:
        pixels, ink = read_pair(pair)
        name = pair.name.split("/")[0]
        weight = 1.0 if not masses else masses.get(name, 0.0) / counts[name]
        pages.append(TrainingPage(pair.name, pixels, ink, weight))
    return pages


@dataclass
class Prepared:
    """A page and what is asked of it for every crop."""

    page: TrainingPage
    view: Array  # (128, 128, 3) float32 0..1
    veil: Array  # (128, 128) share of ink
    paper: Array  # (3,) colour of the paper
    contrast: float  # paper minus ink, luma
    rows: Array = field(repr=False)  # pixels of ink, a sample
    columns: Array = field(repr=False)


def prepare(page: TrainingPage) -> Prepared:
    """Measure a page once: its view, its paper and its contrast, where there is ink."""
    view = cv2.resize(page.pixels, (VIEW, VIEW), interpolation=cv2.INTER_AREA)
    veil = cv2.resize(page.ink.astype(np.float32), (VIEW, VIEW), interpolation=cv2.INTER_AREA)
    step = max(1, int(np.sqrt(page.ink.size / 200_000)))
    sample, ink = page.pixels[::step, ::step].astype(np.float32) / 255, page.ink[::step, ::step]
    far = ~cv2.dilate(ink.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    paper = np.median(sample[far], axis=0) if far.any() else np.ones(3)
    dark = sample[ink].mean(axis=0) if ink.any() else paper
    luma = np.array([0.299, 0.587, 0.114])
    rows, columns = np.nonzero(ink)
    return Prepared(
        page,
        view.astype(np.float32) / 255,
        veil,
        paper.astype(np.float32),
        float(np.clip((paper - dark) @ luma / max(float(paper @ luma), 0.05), 0, 1)),
        rows.astype(np.int32) * step,
        columns.astype(np.int32) * step,
    )
