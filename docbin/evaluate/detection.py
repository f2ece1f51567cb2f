"""Detectors on pages with known lines: counts a page, sums a set, paired bootstrap of differences.

Thresholds are those the detector was given: none is chosen on the pages that are scored.
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from docbin.data.fingerprint import Trained
from docbin.data.line_sets import LinePage
from docbin.errors import DatasetError, LeakError
from docbin.metrics.lines import LineCounts, count_lines
from docbin.page import Page
from docbin.protocols import Detector

__all__ = [
    "THRESHOLDS",
    "DetectionScore",
    "Finder",
    "bootstrap",
    "difference",
    "method_finder",
    "prediction_finder",
    "score_pages",
    "total",
]

THRESHOLDS = (0.3, 0.5)

Finder = Callable[[LinePage, Page], tuple[list[NDArray[np.float64]], float]]
"""From a page of a set to polygons, and the seconds of processor time that they took."""


@dataclass(frozen=True)
class DetectionScore:
    """One candidate on one page."""

    dataset: str
    page: str
    candidate: str
    counts: LineCounts
    seconds: float


def method_finder(
    detector: Detector,
    binarizer: Callable[[Page], Page] | None = None,
    *,
    allow_leak: bool = False,
) -> Finder:
    """Make a finder of a detector, which sees the page as `binarizer` makes it.

    Raises LeakError on a page that the detector was trained on.
    """
    given: object = detector
    known = given.trained_on() if isinstance(given, Trained) and not allow_leak else None

    def find(source: LinePage, page: Page) -> tuple[list[NDArray[np.float64]], float]:
        if known is not None and (leak := known.find(source.name, page)):
            raise LeakError(f"{leak}: score it with --allow-leak, or leave it out")
        fresh = Page(page.pixels, page.dpi)  # so that making grey is part of the time
        started = time.process_time()
        lines = detector(fresh if binarizer is None else binarizer(fresh))
        return [line.polygon for line in lines], time.process_time() - started

    return find


def prediction_finder(folder: Path) -> Finder:
    """Make a finder of finished predictions: SET/STEM.json, or STEM.json, with polygons of lines.

    The files are those of ``docbin detect --format json``, or {"lines": [{"polygon": ...}]};
    "seconds" in them is shown as the time.
    """

    def find(source: LinePage, page: Page) -> tuple[list[NDArray[np.float64]], float]:
        stem = source.name.rpartition("/")[2]
        paths = [folder / f"{source.name}.json", folder / f"{stem}.json"]
        path = next((p for p in paths if p.exists()), None)
        if path is None:
            raise DatasetError(f"{folder}: holds no {stem}.json, the lines found on {source.path}")
        try:
            value = json.loads(path.read_text("utf-8"))
            lines = value["pages"][0]["lines"] if "pages" in value else value["lines"]
            polygons = [np.asarray(line["polygon"], np.float64).reshape(-1, 2) for line in lines]
            return polygons, float(value.get("seconds", float("nan")))
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise DatasetError(f"{path}: no lines with polygons in it ({error})") from error

    return find


def score_pages(
    finders: dict[str, Finder], sets: dict[str, list[LinePage]]
) -> Iterator[DetectionScore]:
    """Yield every candidate's score on every page, the candidates side by side on each page."""
    for dataset, sources in sets.items():
        for source in sources:
            page = source.page()
            truth = [line.polygon for line in source.lines if not line.ignore]
            ignored = [line.polygon for line in source.lines if line.ignore]
            for name, finder in finders.items():
                found, seconds = finder(source, page)
                counts = count_lines(found, truth, ignored, THRESHOLDS)
                yield DetectionScore(dataset, source.name, name, counts, seconds)


def total(scores: Iterable[DetectionScore]) -> LineCounts:
    """Sum the counts of several pages."""
    counts = LineCounts()
    for score in scores:
        counts = counts + score.counts
    return counts


def bootstrap(
    scores: Sequence[DetectionScore],
    value: Callable[[LineCounts], float],
    rng: np.random.Generator,
    rounds: int = 1000,
) -> tuple[float, float]:
    """Return the 95 % interval of a figure under redrawing the pages."""
    draws = [
        value(total(scores[int(i)] for i in rng.integers(len(scores), size=len(scores))))
        for _ in range(rounds)
    ]
    low, high = np.percentile(draws, [2.5, 97.5])
    return float(low), float(high)


def difference(
    first: Sequence[DetectionScore],
    second: Sequence[DetectionScore],
    value: Callable[[LineCounts], float],
    rng: np.random.Generator,
    rounds: int = 1000,
) -> tuple[float, float, float]:
    """Return first minus second, and its 95 % interval; both are drawn the same pages."""
    pairs = list(zip(first, second, strict=True))
    if any(a.page != b.page for a, b in pairs):
        raise ValueError("paired scores must be of the same pages in the same order")
    draws = []
    for _ in range(rounds):
        picks = rng.integers(len(pairs), size=len(pairs))
        draws.append(
            value(total(pairs[int(i)][0] for i in picks))
            - value(total(pairs[int(i)][1] for i in picks))
        )
    low, high = np.percentile(draws, [2.5, 97.5])
    return value(total(first)) - value(total(second)), float(low), float(high)
