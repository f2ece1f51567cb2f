"""SET=NUMBER by commas: how much of the draw a set of training pages gets."""

import math

from docbin.errors import UsageError

__all__ = ["parse_masses"]


def parse_masses(text: str) -> dict[str, float]:
    """Read ``dibco2009=0.2,lrde=0.1``; raises UsageError for anything else."""
    masses: dict[str, float] = {}
    for part in filter(None, text.split(",")):
        name, _, value = part.partition("=")
        try:
            masses[name] = float(value)
        except ValueError as error:
            raise UsageError(f"--mass {part!r}: write SET=NUMBER, as in dibco2009=0.2") from error
        if not 0 <= masses[name] < math.inf:
            raise UsageError(f"--mass {part!r}: a share is 0 or more")
    return masses
