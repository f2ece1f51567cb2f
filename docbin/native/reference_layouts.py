"""The NumPy twin of the layouts of signs: each from and to plain booleans, True = -1."""

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "planes_from_signs",
    "planes_from_words",
    "signs_from_planes",
    "signs_from_words",
    "words_from_planes",
    "words_from_signs",
]


def planes_from_signs(signs: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Pack (C, h, w) along its rows, an empty column at the end: uint8 (C, h, w // 8 + 1)."""
    return np.packbits(np.pad(signs, ((0, 0), (0, 0), (0, 1))), axis=2, bitorder="little")


def signs_from_planes(planes: NDArray[np.uint8], width: int) -> NDArray[np.bool_]:
    """Undo `planes_from_signs`; bits beyond the width are ignored."""
    return np.unpackbits(planes, axis=2, count=width, bitorder="little").astype(np.bool_)


def words_from_signs(signs: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Pack the channels of each pixel: uint64 (h, w, ceil(C / 64))."""
    channels, height, width = signs.shape
    words = np.zeros((height, width, -(-channels // 64)), np.uint64)
    for c in range(channels):
        words[:, :, c // 64] |= signs[c].astype(np.uint64) << np.uint64(c % 64)
    return words


def signs_from_words(words: NDArray[np.uint64], channels: int) -> NDArray[np.bool_]:
    """Undo `words_from_signs`; bits beyond the channels are ignored."""
    one = np.uint64(1)
    bits = [words[:, :, c // 64] >> np.uint64(c % 64) & one for c in range(channels)]
    return np.asarray(np.stack(bits), np.bool_)


def words_from_planes(planes: NDArray[np.uint8], width: int) -> NDArray[np.uint64]:
    """Repack channel by channel into pixel by pixel."""
    return words_from_signs(signs_from_planes(planes, width))


def planes_from_words(words: NDArray[np.uint64], channels: int) -> NDArray[np.uint8]:
    """Repack pixel by pixel into channel by channel."""
    return planes_from_signs(signs_from_words(words, channels))
