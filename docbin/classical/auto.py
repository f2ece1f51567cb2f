"""Auto: the method to use when one does not want to choose. It has no parameters.

0. Bars of black along the page's ends, which scans are filled up with, are set aside.
1. The page is divided by its paper (docbin.classical.background).
2. A first ink: the flattened page at or below the mean grey of the edges around each pixel, every
   pixel weighted by its squared gradient. On an edge that mean lies halfway between ink and paper,
   faint or dark. Where there are few edges it leans to the mean over the page: blank paper has
   only its noise for edges. A narrow window, that leans less, adds the faint strokes that stand
   beside strong ones.
3. Parts of the first ink are judged by the gradient along their outline. If Otsu's threshold of
   its logarithm cuts it into two classes far enough apart, the weak class is show-through, stain
   and noise, and goes; so does what is hardly an edge beside the noise of the bare paper. Parts
   that reach the page's end, where scans have dark rims, do not set the classes.
4. Paper B is measured again from the pixels that are not ink, the depth I of the ink below it
   from those that are, near by and, where there are few, farther off.
5. The page is sharpened: its grey g becomes about m3 + (g - m3) / 4 + 5 (m3 - m7) / 4, m3 and
   m7 the means of the 3 x 3 and 7 x 7 pixels around it. Half way down a straight edge that changes
   nothing; a hairline, which blur has made shallow, gets its depth back.
6. The ink is what then lies more than 0.45 I below B. Parts that the first ink hardly knew are left
   out, and those with an outline much weaker than the others'.

The ingredients: edge pixels that set a local threshold, B. Su, S. Lu, C. L. Tan, "Robust Document
Image Binarization Technique for Degraded Document Images", 2013; paper interpolated under a first
ink, B. Gatos, I. Pratikakis, S. J. Perantonis, "Adaptive degraded document image binarization",
2006. Their combination, and the constants below, were chosen on pages of 2009, 2010, 2012 and of
four other collections; the weights of step 5 after a logistic regression of the truth there on the
depths' means in windows of 1 to 41 pixels. A page over 2^21 pixels is judged on a reduced copy,
only the last comparison is made on all its pixels, near the copy's ink: lengths are pixels of the
copy. Sums are whole numbers in compiled passes (docbin.native.auto_ink).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from docbin.classical.background import flattened, paper
from docbin.classical.otsu import otsu_threshold
from docbin.native.auto_ink import (
    InkDepth,
    edge_ink,
    edge_power,
    enlarged_ink,
    ink_depth,
    ink_level,
    keep_edged,
    outlined_parts,
    sharpened,
)
from docbin.page import Gray, Ink, Page

__all__ = ["Auto", "judged", "reduced"]

_PIXELS = 1 << 21
_EDGE_WINDOW = 51  # where a pixel looks for edges
_CALM = 2.0  # how much of an ordinary edge pulls the threshold to the page's mean
_NEAR_EDGE_WINDOW = 21
_NEAR_CALM = 8.0  # the same there, of the paper's noise
_APART = 0.35  # show-through is taken off if its edges have at most this share of the ink's
_FAINT = 0.2  # no ink has edges of less than this share of the mean; more loses faded words
_NOISE = 3.0  # an edge has more than so many times the gradient of the bare paper
# Sides of windows, near and far, and what the wider view is worth in shares of the window.
_PAPER_WINDOWS = ((19, 0.05), (77, 0.02))
_INK_WINDOWS = ((31, 0.02), (151, 0.015))
_DEPTH = 0.45
_KNOWN = 0.3  # share of a part that the first ink must have
_BAR = 16  # rows or columns that make a bar at the page's end; fewer may be a drawn line
_BAR_LEVELS = 8  # what the grey of one may differ by
_BAR_EDGE = 2  # rows or columns that are half of it


@dataclass(frozen=True)
class Auto:
    """Find the ink of any page, without parameters."""

    PAPER: ClassVar[str] = (
        "this project, after Su, Lu, Tan, Robust Document Image Binarization Technique, 2013, and "
        "Gatos, Pratikakis, Perantonis, Adaptive degraded document image binarization, 2006"
    )

    def __call__(self, page: Page, /) -> Ink:
        """Return the ink of the page; a page of one grey level has none."""
        ink = np.zeros(page.gray.shape, np.bool_)
        inside = _between_bars(page.gray)
        gray = np.ascontiguousarray(page.gray[inside])
        if gray.min() != gray.max():
            ink[inside] = self._ink(gray)
        return ink

    def _ink(self, gray: Gray) -> Ink:
        import cv2

        small = reduced(gray)
        first, power = _first_ink(small)
        level = ink_level(small, first, _PAPER_WINDOWS, _INK_WINDOWS, _DEPTH)
        sharp = sharpened(small)
        ink = keep_edged(sharp < level, first, power, _KNOWN, _FAINT)
        if small.shape == gray.shape:
            return ink
        # On the page itself sharpening is a level raised by what it would have taken off the copy.
        raised = cv2.subtract(cv2.add(level, small, dtype=cv2.CV_16S), sharp, dtype=cv2.CV_8U)
        near = cv2.dilate(ink.view(np.uint8), np.ones((3, 3), np.uint8)).view(np.bool_)
        return enlarged_ink(gray, np.asarray(raised, np.uint8), near)


def _between_bars(gray: Gray) -> tuple[slice, slice]:
    """Return the rows and columns of a page without the even, dark bars along its ends."""
    dark = float(gray.mean(dtype=np.float64)) / 2
    parts = []
    for lines in (gray, gray.T):
        begin, end = _bar(lines, dark), _bar(lines[::-1], dark)
        begin, end = (0 if wide < _BAR else wide + _BAR_EDGE for wide in (begin, end))
        begin = min(begin, len(lines) - 1)
        parts.append(slice(begin, max(begin + 1, len(lines) - end)))
    return parts[0], parts[1]


def _bar(lines: Gray, dark: float) -> int:
    """Return how many lines from the first are even and of less than a grey."""
    for count, line in enumerate(lines):
        most = int(line.max())
        if most >= dark or most - int(line.min()) > _BAR_LEVELS:
            return count
    return len(lines)


def reduced(gray: Gray) -> Gray:
    """Return the copy of a page that it is judged on; a small page itself."""
    import cv2

    factor = max(1, round((gray.size / _PIXELS) ** 0.5))
    if factor == 1:
        return gray
    size = (max(1, gray.shape[1] // factor), max(1, gray.shape[0] // factor))
    return np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8)


def judged(gray: Gray) -> tuple[Ink, InkDepth]:
    """Return the ink of a page of moderate size, its paper B, and the depth I of the ink below."""
    first, power = _first_ink(gray)
    measured = ink_depth(gray, first, _PAPER_WINDOWS, _INK_WINDOWS, _DEPTH)
    return keep_edged(sharpened(gray) < measured.level, first, power, _KNOWN, _FAINT), measured


def _first_ink(gray: Gray) -> tuple[Ink, NDArray[np.int32]]:
    """Return the ink of a page of moderate size by its edges, and their power: steps 1 to 3."""
    flat = flattened(gray, paper(gray, cover=5, smooth=21))
    edges = edge_power(flat)
    ordinary = edges.ordinary
    if ordinary <= 0:  # a clean and nearly empty page: the median of the gradients it has will do
        some = edges.power[edges.power > 0]
        if not some.size:
            return np.zeros(gray.shape, np.bool_), edges.power
        ordinary = float(np.median(some))
    noise = max(_NEAR_CALM * edges.calm, 0.001 * ordinary)
    windows = ((_EDGE_WINDOW, 0.1 * _CALM * ordinary), (_NEAR_EDGE_WINDOW, noise))
    wide, near = edge_ink(flat, edges.power, windows, edges.weighted / edges.total)
    return _strong(wide, near, edges.power), edges.power


def _strong(ink: Ink, more: Ink, power: NDArray[np.int32]) -> Ink:
    """Keep the parts whose outline is an edge, when the outlines are of two kinds.

    The parts of `more`, which may touch `ink`, are judged for themselves, by what of their outline
    is free. What is hardly an edge beside the paper's noise goes in any case.
    """
    parts = outlined_parts(ink, more, power)
    mean = parts.gradients / np.maximum(parts.lengths, 1)
    inner = np.where(parts.at_end, 0, parts.lengths)
    votes = inner if inner.any() else parts.lengths
    return parts.kept(_strong_parts(votes, mean) & (mean > _NOISE * parts.noise))


def _strong_parts(votes: NDArray[np.int64], mean: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell of parts with these mean gradients along their outlines which are of the ink."""
    level = np.clip(np.log1p(mean) * 40, 0, 255).astype(np.uint8)
    counts = np.bincount(level, weights=votes, minlength=256).astype(np.int64)
    if np.count_nonzero(counts) < 2:
        return mean > 0
    strong: NDArray[np.bool_] = level > otsu_threshold(counts)
    weights = votes + 1e-9
    weak_mean = np.average(mean[~strong], weights=weights[~strong])
    if weak_mean >= _APART * np.average(mean[strong], weights=weights[strong]):
        strong = mean > _FAINT * np.average(mean, weights=weights)
    return strong
