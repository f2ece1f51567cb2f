"""Presets: what an OCR engine, or an archive, wants of a page, by its name.

The figures behind them are in docs/prepare.md; scripts/bench/prepare-ocr makes them again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from numpy.typing import NDArray

from docbin.batch.recipe import Recipe
from docbin.errors import UnknownNameError
from docbin.page import Page
from docbin.prepare import Borders, Crop, Deskew, Orientation, Resolution, Split, Step

__all__ = ["PRESETS", "Preset", "prepared_images", "preset"]

INK = "xnor"
"""What makes ink where a preset wants ink."""
GRAY = "legible"
"""What makes grey where a preset wants grey."""


@dataclass(frozen=True)
class Preset:
    """Steps, what comes out of them, and the format it goes into."""

    about: str
    steps: tuple[Step, ...]
    kind: Literal["ink", "gray", "page"]
    format: str
    gray: str = GRAY

    @property
    def method(self) -> str:
        """The method that makes what comes out."""
        return INK if self.kind == "ink" else self.gray

    def recipe(self) -> Recipe:
        """Return what a batch needs."""
        return Recipe(self.method, kind=self.kind, steps=self.steps)


PRESETS: dict[str, Preset] = {
    "tesseract": Preset(
        "clean grey, upright, straight, borders off, 10 mm of margin, small letters at 300 dpi",
        (Orientation(), Borders(), Split(), Deskew(), Crop(margin=10), Resolution(300, least=165)),
        "gray",
        "tiff",
    ),
    "kraken": Preset(
        "the page's own grey or colour, upright, borders off; kraken's segmenter follows skew",
        (Orientation(), Borders(), Split(), Crop(margin=5), Resolution(300)),
        "page",
        "png",
    ),
    "paddle": Preset(
        "the page's own grey or colour, upright, straight, borders off, 10 mm of margin",
        (Orientation(), Borders(), Split(), Deskew(), Crop(margin=10), Resolution(200)),
        "page",
        "png",
    ),
    "archive": Preset(
        "ink, upright and straight, borders off, the page's own size and resolution, G4",
        (Orientation(), Borders(), Deskew()),
        "ink",
        "tiff",
    ),
    "ocrd": Preset(
        "ink that lies where the page lay, pixel for pixel, so that coordinates hold",
        (Borders(),),
        "ink",
        "png",
    ),
}
"""Every preset by its name."""


def preset(name: str) -> Preset:
    """Return the preset of a name."""
    if name not in PRESETS:
        raise UnknownNameError(f"no preset {name!r}: choose from {', '.join(PRESETS)}")
    return PRESETS[name]


def prepared_images(
    page: Page, chosen: Preset
) -> Iterator[tuple[NDArray[Any], tuple[float, float] | None]]:
    """Yield what a preset makes of a page, ink or grey or colour, with its dpi."""
    recipe = chosen.recipe()
    for image, note in recipe.apply(recipe.create(), page):
        yield image, note.dpi
