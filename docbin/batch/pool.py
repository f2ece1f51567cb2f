"""Share items among worker processes, each of which may die without taking the others along.

The standard executor gives up when one worker is killed (out of memory, a crash in native code);
a batch of scans must not. Here a dead worker costs the one item it held, and is replaced.
"""

import contextlib
import multiprocessing
import os
import signal
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, Generic, NoReturn, TypeVar

from docbin.warned import Warned, hearing, issue

__all__ = ["WorkerLost", "share"]

Item = TypeVar("Item")
Result = TypeVar("Result")

STOP_SECONDS = 1.2
"""How long interrupted workers may take to tidy up before they are killed."""


@dataclass(frozen=True)
class WorkerLost(Generic[Item]):
    """The result for an item whose worker died; `reason` says how, in words."""

    item: Item
    reason: str


def share(
    function: Callable[[Item], Result], items: Sequence[Item], workers: int
) -> Iterator[Result | WorkerLost[Item]]:
    """Yield ``function(item)`` for every item, as they finish.

    With one worker everything runs in this process, in order. With more, `function` and the items
    are pickled; an exception that `function` lets through is a bug, and is raised here with the
    worker's traceback in its note; warnings are issued here. Leaving the iterator early ends the
    workers.
    """
    if workers <= 1 or len(items) <= 1:
        for item in items:
            yield function(item)
        return
    queue = list(reversed(items))
    known: dict[Any, Any] = {}
    crew = [_Worker(function) for _ in range(min(workers, len(items)))]
    try:
        for worker in crew:
            worker.give(queue.pop())
        while busy := [worker for worker in crew if worker.busy]:
            ready = wait([worker.pipe for worker in busy])
            for worker in [worker for worker in busy if worker.pipe in ready]:
                result, told = worker.collect()
                issue(told, known)
                yield result
                if not worker.alive:
                    crew.remove(worker)
                    if queue:
                        worker = _Worker(function)
                        crew.append(worker)
                if queue:
                    worker.give(queue.pop())
    finally:
        _stop(crew)


class _Worker:
    """One process, the pipe to it, and the item it holds."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, far_end = context.Pipe()
        self.process: SpawnProcess = context.Process(target=_serve, args=(far_end,), daemon=True)
        self.process.start()
        far_end.close()
        self.alive = True
        self.busy = False
        self.item: Any = None
        # The function travels as the first message, so that the worker limits its threads before
        # anything heavy is imported by unpickling it.
        with contextlib.suppress(BrokenPipeError):
            self.pipe.send(function)

    def give(self, item: Any) -> None:
        self.item, self.busy = item, True
        with contextlib.suppress(BrokenPipeError):  # collect() finds out and says so
            self.pipe.send(item)

    def collect(self) -> tuple[Any, list[Warned]]:
        self.busy = False
        try:
            kind, value, told = self.pipe.recv()
        except (EOFError, ConnectionResetError):
            self.process.join()
            self.alive = False
            return WorkerLost(self.item, _how_it_died(self.process.exitcode)), []
        if kind == "bug":
            error, note = value
            error.add_note(note)
            raise error
        return value, told


def _serve(pipe: Connection) -> None:
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    signal.signal(signal.SIGTERM, _interrupt)
    warnings.filterwarnings("ignore", module="PIL")  # a damaged file is told of once
    try:
        try:
            function = pipe.recv()
        except (ImportError, AttributeError) as error:  # it lives where workers cannot import it
            pipe.recv()
            pipe.send(("bug", (_sendable(error), "A worker could not import the function."), []))
            return
        _one_thread_each()
        while True:
            item = pipe.recv()
            kind: str
            value: Any
            with hearing() as told:
                try:
                    kind, value = "done", function(item)
                except Exception as error:
                    kind = "bug"
                    value = (_sendable(error), "In a worker:\n" + traceback.format_exc())
            pipe.send((kind, value, told))
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        return


def _one_thread_each() -> None:
    """Keep OpenCV from using every core in every worker."""
    import cv2

    cv2.setNumThreads(1)


def _sendable(error: Exception) -> Exception:
    import pickle

    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _how_it_died(code: int | None) -> str:
    if code is not None and code < 0:
        name = signal.Signals(-code).name
        likely = ", most likely for lack of memory" if name == "SIGKILL" else ""
        return f"its process was ended by {name}{likely}"
    return f"its process ended with code {code}"


def _stop(crew: list[_Worker]) -> None:
    """Ask the workers to end, wait a moment, then make them."""
    for worker in crew:
        if worker.busy:
            worker.process.terminate()
        worker.pipe.close()
    deadline = time.monotonic() + STOP_SECONDS
    for worker in crew:
        worker.process.join(max(0.0, deadline - time.monotonic()))
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()
