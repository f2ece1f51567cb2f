"""Clean pages from bad scans: binarization of documents, and its scores.

>>> import numpy as np
>>> import docbin
>>> page = np.full((60, 80), 230, np.uint8)
>>> page[20:40, 30:34] = 40
>>> int(docbin.binarize(page, "otsu").sum())
80
"""

__version__ = "0.1.0"

__all__: list[str] = []
