"""Plain PNG without Pillow: what Pillow reads, and nothing that is Pillow's to read."""

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from docbin import imageio
from docbin.imageio.png import plain_png

LIMIT = 10**7
RANDOM = np.random.default_rng(8)
GRAY = RANDOM.integers(0, 256, (33, 47)).astype(np.uint8)
RGB = RANDOM.integers(0, 256, (21, 50, 3)).astype(np.uint8)
SMOOTH = np.add.outer(np.arange(90), np.arange(70)).astype(np.uint8)  # meets several filters


def png(image: Image.Image, **options: Any) -> bytes:
    held = io.BytesIO()
    image.save(held, "PNG", **options)
    return held.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.mark.parametrize("pixels", [GRAY, RGB, SMOOTH, GRAY[:1, :1]])
@pytest.mark.parametrize("dpi", [None, (300, 300), (72.5, 600)])
def test_pixels_and_dpi_as_pillow_has_them(pixels: Any, dpi: Any) -> None:
    note = PngImagePlugin.PngInfo()
    note.add_text("Comment", "of no use here")
    data = png(Image.fromarray(pixels), pnginfo=note, **({"dpi": dpi} if dpi else {}))
    found = plain_png(io.BytesIO(data), LIMIT)
    assert found is not None
    assert np.array_equal(found.pixels, pixels)
    # The same picture with a chunk that leaves it to Pillow.
    at = data.index(b"IDAT") - 4
    other = data[:at] + chunk(b"eXIf", b"") + data[at:]
    assert plain_png(io.BytesIO(other), LIMIT) is None
    (ours,), (theirs,) = imageio.read(data), imageio.read(other)
    assert np.array_equal(ours.pixels, theirs.pixels)
    assert ours.dpi == theirs.dpi == found.dpi


def test_several_chunks_of_data() -> None:
    data = png(Image.fromarray(SMOOTH))
    at = data.index(b"IDAT")
    (size,) = struct.unpack(">I", data[at - 4 : at])
    body = data[at + 4 : at + 4 + size]
    split = [chunk(b"IDAT", body[:9]), chunk(b"IDAT", b""), chunk(b"IDAT", body[9:])]
    found = plain_png(io.BytesIO(data[: at - 4] + b"".join(split) + chunk(b"IEND", b"")), LIMIT)
    assert found is not None
    assert np.array_equal(found.pixels, SMOOTH)


@pytest.mark.parametrize(
    "image",
    [
        Image.fromarray(GRAY > 90),
        Image.fromarray(GRAY.astype(np.uint16) * 257),
        Image.fromarray(GRAY).convert("P"),
        Image.fromarray(np.dstack([RGB, RGB[..., :1]])),
    ],
    ids=["bits", "deep", "palette", "alpha"],
)
def test_other_kinds_are_left_alone(image: Image.Image) -> None:
    stream = io.BytesIO(png(image))
    assert plain_png(stream, LIMIT) is None
    assert stream.tell() == 0


def test_what_is_wrong_is_left_alone() -> None:
    data = png(Image.fromarray(SMOOTH))
    middle = data.index(b"IDAT") + 30
    wrong = {
        "clear": png(Image.fromarray(GRAY), transparency=3),
        "flipped": data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :],
        "cut": data[: len(data) // 2],
        "no end": data[:-12],
        "no data": data[: data.index(b"IDAT") - 4] + chunk(b"IEND", b""),
        "unheard of": data[:33] + chunk(b"ABCD", b"") + data[33:],
        "interlaced": data[:28] + b"\1" + data[29:],
        "no header": data[:8] + data[33:],
    }
    for name, bad in wrong.items():
        assert plain_png(io.BytesIO(bad), LIMIT) is None, name
    assert plain_png(io.BytesIO(data), 90 * 70 - 1) is None
    assert plain_png(io.BytesIO(data), 90 * 70) is not None
