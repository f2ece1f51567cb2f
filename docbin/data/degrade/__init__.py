"""Degradations as layers: each has a strength and takes a sheet to a sheet.

>>> import numpy as np
>>> from docbin.data.degrade import LAYERS, Stains
>>> sorted(LAYERS)[:4]
['bleed', 'blur', 'book-edge', 'dark-board']
>>> Stains(0.5)
Stains(strength=0.5)
"""

from docbin.data.degrade.camera import Blur, Jpeg, LowResolution, Noise, Streaks
from docbin.data.degrade.edges import BookEdge, DarkBoard, TornCorner
from docbin.data.degrade.geometry import Skew, Warp
from docbin.data.degrade.ink import Bleed, Erase, Fade
from docbin.data.degrade.layer import Layer
from docbin.data.degrade.light import Gradient, Gutter, Shadow
from docbin.data.degrade.marks import Frame, LibraryStamp
from docbin.data.degrade.notes import PencilNotes, RedSeal, Ruling, Tears
from docbin.data.degrade.office import OfficeStamp
from docbin.data.degrade.paper import Folds, Foxing, Holes, Stains, Texture, Tint
from docbin.data.degrade.showthrough import ShowThrough
from docbin.errors import UnknownNameError

__all__ = [
    "LAYERS",
    "Bleed",
    "Blur",
    "BookEdge",
    "DarkBoard",
    "Erase",
    "Fade",
    "Folds",
    "Foxing",
    "Frame",
    "Gradient",
    "Gutter",
    "Holes",
    "Jpeg",
    "Layer",
    "LibraryStamp",
    "LowResolution",
    "Noise",
    "OfficeStamp",
    "PencilNotes",
    "RedSeal",
    "Ruling",
    "Shadow",
    "ShowThrough",
    "Skew",
    "Stains",
    "Streaks",
    "Tears",
    "Texture",
    "Tint",
    "TornCorner",
    "Warp",
    "layer",
]

LAYERS: dict[str, type[Layer]] = {
    "bleed": Bleed,
    "blur": Blur,
    "book-edge": BookEdge,
    "dark-board": DarkBoard,
    "erase": Erase,
    "fade": Fade,
    "folds": Folds,
    "foxing": Foxing,
    "frame": Frame,
    "gradient": Gradient,
    "gutter": Gutter,
    "holes": Holes,
    "jpeg": Jpeg,
    "library-stamp": LibraryStamp,
    "low-resolution": LowResolution,
    "noise": Noise,
    "office-stamp": OfficeStamp,
    "pencil-notes": PencilNotes,
    "red-seal": RedSeal,
    "ruling": Ruling,
    "shadow": Shadow,
    "show-through": ShowThrough,
    "skew": Skew,
    "stains": Stains,
    "streaks": Streaks,
    "tears": Tears,
    "texture": Texture,
    "tint": Tint,
    "torn-corner": TornCorner,
    "warp": Warp,
}


def layer(name: str, strength: float) -> Layer:
    """Make a layer by its name."""
    if name not in LAYERS:
        raise UnknownNameError(f"no degradation {name!r}: choose from {', '.join(LAYERS)}")
    return LAYERS[name](strength)
