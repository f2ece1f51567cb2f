"""Real pages and their truth on disk: found, read, and split by document."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from docbin.errors import DatasetError, SettingError
from docbin.page import Ink

__all__ = ["Pair", "find_pairs", "read_pair", "split_documents"]

SUFFIXES = (".webp", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp")


@dataclass(frozen=True)
class Pair:
    """A real page and its truth on disk; ``name`` is set/stem."""

    image: Path
    truth: Path
    name: str


def find_pairs(root: Path | str, *, exclude: Collection[str] = ()) -> list[Pair]:
    """List ``root/SET/images`` with their ``root/SET/gt``, matched by stem, sorted by name.

    ``exclude`` names pages to leave out, as ``set/stem`` or a whole ``set``. A page without truth
    raises DatasetError.
    """
    if not Path(root).is_dir():
        raise DatasetError(f"{root}: no such folder; check the name")
    pairs: list[Pair] = []
    for folder in sorted(Path(root).glob("*/images")):
        name = folder.parent.name
        if name in exclude:
            continue
        truths = {path.stem: path for path in sorted((folder.parent / "gt").glob("*"))}
        for image in sorted(folder.iterdir()):
            if image.suffix.lower() not in SUFFIXES or f"{name}/{image.stem}" in exclude:
                continue
            if image.stem not in truths:
                raise DatasetError(f"{image} has no truth: expected gt/{image.stem}.png beside it")
            pairs.append(Pair(image, truths[image.stem], f"{name}/{image.stem}"))
    if not pairs:
        raise DatasetError(
            f"{root} holds no pages: expected SET/images and SET/gt with equal stems"
        )
    return pairs


def split_documents(
    pairs: Sequence[Pair], share: float, rng: np.random.Generator
) -> tuple[list[Pair], list[Pair]]:
    """Split into pages to train on and about ``share`` of them to hold back, by document.

    Pages whose truths are equal, such as two spectral bands of one leaf, stay on one side.
    """
    if not 0 <= share <= 1:
        raise SettingError(f"the share to hold back must lie in 0..1, got {share}")
    documents: dict[str, list[Pair]] = {}
    for pair in pairs:
        truth = cv2.imread(str(pair.truth), cv2.IMREAD_GRAYSCALE)
        if truth is None:
            raise DatasetError(f"cannot read {pair.truth}")
        bits = np.packbits(np.asarray(truth) < 128).tobytes()
        key = hashlib.sha256(str(truth.shape).encode() + bits).hexdigest()
        documents.setdefault(key, []).append(pair)
    keys = list(documents)
    held = {keys[i] for i in rng.permutation(len(keys))[: round(share * len(keys))]}
    return (
        [pair for key in keys if key not in held for pair in documents[key]],
        [pair for key in keys if key in held for pair in documents[key]],
    )


def read_pair(pair: Pair) -> tuple[NDArray[np.uint8], Ink]:
    """Read a page as RGB and its truth, ink where the truth is darker than half."""
    image, truth = cv2.imread(str(pair.image)), None
    if image is not None:
        truth = cv2.imread(str(pair.truth), cv2.IMREAD_GRAYSCALE)
    if image is None or truth is None:
        broken = pair.image if image is None else pair.truth
        raise DatasetError(f"{broken}: cannot be read as an image")
    if image.shape[:2] != truth.shape:
        raise DatasetError(
            f"{pair.image}: page {image.shape[1]} x {image.shape[0]} but its truth "
            f"{truth.shape[1]} x {truth.shape[0]}; they must be the same size"
        )
    rgb = np.ascontiguousarray(image[:, :, ::-1]).astype(np.uint8, copy=False)
    return rgb, np.asarray(truth) < 128
