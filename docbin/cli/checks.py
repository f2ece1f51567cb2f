"""Checks of options that several commands have, made before any work."""

from pathlib import Path

from docbin.errors import OutputExistsError, UsageError

__all__ = ["check_place", "check_seed"]


def check_place(shown: str, path: Path, overwrite: bool) -> None:
    """Refuse a file that could not be written, or stands and is not to be replaced.

    `shown` is what the sentence calls it: the path, with its option where there are several.
    """
    from docbin.imageio import refuse_place

    if path.exists() and not overwrite:
        raise OutputExistsError(f"{shown}: exists; add --overwrite to replace it")
    refuse_place(path, overwrite=overwrite)


def check_seed(seed: int) -> None:
    """Refuse what is no seed."""
    if seed < 0:
        raise UsageError(f"--seed must not be negative, got {seed}")
