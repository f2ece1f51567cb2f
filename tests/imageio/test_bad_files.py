"""Every bad file is one sentence with its name and a cure; pages too large are refused."""

import io
import os
import struct
import threading
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image

from docbin import imageio
from docbin.errors import (
    ArrayError,
    InputError,
    PageTooLargeError,
    SettingError,
)

RNG = np.random.default_rng(7)
GRAY = RNG.integers(0, 256, (120, 90), np.uint8)


def huge_png() -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", 60000, 60000, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(60001)))
        + chunk(b"IEND", b"")
    )


def huge_tiff_page() -> bytes:
    """A small page, then one whose header promises 60,000 x 60,000."""
    held = io.BytesIO()
    imageio.write(held, [GRAY, GRAY], format="tiff")
    data = bytearray(held.getvalue())
    at = struct.unpack("<I", data[4:8])[0]
    count = struct.unpack("<H", data[at : at + 2])[0]
    at = struct.unpack("<I", data[at + 2 + 12 * count : at + 6 + 12 * count])[0]
    for entry in range(struct.unpack("<H", data[at : at + 2])[0]):
        where = at + 2 + 12 * entry
        if struct.unpack("<H", data[where : where + 2])[0] in (256, 257):
            data[where + 8 : where + 12] = struct.pack("<I", 60000)
    return bytes(data)


def pdf(change: Callable[[pikepdf.Pdf], None], **options: object) -> bytes:
    held = io.BytesIO()
    with pikepdf.new() as document:
        change(document)
        document.save(held, **options)
    return held.getvalue()


def blank(document: pikepdf.Pdf) -> None:
    document.add_blank_page(page_size=(200, 300))


def huge_page(document: pikepdf.Pdf) -> None:
    document.add_blank_page(page_size=(14400, 14400))


def image_of_noise(document: pikepdf.Pdf) -> None:
    jpeg_page(document, b"noise")


def image_cut_short(document: pikepdf.Pdf) -> None:
    held = io.BytesIO()
    Image.fromarray(RNG.integers(0, 256, (300, 200), np.uint8)).save(held, "JPEG")
    jpeg_page(document, held.getvalue()[:-5000])


def jpeg_page(document: pikepdf.Pdf, data: bytes) -> None:
    blank(document)
    image = document.make_stream(data, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image,
                                 Width=200, Height=300, BitsPerComponent=8,
                                 ColorSpace=pikepdf.Name.DeviceGray,
                                 Filter=pikepdf.Name.DCTDecode)  # fmt: skip
    page = document.pages[0]
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Scan=image))
    page.contents_add(b"q 200 0 0 300 0 0 cm /Scan Do Q")


def too_high_tiff() -> bytes:
    """A TIFF of 8 rows whose header promises 600."""
    held = io.BytesIO()
    Image.new("L", (8, 8), 200).save(held, "TIFF")
    height = struct.pack("<HHII", 257, 4, 1, 8)
    assert held.getvalue().count(height) == 1
    return held.getvalue().replace(height, struct.pack("<HHII", 257, 4, 1, 600))


ENCRYPTED = pdf(blank, encryption=pikepdf.Encryption(owner="a", user="b"))

BAD: dict[str, tuple[bytes, str]] = {
    "empty.png": (b"", "empty"),
    "text.png": (b"Dear Sir,\nthis is no picture.\n", "text"),
    "zeros.tif": (bytes(500), "unknown kind"),
    "signature-only.png": (b"\x89PNG\r\n\x1a\n", "damaged"),
    "gif.png": (b"GIF89a" + bytes(40), "GIF"),
    "no-pages.pdf": (pdf(lambda document: None), "no pages"),
    "encrypted.pdf": (ENCRYPTED, "encrypted"),
    "noise.pdf": (b"%PDF-1.4\n" + RNG.bytes(3000), "cut short"),
    "noise-with-tail.pdf": (b"%PDF-1.4\n" + RNG.bytes(300) + b"startxref\n0\n%%EOF", "damaged"),
    "rows-missing.tif": (too_high_tiff(), "rows"),
    "no-image.pdf": (pdf(image_of_noise), "cannot be decoded"),
    "half-image.pdf": (pdf(image_cut_short), "cut short"),
    "float.tif": (b"", "float"),
    "int32.tif": (b"", "32-bit"),
}
for name, mode in (("float.tif", "F"), ("int32.tif", "I")):
    held_ = io.BytesIO()
    Image.new(mode, (8, 8), 1).save(held_, "TIFF")
    BAD[name] = (held_.getvalue(), BAD[name][1])


@pytest.mark.parametrize("name", BAD)
def test_bad_file_is_one_sentence(name: str, tmp_path: Path) -> None:
    data, words = BAD[name]
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        list(imageio.read(path))
    message = str(caught.value)
    assert message.startswith(str(path))
    assert words in message
    assert "\n" not in message


def test_a_files_error_is_its_own_whatever_came_before() -> None:
    for name in ("encrypted.pdf", "noise-with-tail.pdf", "no-pages.pdf", "encrypted.pdf"):
        data, words = BAD[name]
        with pytest.raises(InputError, match=words):
            list(imageio.read(data))


def test_a_pipe_with_a_name_is_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    held = io.BytesIO()
    Image.new("L", (5, 4), 200).save(held, "PNG")
    writer = threading.Thread(target=pipe.write_bytes, args=(held.getvalue(),))
    writer.start()
    (page,) = imageio.read(pipe)
    writer.join()
    assert page.pixels.shape == (4, 5)


def test_folder_missing_and_forbidden(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        list(imageio.read(tmp_path))
    with pytest.raises(InputError, match="no such file"):
        list(imageio.read(tmp_path / "gone.png"))
    (tmp_path / "link.png").symlink_to(tmp_path / "gone.png")
    with pytest.raises(InputError, match="link to nothing"):
        list(imageio.read(tmp_path / "link.png"))
    with pytest.raises(InputError):
        list(imageio.read("nul\0.png"))
    with pytest.raises(ArrayError):
        list(imageio.read(io.StringIO("text")))  # type: ignore[arg-type]


@pytest.mark.parametrize("make", [huge_png, huge_tiff_page, lambda: pdf(huge_page)])
def test_too_many_pixels_are_refused_before_decoding(make: Callable[[], bytes]) -> None:
    data = make()
    with pytest.raises(PageTooLargeError, match="--max-pixels"):
        list(imageio.read(data, dpi=600))
    with pytest.raises(PageTooLargeError):
        imageio.probe(data, dpi=600)


def test_max_pixels_is_the_callers(encoded: Callable[..., bytes]) -> None:
    data = encoded("PNG")
    assert len(list(imageio.read(data, max_pixels=GRAY.size))) == 1
    with pytest.raises(PageTooLargeError):
        list(imageio.read(data, max_pixels=GRAY.size - 1))


def test_pages_beyond_pillows_own_limit_are_read(
    encoded: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    kinds = {"PNG": {}, "TIFF": {"compression": "tiff_lzw"}, "JPEG": {}, "BMP": {}, "PPM": {}}
    for form, options in kinds.items():
        assert len(list(imageio.read(encoded(form, **options)))) == 1
    assert Image.MAX_IMAGE_PIXELS == 1000


def test_settings_are_checked() -> None:
    with pytest.raises(SettingError, match="dpi must be"):
        imageio.read(b"", dpi=0)
    with pytest.raises(SettingError, match="max_pixels"):
        imageio.read(b"", max_pixels=0)


def test_first_pages_come_before_a_bad_one() -> None:
    pages = imageio.read(huge_tiff_page())
    assert np.array_equal(next(pages).pixels, GRAY)
    with pytest.raises(PageTooLargeError):
        next(pages)


def test_a_pipe_is_read(encoded: Callable[..., bytes], tmp_path: Path) -> None:
    read_end, write_end = os.pipe()
    with os.fdopen(write_end, "wb") as file:
        file.write(encoded("JPEG")[:60000])
    with os.fdopen(read_end, "rb") as file:
        (page,) = imageio.read(file)
    assert page.pixels.shape == GRAY.shape
