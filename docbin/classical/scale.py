"""Window sizes: pixels, or a length on paper.

A window setting is

* an odd number of pixels, the same on every page (``75``), what the papers mean; or
* a fraction of an inch (``"0.25in"``), turned into pixels by the page's dpi, rounded to the nearest
  odd number, at least 3.

A page that does not say its dpi is measured: the median height of what looks like a letter in a
quick global threshold, over 0.07 inch, the x-height of 10 to 11 point body text (about half the
type size, and a point is 1/72 inch). The guess is kept within 72 to 1200 dpi, and is 300 where
nothing looks like text. It is a scale for windows, not a resolution to write into a file.
"""

import re

import numpy as np
from numpy.typing import NDArray

from docbin.errors import SettingError
from docbin.native.parts import dark_boxes, histogram
from docbin.page import Gray, Page

__all__ = ["WINDOW_DOC", "check_window", "resolution", "text_height", "window_pixels"]

WINDOW_DOC = 'side of the window: odd pixels, at least 3, or inches on paper such as "0.25in"'
"""The doc line of every window setting."""

X_HEIGHT_INCH = 0.07
LEAST_LETTERS = 20

_INCHES = re.compile(r"(\d+(?:\.\d*)?|\.\d+)\s*in")


def check_window(method: str, window: int | str) -> None:
    """Refuse a window that is neither odd pixels, at least 3, nor inches between 0 and 10."""
    if isinstance(window, str):
        match = _INCHES.fullmatch(window.strip())
        if match is None or not 0 < float(match[1]) <= 10:
            raise SettingError(
                f'{method}: window must be odd pixels or inches up to 10 such as "0.25in", '
                f"got {window!r}"
            )
    elif not isinstance(window, int) or isinstance(window, bool) or window < 3 or window % 2 == 0:
        raise SettingError(f"{method}: window must be odd and at least 3, got {window!r}")


def window_pixels(window: int | str, page: Page) -> int:
    """Return a checked window setting in pixels of this page: odd, at least 3.

    >>> page = Page(np.zeros((10, 10), np.uint8), dpi=(300, 300))
    >>> window_pixels(75, page), window_pixels("0.25in", page)
    (75, 75)
    """
    if not isinstance(window, str):
        return window
    match = _INCHES.fullmatch(window.strip())
    if match is None:
        raise SettingError(f"{window!r} is not a number of inches")
    pixels = float(match[1]) * resolution(page)
    return max(3, 2 * round((pixels - 1) / 2) + 1)


def resolution(page: Page) -> float:
    """Return the page's dots per inch, the geometric mean of both directions, or an estimate."""
    if page.dpi is not None and min(page.dpi) > 0:
        return float(np.sqrt(page.dpi[0] * page.dpi[1]))
    height = text_height(page.gray)
    return 300.0 if height is None else float(np.clip(height / X_HEIGHT_INCH, 72.0, 1200.0))


def _quick_otsu(gray: Gray) -> int:
    """Return Otsu's threshold, 0 on a page of one grey; ties may fall as rounding has it."""
    counts = histogram(gray).astype(np.float64)
    dark, level = np.cumsum(counts), np.cumsum(counts * np.arange(256))
    light = dark[-1] - dark
    apart = level * light - (level[-1] - level) * dark
    variance = np.divide(apart**2, dark * light, out=np.zeros(256), where=dark * light > 0)
    return int(variance.argmax())


def text_height(gray: Gray) -> float | None:
    """Return the median height, in pixels, of what looks like a letter; None if little does.

    Letters are connected dark parts of Otsu's threshold, 4 pixels high or more and a twentieth of
    the page at most, up to four times as wide as high and a fifth of it at least.
    """
    top, bottom, left, right = dark_boxes(gray, _quick_otsu(gray)).T
    heights, widths = bottom - top + 1, right - left + 1
    tallest = max(8, gray.shape[0] // 20)
    letters: NDArray[np.bool_] = (
        (heights >= 4) & (heights <= tallest) & (widths <= 4 * heights) & (5 * widths >= heights)
    )
    if np.count_nonzero(letters) < LEAST_LETTERS:
        return None
    return float(np.median(heights[letters]))
