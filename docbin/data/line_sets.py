"""Pages with their text lines: a folder a set, STEM.jpg beside STEM.json.

    {"image": ..., "width": ..., "height": ...,
     "lines": [{"polygon": [[x, y], ...], "text": ..., "ignore": true?}, ...]}

Coordinates are pixels of the image; `ignore` marks text that nobody has to find.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from docbin.data.fingerprint import Fingerprint, Fingerprints, hash_gray
from docbin.data.signature import signature
from docbin.errors import DatasetError
from docbin.imageio import read
from docbin.page import Page

__all__ = ["LinePage", "LineTruth", "find_line_pages", "line_fingerprints", "line_truths"]

LARGE, MARKED, SMALL_SHARE = 1400, 512, 0.2
"""Pages longer than 1400 pixels are marked at 512, others at a fifth: a tenth of the time."""
SUFFIXES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp")


@dataclass(frozen=True, eq=False)
class LineTruth:
    """A line that is on a page: polygon (n, 2) x, y in pixels."""

    polygon: NDArray[np.float64]
    text: str = ""
    ignore: bool = False


@dataclass(frozen=True, eq=False)
class LinePage:
    """A page of a set: where its image is, and its lines."""

    name: str  # SET/STEM
    path: Path
    lines: tuple[LineTruth, ...]

    def page(self) -> Page:
        """Read the image."""
        return next(iter(read(str(self.path))))


def find_line_pages(folder: Path, name: str | None = None) -> list[LinePage]:
    """Return the pages of one folder of STEM.json files, in order; `name` is the set's.

    Raises DatasetError where there are none, or one is without its image or malformed.
    """
    truths = sorted(folder.glob("*.json"))
    if not truths:
        raise DatasetError(f"{folder}: holds no STEM.json with the lines of a page")
    pages = []
    for truth in truths:
        images = [p for s in SUFFIXES if (p := truth.with_suffix(s)).exists()]
        if not images:
            raise DatasetError(f"{truth}: there is no image of this name beside it")
        lines = line_truths(truth)
        pages.append(LinePage(f"{name or folder.name}/{truth.stem}", images[0], lines))
    return pages


def line_fingerprints(sources: Iterable[LinePage]) -> Fingerprints:
    """Take the fingerprints of training pages, some tenths of a second each.

    The marks are chosen on the page reduced: they know scaled copies anyway.
    """
    found = []
    for source in sources:
        gray = source.page().gray
        scale = min(1.0, MARKED / max(gray.shape)) if max(gray.shape) > LARGE else SMALL_SHARE
        sides = [max(1, round(n * scale)) for n in gray.shape[::-1]]
        small = np.asarray(cv2.resize(gray, sides, interpolation=cv2.INTER_AREA), np.uint8)
        found.append(Fingerprint(source.name, hash_gray(gray), b"", signature(small)))
    return Fingerprints(tuple(found))


def line_truths(path: Path) -> tuple[LineTruth, ...]:
    """Read the lines of one page; raises DatasetError where the file says something else."""
    try:
        value = json.loads(path.read_text("utf-8"))
        return tuple(_line(row) for row in value["lines"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(
            f'{path}: not the lines of a page: need {{"lines": [{{"polygon": [[x, y], ...]}}]}} '
            f"({type(error).__name__}: {error})"
        ) from error


def _line(row: Mapping[str, Any]) -> LineTruth:
    polygon = np.asarray(row["polygon"], np.float64)
    if polygon.ndim != 2 or polygon.shape[1] != 2 or len(polygon) < 3:
        raise ValueError("a polygon needs three or more points x, y")
    if not np.isfinite(polygon).all():
        raise ValueError("a polygon has a coordinate that is not finite")
    return LineTruth(polygon, str(row.get("text", "")), bool(row.get("ignore", False)))
