"""The values that travel: a page of pixels, its grey, its ink.

Polarity, channel order and units are settled here once: pixels are uint8, 0 black to 255 white,
colour is RGB, ink is True, resolution is in dots per inch, horizontal before vertical.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from docbin.errors import ArrayError

__all__ = ["Gray", "Ink", "Page", "Source", "as_page"]

Gray: TypeAlias = NDArray[np.uint8]
"""(h, w) uint8, 0 black to 255 white."""

Ink: TypeAlias = NDArray[np.bool_]
"""(h, w) bool, True where there is ink."""


@dataclass(frozen=True)
class Source:
    """Where a page came from: a file, and the page's number in it, counted from 1."""

    path: Path
    number: int = 1
    count: int = 1

    def __str__(self) -> str:
        return str(self.path) if self.count == 1 else f"{self.path} page {self.number}"


@dataclass(frozen=True, eq=False)
class Page:
    """One page of pixels.

    ``pixels`` is (h, w) grey or (h, w, 3) RGB, uint8, and is never written to. ``dpi`` is
    (horizontal, vertical), None when the file does not say.

    >>> Page(np.full((2, 3), 255, np.uint8)).gray.shape
    (2, 3)
    """

    pixels: NDArray[np.uint8]
    dpi: tuple[float, float] | None = None
    source: Source | None = None

    def __post_init__(self) -> None:
        check_pixels(self.pixels)
        _check_dpi(self.dpi)
        view = self.pixels.view()
        view.flags.writeable = False
        object.__setattr__(self, "pixels", view)

    @property
    def height(self) -> int:
        """Rows."""
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        """Columns."""
        return int(self.pixels.shape[1])

    @property
    def is_color(self) -> bool:
        """Whether the page has three channels."""
        return self.pixels.ndim == 3

    @cached_property
    def gray(self) -> Gray:
        """(h, w) uint8: ITU-R BT.601 luma, 0.299 R + 0.587 G + 0.114 B, rounded."""
        if not self.is_color:
            return np.ascontiguousarray(self.pixels)
        from docbin.native.parts import luma  # here: a grey page needs no kernels

        gray: Gray = luma(self.pixels)
        gray.flags.writeable = False
        return gray

    @cached_property
    def rgb(self) -> NDArray[np.uint8]:
        """(h, w, 3) uint8; a grey page is repeated in the three channels."""
        if self.is_color:
            return np.ascontiguousarray(self.pixels)
        rgb = np.repeat(self.pixels[:, :, None], 3, axis=2)
        rgb.flags.writeable = False
        return rgb

    def __repr__(self) -> str:
        kind = "RGB" if self.is_color else "grey"
        dpi = "" if self.dpi is None else f" at {self.dpi[0]:g} x {self.dpi[1]:g} dpi"
        source = "" if self.source is None else f" from {self.source}"
        return f"<Page {self.width} x {self.height} {kind}{dpi}{source}>"


def as_page(value: Page | NDArray[Any]) -> Page:
    """Wrap an array as a page; a page is returned as it is.

    Accepts uint8 (h, w), (h, w, 1) or RGB (h, w, 3), and bool (h, w) ink (True becomes black).
    An OpenCV array is BGR: reverse it first, ``array[..., ::-1]``.
    """
    if isinstance(value, Page):
        return value
    if not isinstance(value, np.ndarray):
        raise ArrayError(f"a page must be a numpy array or a Page, got {type(value).__name__}")
    if value.dtype == np.bool_ and value.ndim == 2:
        value = np.where(value, np.uint8(0), np.uint8(255))
    if value.ndim == 3 and value.shape[2] == 1:
        value = value[:, :, 0]
    return Page(value)


def _check_dpi(dpi: object) -> None:
    if dpi is None:
        return
    pair = dpi if isinstance(dpi, tuple | list) and len(dpi) == 2 else ()
    numbers = [v for v in pair if isinstance(v, int | float | np.number) and 0 < v < math.inf]
    if len(numbers) != 2:
        raise ArrayError(f"a page's dpi must be (horizontal, vertical) above 0, or None, got {dpi}")


def check_pixels(pixels: object) -> None:
    """Refuse whatever is not uint8 (h, w) or (h, w, 3) with at least one pixel."""
    if not isinstance(pixels, np.ndarray):
        raise ArrayError(f"a page must be a numpy array, got {type(pixels).__name__}")
    if pixels.dtype != np.uint8:
        cure = (
            "scale it to 0..255, round, and convert with .astype(np.uint8)"
            if pixels.dtype.kind in "fui"
            else "convert it to uint8 in 0..255"
        )
        raise ArrayError(f"a page must be uint8, got {pixels.dtype}: {cure}")
    if not (pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] == 3)):
        cure = ": put RGBA over white first" if pixels.ndim == 3 and pixels.shape[2] == 4 else ""
        raise ArrayError(f"a page must have shape (h, w) or (h, w, 3), got {pixels.shape}{cure}")
    if 0 in pixels.shape:
        raise ArrayError(f"a page must have at least one pixel, got shape {pixels.shape}")
