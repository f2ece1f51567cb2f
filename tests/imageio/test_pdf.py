"""PDF pages that are one image give that image; all others are rendered, and bounded first."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pikepdf
import pytest
from numpy.typing import NDArray
from PIL import Image

from docbin import imageio
from docbin.native.group4 import group4
from docbin.page import Page

GRAY = np.full((60, 40), 255, np.uint8)  # no two of its eight orientations are alike
GRAY[5:15, 5:30] = 0
GRAY[20:50, 5:10] = 60
RGB = np.dstack([GRAY, GRAY // 2, 255 - GRAY])
INK = GRAY < 128
BLACK = np.where(INK, 0, 255).astype(np.uint8)
W, H = 28.8, 43.2  # points: 100 dpi
FULL = f"q {W} 0 0 {H} 0 0 cm /I Do Q"
NAME = pikepdf.Name

Thing = Callable[[pikepdf.Pdf], Any]


def pdf(content: str, thing: Thing, size: tuple[float, float] = (W, H), **page: Any) -> bytes:
    held = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page(page_size=size)
        sheet = document.pages[0].obj
        font = pikepdf.Dictionary(Type=NAME.Font, Subtype=NAME.Type1, BaseFont=NAME.Helvetica)
        sheet.Resources = pikepdf.Dictionary(
            XObject=pikepdf.Dictionary(I=thing(document)), Font=pikepdf.Dictionary(F=font)
        )
        sheet.Contents = document.make_stream(content.encode())
        for key, value in page.items():
            sheet[f"/{key}"] = value
        document.save(held)
    return held.getvalue()


def picture(data: bytes, space: Any = NAME.DeviceGray, bits: int = 8, **more: Any) -> Thing:
    def make(document: pikepdf.Pdf) -> Any:
        return document.make_stream(
            data,
            Type=NAME.XObject,
            Subtype=NAME.Image,
            Width=40,
            Height=60,
            ColorSpace=space,
            BitsPerComponent=bits,
            **{key: value(document) if callable(value) else value for key, value in more.items()},
        )

    return make


def indexed(*colors: int) -> Any:
    return pikepdf.Array([NAME.Indexed, NAME.DeviceRGB, len(colors) // 3 - 1, bytes(colors)])


def in_form(document: pikepdf.Pdf) -> Any:
    inner = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=PLAIN(document)))
    return document.make_stream(
        b"q .5 0 0 .5 0 0 cm /I Do Q",
        Type=NAME.XObject,
        Subtype=NAME.Form,
        BBox=[0, 0, 1, 1],
        Matrix=[2, 0, 0, 2, 0, 0],
        Resources=inner,
    )


def stencil(document: pikepdf.Pdf) -> Any:
    return document.make_stream(
        np.packbits(~INK, axis=1).tobytes(),
        Type=NAME.XObject,
        Subtype=NAME.Image,
        Width=40,
        Height=60,
        ImageMask=True,
        BitsPerComponent=1,
    )


def jpeg2000() -> bytes:
    held = io.BytesIO()
    Image.fromarray(RGB).save(held, "JPEG2000")
    return held.getvalue()


PLAIN = picture(GRAY.tobytes())
BITS = np.packbits(~INK, axis=1).tobytes()
BITS_INVERTED = np.packbits(INK, axis=1).tobytes()
SOFT = picture(bytes(2400), SMask=picture((255 - GRAY).tobytes()))
FAX = {"Filter": NAME.CCITTFaxDecode, "DecodeParms": pikepdf.Dictionary(K=-1, Columns=40, Rows=60)}

IMAGES: dict[str, tuple[bytes, NDArray[np.uint8]]] = {
    "grey": (pdf(FULL, PLAIN), GRAY),
    "rgb": (pdf(FULL, picture(RGB.tobytes(), NAME.DeviceRGB)), RGB),
    "mirrored": (pdf(f"q {-W} 0 0 {H} {W} 0 cm /I Do Q", PLAIN), GRAY[:, ::-1]),
    "flipped": (pdf(f"q {W} 0 0 {-H} 0 {H} cm /I Do Q", PLAIN), GRAY[::-1]),
    "turned": (pdf(f"q 0 {W} {-H} 0 {H} 0 cm /I Do Q", PLAIN, (H, W)), np.rot90(GRAY)),
    "transposed": (
        pdf(f"q 0 {-W} {-H} 0 {H} {W} cm /I Do Q", PLAIN, (H, W)),
        GRAY.T,
    ),
    "turned twice": (pdf(f"q 0 {W} {-H} 0 {H} 0 cm /I Do Q", PLAIN, (H, W), Rotate=90), GRAY),
    "rotate 90": (pdf(FULL, PLAIN, Rotate=90), np.rot90(GRAY, -1)),
    "rotate 180": (pdf(FULL, PLAIN, Rotate=180), np.rot90(GRAY, 2)),
    "rotate 270": (pdf(FULL, PLAIN, Rotate=270), np.rot90(GRAY)),
    "1 bit": (pdf(FULL, picture(BITS, bits=1)), BLACK),
    "1 bit, decode": (pdf(FULL, picture(BITS_INVERTED, bits=1, Decode=[1, 0])), BLACK),
    "8 bits, decode": (pdf(FULL, picture((255 - GRAY).tobytes(), Decode=[1, 0])), GRAY),
    "16 bits": (pdf(FULL, picture(GRAY.repeat(2).tobytes(), bits=16)), GRAY),
    "fax": (pdf(FULL, picture(group4(INK), bits=1, **FAX)), BLACK),
    "stencil": (pdf(FULL, stencil), BLACK),
    "palette": (
        pdf(FULL, picture((GRAY // 128).tobytes(), indexed(1, 2, 3, 250, 240, 230))),
        np.array([[1, 2, 3], [250, 240, 230]], np.uint8)[GRAY // 128],
    ),
    "palette of 1 bit": (
        pdf(FULL, picture(BITS_INVERTED, indexed(255, 255, 255, 0, 0, 0), bits=1)),
        BLACK,
    ),
    "jpeg 2000": (pdf(FULL, picture(jpeg2000(), NAME.DeviceRGB, Filter=NAME.JPXDecode)), RGB),
    "soft mask": (pdf(FULL, SOFT), GRAY),
    "hidden text": (pdf(FULL + " BT 3 Tr /F 8 Tf 2 2 Td (hello) Tj ET", PLAIN), GRAY),
    "clipped to the page": (pdf(f"q 0 0 {W} {H} re W n {FULL} Q", PLAIN), GRAY),
    "in a form": (pdf(FULL, in_form), GRAY),
    "page off the origin": (
        pdf(f"q {W} 0 0 {H} 90 50 cm /I Do Q", PLAIN, MediaBox=[90, 50, 90 + W, 50 + H]),
        GRAY,
    ),
}

DRAWINGS: dict[str, bytes] = {
    "text": pdf(FULL + " BT /F 8 Tf 2 2 Td (hello) Tj ET", PLAIN),
    "margins": pdf(f"q {W * 0.9} 0 0 {H * 0.9} 1 1 cm /I Do Q", PLAIN),
    "cropped": pdf(FULL, PLAIN, CropBox=[0, 0, W, H / 2]),
    "clipped": pdf(f"q 0 0 {W / 2} {H} re W n {FULL} Q", PLAIN),
    "two images": pdf(FULL + FULL, PLAIN),
    "askew": pdf(f"q {W} 3 -3 {H} 0 0 cm /I Do Q", PLAIN),
    "nothing": pdf("", PLAIN),
}


def only(data: bytes, **options: Any) -> tuple[Page, str]:
    (page,) = imageio.read(data, **options)
    (info,) = imageio.probe(data, **options).pages
    assert (info.width, info.height, info.dpi) == (page.width, page.height, page.dpi)
    return page, info.mode


@pytest.mark.parametrize("name", IMAGES)
def test_one_image_is_taken_as_it_is(name: str) -> None:
    data, expected = IMAGES[name]
    page, mode = only(data)
    assert mode == "image"
    assert page.dpi == (100, 100)
    assert page.rgb.shape[:2] == expected.shape[:2]
    assert np.array_equal(page.rgb if expected.ndim == 3 else page.gray, expected)


@pytest.mark.parametrize("name", DRAWINGS)
def test_anything_else_is_rendered(name: str) -> None:
    page, mode = only(DRAWINGS[name], dpi=150)
    height = H / 2 if name == "cropped" else H
    assert mode == "drawing"
    assert page.dpi == (150, 150)
    assert (page.width, page.height) == (round(W / 72 * 150), round(height / 72 * 150))


def test_cmyk_comes_out_the_right_way_round() -> None:
    inks = np.dstack([np.zeros_like(GRAY)] * 3 + [255 - GRAY])
    page, _ = only(pdf(FULL, picture(inks.tobytes(), NAME.DeviceCMYK)))
    assert page.gray[5:15, 5:30].max() < 60  # by PDFium's formula, in which black is not quite 0
    assert page.gray[GRAY == 255].min() > 250


def test_dpi_differs_along_and_across_and_turns_with_the_page() -> None:
    wide = f"q {2 * W} 0 0 {H} 0 0 cm /I Do Q"
    assert only(pdf(wide, PLAIN, (2 * W, H)))[0].dpi == (50, 100)
    assert only(pdf(wide, PLAIN, (2 * W, H), Rotate=90))[0].dpi == (100, 50)


@pytest.mark.parametrize("compressed", [False, True])
def test_a_page_may_have_a_unit_of_its_own(compressed: bool) -> None:
    def saved(data: bytes) -> bytes:
        held = io.BytesIO()
        mode = pikepdf.ObjectStreamMode.generate if compressed else pikepdf.ObjectStreamMode.disable
        with pikepdf.open(io.BytesIO(data)) as document:
            document.save(held, object_stream_mode=mode)
        assert (b"/UserUnit" in held.getvalue()) != compressed
        return held.getvalue()

    page, _ = only(saved(pdf(FULL, PLAIN, UserUnit=2.5)))
    assert page.dpi == (40, 40)
    page, _ = only(saved(pdf("", PLAIN, UserUnit=2.5)), dpi=150)
    assert (page.width, page.height) == (round(2.5 * W / 72 * 150), round(2.5 * H / 72 * 150))
    page, _ = only(saved(pdf(FULL, PLAIN, UserUnit=NAME.Nothing)))
    assert page.dpi == (100, 100)
