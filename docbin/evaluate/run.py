"""Score candidates on datasets, a page at a time: each page and its weights are made once.

A prediction that is not plain ink is scored after thresholding at 128 and says so; the official
tool takes every value above 0 for white, which thins whatever was smoothed or saved as JPEG.
Nothing is resized, and nothing that looks inverted is turned round: it is scored and said.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Generic, TypeVar

from docbin.data.dibco import Dataset, Pair, looks_inverted, read_truth
from docbin.data.fingerprint import Fingerprints, Leak, Trained
from docbin.data.manifest import Manifest
from docbin.errors import DatasetError, InputError, LeakError, SettingError
from docbin.evaluate.candidates import Candidate, Method, several
from docbin.evaluate.pictures import Pictures, draw
from docbin.imageio import read_one
from docbin.metrics import Scores, Weights, evaluate, read_ink, stroke_weights
from docbin.page import Ink, Page
from docbin.protocols import checked
from docbin.warned import Warned, hearing, issue

__all__ = ["PageScore", "evaluate_paths", "find_leaks", "run"]

_T = TypeVar("_T")
_R = TypeVar("_R")


@dataclass(frozen=True)
class PageScore:
    """The scores of one candidate on one page, and what has to be said beside them."""

    dataset: str
    page: str
    candidate: str
    scores: Scores
    notes: tuple[str, ...] = ()
    leaked: bool = False
    pictures: Pictures | None = None


def find_leaks(
    candidates: Sequence[Candidate], datasets: Sequence[Dataset], *, jobs: int = 1
) -> dict[tuple[str, str], Leak]:
    """Return the leaks of every learned candidate: (candidate, dataset/page) to what was found."""
    learned = tuple(
        (candidate.label, candidate.binarizer.trained_on())
        for candidate in candidates
        if isinstance(candidate, Method) and isinstance(candidate.binarizer, Trained)
    )
    if not learned:
        return {}
    tasks = [_Search(ds.name, ds.manifest, pair, learned) for ds in datasets for pair in ds.pairs]
    return {key: leak for found in _each(_search_page, tasks, jobs) for key, leak in found}


def run(
    candidates: Sequence[Candidate],
    datasets: Sequence[Dataset],
    *,
    jobs: int = 1,
    pseudo: bool = True,
    allow_leak: bool = False,
    pictures: bool = False,
    on_page: Callable[[str], None] = lambda name: None,
) -> list[PageScore]:
    """Score every candidate on every page, in order of dataset, page, candidate.

    `on_page` is told of each finished page. Raises LeakError when a learned method was trained on
    one of the pages, unless `allow_leak`, which marks those scores.
    """
    if not candidates or not datasets:
        raise SettingError("evaluate: needs at least one method or folder, and one dataset")
    labels = [candidate.label for candidate in candidates]
    twice = sorted({label for label in labels if labels.count(label) > 1})
    if twice:
        raise SettingError(f"evaluate: {twice[0]} is given twice; name one of them LABEL=...")
    leaks = find_leaks(candidates, datasets, jobs=jobs)
    if leaks and not allow_leak:
        said = several([f"{label} on {leak}" for (label, _), leak in leaks.items()])
        raise LeakError(f"trained on what it is to be scored on: {said}; leave those pages out")
    tasks = [
        _Task(dataset.name, dataset.manifest, pair, tuple(candidates), pseudo, pictures)
        for dataset in datasets
        for pair in dataset.pairs
    ]
    results: list[PageScore] = []
    for task, scores in zip(tasks, _each(_score_page, tasks, jobs), strict=True):
        for score in scores:
            leaked = (score.candidate, f"{score.dataset}/{score.page}") in leaks
            results.append(_marked(score) if leaked else score)
        on_page(f"{task.dataset}/{task.pair.name}")
    return results


def evaluate_paths(
    prediction: Path | str, truth: Path | str, *, manifest: Manifest | None = None
) -> tuple[Scores, list[str]]:
    """Score a prediction's file against a truth's file: the scores, and what to know about them.

    Grey, colour and JPEG predictions are thresholded at 128 and noted. Raises InputError where the
    sizes differ or a file cannot be read.
    """
    right, said = read_truth(Path(truth), manifest)
    ink, more = read_ink(prediction)
    scores = _score(ink, right, None, True, str(prediction))
    return scores, [*said, *more, *_if_inverted(ink, right, scores)]


@dataclass(frozen=True)
class _Task:
    dataset: str
    manifest: Manifest | None
    pair: Pair
    candidates: tuple[Candidate, ...]
    pseudo: bool
    pictures: bool


@dataclass(frozen=True)
class _Search:
    dataset: str
    manifest: Manifest | None
    pair: Pair
    learned: tuple[tuple[str, Fingerprints], ...]


def _each(work: Callable[[_T], _R], tasks: Sequence[_T], jobs: int) -> Iterator[_R]:
    if jobs < 1:
        raise SettingError(f"evaluate: jobs must be at least 1, got {jobs}")
    if jobs == 1 or len(tasks) == 1:
        yield from map(work, tasks)
        return
    context = get_context("spawn")  # a fork copies other libraries' thread pools half-way
    with ProcessPoolExecutor(min(jobs, len(tasks)), context, _single_thread) as pool:
        known: dict[Any, Any] = {}
        for result, told in pool.map(_Heard(work), tasks):
            issue(told, known)
            yield result


@dataclass(frozen=True)
class _Heard(Generic[_T, _R]):
    """Work of another process, whose warnings come with the result."""

    work: Callable[[_T], _R]

    def __call__(self, task: _T) -> tuple[_R, list[Warned]]:
        with hearing() as told:
            result = self.work(task)
        return result, told


def _single_thread() -> None:
    import cv2

    cv2.setNumThreads(1)


def _search_page(task: _Search) -> list[tuple[tuple[str, str], Leak]]:
    name = f"{task.dataset}/{task.pair.name}"
    page = read_one(task.pair.image)
    truth, _ = read_truth(task.pair.truth, task.manifest)
    found = [((label, name), known.find(name, page, truth)) for label, known in task.learned]
    return [(key, leak) for key, leak in found if leak is not None]


def _score_page(task: _Task) -> list[PageScore]:
    page = read_one(task.pair.image)
    truth, said = read_truth(task.pair.truth, task.manifest)
    where = f"{task.dataset}/{task.pair.name}"
    if page.gray.shape != truth.shape:
        raise DatasetError(
            f"{where}: page is {page.width} x {page.height} but its truth is {truth.shape[1]} x "
            f"{truth.shape[0]}"
        )
    if looks_inverted(page.gray, truth):
        said.append("the truth looks inverted; not turned round")
    # Weights that serve once are cheaper summed as they come than kept.
    weights = stroke_weights(truth) if task.pseudo and len(task.candidates) > 1 else None
    scores: list[PageScore] = []
    for candidate in task.candidates:
        ink, more = _ink_of(candidate, page, where)
        result = _score(ink, truth, weights, task.pseudo, f"{candidate.label} on {where}")
        notes = (*said, *more, *_if_inverted(ink, truth, result))
        pictures = draw(page, truth, ink) if task.pictures else None
        scores.append(
            PageScore(
                task.dataset, task.pair.name, candidate.label, result, notes, pictures=pictures
            )
        )
    return scores


def _ink_of(candidate: Candidate, page: Page, where: str) -> tuple[Ink, list[str]]:
    if isinstance(candidate, Method):
        try:
            return checked(candidate.binarizer(page), page, candidate.label, "ink"), []
        except Exception as error:
            error.add_note(f"{candidate.label} on {where}")
            raise
    return read_ink(candidate.files[where])


def _score(ink: Ink, truth: Ink, weights: Weights | None, pseudo: bool, where: str) -> Scores:
    if ink.shape != truth.shape:
        raise InputError(
            f"{where}: prediction is {ink.shape[1]} x {ink.shape[0]} but truth is "
            f"{truth.shape[1]} x {truth.shape[0]}; only the unresized prediction can be scored"
        )
    return evaluate(ink, truth, weights=weights, pseudo=pseudo)


def _if_inverted(ink: Ink, truth: Ink, scores: Scores) -> list[str]:
    """Say so where the prediction turned round would score better by far."""
    if scores.f_measure > 50 or not truth.any():
        return []
    turned = evaluate(~ink, truth, pseudo=False).f_measure
    if turned < max(60.0, scores.f_measure + 20):
        return []
    return [
        f"looks inverted: F {scores.f_measure:.1f} as it is, {turned:.1f} turned round; "
        "scored as it is"
    ]


def _marked(score: PageScore) -> PageScore:
    return PageScore(
        score.dataset,
        score.page,
        score.candidate,
        score.scores,
        (*score.notes, "leak: the method was trained on this page"),
        True,
        score.pictures,
    )
