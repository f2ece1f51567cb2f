"""The door to docbin.networks: open with torch, and a sentence without."""

import importlib
from typing import Any

from docbin.errors import MissingDependencyError

__all__ = ["network_module"]


def network_module(name: str, purpose: str = "training") -> Any:
    """Import ``docbin.networks.NAME``; MissingDependencyError says what `purpose` needs."""
    try:
        return importlib.import_module(f"docbin.networks.{name}")
    except ModuleNotFoundError as error:
        if error.name not in ("torch", "pyclipper"):
            raise
        raise MissingDependencyError(
            f"{purpose} needs {error.name}, which is not installed: pip install 'docbin[train]'"
        ) from error
