"""Text too coarse for a method: letters of six pixels or fewer come out as they are, enlarged.

Strokes are a pixel wide there and pale: cleaners and binarizers lose half of the letters that an
engine still reads in the enlarged page (docs/prepare.md, "Coarse pages"). With five pixels or fewer
the steps go wrong, too, and turn pages upside down. Below four no part counts as a letter; there
the median part tells. Dust is as small on any page, so that only small pages, and those that say a
low resolution, are judged.
"""

import numpy as np

from docbin.page import Page
from docbin.prepare.sketch import sketch
from docbin.prepare.step import Verdict

__all__ = ["STEADY", "too_coarse"]

STEADY = 6.0
"""Height of letters in pixels below which steps go wrong."""

_TOO_SMALL = 6.5
_SMALL_PAGE = 600_000  # pixels: A4 at 79 dpi
_LOW = 100.0  # dots per inch
_LEAST_PARTS = 12


def too_coarse(page: Page) -> Verdict | None:
    """Return the verdict on a page whose letters are a few pixels high, None on any other.

    Its value `letter_height` is in pixels.
    """
    if page.gray.size >= _SMALL_PAGE and (page.dpi is None or min(page.dpi) >= _LOW):
        return None
    seen = sketch(page)
    if max(seen.scale) > 1:  # letters too small for the page would be lost in the sketch
        return None
    height = seen.letter_height
    if not seen.has_text:
        parts = seen.parts
        solid = (parts.height >= 2) & (parts.width >= 2) & (parts.height < page.height / 8)
        if np.count_nonzero(solid) < _LEAST_PARTS:
            return None
        height = float(np.median(parts.height[solid]))
    if height > _TOO_SMALL:
        return None
    reason = (
        f"text about {height:.0f} pixels high would be lost in cleaning, so the page keeps its own "
        "grey; scan it at 150 dpi or more"
    )
    return Verdict("page", "too coarse", reason, {"letter_height": height})
