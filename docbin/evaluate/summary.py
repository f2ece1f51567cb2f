"""From scores a page to a table: two means, the contests' rank sum, intervals, comparisons.

Papers average in two ways and rarely say which: the mean of the pages' F-measures (`mean`), and
the F-measure of the mean precision and recall (`pooled_f`). On H-DIBCO 2012 they differ by five
points for Otsu. The rank sum is the contests' own (Pratikakis and others, 2009 to 2019): on every
page every candidate is ranked by each of four measures, and ranks are added; equal values share
the better rank. Intervals are Efron's percentile bootstrap over pages (1979); the comparison's
p-value is from random sign flips of the page differences (Fisher's permutation test).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docbin.errors import UsageError
from docbin.evaluate.run import PageScore

__all__ = [
    "METRICS",
    "RANKED",
    "Comparison",
    "Metric",
    "Summary",
    "compare",
    "rank_sums",
    "summarize",
]


@dataclass(frozen=True)
class Metric:
    """A column of the tables: its name in `Scores`, its heading, decimals, which way is better."""

    name: str
    heading: str
    decimals: int = 2
    higher: bool = True


METRICS: tuple[Metric, ...] = (
    Metric("f_measure", "F"),
    Metric("pseudo_f_measure", "Fps"),
    Metric("skeleton_pseudo_f_measure", "skeleton Fps"),
    Metric("psnr", "PSNR"),
    Metric("drd", "DRD", higher=False),
    Metric("recall", "recall"),
    Metric("precision", "precision"),
    Metric("nrm", "NRM", 4, higher=False),
    Metric("mpm", "MPM", 5, higher=False),
    Metric("mcc", "MCC", 4),
    Metric("average_score", "Avg"),
    Metric("skeleton_average_score", "skeleton Avg"),
)

RANKED = ("f_measure", "pseudo_f_measure", "psnr", "drd")


@dataclass(frozen=True)
class Summary:
    """A candidate on a dataset: the mean of page scores by metric, and what goes with it."""

    dataset: str
    candidate: str
    pages: int
    mean: dict[str, float]
    interval: dict[str, tuple[float, float]]
    """95 % of bootstrapped means lie within."""
    pooled_f: float
    """F-measure of mean precision and mean recall."""
    rank_sum: int | None
    leaked: bool
    notes: int
    """Pages with something to say about them."""


@dataclass(frozen=True)
class Comparison:
    """Two candidates on the same pages: first minus second."""

    first: str
    second: str
    metric: str
    pages: int
    difference: float
    interval: tuple[float, float]
    wins: int
    ties: int
    p_value: float


def summarize(
    scores: Sequence[PageScore],
    rng: np.random.Generator,
    *,
    resamples: int = 2000,
    together: str = "all",
) -> list[Summary]:
    """Return a summary for each dataset and candidate, and over all pages where sets are several.

    Rank sums are left out with a single candidate, who would be first everywhere.
    """
    datasets = list(dict.fromkeys(score.dataset for score in scores))
    groups = [(name, [s for s in scores if s.dataset == name]) for name in datasets]
    if len(groups) > 1:
        groups.append((together, list(scores)))
    summaries: list[Summary] = []
    for dataset, members in groups:
        ranks = rank_sums(members)
        for candidate in dict.fromkeys(score.candidate for score in members):
            own = [score for score in members if score.candidate == candidate]
            rank = ranks.get(candidate) if len(ranks) > 1 else None
            summaries.append(_summary(dataset, candidate, own, rank, rng, resamples))
    return summaries


def rank_sums(scores: Sequence[PageScore]) -> dict[str, int]:
    """Return each candidate's sum of ranks over pages and the four ranked measures."""
    sums = dict.fromkeys((score.candidate for score in scores), 0)
    pages = dict.fromkeys((score.dataset, score.page) for score in scores)
    for page in pages:
        own = [s for s in scores if (s.dataset, s.page) == page]
        for metric in METRICS:
            if metric.name not in RANKED:
                continue
            values = [_value(s, metric.name) for s in own]
            if any(math.isnan(value) for value in values):
                continue
            for score, value in zip(own, values, strict=True):
                better = sum(v > value if metric.higher else v < value for v in values)
                sums[score.candidate] += 1 + better
    return sums


def compare(
    scores: Sequence[PageScore],
    first: str,
    second: str,
    rng: np.random.Generator,
    *,
    metric: str = "f_measure",
    resamples: int = 10000,
) -> Comparison:
    """Compare two candidates page by page; UsageError where one of them was not scored."""
    known = {score.candidate for score in scores}
    for name in (first, second):
        if name not in known:
            raise UsageError(
                f"compare: {name!r} was not scored; scored: {', '.join(sorted(known))}"
            )
    ours = {(s.dataset, s.page): _value(s, metric) for s in scores if s.candidate == first}
    theirs = {(s.dataset, s.page): _value(s, metric) for s in scores if s.candidate == second}
    pairs = [(ours[page], theirs[page]) for page in ours]
    # Two perfect pages have an infinite PSNR each: no difference.
    difference = np.array([0.0 if a == b else a - b for a, b in pairs])
    interval = _interval(difference, rng, resamples)
    signs = rng.integers(0, 2, (resamples, len(difference))) * 2.0 - 1.0
    mean = float(difference.mean())
    if math.isfinite(mean):
        flipped = np.abs((signs * difference).mean(1))
        extreme = int((flipped >= abs(mean) - 1e-12).sum())
        p_value = (1 + extreme) / (1 + resamples)
    else:
        p_value = math.nan
    higher = next((m.higher for m in METRICS if m.name == metric), True)
    wins = int(((difference > 0) if higher else (difference < 0)).sum())
    ties = int((difference == 0).sum())
    return Comparison(first, second, metric, len(difference), mean, interval, wins, ties, p_value)


def _summary(
    dataset: str,
    candidate: str,
    own: Sequence[PageScore],
    rank_sum: int | None,
    rng: np.random.Generator,
    resamples: int,
) -> Summary:
    columns = {m.name: np.array([_value(s, m.name) for s in own]) for m in METRICS}
    mean = {name: float(values.mean()) for name, values in columns.items()}
    interval = {name: _interval(values, rng, resamples) for name, values in columns.items()}
    precision, recall = mean["precision"], mean["recall"]
    total = precision + recall
    return Summary(
        dataset,
        candidate,
        len(own),
        mean,
        interval,
        2 * precision * recall / total if total else 0.0,
        rank_sum,
        any(score.leaked for score in own),
        sum(bool(score.notes) for score in own),
    )


def _interval(
    values: NDArray[np.float64], rng: np.random.Generator, resamples: int
) -> tuple[float, float]:
    if len(values) < 2 or not np.isfinite(values).all():
        return math.nan, math.nan
    picks = rng.integers(0, len(values), (resamples, len(values)))
    low, high = np.percentile(values[picks].mean(1), [2.5, 97.5])
    return float(low), float(high)


def _value(score: PageScore, metric: str) -> float:
    return float(getattr(score.scores, metric))
