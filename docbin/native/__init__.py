"""The compiled kernels, with their types and shapes checked.

Arrays in, arrays out: nothing here knows a Page. Every function has a twin of the same name in
``docbin.native.reference``, written in NumPy, that is its specification: all targets equal it bit
for bit.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from docbin.errors import UnknownNameError
from docbin.native import _native
from docbin.native.layouts import planes_from_words, words_from_planes
from docbin.native.network import PackedNetwork

__all__ = [
    "PackedNetwork",
    "active_target",
    "planes_from_words",
    "targets",
    "use_target",
    "words_from_planes",
]

if _problem := _native.requested_target_problem():
    raise UnknownNameError(f"{_problem}; this machine runs: {', '.join(_native.targets())}")


def targets() -> list[str]:
    """Names of the instruction-set targets this processor runs, best first."""
    return _native.targets()


def active_target() -> str:
    """Name of the target in use: the best one, or what DOCBIN_TARGET or `use_target` says."""
    return _native.active_target()


@contextmanager
def use_target(name: str) -> Iterator[None]:
    """Run the kernels of one target inside the block; for tests and benchmarks.

    >>> with use_target("scalar"):
    ...     active_target()
    'scalar'
    """
    before = _native.active_target()
    if not _native.use_target(name):
        raise UnknownNameError(
            f"target {name!r} does not run here; this machine runs: {', '.join(targets())}"
        )
    try:
        yield
    finally:
        _native.use_target(before)
