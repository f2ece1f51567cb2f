"""TIFF whose samples lie in planes of their own, or are more than a page has colours."""

import io
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray

from docbin import imageio
from docbin.errors import InputError

RNG = np.random.default_rng(5)
RGB = RNG.integers(0, 256, (21, 34, 3), np.uint8)
DEEP_RGB = RNG.integers(0, 65536, (21, 34, 3), np.uint16)
DEEP_AS_8 = np.floor(DEEP_RGB * (255 / 65535) + 0.5).astype(np.uint8)
COLOURS = {"minisblack": 1, "rgb": 3, "separated": 4}


def tiff(values: NDArray[Any], planes: str, photometric: str, **more: Any) -> bytes:
    held = io.BytesIO()
    extra = values.shape[2] - COLOURS[photometric]
    tifffile.imwrite(
        held,
        values if planes == "contig" else np.ascontiguousarray(values.transpose(2, 0, 1)),
        photometric=photometric,
        planarconfig=planes,
        extrasamples=["unspecified"] * extra,
        metadata=None,
        **more,
    )
    return held.getvalue()


@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize("compression", [None, "zlib"])
@pytest.mark.parametrize("tile", [None, (16, 32)])
def test_colours_in_planes_of_their_own(
    byteorder: str, compression: str | None, tile: tuple[int, int] | None
) -> None:
    """Of compressed 16-bit planes Pillow keeps the high bytes, which may round by one."""
    form = {"byteorder": byteorder, "compression": compression, "tile": tile}
    for values, expected, off in ((RGB, RGB, 0), (DEEP_RGB, DEEP_AS_8, bool(compression))):
        (page,) = imageio.read(tiff(values, "separate", "rgb", **form))
        np.testing.assert_allclose(page.pixels.astype(int), expected, atol=off)


@pytest.mark.parametrize("planes", ["contig", "separate"])
@pytest.mark.parametrize("compression", [None, "zlib"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize(
    ("samples", "photometric"), [(2, "minisblack"), (4, "separated"), (4, "rgb"), (5, "rgb")]
)
def test_odd_samples_are_read_right_or_refused_by_their_name(
    samples: int, photometric: str, dtype: Any, compression: str | None, planes: str
) -> None:
    """A page of zeros but for its last sample, which is no colour, or black: it is black."""
    values = np.zeros((21, 34, samples), dtype)
    values[:, :, -1] = np.iinfo(dtype).max
    data = tiff(values, planes, photometric, compression=compression)
    bits = 8 * np.dtype(dtype).itemsize
    refused = f"a pixel is {samples} samples of {bits} bits"
    found = ""
    try:
        (page,) = imageio.read(data)
    except InputError as error:
        found = str(error)
    else:
        assert not page.gray.any()
    assert not found or refused in found
    assert not found or samples != 4 or planes == "separate"


@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize(("compression", "predictor"), [(None, False), ("zlib", True)])
@pytest.mark.parametrize("tile", [None, (16, 32)])
@pytest.mark.parametrize("photometric", ["minisblack", "miniswhite"])
@pytest.mark.parametrize("alpha", ["unassalpha", "assocalpha", "unspecified"])
def test_sixteen_bit_grey_with_alpha_lies_on_white(
    byteorder: str, compression: str | None, predictor: bool, tile: Any, photometric: str,
    alpha: str,
) -> None:  # fmt: skip
    gray, cover = DEEP_RGB[:, :, 0], DEEP_RGB[:, :, 1].copy()
    cover[0], cover[1] = 0, 65535
    stored, share = gray if photometric == "minisblack" else 65535 - gray, cover / 65535
    if alpha == "assocalpha":
        stored = np.round(stored * share).astype(np.uint16)
    elif alpha == "unspecified":
        share = np.ones_like(share)
    held = io.BytesIO()
    tifffile.imwrite(
        held, np.dstack([stored, cover]), photometric=photometric, extrasamples=[alpha],
        byteorder=byteorder, compression=compression, predictor=predictor, tile=tile, metadata=None,
    )  # fmt: skip
    (page,) = imageio.read(held.getvalue())
    expected = (gray * share + 65535 * (1 - share)) * 255 / 65535
    assert np.abs(page.pixels - expected).max() <= 0.51
    assert [info.mode for info in imageio.probe(held.getvalue()).pages] == ["LA"]
