"""Auto: the method to use when one does not want to choose. It has no parameters.

1. The page is divided by its paper (docbin.classical.background).
2. A first ink: the flattened page at or below the mean grey of the edges around each pixel, every
   pixel weighted by its squared gradient. On an edge that mean lies halfway between ink and paper,
   faint or dark. Where there are few edges it leans to the mean over the page: blank paper has
   only its noise for edges.
3. Parts of the first ink are judged by the gradient along their outline. If Otsu's threshold of
   its logarithm cuts it into two classes far enough apart, the weak class is show-through, stain
   and noise, and goes.
4. Paper B is measured again from the pixels that are not ink, the depth I of the ink below it
   from those that are, and the ink is what lies more than 0.45 I below B. Parts of it that the
   first ink hardly knew are left out.

The ingredients: edge pixels that set a local threshold, B. Su, S. Lu, C. L. Tan, "Robust Document
Image Binarization Technique for Degraded Document Images", 2013; paper interpolated under a first
ink, B. Gatos, I. Pratikakis, S. J. Perantonis, "Adaptive degraded document image binarization",
2006. Their combination, and the constants below, were chosen on pages of 2009, 2010, 2012 and of
four other collections. A page over 2^21 pixels is judged on a reduced copy, only the last
comparison is made on all its pixels: lengths below are pixels of the copy.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from docbin.classical.background import flattened, paper
from docbin.classical.otsu import otsu_threshold
from docbin.page import Gray, Ink, Page

__all__ = ["Auto"]

_PIXELS = 1 << 21
_EDGE_WINDOW = 51  # where a pixel looks for edges
_CALM = 2.0  # how much of an ordinary edge pulls the threshold to the page's mean
_APART = 0.35  # show-through is taken off if its edges have at most this share of the ink's
_PAPER_WINDOW = 19
_INK_WINDOW = 151
_DEPTH = 0.45
_KNOWN = 0.3  # share of a part that the first ink must have

_Surface = NDArray[np.float32]


@dataclass(frozen=True)
class Auto:
    """Find the ink of any page, without parameters."""

    PAPER: ClassVar[str] = (
        "this project, after Su, Lu, Tan, Robust Document Image Binarization Technique, 2013, and "
        "Gatos, Pratikakis, Perantonis, Adaptive degraded document image binarization, 2006"
    )

    def __call__(self, page: Page, /) -> Ink:
        """Return the ink of the page; a page of one grey level has none."""
        import cv2

        gray = page.gray
        if gray.min() == gray.max():
            return np.zeros(gray.shape, np.bool_)
        factor = max(1, round((gray.size / _PIXELS) ** 0.5))
        if factor == 1:
            return _judged(gray)[0]
        size = (max(1, gray.shape[1] // factor), max(1, gray.shape[0] // factor))
        small, surface = _judged(np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA)))
        full = (gray.shape[1], gray.shape[0])
        near = cv2.dilate(small.view(np.uint8), np.ones((3, 3), np.uint8))
        near = cv2.resize(near, full, interpolation=cv2.INTER_NEAREST)
        level = np.clip(np.ceil(surface), 0, 255).astype(np.uint8)
        level = np.asarray(cv2.resize(level, full, interpolation=cv2.INTER_LINEAR), np.uint8)
        ink: Ink = (gray < level) & near.view(np.bool_)
        return ink


def _judged(gray: Gray) -> tuple[Ink, _Surface]:
    """Return the ink of a page of moderate size, and the level below which it lies."""
    first = _first_ink(gray)
    surface = _level(gray, first)
    ink = gray < surface
    return _known(ink, first), surface


def _first_ink(gray: Gray) -> Ink:
    import cv2

    flat = flattened(gray, paper(gray, cover=5, smooth=21))
    # Gradient in grey levels a pixel: Sobel's sums count 8 pixels.
    across = cv2.Sobel(flat, cv2.CV_32F, 1, 0, scale=1 / 8)
    down = cv2.Sobel(flat, cv2.CV_32F, 0, 1, scale=1 / 8)
    weight = across * across
    weight += down * down
    weighted = weight * flat
    side = (_EDGE_WINDOW, _EDGE_WINDOW)
    total = cv2.blur(weight, side)
    ordinary = 0.1 * _ordinary(weight) * _CALM
    if ordinary <= 0:
        return np.zeros(gray.shape, np.bool_)
    page_mean = float(weighted.sum(dtype=np.float64) / weight.sum(dtype=np.float64))
    threshold = (cv2.blur(weighted, side) + ordinary * page_mean) / (total + ordinary)
    return _strong(flat <= threshold, np.sqrt(weight))


def _ordinary(weight: _Surface) -> float:
    """Return the squared gradient of an ordinary edge: the 95th percentile of the page's.

    A clean and nearly empty page has no gradient there; the median of those it has will do.
    """
    ordinary = float(np.percentile(weight[::3, ::3], 95))
    if ordinary > 0:
        return ordinary
    edges = weight[weight > 0]
    return float(np.median(edges)) if edges.size else 0.0


def _strong(ink: Ink, gradient: _Surface) -> Ink:
    """Keep the parts whose outline is an edge, when the outlines are of two kinds."""
    import cv2

    mask = ink.view(np.uint8)
    inner = np.asarray(cv2.erode(mask, np.ones((3, 3), np.uint8)), np.uint8)
    outline = (mask ^ inner).view(np.bool_)
    count, parts = cv2.connectedComponents(mask, connectivity=8, ltype=cv2.CV_32S)
    owner = parts[outline]
    length = np.bincount(owner, minlength=count)
    mean = np.bincount(owner, gradient[outline], count) / np.maximum(length, 1)
    level = np.clip(np.log1p(mean) * 40, 0, 255).astype(np.uint8)
    counts = np.bincount(level, weights=length, minlength=256).astype(np.int64)
    if np.count_nonzero(counts) < 2:
        return ink
    strong = level > otsu_threshold(counts)
    strong[0] = False
    weak = ~strong
    weak_mean = np.average(mean[weak], weights=length[weak] + 1e-9)
    strong_mean = np.average(mean[strong], weights=length[strong] + 1e-9)
    if weak_mean >= _APART * strong_mean:
        middle = np.average(mean, weights=length + 1e-9)
        strong = mean > 0.2 * middle
        strong[0] = False
    kept: Ink = strong[parts]
    return kept


def _level(gray: Gray, ink: Ink) -> _Surface:
    """Return the grey level below which there is ink, from the paper and ink of a first guess."""
    import cv2

    light = gray.astype(np.float32)
    bare = 1 - cv2.dilate(ink.view(np.uint8), np.ones((3, 3), np.uint8)).astype(np.float32)
    near, far = (_PAPER_WINDOW,) * 2, (_PAPER_WINDOW * 4 + 1,) * 2
    seen = bare * light
    overall = float(seen.sum(dtype=np.float64) / max(float(bare.sum(dtype=np.float64)), 1.0))
    wide = (cv2.blur(seen, far) + 0.02 * overall) / (cv2.blur(bare, far) + 0.02)
    background = (cv2.blur(seen, near) + 0.05 * wide) / (cv2.blur(bare, near) + 0.05)
    inked = ink.astype(np.float32)
    depth = (background - light) * inked
    mean_depth = float(depth.sum(dtype=np.float64) / max(float(inked.sum(dtype=np.float64)), 1.0))
    side = (_INK_WINDOW, _INK_WINDOW)
    local = (cv2.blur(depth, side) + 0.015 * mean_depth) / (cv2.blur(inked, side) + 0.015)
    surface: _Surface = np.asarray(background - _DEPTH * np.maximum(local, 1.0), np.float32)
    return surface


def _known(ink: Ink, first: Ink) -> Ink:
    """Keep the parts of the ink that the first guess had at least in part."""
    import cv2

    count, parts, stats, _ = cv2.connectedComponentsWithStats(ink.view(np.uint8), connectivity=8)
    shared = np.bincount(parts[first], minlength=count)
    kept = shared >= _KNOWN * stats[:, cv2.CC_STAT_AREA]
    kept[0] = False
    known: Ink = kept[parts]
    return known
