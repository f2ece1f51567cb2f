"""An image cut short within a whole PDF is an error; a whole one that ends in white is none."""

import base64
import io
import struct
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


def lzw(data: bytes) -> bytes:
    """LZW of PDF, codes of 9 to 12 bits by a table that is full before it is cleared again."""
    codes, table, word = "", {bytes([i]): i for i in range(256)}, b""
    count, bits = 258, f"{256:09b}"
    for byte in data:
        longer = word + bytes([byte])
        if longer in table:
            word = longer
            continue
        bits += f"{table[word]:0{count.bit_length()}b}"
        table[longer], count, word = count, count + 1, bytes([byte])
        if count == 4094:
            bits += f"{256:012b}"
            table, count = {bytes([i]): i for i in range(256)}, 258
        codes, bits = codes + bits, ""
    codes += f"{table[word]:0{count.bit_length()}b}"
    codes += f"{257:0{(count + 1).bit_length()}b}"
    return int(codes.ljust(-(-len(codes) // 8) * 8, "0"), 2).to_bytes(-(-len(codes) // 8), "big")


def segment(number: int, kind: int, data: bytes, *refers: int) -> bytes:
    head = struct.pack(">IBB", number, kind, len(refers) << 5) + bytes(refers)
    return head + struct.pack(">BI", 1, len(data)) + data


def jbig2(*, unknown: bool = False) -> bytes:
    """A page, a word for nothing, and a region that is coded as Group 4 is (ITU-T T.88, 7.4)."""
    page = segment(0, 48, struct.pack(">IIIIBH", 200, 300, 0, 0, 0, 0))
    region = struct.pack(">IIIIBB", 200, 300, 0, 0, 0, 1) + group4(INK)
    made = page + segment(1, 62, b"\xa0\0\0\0") + segment(2, 38, region)
    if unknown:
        made = made[: -len(region) - 4] + b"\xff" * 4 + region + b"\0\0" + struct.pack(">I", 300)
    return made


def jpeg() -> bytes:
    held = io.BytesIO()
    Image.fromarray(GRAY).save(held, "JPEG")
    return held.getvalue()


def ascii85(data: bytes) -> bytes:
    return base64.a85encode(data, wrapcol=72) + b"~>"


def run_lengths(data: bytes) -> bytes:
    runs = (data[i : i + 128] for i in range(0, len(data), 128))
    return b"".join(bytes([len(run) - 1]) + run for run in runs) + b"\x80"


def chain(*names: str) -> pikepdf.Array:
    return pikepdf.Array([N(f"/{name}") for name in names])


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
    "lzw": lambda: (lzw(GRAY.tobytes()), N.LZWDecode, 8, N.DeviceGray, {}),
    "jbig2": lambda: (jbig2(), N.JBIG2Decode, 1, N.DeviceGray, {}),
    "run lengths": lambda: (
        run_lengths(GRAY.tobytes()), N.RunLengthDecode, 8, N.DeviceGray, {}
    ),
    "hexadecimal": lambda: (
        GRAY.tobytes().hex().encode() + b">", N.ASCIIHexDecode, 8, N.DeviceGray, {}
    ),
    "ascii and deflated": lambda: (
        ascii85(zlib.compress(GRAY.tobytes())),
        chain("ASCII85Decode", "FlateDecode"), 8, N.DeviceGray, {},
    ),
    "ascii and lzw, by their short names": lambda: (
        ascii85(lzw(GRAY.tobytes())), chain("A85", "LZW"), 8, N.DeviceGray, {}
    ),
    "deflated twice": lambda: (
        zlib.compress(zlib.compress(GRAY.tobytes())),
        chain("FlateDecode", "FlateDecode"), 8, N.DeviceGray, {},
    ),
    "deflated jpeg": lambda: (
        zlib.compress(jpeg()), chain("FlateDecode", "DCTDecode"), 8, N.DeviceGray, {}
    ),
    "deflated group 4": lambda: (
        zlib.compress(group4(INK)), chain("FlateDecode", "CCITTFaxDecode"), 1, N.DeviceGray,
        {"DecodeParms": pikepdf.Array([
            pikepdf.Dictionary(), pikepdf.Dictionary(K=-1, Columns=200, Rows=300)
        ])},
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_an_image_cut_short_is_an_error(kind: str) -> None:
    data, filters, bits, color, more = KINDS[kind]()
    (whole,) = imageio.read(document(data, filters, bits, color, **more))
    assert whole.pixels.shape[:2] == (300, 200)
    if kind not in ("rgb", "palette", "group 4, black is 1", "deflated jpeg"):
        assert np.array_equal(whole.gray < 128, INK)
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


@pytest.mark.parametrize("data", [jbig2() + b"\n", jbig2(unknown=True)])
def test_whole_jbig2_is_whole(data: bytes) -> None:
    (page,) = imageio.read(document(data, N.JBIG2Decode, 1, N.DeviceGray))
    assert np.array_equal(page.gray == 0, INK)


def test_a_jpeg_that_was_cut_before_it_was_deflated_is_an_error() -> None:
    cut = zlib.compress(jpeg()[:5000])
    with pytest.raises(InputError, match="cut short"):
        list(imageio.read(document(cut, chain("FlateDecode", "DCTDecode"), 8, N.DeviceGray)))


def test_group_3_is_read() -> None:
    data, filters, bits, color = fax(0)
    parameters = pikepdf.Dictionary(K=0, Columns=200, Rows=300)
    (page,) = imageio.read(document(data, filters, bits, color, DecodeParms=parameters))
    assert np.array_equal(page.gray == 0, INK)
