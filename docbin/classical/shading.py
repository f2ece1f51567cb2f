"""Shading: take unevenness of the light off a page and leave its colours, for people who read it.

    out = p * L / S         S the light at the pixel, L where the page is lit best

One factor a pixel for its three channels, so that hue and saturation stay: red ink is red, brown
paper is brown, everywhere as light as at its best-lit place. With `paper="white"` each channel is
divided by its own paper and the paper comes out white.

The light is what the paper shows of it: the page in cells of a 25th of an inch, closed over its
ink and smoothed by a median. A picture is not paper: where few pixels are near the light found
(paper is mostly itself, a picture is of many greys), or where the page would have to be made more
than `gain` times lighter, the light is carried on from around.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from docbin.classical.scale import resolution
from docbin.errors import SettingError
from docbin.page import Page

__all__ = ["Shading", "without_shading"]

_CELL_INCH = 0.04
_COVER = 7  # cells a side: wider than a letter
_SMOOTH = 7
_NEAR = 0.85  # of the paper's light: still paper
_MOSTLY = 0.55  # share of pixels that are paper where there is text on it
_AROUND = 9  # cells a side in which that share is counted
_ISLAND = np.ones((7, 7), np.uint8)  # cells: a smaller piece of paper may be a rim or a letter
_BAND = 256  # rows corrected at a time

_Surface: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True)
class Shading:
    """Take shadows and gradients off the page and leave its colours."""

    paper: Literal["keep", "white"] = "keep"
    gain: float = 4.0

    SETTINGS: ClassVar[dict[str, str]] = {
        "paper": "keep its colour, or make it white",
        "gain": "1 to 20: paper is made so many times lighter at most; what is darker is no paper",
    }
    PAPER: ClassVar[str] = "this project: a grey-level closing as light, pictures left out of it"

    def __post_init__(self) -> None:
        if self.paper not in ("keep", "white"):
            raise SettingError(f"shading: paper must be keep or white, got {self.paper!r}")
        if not 1 <= self.gain <= 20:
            raise SettingError(f"shading: gain must be 1 to 20, got {self.gain:g}")

    def __call__(self, page: Page, /) -> NDArray[np.uint8]:
        """Return the page evenly lit, grey (h, w) or RGB (h, w, 3) as it came."""
        return without_shading(page, white=self.paper == "white", gain=self.gain)


def without_shading(page: Page, white: bool = False, gain: float = 4.0) -> NDArray[np.uint8]:
    """Return the pixels of a page under even light, grey (h, w) or RGB (h, w, 3) as they came."""
    import cv2

    factor = _factor(page, white, gain)
    out = np.empty_like(page.pixels)
    for top in range(0, page.height, _BAND):
        part = page.pixels[top : top + _BAND]
        band = _enlarged(factor, top, part.shape[0], (page.height, page.width))
        if part.ndim == 3 and band.ndim == 2:
            band = np.repeat(band[:, :, None], 3, axis=2)
        out[top : top + _BAND] = cv2.multiply(part, band, dtype=cv2.CV_8U)
    return out


def _factor(page: Page, white: bool, gain: float) -> _Surface:
    """Return what each cell is multiplied by, (rows, columns) or (rows, columns, 3)."""
    import cv2

    cell = max(2, round(_CELL_INCH * resolution(page)))
    size = (max(1, -(-page.width // cell)), max(1, -(-page.height // cell)))
    light = _covered(page.gray, size)
    best = float(np.percentile(light, 97))
    paper = _is_paper(page.gray, light) & (light * gain >= best)
    trusted = cv2.morphologyEx(paper.view(np.uint8), cv2.MORPH_OPEN, _ISLAND).view(np.bool_)
    trusted = trusted if trusted.any() else paper
    if not white:
        light = _carried(light, trusted)
        best = float(np.percentile(light, 97))
        return np.clip(best / np.maximum(light, 1), 1, gain).astype(np.float32)
    channels = [page.pixels] if not page.is_color else list(np.moveaxis(page.pixels, 2, 0))
    papers = [_carried(_covered(np.ascontiguousarray(c), size), trusted) for c in channels]
    factor = np.clip(255 / np.maximum(np.stack(papers, 2), 1), 1, 2 * gain).astype(np.float32)
    return factor[:, :, 0] if len(channels) == 1 else factor


def _covered(gray: NDArray[np.uint8], size: tuple[int, int]) -> _Surface:
    """Return the light of each cell, its ink covered by what is lighter around."""
    import cv2

    small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    small = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((_COVER, _COVER), np.uint8))
    return np.asarray(cv2.medianBlur(small, _SMOOTH), np.float32)


def _is_paper(gray: NDArray[np.uint8], light: _Surface) -> NDArray[np.bool_]:
    """Tell of each cell whether most of what is around it is near its light."""
    import cv2

    height, width = gray.shape
    size = (light.shape[1], light.shape[0])
    near = np.empty(gray.shape, np.uint8)
    for top in range(0, height, _BAND):
        part = gray[top : top + _BAND]
        level = _enlarged(light * _NEAR, top, part.shape[0], (height, width))
        near[top : top + _BAND] = np.where(part >= level, np.uint8(255), np.uint8(0))
    share = cv2.blur(cv2.resize(near, size, interpolation=cv2.INTER_AREA), (_AROUND, _AROUND))
    trusted: NDArray[np.bool_] = np.asarray(share) >= _MOSTLY * 255
    return trusted


def _carried(light: _Surface, trusted: NDArray[np.bool_]) -> _Surface:
    """Carry the light of trusted cells over the others, from ever farther around."""
    import cv2

    if not trusted.any() or trusted.all():
        return np.asarray(cv2.blur(light, (3, 3)), np.float32)
    known = trusted.astype(np.float32)
    total, weight = light * known, known.copy()
    side, share = 5, 0.05
    while side < 2 * max(light.shape):
        total += share * cv2.blur(light * known, (side, side))
        weight += share * cv2.blur(known, (side, side))
        side, share = 2 * side + 1, share * 0.05
    mean = float(light[trusted].mean())
    total, weight = total + 1e-9 * mean, weight + 1e-9
    return np.asarray(cv2.blur(total / weight, (5, 5)), np.float32)


def _enlarged(surface: _Surface, top: int, rows: int, shape: tuple[int, int]) -> _Surface:
    """Return rows of a surface of cells at the size of the page, linearly between their middles."""
    import cv2

    down, right = surface.shape[0] / shape[0], surface.shape[1] / shape[1]
    matrix = np.array([[right, 0, right / 2 - 0.5], [0, down, down * (top + 0.5) - 0.5]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = (shape[1], rows)
    band = cv2.warpAffine(surface, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(band, np.float32)
