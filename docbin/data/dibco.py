"""Loaders: a folder of pages and their truth, as archives unpack and as people keep them.

A file is truth when its name ends in gt (H01_gt, H01_GT, H01_estGT, 5gt) or it lies in a folder
named for truth (gt, GTimages, DIBCO2009-GT-Test-images); any other picture is a page. Page and
truth pair by what is left of the name, first within the same folder, then anywhere.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from glob import glob
from pathlib import Path

import numpy as np

from docbin.data.manifest import Manifest
from docbin.errors import DatasetError
from docbin.imageio import IMAGE_SUFFIXES, read_one
from docbin.page import Ink

__all__ = ["Dataset", "Pair", "check", "open_dataset", "open_globs", "read_truth"]

TRUTH_NAME = re.compile(r"[-_ ]?(est)?(gt|ground[-_ ]?truth)$", re.IGNORECASE)
TRUTH_FOLDER = re.compile(
    r"(^|[^a-z])gt(images?|imgs?)?([^a-z]|$)|ground[-_ ]?truth|^truths?$|^labels?$|^masks?$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Pair:
    """One page of a dataset: its name, its image, its truth."""

    name: str
    image: Path
    truth: Path


@dataclass(frozen=True)
class Dataset:
    """Pages with truth. `unpaired` are pictures without a partner: said, never scored."""

    name: str
    pairs: tuple[Pair, ...]
    unpaired: tuple[Path, ...] = ()
    manifest: Manifest | None = None


def open_dataset(path: Path, *, name: str = "", manifest: Manifest | None = None) -> Dataset:
    """Find the pages and truths below a folder; DatasetError where there is no pair at all."""
    if not path.is_dir():
        raise DatasetError(f"{path}: is not a folder; a dataset is a folder of pages and truth")
    pictures = [
        f for f in sorted(path.rglob("*")) if f.suffix.lower() in IMAGE_SUFFIXES and f.is_file()
    ]
    truths = [f for f in pictures if _is_truth(f.relative_to(path))]
    images = sorted(set(pictures) - set(truths))
    return _pair(name or path.name, path, images, truths, manifest)


def open_globs(
    images: str, truths: str, *, name: str = "dataset", manifest: Manifest | None = None
) -> Dataset:
    """Pair the files of two glob patterns by name."""
    found = [[Path(f) for f in sorted(glob(p, recursive=True))] for p in (images, truths)]
    for pattern, paths in zip((images, truths), found, strict=True):
        if not paths:
            raise DatasetError(f"no file matches {pattern!r}")
    return _pair(name, Path(), found[0], found[1], manifest)


def read_truth(path: Path, manifest: Manifest | None = None) -> tuple[Ink, list[str]]:
    """Return the truth's ink, and what a reader of the score should know about it."""
    gray = read_one(path).gray
    threshold = manifest.threshold if manifest else 128
    ink: Ink = gray < threshold
    if manifest is not None and manifest.ink == "white":
        ink = ~ink
    between = int(np.count_nonzero((gray != 0) & (gray != 255)))
    if between and len(np.unique(gray)) > 2:
        share = 100 * between / gray.size
        return ink, [f"grey truth ({share:.3g} % of it): ink taken as below {threshold}"]
    return ink, []


def looks_inverted(gray: np.ndarray, ink: Ink) -> bool:
    """Whether what is marked as ink is most of the page and its lighter part."""
    if gray.shape != ink.shape or ink.mean() <= 0.5 or ink.all():
        return False
    return bool(gray[ink].mean() > gray[~ink].mean())


def check(dataset: Dataset) -> list[str]:
    """Return what is wrong with a dataset, a sentence each; empty where nothing is."""
    problems = [f"{path}: has no partner" for path in dataset.unpaired]
    known = dict(dataset.manifest.pages) if dataset.manifest else {}
    here = {pair.name for pair in dataset.pairs}
    problems += [f"{name}: is missing" for name in known if name not in here]
    expected = dataset.manifest.count if dataset.manifest else 0
    if expected and len(here) != expected:
        problems.append(f"{len(here)} pages found, the owner publishes {expected}")
    for pair in dataset.pairs:
        problems += _check_pair(pair, dataset.manifest)
    return problems


def _check_pair(pair: Pair, manifest: Manifest | None) -> list[str]:
    from docbin.data.fingerprint import hash_gray, hash_truth

    page = read_one(pair.image)
    ink, said = read_truth(pair.truth, manifest)
    problems = [f"{pair.name}: {note}" for note in said]
    if page.gray.shape != ink.shape:
        problems.append(
            f"{pair.name}: page is {page.width} x {page.height}, its truth "
            f"{ink.shape[1]} x {ink.shape[0]}"
        )
    if not ink.any():
        problems.append(f"{pair.name}: its truth has no ink")
    if looks_inverted(page.gray, ink):
        problems.append(f"{pair.name}: its truth looks inverted, {100 * ink.mean():.0f} % is ink")
    entry = manifest.pages.get(pair.name) if manifest else None
    if entry is None:
        return problems
    if entry.size != (page.width, page.height):
        problems.append(
            f"{pair.name}: is {page.width} x {page.height}, should be "
            f"{entry.size[0]} x {entry.size[1]}"
        )
    elif entry.truth and entry.truth != hash_truth(ink).hex():
        problems.append(f"{pair.name}: its truth is not the one the manifest knows")
    elif entry.pixels and entry.pixels != hash_gray(page.gray).hex():
        problems.append(f"{pair.name}: its pixels are not those the manifest knows")
    return problems


def _is_truth(relative: Path) -> bool:
    stem = relative.stem
    if TRUTH_NAME.search(stem) and TRUTH_NAME.sub("", stem):
        return True
    return any(TRUTH_FOLDER.search(part) for part in relative.parent.parts)


def stem_of(path: Path) -> str:
    """Return the name a page and its truth share: H01 of H01_estGT.tiff."""
    return TRUTH_NAME.sub("", path.stem) or path.stem


def _pair(
    name: str, root: Path, images: Iterable[Path], truths: Iterable[Path], manifest: Manifest | None
) -> Dataset:
    waiting: dict[str, list[Path]] = defaultdict(list)
    for truth in truths:
        waiting[stem_of(truth)].append(truth)
    lone: list[Path] = []
    pairs: list[Pair] = []
    images = list(images)
    stems = [stem_of(image) for image in images]
    for image, stem in zip(images, stems, strict=True):
        candidates = waiting.get(stem, [])
        if not candidates:
            lone.append(image)
            continue
        closest = min(candidates, key=lambda truth: _distance(image, truth))
        if stems.count(stem) > len(candidates):
            raise DatasetError(
                f"{name}: {stems.count(stem)} pages are called {stem} but {len(candidates)} "
                "truths: name the set's folders one by one"
            )
        pairs.append(Pair(_page_name(image, stem, stems.count(stem) > 1), image, closest))
    used = {pair.truth for pair in pairs}
    if len(used) < len(pairs):
        raise DatasetError(f"{name}: one truth serves two pages: give images and truth as globs")
    lone += [truth for several in waiting.values() for truth in several if truth not in used]
    if not pairs:
        raise DatasetError(
            f"{name}: no page with its truth in {root}; expected images/ and gt/ with the same "
            "names, or H01.png beside H01_gt.png"
        )
    return Dataset(name, tuple(pairs), tuple(sorted(lone)), manifest)


def _page_name(image: Path, stem: str, ambiguous: bool) -> str:
    return f"{image.parent.parent.name}/{stem}" if ambiguous else stem


def _distance(image: Path, truth: Path) -> int:
    """Folders that the two paths do not share."""
    a, b = image.parent.parts, truth.parent.parts
    shared = sum(1 for x, y in zip(a, b, strict=False) if x == y)
    return len(a) + len(b) - 2 * shared
