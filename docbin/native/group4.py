"""Ink as ITU-T T.6 (Group 4) codes it, what TIFF and PDF hold of it.

There is no twin: libtiff, by another hand, is what the codes must equal byte for byte (tests).
"""

import numpy as np
from numpy.typing import NDArray

from docbin.errors import ArrayError
from docbin.native import _native

__all__ = ["group4"]


def group4(ink: NDArray[np.bool_]) -> bytes:
    """Return ink (h, w) bool as one strip in which black runs are ink."""
    if ink.dtype != np.bool_ or ink.ndim != 2 or not ink.size:
        raise ArrayError(f"group4 takes (h, w) bool with at least one pixel, got {ink.dtype}")
    return _native.group4(np.ascontiguousarray(ink).view(np.uint8))
