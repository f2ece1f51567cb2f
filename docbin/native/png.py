"""The filters of PNG undone. Twin in ``docbin.native.reference_png``."""

import numpy as np
from numpy.typing import NDArray

from docbin.errors import ArrayError
from docbin.native import _native

__all__ = ["unfiltered"]


def unfiltered(rows: NDArray[np.uint8], samples: int, pixels: NDArray[np.uint8]) -> bool:
    """Undo the filters of `rows`, (h, 1 + bytes): a filter, then its bytes, `samples` a pixel.

    Fills `pixels`, h rows of as many bytes. False where a filter is none of the five.
    """
    height, width = rows.shape
    if pixels.size != height * (width - 1) or not 1 <= samples <= 8 or not rows.flags.c_contiguous:
        raise ArrayError(f"rows {rows.shape} of {samples} bytes a pixel do not make {pixels.shape}")
    return _native.png_unfilter(rows, samples, pixels.reshape(height, width - 1))
