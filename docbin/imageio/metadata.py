"""Words about a page that are written into its file."""

from collections.abc import Mapping

__all__ = ["as_lines"]


def as_lines(metadata: Mapping[str, str]) -> str:
    """Return metadata as text, a ``key: value`` a line."""
    return "\n".join(f"{key}: {' '.join(value.split())}" for key, value in metadata.items())
