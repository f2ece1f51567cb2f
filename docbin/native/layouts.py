"""Signs (C, h, w) in the two layouts binary kernels read, and the way between them.

*Planes*, uint8 (C, h, w // 8 + 1): a plane of bits a channel, lowest bit first; a row ends in at
least one empty column, so that joined rows pad one another. What `docbin.native` runs on.
*Words*, uint64 (h, w, ceil(C / 64)): the channels of a pixel together, lowest bit first; what
kernels with population counts run on. A bit is 1 for -1, and 0 where there is no channel or pixel.
"""

import numpy as np
from numpy.typing import NDArray

from docbin.errors import ArrayError
from docbin.native import _native

__all__ = ["planes_from_words", "words_from_planes"]


def words_from_planes(planes: NDArray[np.uint8], width: int) -> NDArray[np.uint64]:
    """Return the words of planes (C, h, width // 8 + 1): uint64 (h, width, ceil(C / 64))."""
    if planes.dtype != np.uint8 or planes.ndim != 3 or 0 in planes.shape:
        raise ArrayError(f"planes must be uint8 (C, h, bytes), got {planes.dtype} {planes.shape}")
    if width < 1 or planes.shape[2] != width // 8 + 1:
        raise ArrayError(
            f"planes of {width} columns have {max(width, 0) // 8 + 1} bytes a row, "
            f"got {planes.shape[2]}: give the map's own width"
        )
    channels, height, _ = planes.shape
    words = np.empty((height, width, -(-channels // 64)), np.uint64)
    _native.words_from_planes(np.ascontiguousarray(planes), words)
    return words


def planes_from_words(words: NDArray[np.uint64], channels: int) -> NDArray[np.uint8]:
    """Return the planes of words (h, w, ceil(channels / 64)): uint8 (channels, h, w // 8 + 1).

    Bits of the last word beyond `channels` are ignored.
    """
    if words.dtype != np.uint64 or words.ndim != 3 or 0 in words.shape:
        raise ArrayError(f"words must be uint64 (h, w, words), got {words.dtype} {words.shape}")
    if channels < 1 or words.shape[2] != -(-channels // 64):
        raise ArrayError(
            f"{channels} channels take {-(-max(channels, 0) // 64)} words a pixel, "
            f"got {words.shape[2]}: give the map's own channels"
        )
    planes = np.empty((channels, words.shape[0], words.shape[1] // 8 + 1), np.uint8)
    _native.planes_from_words(np.ascontiguousarray(words), planes)
    return planes
