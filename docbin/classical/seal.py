"""Seal removal: take red stamps off the page, then binarize what is left.

Rui-Yang Ju, KokSheik Wong, Yanlin Jin, Jen-Shiun Chiang, "DKDS: A Benchmark Dataset of Degraded
Kuzushiji Documents with Seals for Detection and Binarization", 2025.

K-means in RGB finds the cluster whose centre is reddest; its mask, smoothed by a median filter, is
inpainted from its surroundings (A. Telea, "An Image Inpainting Technique Based on the Fast
Marching Method", 2004), and a base method makes the ink. Departures: redness is R - max(G, B) of
the centre (the published code reads blue where it means red), and a page whose reddest cluster is
not red is left as it is (there, some cluster is always painted over, be it the ink or the paper).
The mask grows by one pixel, as the median filter rounds the seal's corners off.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from docbin.classical.kmeans import cluster
from docbin.classical.otsu import Otsu
from docbin.errors import SettingError
from docbin.page import Ink, Page
from docbin.protocols import Binarizer

__all__ = ["Seal", "without_seal"]


@dataclass(frozen=True)
class Seal:
    """Paint over red seals, then binarize with a base method."""

    base: Literal["otsu"] = "otsu"
    k: int = 3
    redness: float = 40.0
    median: int = 5
    radius: float = 3.0
    seed: int = 0

    SETTINGS: ClassVar[dict[str, str]] = {
        "base": "the method that binarizes the page without its seals",
        "k": "2 to 16: colour clusters, of which the reddest is the seal",
        "redness": "0 to 255: a seal's centre has at least this R - max(G, B)",
        "median": "odd, at least 1: side in pixels of the median filter on the seal's mask",
        "radius": "above 0: how far in pixels the inpainting looks",
        "seed": "0 or more: draws the starting centres",
    }
    PAPER: ClassVar[str] = (
        "R.-Y. Ju et al., DKDS: A Benchmark Dataset of Degraded Kuzushiji Documents with Seals "
        "for Detection and Binarization, 2025"
    )

    def __post_init__(self) -> None:
        if self.base not in _BASES:
            raise SettingError(f"seal: base must be {', '.join(_BASES)}, got {self.base!r}")
        if not 2 <= self.k <= 16:
            raise SettingError(f"seal: k must be 2 to 16, got {self.k}")
        if not 0 <= self.redness <= 255:
            raise SettingError(f"seal: redness must be 0 to 255, got {self.redness:g}")
        if self.median < 1 or self.median % 2 == 0:
            raise SettingError(f"seal: median must be odd and at least 1, got {self.median}")
        if not 0 < self.radius <= 100:
            raise SettingError(f"seal: radius must be above 0 and at most 100, got {self.radius:g}")
        if self.seed < 0:
            raise SettingError(f"seal: seed must be 0 or more, got {self.seed}")

    def __call__(self, page: Page, /) -> Ink:
        """Return the ink of the page without its seals."""
        return _BASES[self.base](without_seal(page, self))


_BASES: dict[str, Binarizer] = {"otsu": Otsu()}


def without_seal(page: Page, settings: Seal) -> Page:
    """Return the page with its red seals painted over; a page without red is returned itself."""
    if not page.is_color:
        return page
    import cv2

    labels, centers = cluster(page, settings.k, "rgb", np.random.default_rng(settings.seed))
    redness = centers[:, 0] - centers[:, 1:].max(axis=1)
    if redness.max() < settings.redness:
        return page
    mask = (labels == np.uint8(redness.argmax())).astype(np.uint8)
    mask = np.asarray(cv2.medianBlur(mask, settings.median), np.uint8)
    mask = np.asarray(cv2.dilate(mask, np.ones((3, 3), np.uint8)), np.uint8)
    pixels = cv2.inpaint(page.rgb, mask, settings.radius, cv2.INPAINT_TELEA)
    return Page(np.asarray(pixels, np.uint8), page.dpi, page.source)
