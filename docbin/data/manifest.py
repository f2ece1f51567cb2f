"""Manifests: what a public dataset is, who owns it, and what its pages should look like.

A manifest is a file of ``datasets/``: where the owner publishes the set, its licence in words, how
its files are named, which way round its truth is, and, for pages that were at hand, their sizes
and the hashes of their decoded pixels (`docbin.data.fingerprint`), which no file format changes.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib.resources import files
from typing import Any, Literal

from docbin.errors import DatasetError, UnknownNameError

__all__ = ["Manifest", "PageEntry", "load_manifest", "manifest_names", "parse_manifest"]


@dataclass(frozen=True)
class PageEntry:
    """A page of a dataset: (width, height), and hashes in hex; empty where not known."""

    size: tuple[int, int]
    pixels: str = ""
    truth: str = ""


@dataclass(frozen=True)
class Manifest:
    """A dataset as its owner publishes it."""

    name: str
    title: str
    count: int
    """Pages the owner publishes; 0 where not known."""
    homepage: str
    verified: bool
    """Whether the address was seen in a second public source; addresses die."""
    licence: str
    layout: str
    """How the archive names images and truth, in words."""
    ink: Literal["black", "white"] = "black"
    threshold: int = 128
    """Truth below it is black. 128 suits any two-valued truth."""
    notes: str = ""
    archives: tuple[str, ...] = ()
    pages: Mapping[str, PageEntry] = field(default_factory=dict)


def manifest_names() -> list[str]:
    """Return the names of the datasets docbin knows, sorted.

    The folder's ``synthetic-*.toml`` are recipes for drawing pages (`docbin.data.synthetic`): they
    have no owner and no files, so they are not manifests.
    """
    names = (file.name for file in files("docbin.datasets").iterdir())
    real = (n for n in names if n.endswith(".toml") and not n.startswith("synthetic-"))
    return sorted(name.removesuffix(".toml") for name in real)


def load_manifest(name: str) -> Manifest:
    """Read the manifest called `name`; UnknownNameError lists the known ones."""
    names = manifest_names()
    if name not in names:
        close = get_close_matches(name, names, n=1)
        hint = f", did you mean {close[0]!r}?" if close else ""
        raise UnknownNameError(f"unknown dataset {name!r}{hint}; known: {', '.join(names)}")
    text = files("docbin.datasets").joinpath(f"{name}.toml").read_text("utf-8")
    return parse_manifest(name, text)


def parse_manifest(name: str, text: str) -> Manifest:
    """Parse the text of a manifest; DatasetError says what is wrong with it."""
    try:
        table = tomllib.loads(text)
        entries = {stem: _entry(value) for stem, value in table.pop("pages", {}).items()}
        archives = tuple(str(address) for address in table.pop("archives", ()))
        manifest = Manifest(name, archives=archives, pages=entries, **table)
    except (tomllib.TOMLDecodeError, TypeError, KeyError, ValueError) as error:
        raise DatasetError(f"manifest {name}: {error}") from error
    if manifest.ink not in ("black", "white"):
        raise DatasetError(f"manifest {name}: ink must be black or white, got {manifest.ink!r}")
    if not 1 <= manifest.threshold <= 255:
        raise DatasetError(f"manifest {name}: threshold must be 1 to 255, got {manifest.threshold}")
    return manifest


def _entry(value: Mapping[str, Any]) -> PageEntry:
    width, height = value["size"]
    return PageEntry((int(width), int(height)), value.get("pixels", ""), value.get("truth", ""))
