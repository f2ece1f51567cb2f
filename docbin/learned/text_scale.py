"""How large the text of a page is: guessed from the page before a network looks, measured after.

    pitch     The distance from line to line: the ink of strips of the page, projected on their
              height, repeats itself at it. What is taken is the first peak of the strips' summed
              autocorrelation that is nearly as high as the highest (a multiple of the pitch peaks
              too). On a receipt or a form, without even lines, no peak is high.
    letters   The height of what looks like letters, half of whose heights together are above it:
              specks are many, but not tall.

The height of a line as a network finds it is, where lines stand closer than they are high, the
distance from line to line. How high it should be seen depends on what is written: see
`wanted_height`.
"""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from docbin.learned.boxes import Region
from docbin.lines.outline import weighted_median
from docbin.page import Gray, Page

__all__ = [
    "first_scale",
    "in_short_pieces",
    "letter_height",
    "line_pitch",
    "wanted_height",
    "written",
]

SURE = 0.319
"""Autocorrelation above which a pitch is believed."""
OF_PITCH, OF_LETTERS = (0.65, 1.0), 1.6
"""A line's height is so many letters' heights, kept within these shares of the pitch."""
FEWEST, FEW, MOST = 300_000, 1_500_000, 2_400_000
"""Pixels of the first look: at least, at most where no pitch is believed, and at most."""
MOST_ENLARGED = 2.0
MEASURED, STRIPS, LONGEST_PITCH = 2_200_000, 16, 118
"""Letters and pitch are looked for on a page of so many pixels, the pitch in so many strips, up to
so many pixels."""
LEAST_LETTERS = 20
CLOSE, SHORT = 16 / 18, 22 / 18
"""Parts of the usual height at which close lines, and short pieces, are seen best."""
FILLED, SHORT_PIECE = 0.9, 4.8
"""Lines are close whose height is more than this share of their pitch; a page is one of short
pieces where half of them are no longer than so many heights."""
SEEN_AGAIN = 5.5
"""A page is seen once more, larger, where half of its pieces are shorter than so many heights."""


def first_scale(page: Page, wanted: float) -> float:
    """Return what the page's sides are multiplied by so that lines are about `wanted` pixels.

    Writing in even lines is taken to be close, all other to be in short pieces.
    """
    gray = page.gray
    step, small = _reduced(gray)
    letters, (pitch, sure) = letter_height(small), line_pitch(small)
    letters, pitch = None if letters is None else letters * step, pitch * step
    fewest, few, most = ((pixels / gray.size) ** 0.5 for pixels in (FEWEST, FEW, MOST))
    if sure >= SURE:
        low, high = OF_PITCH
        height = min(max(OF_LETTERS * (letters or pitch), low * pitch), high * pitch)
        return float(min(max(CLOSE * wanted / height, min(1.0, fewest)), MOST_ENLARGED, most))
    if letters is None:
        return float(min(1.0, few))
    return float(min(max(SHORT * wanted / (OF_LETTERS * letters), fewest), few, 1.0))


def _reduced(gray: Gray) -> tuple[float, Gray]:
    """The page at no more than `MEASURED` pixels, and how many of its pixels are one of these.

    A whole number, as means of whole squares are quick.
    """
    step = math.ceil((gray.size / MEASURED) ** 0.5)
    height, width = (side // step for side in gray.shape)
    if step == 1 or height < 32 or width < 32:
        return 1.0, gray
    whole = gray[: height * step, : width * step]
    small = cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA)
    return float(step), np.asarray(small, np.uint8)


def line_pitch(gray: Gray) -> tuple[float, float]:
    """Return the distance from line to line, pixels, and how sure it is, 0 to 1."""
    height, width = gray.shape
    if height < 32 or width < 32:
        return 0.0, 0.0
    gray = gray[:, : width // STRIPS * STRIPS]  # whole pixels a strip: their means are quick
    ink = cv2.boxFilter(gray, cv2.CV_32F, (1, 61))  # the paper around, in place from here on
    cv2.subtract(ink, gray, ink, dtype=cv2.CV_32F)
    np.maximum(np.subtract(ink, 8, out=ink), 0, out=ink)
    strips = cv2.resize(ink, (STRIPS, height), interpolation=cv2.INTER_AREA)
    strips = np.minimum(strips, np.percentile(strips, 98, axis=0))  # pictures and borders
    strips = strips - cv2.blur(strips, (1, 81))
    length = cv2.getOptimalDFTSize(2 * height)
    power = np.abs(np.fft.rfft(strips, length, axis=0)) ** 2
    same = np.fft.irfft(power, length, axis=0)[: min(LONGEST_PITCH + 2, height)].sum(1)
    if same[0] <= 0:
        return 0.0, 0.0
    same = same / same[0]
    peaks = [k for k in range(5, len(same) - 1) if same[k - 1] <= same[k] > same[k + 1]]
    if not peaks:
        return 0.0, 0.0
    highest = max(same[k] for k in peaks)
    pitch = next(k for k in peaks if same[k] > 0.6 * highest or same[k] == highest)
    return float(pitch), float(same[pitch])


def letter_height(gray: Gray) -> float | None:
    """Return the height of letters, pixels; None where hardly anything looks like one."""
    _, ink = cv2.threshold(gray, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    _, _, parts, _ = cv2.connectedComponentsWithStatsWithAlgorithm(
        ink, 8, cv2.CV_32S, cv2.CCL_GRANA
    )  # with the numbers, a third quicker than OpenCV's default
    heights = parts[1:, cv2.CC_STAT_HEIGHT]
    widths = parts[1:, cv2.CC_STAT_WIDTH]
    tallest = max(8, min(gray.shape) // 20)
    letters: NDArray[np.bool_] = (
        (heights >= 4) & (heights <= tallest) & (widths <= 4 * heights) & (5 * widths >= heights)
    )
    if np.count_nonzero(letters) < LEAST_LETTERS:
        return None
    return weighted_median(heights[letters], heights[letters])


def wanted_height(regions: list[Region], usual: float) -> tuple[float, float]:
    """Return the height of a page's lines, pixels, and the height that they should be seen at.

    The height is at most the pitch. `usual` is for lines apart from one another. Close ones are
    told apart at a little less; words and numbers by themselves (a receipt, a form) need more, or
    the single letters among them are not seen and columns run together.
    """
    edges = [region.edges for region in regions]
    heights = np.array([line.height for line in edges])
    lengths = np.array([line.length for line in edges])
    height = weighted_median(heights, lengths)  # long ones count for more
    pitch = _pitch([region.polygon for region in regions])
    if in_short_pieces(regions, SHORT_PIECE):
        best = SHORT * usual
    else:
        best = CLOSE * usual if height > FILLED * pitch else usual
    return max(min(height, pitch), 1.0), best


def in_short_pieces(regions: list[Region], heights: float = SEEN_AGAIN) -> bool:
    """Whether half of a page's regions are shorter than so many of their heights."""
    return float(np.median([region.edges.slenderness for region in regions])) < heights


def written(regions: list[Region]) -> float:
    """Return how much text was found: the lengths of the regions by their scores."""
    return sum(region.edges.length * region.score for region in regions)


def _pitch(polygons: list[NDArray[np.float64]]) -> float:
    """The median distance from a line to the nearest one beneath it; infinite without any."""
    boxes = np.array([[*p.min(0), *p.max(0)] for p in polygons])
    left, top, right, bottom = boxes.T
    middle, width = (top + bottom) / 2, right - left
    gaps = []
    for i in range(len(boxes)):  # row by row: thousands of lines fit in memory
        shared = np.minimum(right[i], right) - np.maximum(left[i], left)
        beneath = (shared > 0.5 * np.minimum(width[i], width)) & (middle > middle[i] + 1)
        if beneath.any():
            gaps.append(float((middle[beneath] - middle[i]).min()))
    return float(np.median(gaps)) if len(gaps) > 2 else float("inf")
