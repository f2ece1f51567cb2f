"""An image within a PDF whose data are not the rows that its size says is an error."""

import io
import zlib
from collections.abc import Callable

import numpy as np
import pikepdf
import pytest
from PIL import Image

from docbin import imageio
from docbin.errors import InputError

WIDTH, HEIGHT = 200, 300
GRAY = np.full((HEIGHT, WIDTH), 255, np.uint8)
GRAY[20:220, 10:190] = np.random.default_rng(8).integers(0, 256, (200, 180))  # white at its foot
N = pikepdf.Name
DEFLATED = (N.FlateDecode, zlib.compress)
PLAIN: tuple[object, Callable[[bytes], bytes]] = (pikepdf.Array([]), bytes)


def document(
    data: bytes, filters: object = PLAIN[0], size: tuple[int, int] = (WIDTH, HEIGHT),
    color: object = N.DeviceGray, bits: int = 8,
) -> bytes:  # fmt: skip
    held = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=size)
        image = pdf.make_stream(
            data, Type=N.XObject, Subtype=N.Image, Width=size[0], Height=size[1],
            BitsPerComponent=bits, ColorSpace=color, Filter=filters,
        )  # fmt: skip
        page = pdf.pages[0]
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Scan=image))
        page.contents_add(b"q %d 0 0 %d 0 0 cm /Scan Do Q" % size)
        pdf.save(held, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
    return held.getvalue()


@pytest.mark.parametrize("kind", [PLAIN, DEFLATED])
@pytest.mark.parametrize(
    "size", [(190, HEIGHT), (199, HEIGHT), (201, HEIGHT), (210, HEIGHT), (WIDTH, 310)]
)
def test_a_size_that_lies_is_an_error(
    kind: tuple[object, Callable[[bytes], bytes]], size: tuple[int, int]
) -> None:
    filters, encode = kind
    for color, samples in ((N.DeviceGray, 1), (N.DeviceRGB, 3)):
        data = encode(np.repeat(GRAY, samples, axis=1).tobytes())
        with pytest.raises(InputError, match=f"says that it is {size[0]} x {size[1]}.*export it"):
            list(imageio.read(document(data, filters, size, color)))


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.98])
def test_unfiltered_data_cut_short_are_an_error(share: float) -> None:
    for data, bits in ((GRAY.tobytes(), 8), (np.packbits(GRAY > 127, axis=1).tobytes(), 1)):
        with pytest.raises(InputError, match=r"cut short|do not make the rows"):
            list(imageio.read(document(data[: int(share * len(data))], bits=bits)))


@pytest.mark.parametrize(
    "data", [GRAY.tobytes() + b"\r\n", GRAY.tobytes()[:-1], GRAY.tobytes() + bytes(13 * WIDTH)]
)
def test_a_line_end_a_lost_byte_and_a_filled_strip_are_forgiven(data: bytes) -> None:
    (page,) = imageio.read(document(data))
    assert np.array_equal(page.gray[:-1], GRAY[:-1])


@pytest.mark.parametrize("bits", [1, 2, 4, 8, 16])
@pytest.mark.parametrize(
    ("color", "samples"), [(N.DeviceGray, 1), (N.DeviceRGB, 3), (N.DeviceCMYK, 4)]
)
def test_whole_rows_of_every_depth_are_whole(color: object, samples: int, bits: int) -> None:
    data = bytes(-(-WIDTH * samples * bits // 8) * HEIGHT)
    (page,) = imageio.read(document(data, color=color, bits=bits))
    assert page.pixels.shape[:2] == (HEIGHT, WIDTH)


def test_a_pictures_own_code_brings_its_own_size() -> None:
    held = io.BytesIO()
    Image.fromarray(GRAY).save(held, "JPEG")
    (page,) = imageio.read(document(held.getvalue(), N.DCTDecode, (190, HEIGHT)))
    assert page.pixels.shape == GRAY.shape
