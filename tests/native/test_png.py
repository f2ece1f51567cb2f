"""PNG's filters undone: the twin's bytes for every filter and pixel size."""

import numpy as np
import pytest

from docbin.errors import ArrayError
from docbin.native import png, reference_png


@pytest.mark.parametrize("samples", [1, 2, 3, 4, 8])
@pytest.mark.parametrize("size", [(1, 1), (5, 3), (11, 40)])
def test_equals_the_twin(size: tuple[int, int], samples: int) -> None:
    height, width = size
    rows = np.random.default_rng(7).integers(0, 256, (height, 1 + width * samples))
    for filters in (*range(5), np.arange(height) % 5):
        rows[:, 0] = filters
        found, expected = np.empty((2, height, width * samples), np.uint8)
        assert png.unfiltered(rows.astype(np.uint8), samples, found)
        assert reference_png.unfiltered(rows.astype(np.uint8), samples, expected)
        assert np.array_equal(found, expected)


def test_no_such_filter() -> None:
    rows = np.array([[0, 1, 2], [5, 3, 4]], np.uint8)
    pixels = np.empty((2, 2), np.uint8)
    assert not png.unfiltered(rows, 1, pixels)
    assert not reference_png.unfiltered(rows, 1, pixels)
    with pytest.raises(ArrayError, match="do not make"):
        png.unfiltered(rows, 1, np.empty((2, 3), np.uint8))
