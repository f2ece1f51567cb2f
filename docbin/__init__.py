"""Clean pages from bad scans: binarization of documents, and its scores.

>>> import numpy as np
>>> import docbin
>>> scan = np.full((60, 80), 230, np.uint8)
>>> scan[20:40, 30:34] = 40
>>> ink = docbin.binarize(scan, "otsu")
>>> ink.dtype, ink.shape, int(ink.sum())
(dtype('bool'), (60, 80), 80)
"""

from docbin import errors
from docbin.api import binarize, clean, crops, despeckle, detect, methods, read, write
from docbin.version import VERSION

__version__ = VERSION

__all__ = [
    "binarize",
    "clean",
    "crops",
    "despeckle",
    "detect",
    "errors",
    "methods",
    "read",
    "write",
]
