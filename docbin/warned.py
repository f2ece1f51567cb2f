"""Warnings of worker processes, carried home: the process that was asked issues them.

So they are heard in one form, through the same filters, and once, whatever number of processes
works; a library's caller may catch them as if all was done in one.
"""

import contextlib
import pickle
import warnings
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

__all__ = ["Warned", "hearing", "issue"]

Warned: TypeAlias = tuple[Warning, str, int]
"""A warning, and the file and the line that it is about: to be pickled."""


@contextlib.contextmanager
def hearing() -> Iterator[list[Warned]]:
    """Give the list in which, when the block ends, the warnings are that were issued in it."""
    told: list[Warned] = []
    with warnings.catch_warnings(record=True) as heard:
        try:
            yield told
        finally:
            told += [(_sendable(one.message), one.filename, one.lineno) for one in heard]


def issue(told: Iterable[Warned], known: dict[Any, Any]) -> None:
    """Issue warnings here; one that is in `known` already is passed over, by the usual filters."""
    for warning, filename, line in told:
        warnings.warn_explicit(warning, type(warning), filename, line, registry=known)


def _sendable(message: Warning | str) -> Warning:
    if isinstance(message, str):
        return UserWarning(message)
    try:
        pickle.loads(pickle.dumps(message))
    except Exception:  # pickling runs code of the warning's class: the sentence goes home
        return UserWarning(str(message))
    return message
