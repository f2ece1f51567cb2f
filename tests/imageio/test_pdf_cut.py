"""An image cut short within a whole PDF is an error; a whole one that ends in white is none."""

import io
import zlib
from collections.abc import Callable

import numpy as np
import pikepdf
import pytest
from numpy.typing import NDArray
from PIL import Image

from docbin import imageio
from docbin.errors import InputError
from docbin.native.group4 import group4

RNG = np.random.default_rng(8)
INK = np.zeros((300, 200), np.bool_)
INK[10:250, 20:180] = RNG.random((240, 160)) < 0.2
GRAY = np.where(INK, RNG.integers(0, 120, INK.shape), 255).astype(np.uint8)  # white at its foot
N = pikepdf.Name


def document(data: bytes, filters: object, bits: int, color: object, **more: object) -> bytes:
    held = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(200, 300))
        image = pdf.make_stream(
            data, Type=N.XObject, Subtype=N.Image, Width=200, Height=300, BitsPerComponent=bits,
            ColorSpace=color, Filter=filters, **more,
        )  # fmt: skip
        page = pdf.pages[0]
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Scan=image))
        page.contents_add(b"q 200 0 0 300 0 0 cm /Scan Do Q")
        pdf.save(held, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
    return held.getvalue()


def fax(k: int) -> tuple[bytes, object, int, object]:
    if k < 0:
        data = group4(INK)
    else:
        tiff = io.BytesIO()
        Image.fromarray(INK).save(tiff, "TIFF", compression="group3")
        opened = Image.open(tiff)
        (start,), (size,) = opened.tag_v2[273], opened.tag_v2[279]  # type: ignore[attr-defined]
        data = tiff.getvalue()[start : start + size]
    return data, N.CCITTFaxDecode, 1, N.DeviceGray


def predicted(rows: NDArray[np.uint8]) -> bytes:
    """Rows as PNG's filter Up leaves them."""
    above = np.vstack([np.zeros_like(rows[:1]), rows[:-1]])
    return np.hstack([np.full((len(rows), 1), 2, np.uint8), rows - above]).tobytes()


PALETTE = pikepdf.Array([N.Indexed, N.DeviceRGB, 255, bytes(range(256)) * 3])
UP = pikepdf.Dictionary(Predictor=15, Columns=200, Colors=1, BitsPerComponent=8)
KINDS: dict[str, Callable[[], tuple[bytes, object, int, object, dict[str, object]]]] = {
    "gray": lambda: (zlib.compress(GRAY.tobytes()), N.FlateDecode, 8, N.DeviceGray, {}),
    "rgb": lambda: (
        zlib.compress(np.dstack([GRAY] * 3).tobytes()), N.FlateDecode, 8, N.DeviceRGB, {}
    ),
    "palette": lambda: (zlib.compress(GRAY.tobytes()), N.FlateDecode, 8, PALETTE, {}),
    "bits": lambda: (
        zlib.compress(np.packbits(~INK, axis=1).tobytes()), N.FlateDecode, 1, N.DeviceGray, {}
    ),
    "predicted": lambda: (
        zlib.compress(predicted(GRAY)), N.FlateDecode, 8, N.DeviceGray, {"DecodeParms": UP}
    ),
    "group 4": lambda: (
        *fax(-1),
        {"DecodeParms": pikepdf.Dictionary(K=-1, Columns=200, Rows=300)},
    ),
    "group 4, black is 1": lambda: (
        *fax(-1),
        {"DecodeParms": pikepdf.Dictionary(K=-1, Columns=200, Rows=300, BlackIs1=True)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_an_image_cut_short_is_an_error(kind: str) -> None:
    data, filters, bits, color, more = KINDS[kind]()
    (whole,) = imageio.read(document(data, filters, bits, color, **more))
    assert whole.pixels.shape[:2] == (300, 200)
    for share in (0.02, 0.3, 0.6, 0.8):
        cut = document(data[: int(share * len(data))], filters, bits, color, **more)
        with pytest.raises(InputError, match=r"cut short|cannot be decoded"):
            list(imageio.read(cut))


def test_a_fax_without_its_end_of_block_is_whole() -> None:
    parameters = pikepdf.Dictionary(K=-1, Columns=200, Rows=300, EndOfBlock=False)
    data = group4(INK)[:-3]
    (page,) = imageio.read(
        document(data, N.CCITTFaxDecode, 1, N.DeviceGray, DecodeParms=parameters)
    )
    assert np.array_equal(page.gray == 0, INK)


def test_a_deflated_stream_without_its_sum_is_whole() -> None:
    data = zlib.compress(GRAY.tobytes())[:-4]
    (page,) = imageio.read(document(data, N.FlateDecode, 8, N.DeviceGray))
    assert np.array_equal(page.gray, GRAY)


def test_group_3_is_read() -> None:
    data, filters, bits, color = fax(0)
    parameters = pikepdf.Dictionary(K=0, Columns=200, Rows=300)
    (page,) = imageio.read(document(data, filters, bits, color, DecodeParms=parameters))
    assert np.array_equal(page.gray == 0, INK)
