"""How badly a page is treated: a random choice of layers, in the order nature applies them.

First the ink, then the paper and what is printed on it, then the leaf's edges, then the light;
the camera comes last and works on any window of the page alike, so ``camera`` is drawn apart and
may be laid over crops instead of the whole page.
"""

from dataclasses import dataclass

import numpy as np

from docbin.data.degrade import LAYERS, Layer

__all__ = ["CAMERA", "ODDS", "Recipe", "draw_recipe"]

ODDS: dict[str, tuple[float, float, float]] = {
    # layer: probability, lowest and highest strength
    "fade": (0.30, 0.1, 0.75),
    "bleed": (0.10, 0.1, 0.8),
    "tint": (0.25, 0.1, 0.9),
    "ruling": (0.08, 0.2, 0.8),
    "pencil-notes": (0.04, 0.3, 1.0),
    "red-seal": (0.06, 0.4, 1.0),
    "texture": (0.45, 0.1, 0.9),
    "show-through": (0.55, 0.08, 0.75),
    "stains": (0.35, 0.15, 0.8),
    "foxing": (0.12, 0.2, 0.9),
    "folds": (0.15, 0.2, 0.9),
    "frame": (0.08, 0.5, 1.0),
    "library-stamp": (0.12, 0.3, 0.9),
    "office-stamp": (0.08, 0.4, 1.0),
    "torn-corner": (0.08, 0.2, 0.9),
    "tears": (0.06, 0.3, 1.0),
    "holes": (0.05, 0.2, 0.9),
    "skew": (0.08, 0.1, 1.0),
    "warp": (0.08, 0.1, 1.0),
    "book-edge": (0.10, 0.2, 1.0),
    "dark-board": (0.20, 0.2, 1.0),
    "gradient": (0.30, 0.1, 0.8),
    "shadow": (0.15, 0.1, 0.7),
    "gutter": (0.08, 0.2, 1.0),
}
"""For pages drawn clean or already real: each layer, in order, with its odds."""

CAMERA: dict[str, tuple[float, float, float]] = {
    "low-resolution": (0.08, 0.1, 0.6),
    "blur": (0.25, 0.1, 0.7),
    "noise": (0.35, 0.05, 0.7),
    "streaks": (0.05, 0.2, 0.9),
    "jpeg": (0.20, 0.1, 0.8),
}
"""The last layers: each changes a pixel by its near neighbours only."""


@dataclass(frozen=True)
class Recipe:
    """The layers for a whole page, and those for the page or any window of it."""

    page: tuple[Layer, ...]
    camera: tuple[Layer, ...]


def draw_recipe(rng: np.random.Generator, *, force: float = 1.0) -> Recipe:
    """Draw layers and strengths; ``force`` scales the odds (0 gives none at all)."""

    def draw(table: dict[str, tuple[float, float, float]]) -> tuple[Layer, ...]:
        chosen = []
        for name, (odds, low, high) in table.items():
            # Both numbers are drawn always: one layer's odds do not disturb the next one's.
            lot, strength = rng.random(), float(rng.uniform(low, high))
            if lot < odds * force:
                chosen.append(LAYERS[name](round(strength, 3)))
        return tuple(chosen)

    return Recipe(draw(ODDS), draw(CAMERA))
