"""Frozen sets: made pages that are the same in every version, so that figures can be compared.

A manifest ``datasets/NAME.toml`` says everything: the draft of each page, the seed, the layers in
their order with their strengths, and the SHA-256 of the pixels and of the truth that come out. A
machine without the fonts, or on which another OpenCV or Pillow draws otherwise, is told so.
"""

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docbin.data.fonts import BUILT_IN, FONTS, load_font
from docbin.data.sheet import Sheet
from docbin.data.synthetic import Draft, degraded, draw
from docbin.errors import DatasetError, MissingDependencyError, UnknownNameError

__all__ = ["FROZEN", "FrozenPage", "digest", "frozen_pages", "make", "missing_fonts"]

FROZEN = ("synthetic-eval-1", "synthetic-ocr-1")


@dataclass(frozen=True, eq=False)
class FrozenPage:
    """One page of a frozen set; ``sheet.lines`` hold its text in reading order."""

    name: str
    sheet: Sheet
    layers: dict[str, float]

    @property
    def text(self) -> str:
        """The text of the page, a line a line."""
        return "\n".join(line.text for line in self.sheet.lines)


def digest(array: NDArray[Any]) -> str:
    """Return the SHA-256 of an array's shape and bytes."""
    seal = hashlib.sha256(str(array.shape).encode())
    seal.update(np.ascontiguousarray(array).tobytes())
    return seal.hexdigest()


def _manifest(name: str) -> dict[str, Any]:
    if name not in FROZEN:
        raise UnknownNameError(f"no frozen set {name!r}: choose from {', '.join(FROZEN)}")
    text = (files("docbin.datasets") / f"{name}.toml").read_text("utf-8")
    return tomllib.loads(text)


def missing_fonts(name: str) -> list[str]:
    """List the fonts that a frozen set names and this machine lacks."""
    absent = []
    for font in sorted({entry["font"] for entry in _manifest(name)["page"]} - {BUILT_IN}):
        try:
            load_font(font, 20)
        except MissingDependencyError:
            absent.append(font)
    return absent


def make(entry: dict[str, Any]) -> Sheet:
    """Draw the page of one manifest entry."""
    known = {f.name for f in fields(Draft)}
    settings: dict[str, Any] = {
        k: tuple(v) if k == "color" else v for k, v in entry.items() if k in known
    }
    draft = Draft(**settings)
    sheet = draw(draft)
    if "show-through" in entry["layers"]:
        sheet = replace(sheet, verso=draw(replace(draft, seed=draft.seed + 1)).ink)
    paper = np.asarray(entry.get("paper", (255, 255, 255))) / 255
    sheet = sheet.with_pixels(np.rint(sheet.pixels * paper).astype(np.uint8))
    return degraded(sheet, entry["layers"], draft.seed)


def frozen_pages(name: str, *, verify: bool = True) -> Iterator[FrozenPage]:
    """Draw the pages of a frozen set, one after the other.

    Missing fonts raise MissingDependencyError before the first page; with ``verify`` a page that
    comes out different from the frozen one raises DatasetError.
    """
    absent = missing_fonts(name)
    if absent:
        packages = sorted({FONTS[font].package for font in absent})
        raise MissingDependencyError(
            f"{name} is set in fonts that are not installed: apt-get install {' '.join(packages)}"
        )
    for entry in _manifest(name)["page"]:
        sheet = make(entry)
        if verify and (digest(sheet.pixels), digest(sheet.ink)) != (entry["pixels"], entry["ink"]):
            raise DatasetError(
                f"page {entry['name']} of {name} comes out different on this machine, so its "
                f"figures cannot be compared (another version of OpenCV, Pillow or a font)"
            )
        yield FrozenPage(entry["name"], sheet, dict(entry["layers"]))
