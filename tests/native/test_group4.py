"""Group 4: the bytes of libtiff, which is by another hand, and its decoder gives the ink back."""

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin

from docbin.errors import ArrayError
from docbin.native.group4 import group4

SIZES = [(1, 1), (1, 7), (3, 8), (5, 63), (5, 64), (7, 65), (9, 200), (4, 3000), (3, 9000)]


def by_libtiff(ink: NDArray[np.bool_]) -> tuple[bytes, NDArray[np.bool_]]:
    """The strip libtiff makes of ink as one strip, and what it reads from it."""
    height, width = ink.shape
    picture = Image.frombytes("1", (width, height), np.packbits(ink, axis=1).tobytes())
    info = TiffImagePlugin.ImageFileDirectory_v2()
    info[278] = height
    held = io.BytesIO()
    picture.save(held, "TIFF", compression="group4", tiffinfo=info)
    opened = TiffImagePlugin.TiffImageFile(io.BytesIO(held.getvalue()))
    (start,), (size,) = opened.tag_v2[273], opened.tag_v2[279]
    return held.getvalue()[start : start + size], np.asarray(opened, np.bool_)


@pytest.mark.parametrize("shape", SIZES, ids=str)
@pytest.mark.parametrize("length", [1, 5, 37, 700])
def test_equals_libtiff(shape: tuple[int, int], length: int) -> None:
    random = np.random.default_rng(6)
    for share in (0.0, 0.02, 0.3, 0.5, 0.9, 1.0):
        ink = np.repeat(random.random((shape[0], -(-shape[1] // length))) < share, length, axis=1)
        ink = np.roll(ink, 3, axis=1)[:, : shape[1]]
        ink[1::2] = ink[: 2 * (shape[0] // 2) : 2]  # rows like the one above
        ink[-1, ::11] ^= True
        strip, read = by_libtiff(ink)
        assert group4(ink) == strip
        assert np.array_equal(read, ink)


def test_what_is_no_ink_is_refused() -> None:
    with pytest.raises(ArrayError, match="bool"):
        group4(np.zeros((2, 2), np.uint8))  # type: ignore[arg-type]
