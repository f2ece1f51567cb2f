"""An interrupt waits until a training step is whole: half a step is in no checkpoint."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["held_back"]


@contextmanager
def held_back() -> Iterator[None]:
    """Hold a signal that has a handler back until the block has ended; a second one is not held.

    Outside the main thread, which alone is given signals, this does nothing.
    """
    noted: list[int] = []
    before: dict[signal.Signals, Any] = {}

    def note(number: int, _: object) -> None:
        noted.append(number)
        if len(noted) > 1:
            release()
            signal.raise_signal(number)

    def release() -> None:
        while before:
            signal.signal(*before.popitem())

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            handler = signal.getsignal(number)
            if callable(handler):
                before[number] = handler
                signal.signal(number, note)
    try:
        yield
    finally:
        release()
    if noted:
        signal.raise_signal(noted[0])
