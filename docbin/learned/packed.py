"""Where packed networks come from: those shipped, and each file opened once a process."""

import functools
import importlib
import threading
from pathlib import Path

from docbin.native.network import PackedNetwork

__all__ = ["open_packed", "shipped_folder"]

_opened = functools.lru_cache(maxsize=8)(PackedNetwork)
_ONE_AT_A_TIME = threading.Lock()


def shipped_folder() -> Path:
    """Return the folder of the packed networks that docbin ships."""
    (folder,) = importlib.import_module("docbin.models").__path__
    return Path(folder) / "xnor"


def open_packed(path: Path) -> PackedNetwork:
    """Open a packed network, once a process; ModelError says what is wrong with it."""
    with _ONE_AT_A_TIME:  # a second thread waits for the first one's instead of loading its own
        return _opened(path)
