"""Polarity: is the page light ink on dark?

Ink covers the smaller part of a page, and the paper is the smoother part. Both are asked: the page
is light on dark when Otsu's dark class is the larger one by far, and its grey levels lie, taken
together, closer to the dark mean. A page in doubt is taken as dark ink on light.
"""

import numpy as np

from docbin.classical.histogram import histogram
from docbin.classical.otsu import otsu_threshold
from docbin.page import Gray, Page

__all__ = ["inverted", "is_inverted"]

_DARK_SHARE = 0.6
_CONTRAST = 40.0


def is_inverted(gray: Gray) -> bool:
    """Tell whether a page looks like light ink on dark paper.

    A page of one grey level, or with less than 40 levels between ink and paper, does not. The
    outermost twentieth on each side is not looked at: scanners leave black borders.
    """
    height, width = gray.shape
    rows, columns = height // 20, width // 20
    counts = histogram(gray[rows : height - rows, columns : width - columns])
    if np.count_nonzero(counts) < 2:
        return False
    t = otsu_threshold(counts)
    levels = np.arange(256)
    dark, light = int(counts[: t + 1].sum()), int(counts[t + 1 :].sum())
    dark_mean = float((counts * levels)[: t + 1].sum() / dark)
    light_mean = float((counts * levels)[t + 1 :].sum() / light)
    median = float(np.searchsorted(np.cumsum(counts), (dark + light) / 2))
    return (
        light_mean - dark_mean >= _CONTRAST
        and dark >= _DARK_SHARE * (dark + light)
        and abs(median - dark_mean) < abs(median - light_mean)
    )


def inverted(page: Page) -> Page:
    """Return the page's negative: light becomes dark."""
    return Page(255 - page.pixels, page.dpi, page.source)
