"""Where a training runs: the processor, or a card that torch knows and finds."""

import torch

from docbin.errors import SettingError

__all__ = ["check_device"]


def check_device(name: str) -> None:
    """Raise SettingError for a device that torch does not know, or that is not here."""
    try:
        torch.empty(1, device=name).tolist()
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise SettingError(
            f"device {name!r} cannot be used here ({_first_sentence(error)}); choose cpu"
        ) from error


def _first_sentence(error: Exception) -> str:
    return str(error).split(":")[0].split(". ")[0].splitlines()[0]
