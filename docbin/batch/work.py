"""One file's work: read its pages, apply the method, write the result whole or not at all."""

import json
import logging
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from docbin import imageio, registry
from docbin.batch.files import Job
from docbin.batch.pool import WorkerLost, share
from docbin.errors import DocbinError, InputError, OutputError
from docbin.page import Page

__all__ = ["Outcome", "PageNote", "Recipe", "process", "run"]

log = logging.getLogger(__name__)
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class PageNote:
    """What is told of one finished page."""

    number: int
    width: int
    height: int
    dpi: tuple[float, float] | None
    ink: float | None
    """Share of the pixels that are ink; None for a grey result."""


@dataclass(frozen=True)
class Outcome:
    """What became of one file."""

    source: Path
    target: Path
    status: Literal["done", "skipped", "failed"]
    pages: tuple[PageNote, ...] = ()
    seconds: float = 0.0
    error: str | None = None
    error_type: str | None = None
    """Name of the error's class in docbin.errors, when it is one of those."""
    details: str | None = None
    """A traceback, when the failure is a bug and not the file's fault."""


@dataclass(frozen=True)
class Recipe:
    """What is done to every page of every file."""

    method: str
    settings: dict[str, Any] = field(default_factory=dict)
    kind: Literal["ink", "gray"] = "ink"
    format: str | None = None
    """Format of the result; None goes by the target's suffix."""
    dpi: float = 300
    """Resolution at which PDF pages that are not one image are rendered."""
    max_pixels: int = imageio.MAX_PIXELS
    overwrite: bool = False
    threads: int = 1
    """Pages of one file worked on at a time."""

    def create(self) -> Callable[[Page], NDArray[Any]]:
        """Build the method; wrong names and settings are errors here."""
        make = registry.create if self.kind == "ink" else registry.create_cleaner
        return make(self.method, self.settings)

    @cached_property
    def provenance(self) -> dict[str, str]:
        """What is written into every result: the tool, the method, the settings in full."""
        method: Any = self.create()
        values = {s.name: getattr(method, s.name) for s in registry.settings_of(type(method))}
        return {
            "Software": f"docbin {version('docbin')}",
            "Method": self.method,
            "Settings": json.dumps(values, sort_keys=True, default=str),
        }


def run(recipe: Recipe, jobs: Sequence[Job], workers: int = 1) -> Iterator[Outcome]:
    """Yield an Outcome for every job, as they finish; no page stops the others."""
    per_file = max(1, workers // max(1, len(jobs)))
    work = _Work(replace(recipe, threads=per_file))
    finished = False
    try:
        for result in share(work, jobs, workers):
            if isinstance(result, WorkerLost):
                job = result.item
                imageio.remove_partials(job.target)
                yield Outcome(
                    job.source, job.target, "failed", error=f"{job.source}: {result.reason}"
                )
            else:
                yield result
        finished = True
    finally:
        if not finished:  # interrupted: a worker that had to be killed could not tidy up itself
            for job in jobs:
                imageio.remove_partials(job.target)


@dataclass(frozen=True)
class _Work:
    recipe: Recipe

    def __call__(self, job: Job) -> Outcome:
        kind: str | None
        details: str | None
        started = time.perf_counter()
        try:
            notes = process(self.recipe, job.source, job.target)
        except DocbinError as error:
            kind, sentence, details = type(error).__name__, str(error), None
        except MemoryError:
            kind, details = "InputError", None
            sentence = f"{job.source}: not enough memory for this page; try fewer --jobs"
        except Exception as error:
            log.exception("%s failed", job.source)
            kind, details = None, traceback.format_exc()
            sentence = f"{job.source}: internal error, {type(error).__name__}: {error}"
        else:
            seconds = time.perf_counter() - started
            return Outcome(job.source, job.target, "done", tuple(notes), seconds)
        seconds = time.perf_counter() - started
        return Outcome(job.source, job.target, "failed", (), seconds, sentence, kind, details)


def process(recipe: Recipe, source: Path | bytes, target: Path) -> list[PageNote]:
    """Do one file: every page of `source`, in order, into `target`."""
    method = recipe.create()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{target.parent}: cannot make this folder: {error.strerror}") from error
    notes: list[PageNote] = []

    def apply(page: Page) -> tuple[Page, NDArray[Any]]:
        return page, _checked(method(page), page, recipe)

    pages = imageio.read(source, dpi=recipe.dpi, max_pixels=recipe.max_pixels)
    with imageio.open_writer(
        target, format=recipe.format, metadata=recipe.provenance, overwrite=recipe.overwrite
    ) as writer:
        for page, result in _ahead(apply, pages, recipe.threads):
            writer.add(result, page.dpi)
            share_of_ink = float(result.mean()) if result.dtype == np.bool_ else None
            notes.append(PageNote(len(notes) + 1, page.width, page.height, page.dpi, share_of_ink))
    return notes


def _ahead(function: Callable[[T], R], items: Iterator[T], threads: int) -> Iterator[R]:
    """Yield ``function(item)`` in order, with at most `threads` items in work and one waiting."""
    if threads <= 1:
        yield from map(function, items)
        return
    with ThreadPoolExecutor(threads) as executor:
        waiting: deque[Future[R]] = deque()
        try:
            for item in items:
                waiting.append(executor.submit(function, item))
                if len(waiting) > threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _checked(result: Any, page: Page, recipe: Recipe) -> NDArray[Any]:
    """Hold a method, which may be somebody's own, to what it promises."""
    dtype = np.bool_ if recipe.kind == "ink" else np.uint8
    shapes: list[tuple[int, ...]] = [(page.height, page.width)]
    if recipe.kind == "gray":
        shapes.append((page.height, page.width, 3))
    if not isinstance(result, np.ndarray) or result.dtype != dtype or result.shape not in shapes:
        got = (
            f"{result.dtype} {result.shape}"
            if isinstance(result, np.ndarray)
            else type(result).__name__
        )
        raise InputError(
            f"method {recipe.method!r} must return a {np.dtype(dtype).name} array of shape "
            f"{shapes[0]}, it returned {got}"
        )
    return result
