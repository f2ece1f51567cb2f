"""What every trained binarizer does around its network.

A network expects writing as it is at 100 to 300 dpi: a page that says it has more than 400 dpi, or
whose letters are taller than on any training page, is reduced for it, and what it finds enlarged
again; a small picture of tiny letters is enlarged. A page of one grey has no ink. Of the patches of
ink, those are kept that are certain somewhere.
"""

from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from docbin.classical.scale import text_height
from docbin.errors import SettingError
from docbin.native.parts import keep_touched
from docbin.page import Gray, Ink, Page

__all__ = [
    "Belief",
    "as_gray",
    "check_levels",
    "check_scale",
    "enlarged",
    "is_blank",
    "keep_strong",
    "working_factor",
    "working_pixels",
    "working_rgb",
]

HIGH_DPI, WORKING_DPI = 400.0, 300.0
TALL, WORKING_HEIGHT = 50.0, 21.0
"""Median height of letters, pixels: the tallest in training (34, enlarged 1.5 times), and print at
300 dpi."""
SMALL, FEW_PIXELS = 9.0, 250_000
"""Letters less tall, on a picture of so few pixels, are a thumbnail's: it is enlarged twice."""
FLAT = 8
"""Span of grey below which a page is blank: black or white, there is nothing to tell apart."""

Scale = float | Literal["auto"]


def check_scale(method: str, scale: Scale) -> None:
    """Raise SettingError unless `scale` is "auto" or a factor from 0.05 to 8."""
    if scale != "auto" and not 0.05 <= scale <= 8:
        raise SettingError(f"{method}: scale must be auto or 0.05 to 8, got {scale}")


def check_levels(method: str, threshold: float, strong: float) -> None:
    """Raise SettingError unless the probabilities that `keep_strong` is told are such."""
    if not 0 < threshold < 1:
        raise SettingError(f"{method}: threshold must be between 0 and 1, got {threshold}")
    if not 0 <= strong < 1:
        raise SettingError(f"{method}: strong must be from 0 up to 1, got {strong}")


def is_blank(page: Page) -> bool:
    """Tell whether nothing on the page differs from anything."""
    return int(page.pixels.max()) - int(page.pixels.min()) < FLAT


def working_factor(page: Page, scale: Scale = "auto") -> float:
    """Return what the page's sides are multiplied by for a network."""
    if scale != "auto":
        return float(scale)
    if page.dpi is not None and max(page.dpi) > HIGH_DPI:
        return WORKING_DPI / max(page.dpi)
    # below 400 the file's dpi is wrong too often to be acted on: look at the letters
    height = text_height(page.gray)
    if height is None or height <= TALL:
        tiny = height is not None and height <= SMALL
        return 2.0 if tiny and page.width * page.height < FEW_PIXELS else 1.0
    return WORKING_HEIGHT / height


def working_rgb(page: Page, factor: float) -> NDArray[np.uint8]:
    """Return the page's pixels (h, w, 3), sides multiplied by `factor`."""
    if factor == 1:
        return page.rgb
    import cv2

    size = (max(1, round(page.width * factor)), max(1, round(page.height * factor)))
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(page.rgb, size, interpolation=how), np.uint8)


def working_pixels(page: Page, factor: float) -> NDArray[np.uint8]:
    """Return `working_rgb`, of a grey page one of its three equal channels: (h, w)."""
    if factor == 1:
        return page.pixels
    rgb = working_rgb(page, factor)  # OpenCV rounds three channels otherwise than one
    return rgb if page.is_color else np.ascontiguousarray(rgb[..., 0])


def enlarged(probability: NDArray[np.float32], page: Page) -> NDArray[np.float32]:
    """Return a probability (h, w) in the page's size again."""
    if probability.shape == (page.height, page.width):
        return probability
    import cv2

    size = (page.width, page.height)
    return np.asarray(cv2.resize(probability, size, interpolation=cv2.INTER_CUBIC).clip(0, 1))


def as_gray(probability: NDArray[np.float32]) -> Gray:
    """Return 255 · (1 - probability), rounded: white paper, black ink, doubt between them."""
    return np.asarray(np.rint(255 * (1 - probability)), np.uint8)


class _Believer(Protocol):
    def probability(self, page: Page, /) -> NDArray[np.float32]: ...


@dataclass(frozen=True)
class Belief:
    """Clean to grey by what a trained binarizer believes: see `as_gray`."""

    binarizer: _Believer

    def __call__(self, page: Page, /) -> Gray:
        """Return (h, w) uint8."""
        return as_gray(self.binarizer.probability(page))


def keep_strong(values: NDArray[Any], threshold: float, strong: float) -> Ink:
    """Keep the 8-connected patches of at least `threshold` that hold a value of `strong`.

    Two thresholds after J. Canny, "A Computational Approach to Edge Detection" (1986).
    """
    ink: Ink = values >= threshold
    return ink if strong <= threshold else keep_touched(ink, values >= strong)
