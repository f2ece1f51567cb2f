"""Leaf edges: the stripes of the other leaves of a book along one side of a scan."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from docbin.page import Gray

__all__ = ["leaf_edges"]

_WIDEST = 0.2  # of the page's side
_BANDS = 16  # into which the length of a side is cut
_AGREE = 0.7  # share of them that must be striped
_COHERENT = 2.2  # change of light across stripes over that along them
_STRONG = 6.0  # least change across, grey levels a pixel
_WINDOW = 5  # pixels across


def leaf_edges(gray: Gray) -> NDArray[np.bool_]:
    """Return the bands of stripes that begin at an edge and run with it, (h, w) bool."""
    found = np.zeros(gray.shape, np.bool_)
    for turns in range(4):
        turned = np.ascontiguousarray(np.rot90(gray, turns))
        np.rot90(found, turns)[:] |= _on_the_left(turned)
    return found


def _on_the_left(gray: Gray) -> NDArray[np.bool_]:
    import cv2

    height, width = gray.shape
    found = np.zeros(gray.shape, np.bool_)
    reach = int(_WIDEST * width)
    if reach < 2 * _WINDOW or height < 4 * _BANDS:
        return found
    strip = np.ascontiguousarray(gray[:, : reach + _WINDOW]).astype(np.float32)
    across = np.abs(strip[:, 2:] - strip[:, :-2])[1:-1] / 2
    along = np.abs(strip[2:] - strip[:-2])[:, 1:-1] / 2
    bands = np.linspace(0, len(across), _BANDS + 1).astype(int)
    ends = np.zeros(_BANDS, int)
    for i, (start, stop) in enumerate(pairwise(bands)):
        x = cv2.blur(across[start:stop].mean(axis=0)[None], (_WINDOW, 1))[0]
        y = cv2.blur(along[start:stop].mean(axis=0)[None], (_WINDOW, 1))[0]
        striped = (x > _STRONG) & (x > _COHERENT * y)
        ends[i] = len(striped) if striped.all() else int(np.argmin(striped))
    ends = np.where(ends > _WINDOW, ends, 0)
    if np.mean(ends > 0) < _AGREE or ends.max() >= reach - 1:
        return found
    for i, (start, stop) in enumerate(pairwise(bands)):
        first, last = (0 if i == 0 else start + 1), (height if i == _BANDS - 1 else stop + 1)
        found[first:last, : ends[i]] = True
    return found
