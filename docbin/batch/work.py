"""One file's work: read its pages, apply the method, write the result whole or not at all."""

import contextlib
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from docbin import imageio
from docbin.batch.files import Job
from docbin.batch.parts import write_parts
from docbin.batch.recipe import PageNote, Recipe
from docbin.errors import DocbinError, OutputExistsError, UsageError

if TYPE_CHECKING:
    from concurrent.futures import Future

    from docbin.batch.detect import LineRecipe
    from docbin.batch.pool import WorkerLost
    from docbin.page import Page

__all__ = ["Outcome", "process", "run"]

T = TypeVar("T")
R = TypeVar("R")


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


def run(recipe: "Recipe | LineRecipe", jobs: Sequence[Job], workers: int = 1) -> Iterator[Outcome]:
    """Yield an Outcome for every job, as they finish; no page stops the others."""
    per_file = max(1, workers // max(1, len(jobs)))
    work = _Work(replace(recipe, threads=per_file))
    finished = False
    try:
        for result in _shared(work, jobs, workers):
            if not isinstance(result, Outcome):
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


def _shared(
    work: "_Work", jobs: Sequence[Job], workers: int
) -> "Iterator[Outcome | WorkerLost[Job]]":
    if workers <= 1 or len(jobs) <= 1:
        return map(work, jobs)
    from docbin.batch.pool import share  # processes, and all they need

    return share(work, jobs, workers)


@dataclass(frozen=True)
class _Work:
    recipe: "Recipe | LineRecipe"

    def __call__(self, job: Job) -> Outcome:
        kind: str | None
        details: str | None
        if job.keep and os.path.exists(job.target):  # somebody else was quicker
            return Outcome(job.source, job.target, "skipped")
        started = time.perf_counter()
        try:
            notes = process(self.recipe, job.source, job.target, job.keep)
        except DocbinError as error:
            if job.keep and isinstance(error, OutputExistsError):
                return Outcome(job.source, job.target, "skipped")
            kind, sentence, details = type(error).__name__, str(error), None
            places = (job.source, job.target, job.target.parent)
            if not any(f"{place}:" in sentence for place in places):
                sentence = f"{job.source}: {sentence}"  # what a method says names no file
        except MemoryError:
            kind, details = "InputError", None
            sentence = f"{job.source}: not enough memory for this page; try fewer --jobs"
        except Exception as error:
            import traceback  # a bug is rare, and this is not quick to import

            kind, details = None, traceback.format_exc()
            sentence = f"{job.source}: internal error, {type(error).__name__}: {error}"
        else:
            seconds = time.perf_counter() - started
            status: Literal["done", "skipped"] = "skipped" if job.keep and not notes else "done"
            return Outcome(job.source, job.target, status, tuple(notes), seconds)
        seconds = time.perf_counter() - started
        return Outcome(job.source, job.target, "failed", (), seconds, sentence, kind, details)


def process(
    recipe: "Recipe | LineRecipe", source: Path | bytes, target: Path, keep: bool = False
) -> list[PageNote]:
    """Do one file: every page of `source`, in order, into `target`.

    With `keep`, pages whose results stand are passed over, where each has a file of its own.
    """
    imageio.make_folder(target.parent)
    if not isinstance(recipe, Recipe):
        return recipe.process(source, target, keep)
    method = recipe.create()
    _open_meanwhile(method)
    form = imageio.format_named(recipe.format, target.suffix)
    pages = imageio.read(source, dpi=recipe.dpi, max_pixels=recipe.max_pixels)
    if not form.many:
        pages = _single(pages, form)
    done = _ahead(lambda page: recipe.apply(method, page), pages, recipe.threads)
    return write_parts(recipe, source, target, done)


def _single(pages: "Iterator[Page]", form: imageio.Format) -> "Iterator[Page]":
    """Refuse a document of several pages before anything is done to one."""
    for page in pages:
        if page.source is not None and page.source.count > 1:
            raise UsageError(
                f"{page.source.path}: has {page.source.count} pages, {form.name} holds one: "
                "choose --format tiff or pdf, or end the result's name in .tiff or .pdf"
            )
        yield page


def _open_meanwhile(method: Any) -> None:
    """Let a method that has networks load them while the first page is decoded.

    Whatever is wrong with them is told when a page is given to the method.
    """
    if not hasattr(method, "open"):
        return

    def load() -> None:
        with contextlib.suppress(Exception):
            method.open()

    threading.Thread(target=load, name="docbin-open", daemon=True).start()


def _ahead(function: Callable[[T], R], items: Iterator[T], threads: int) -> Iterator[R]:
    """Yield ``function(item)`` in order, with at most `threads` items in work and one waiting."""
    if threads <= 1:
        yield from map(function, items)
        return
    from concurrent.futures import ThreadPoolExecutor

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
