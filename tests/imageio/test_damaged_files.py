"""Files of every kind cut short and with bytes flipped: an error, never half a page."""

import io
from collections.abc import Callable

import numpy as np
import pytest

from docbin import imageio
from docbin.errors import DocbinError, InputError

RNG = np.random.default_rng(7)
GRAY = RNG.integers(0, 256, (120, 90), np.uint8)

Encode = Callable[..., bytes]
KINDS: dict[str, Callable[[Encode], bytes]] = {
    "png": lambda encoded: encoded("PNG"),
    "jpeg": lambda encoded: encoded("JPEG"),
    "webp": lambda encoded: encoded("WEBP", lossless=True),
    "jp2": lambda encoded: encoded("JPEG2000"),
    "bmp": lambda encoded: encoded("BMP"),
    "pgm": lambda encoded: encoded("PPM"),
    "tiff-raw": lambda encoded: encoded("TIFF"),
    "tiff-lzw": lambda encoded: encoded("TIFF", compression="tiff_lzw"),
    "tiff-jpeg": lambda encoded: encoded("TIFF", compression="jpeg"),
    "tiff-ours": lambda _: ours("tiff", GRAY),
    "tiff-g4": lambda _: ours("tiff", GRAY < 128),
    "pdf": lambda _: ours("pdf", GRAY),
    "pdf-g4": lambda _: ours("pdf", GRAY < 128),
}


def ours(form: str, image: np.ndarray) -> bytes:  # type: ignore[type-arg]
    held = io.BytesIO()
    imageio.write(held, image, format=form, dpi=100)
    return held.getvalue()


@pytest.mark.filterwarnings("ignore")  # Pillow's notes about the damage, which is meant
@pytest.mark.parametrize("kind", KINDS)
def test_cut_short_is_an_error_never_half_a_page(encoded: Encode, kind: str) -> None:
    data = KINDS[kind](encoded)
    (whole,) = imageio.read(data)
    for cut in [*np.linspace(1, len(data) - 1, 40).astype(int), len(data) - 2, len(data) - 1]:
        try:
            pages = list(imageio.read(data[:cut]))
        except InputError:
            continue
        # Only what carries no pixels was lost.
        assert len(pages) == 1, cut
        assert np.array_equal(pages[0].pixels, whole.pixels), cut


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", KINDS)
def test_flipped_bytes_never_escape_the_error_tree(encoded: Encode, kind: str) -> None:
    data = KINDS[kind](encoded)
    rng = np.random.default_rng(11)
    for _ in range(40):
        damaged = bytearray(data)
        for at in rng.integers(0, len(data), 3):
            damaged[at] = rng.integers(0, 256)
        try:
            list(imageio.read(bytes(damaged), max_pixels=10**6))
        except DocbinError as error:
            assert "\n" not in str(error)  # noqa: PT017 - most damage goes unseen, and may
