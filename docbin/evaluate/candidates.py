"""What can be scored: a binarizer, or the files that some tool has written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from docbin.data.dibco import Dataset, stem_of
from docbin.errors import DatasetError
from docbin.imageio import IMAGE_SUFFIXES
from docbin.protocols import Binarizer

__all__ = [
    "Candidate",
    "Finished",
    "Method",
    "extra_files",
    "finished",
    "several",
]


@dataclass(frozen=True)
class Method:
    """A binarizer to score, under the name the tables give it."""

    label: str
    binarizer: Binarizer


@dataclass(frozen=True)
class Finished:
    """Predictions that some tool has written: page name to file."""

    label: str
    files: Mapping[str, Path]


Candidate: TypeAlias = Method | Finished


def finished(folder: Path, datasets: Sequence[Dataset], *, label: str = "") -> Finished:
    """Match the predictions of a folder to the pages of datasets, by name.

    With several datasets the folder has one folder for each, called as the dataset. DatasetError
    lists the pages without a prediction; `extra_files` lists the other way round.
    """
    if not folder.is_dir():
        raise DatasetError(f"{folder}: is not a folder of predictions")
    files: dict[str, Path] = {}
    missing: list[str] = []
    for dataset in datasets:
        below = folder / dataset.name
        root = below if below.is_dir() else folder
        if root is folder and len(datasets) > 1:
            raise DatasetError(f"{folder}: has no folder {dataset.name} for that dataset's pages")
        found = _by_stem(root)
        for pair in dataset.pairs:
            path = found.get(pair.name) or found.get(stem_of(pair.image))
            if path is None:
                missing.append(f"{dataset.name}/{pair.name}")
            else:
                files[f"{dataset.name}/{pair.name}"] = path
    if missing:
        raise DatasetError(
            f"{folder}: has no prediction for {several(missing)}; a mean over the rest would not "
            "be comparable"
        )
    return Finished(label or folder.name, files)


def extra_files(candidate: Finished) -> list[Path]:
    """Return the pictures beside the predictions that belong to no page."""
    used = set(candidate.files.values())
    folders = {path.parent for path in used}
    return sorted(
        f
        for folder in folders
        for f in folder.iterdir()
        if f.suffix.lower() in IMAGE_SUFFIXES and f not in used
    )


def _by_stem(folder: Path) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in IMAGE_SUFFIXES or not path.is_file():
            continue
        for stem in {path.stem, path.relative_to(folder).with_suffix("").as_posix()}:
            if stem in found and found[stem] != path:
                raise DatasetError(f"{path} and {found[stem]}: two predictions for one page")
            found[stem] = path
    return found


def several(items: Sequence[str], limit: int = 12) -> str:
    """Name the first of many."""
    more = f" and {len(items) - limit} more" if len(items) > limit else ""
    return "; ".join(items[:limit]) + more
