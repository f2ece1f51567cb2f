"""The layouts of signs: each way equals its twin, with noise where no channel or pixel is."""

import numpy as np
import pytest

from docbin.errors import ArrayError
from docbin.native import layouts
from docbin.native import reference_layouts as twin

SIZES = [(1, 1, 1), (3, 2, 7), (8, 5, 8), (63, 3, 63), (64, 2, 64), (65, 4, 65), (130, 3, 200)]


@pytest.mark.parametrize("size", SIZES)
def test_both_ways_equal_the_twins(size: tuple[int, int, int]) -> None:
    random = np.random.default_rng(sum(size))
    channels, _, width = size
    signs = random.random(size) < 0.4
    planes, words = twin.planes_from_signs(signs), twin.words_from_signs(signs)
    assert np.array_equal(twin.signs_from_planes(planes, width), signs)
    assert np.array_equal(twin.signs_from_words(words, channels), signs)
    if width % 8:
        planes[:, :, -1] |= np.uint8(0xFF << width % 8 & 0xFF)
    else:
        planes[:, :, -1] = 0xFF
    noisy = words.copy()
    if channels % 64:
        noisy[:, :, -1] |= ~np.uint64(0) << np.uint64(channels % 64)
    assert np.array_equal(layouts.words_from_planes(planes, width), words)
    assert np.array_equal(twin.words_from_planes(planes, width), words)
    expected = twin.planes_from_signs(signs)
    assert np.array_equal(layouts.planes_from_words(noisy, channels), expected)
    assert np.array_equal(twin.planes_from_words(noisy, channels), expected)


def test_what_is_of_another_map_is_refused() -> None:
    planes = np.zeros((3, 2, 2), np.uint8)
    with pytest.raises(ArrayError, match="16 columns have 3 bytes"):
        layouts.words_from_planes(planes, 16)
    with pytest.raises(ArrayError, match="uint8"):
        layouts.words_from_planes(planes.astype(np.int8), 9)  # type: ignore[arg-type]
    words = np.zeros((2, 9, 1), np.uint64)
    with pytest.raises(ArrayError, match="65 channels take 2 words"):
        layouts.planes_from_words(words, 65)
    with pytest.raises(ArrayError, match="uint64"):
        layouts.planes_from_words(words[0], 3)
