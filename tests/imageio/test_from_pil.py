"""Pictures of Pillow's modes become pages."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from docbin import imageio
from docbin.errors import ArrayError, InputError

RNG = np.random.default_rng(5)
GRAY = RNG.integers(0, 256, (21, 34), np.uint8)
RGB = RNG.integers(0, 256, (21, 34, 3), np.uint8)
DEEP = RNG.integers(0, 65536, (21, 34), np.uint16)


def scaled(values: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """The rule in its own words: v * 255 / 65535, rounded."""
    return np.floor(values.astype(np.float64) * 255 / 65535 + 0.5).astype(np.uint8)


@pytest.mark.parametrize(
    "mode", ["1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr", "HSV"]
)
def test_from_pil_takes_every_mode(mode: str) -> None:
    via = {"La": "LA", "RGBa": "RGBA", "PA": "P"}.get(mode, mode)
    image = Image.fromarray(RGB).convert(via)
    image = image if via == mode else image.convert(mode)
    page = imageio.from_pil(image)
    assert (page.width, page.height) == (34, 21)


@pytest.mark.parametrize("mode", ["I", "I;16", "I;16B", "I;16L"])
def test_from_pil_takes_sixteen_bits(mode: str) -> None:
    kind = {"I": "<i4", "I;16": "<u2", "I;16B": ">u2", "I;16L": "<u2"}[mode]
    image = Image.frombytes(mode, (34, 21), DEEP.astype(kind).tobytes())
    assert np.array_equal(imageio.from_pil(image).pixels, scaled(DEEP))


def test_from_pil_refuses_what_it_cannot_know() -> None:
    with pytest.raises(InputError, match="floats"):
        imageio.from_pil(Image.new("F", (3, 3)))
    with pytest.raises(InputError, match="beyond"):
        imageio.from_pil(Image.new("I", (3, 3), 70000))
    with pytest.raises(ArrayError):
        imageio.from_pil(GRAY)
