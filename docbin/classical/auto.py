"""Auto: the method to use when one does not want to choose. It has no parameters.

1. The page is divided by its paper (docbin.classical.background).
2. A first ink: the flattened page at or below the mean grey of the edges around each pixel, every
   pixel weighted by its squared gradient. On an edge that mean lies halfway between ink and paper,
   faint or dark. Where there are few edges it leans to the mean over the page: blank paper has
   only its noise for edges. A narrow window, that leans less, adds the faint strokes that stand
   beside strong ones.
3. Parts of the first ink are judged by the gradient along their outline. If Otsu's threshold of
   its logarithm cuts it into two classes far enough apart, the weak class is show-through, stain
   and noise, and goes; so does what is hardly an edge beside the noise of the bare paper.
4. Paper B is measured again from the pixels that are not ink, the depth I of the ink below it
   from those that are, near by and, where there are few, farther off; the ink is what lies more
   than 0.45 I below B. Parts of it that the first ink hardly knew are left out.

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

__all__ = ["Auto", "judged", "reduced"]

_PIXELS = 1 << 21
_EDGE_WINDOW = 51  # where a pixel looks for edges
_CALM = 2.0  # how much of an ordinary edge pulls the threshold to the page's mean
_NEAR_EDGE_WINDOW = 21
_NEAR_CALM = 8.0  # the same there, of the paper's noise
_APART = 0.35  # show-through is taken off if its edges have at most this share of the ink's
_NOISE = 3.0  # an edge has more than so many times the gradient of the bare paper
_PAPER_WINDOW = 19
_INK_WINDOW = 151
_NEAR_INK_WINDOW = 31
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
        small = reduced(gray)
        ink, background, depth = judged(small)
        if small.shape == gray.shape:
            return ink
        full = (gray.shape[1], gray.shape[0])
        near = cv2.dilate(ink.view(np.uint8), np.ones((3, 3), np.uint8))
        near = cv2.resize(near, full, interpolation=cv2.INTER_NEAREST)
        level = np.clip(np.ceil(background - _DEPTH * depth), 0, 255).astype(np.uint8)
        level = np.asarray(cv2.resize(level, full, interpolation=cv2.INTER_LINEAR), np.uint8)
        found: Ink = (gray < level) & near.view(np.bool_)
        return found


def reduced(gray: Gray) -> Gray:
    """Return the copy of a page that it is judged on; a small page itself."""
    import cv2

    factor = max(1, round((gray.size / _PIXELS) ** 0.5))
    if factor == 1:
        return gray
    size = (max(1, gray.shape[1] // factor), max(1, gray.shape[0] // factor))
    return np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8)


def judged(gray: Gray) -> tuple[Ink, _Surface, _Surface]:
    """Return the ink of a page of moderate size, its paper B, and the depth I of the ink below."""
    first = _first_ink(gray)
    background, depth = _measured(gray, first)
    return _known(gray < background - _DEPTH * depth, first), background, depth


def _first_ink(gray: Gray) -> Ink:
    import cv2

    flat = flattened(gray, paper(gray, cover=5, smooth=21))
    # Gradient in grey levels a pixel: Sobel's sums count 8 pixels.
    across = cv2.Sobel(flat, cv2.CV_32F, 1, 0, scale=1 / 8)
    down = cv2.Sobel(flat, cv2.CV_32F, 0, 1, scale=1 / 8)
    weight = across * across
    weight += down * down
    weighted = weight * flat
    ordinary = _ordinary(weight)
    if ordinary <= 0:
        return np.zeros(gray.shape, np.bool_)
    page_mean = float(weighted.sum(dtype=np.float64) / weight.sum(dtype=np.float64))
    noise = max(_NEAR_CALM * float(np.median(weight[::3, ::3])), 0.001 * ordinary)
    wide = flat <= _edge_level(weight, weighted, _EDGE_WINDOW, 0.1 * _CALM * ordinary, page_mean)
    near = flat <= _edge_level(weight, weighted, _NEAR_EDGE_WINDOW, noise, page_mean)
    return _strong(wide, near & ~wide, np.sqrt(weight))


def _edge_level(
    weight: _Surface, weighted: _Surface, window: int, calm: float, page_mean: float
) -> _Surface:
    """Return the mean grey of the edges in a window, drawn to the page's by `calm`."""
    import cv2

    side = (window, window)
    level = (cv2.blur(weighted, side) + calm * page_mean) / (cv2.blur(weight, side) + calm)
    return np.asarray(level, np.float32)


def _ordinary(weight: _Surface) -> float:
    """Return the squared gradient of an ordinary edge: the 95th percentile of the page's.

    A clean and nearly empty page has no gradient there; the median of those it has will do.
    """
    ordinary = float(np.percentile(weight[::3, ::3], 95))
    if ordinary > 0:
        return ordinary
    edges = weight[weight > 0]
    return float(np.median(edges)) if edges.size else 0.0


def _strong(ink: Ink, more: Ink, gradient: _Surface) -> Ink:
    """Keep the parts whose outline is an edge, when the outlines are of two kinds.

    The parts of `more`, which may touch `ink`, are judged for themselves, by what of their outline
    is free. What is hardly an edge beside the paper's noise goes in any case.
    """
    import cv2

    square = np.ones((3, 3), np.uint8)
    solid = [plane.view(np.uint8) for plane in (ink, more)]
    outlines = [plane ^ np.asarray(cv2.erode(plane, square), np.uint8) for plane in solid]
    outlines[1] &= 1 - np.asarray(cv2.dilate(solid[0], square), np.uint8)
    labels, lengths, means = [], [], []
    for plane, outline in zip(solid, outlines, strict=True):
        count, parts = cv2.connectedComponents(plane, connectivity=8, ltype=cv2.CV_32S)
        edge = outline.view(np.bool_)
        owner = np.asarray(parts)[edge]
        length = np.bincount(owner, minlength=count)
        labels.append(np.asarray(parts))
        lengths.append(length)
        means.append(np.bincount(owner, gradient[edge], count) / np.maximum(length, 1))
    bare = cv2.dilate(solid[0] | solid[1], np.ones((5, 5), np.uint8)) == 0
    noise = float(np.median(gradient[bare][::7])) if bare.any() else 0.0
    length, mean = np.concatenate(lengths), np.concatenate(means)
    strong = _strong_parts(length, mean) & (mean > _NOISE * noise)
    first = len(lengths[0])
    strong[[0, first]] = False
    kept: Ink = strong[:first][labels[0]] | strong[first:][labels[1]]
    return kept


def _strong_parts(length: NDArray[np.int64], mean: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell of parts with outlines of these lengths and mean gradients which are of the ink."""
    level = np.clip(np.log1p(mean) * 40, 0, 255).astype(np.uint8)
    counts = np.bincount(level, weights=length, minlength=256).astype(np.int64)
    if np.count_nonzero(counts) < 2:
        return length > 0
    strong: NDArray[np.bool_] = level > otsu_threshold(counts)
    weights = length + 1e-9
    weak_mean = np.average(mean[~strong], weights=weights[~strong])
    if weak_mean >= _APART * np.average(mean[strong], weights=weights[strong]):
        strong = mean > 0.2 * np.average(mean, weights=weights)
    return strong


def _measured(gray: Gray, ink: Ink) -> tuple[_Surface, _Surface]:
    """Return the paper, and how deep below it the ink is, from the ink of a first guess."""
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
    local: float | _Surface
    local = float(depth.sum(dtype=np.float64) / max(float(inked.sum(dtype=np.float64)), 1.0))
    for window, trust in ((_INK_WINDOW, 0.015), (_NEAR_INK_WINDOW, 0.02)):
        around, number = cv2.blur(depth, (window, window)), cv2.blur(inked, (window, window))
        local = np.asarray((around + trust * local) / (number + trust), np.float32)
    return np.asarray(background, np.float32), np.maximum(local, np.float32(1))


def _known(ink: Ink, first: Ink) -> Ink:
    """Keep the parts of the ink that the first guess had at least in part."""
    import cv2

    count, parts, stats, _ = cv2.connectedComponentsWithStats(ink.view(np.uint8), connectivity=8)
    shared = np.bincount(parts[first], minlength=count)
    kept = shared >= _KNOWN * stats[:, cv2.CC_STAT_AREA]
    kept[0] = False
    known: Ink = kept[parts]
    return known
