"""Every kind of pixel and orientation that files come with."""

import io
from typing import Any

import cv2
import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image, ImageOps

from docbin import imageio
from docbin.imageio.pixels import turn
from docbin.page import Page

RNG = np.random.default_rng(5)
GRAY = RNG.integers(0, 256, (21, 34), np.uint8)
RGB = RNG.integers(0, 256, (21, 34, 3), np.uint8)
DEEP = RNG.integers(0, 65536, (21, 34), np.uint16)
DEEP_RGB = RNG.integers(0, 65536, (21, 34, 3), np.uint16)


def scaled(values: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """The rule in its own words: v * 255 / 65535, rounded."""
    return np.floor(values.astype(np.float64) * 255 / 65535 + 0.5).astype(np.uint8)


def saved(image: Image.Image, form: str, **options: Any) -> bytes:
    held = io.BytesIO()
    image.save(held, form, **options)
    return held.getvalue()


def only(data: bytes) -> Page:
    (page,) = imageio.read(data)
    (info,) = imageio.probe(data).pages
    assert (info.width, info.height, info.dpi) == (page.width, page.height, page.dpi)
    return page


def test_sixteen_bits_grey() -> None:
    for data in (
        saved(Image.fromarray(DEEP), "PNG"),
        saved(Image.fromarray(DEEP), "TIFF"),
        saved(Image.fromarray(DEEP), "TIFF", compression="tiff_lzw"),
        cv2.imencode(".pgm", DEEP)[1].tobytes(),
    ):
        assert np.array_equal(only(data).pixels, scaled(DEEP))


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
def test_sixteen_bits_colour(suffix: str) -> None:
    data = cv2.imencode(suffix, DEEP_RGB[:, :, ::-1])[1].tobytes()
    assert np.array_equal(only(data).pixels, scaled(DEEP_RGB))


@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize("compression", [None, "zlib"])
def test_sixteen_bit_tiff_of_either_byte_order(byteorder: str, compression: str | None) -> None:
    for values, kind in ((DEEP, "minisblack"), (DEEP_RGB, "rgb"), (DEEP, "miniswhite")):
        held = io.BytesIO()
        tifffile.imwrite(
            held,
            values,
            photometric=kind,
            byteorder=byteorder,
            compression=compression,
            metadata=None,
        )
        expected = scaled(values)
        if kind == "miniswhite":
            expected = 255 - expected
        assert np.array_equal(only(held.getvalue()).pixels, expected)


def test_sixteen_bit_alpha_lies_on_white() -> None:
    rgba = np.dstack([DEEP_RGB, np.full(DEEP.shape, 65535, np.uint16)])
    rgba[0, :, 3] = 0
    data = cv2.imencode(".png", rgba[:, :, [2, 1, 0, 3]])[1].tobytes()
    page = only(data)
    assert (page.pixels[0] == 255).all()
    assert np.array_equal(page.pixels[1:], scaled(DEEP_RGB[1:]))


@pytest.mark.parametrize("photometric", ["minisblack", "miniswhite"])
@pytest.mark.parametrize("tile", [None, (16, 16)])
def test_eight_bit_tiff_in_both_polarities_and_in_tiles(
    photometric: str, tile: tuple[int, int] | None
) -> None:
    held = io.BytesIO()
    tifffile.imwrite(held, GRAY, photometric=photometric, tile=tile, metadata=None)
    expected = GRAY if photometric == "minisblack" else 255 - GRAY
    assert np.array_equal(only(held.getvalue()).pixels, expected)


@pytest.mark.parametrize(
    "compression", ["group3", "group4", "tiff_lzw", "tiff_adobe_deflate", "raw"]
)
def test_bilevel_tiff(compression: str) -> None:
    ink = GRAY < 90
    data = saved(Image.fromarray(~ink), "TIFF", compression=compression)
    assert np.array_equal(only(data).pixels == 0, ink)


@pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF", "JPEG2000"])
def test_transparency_lies_on_white(form: str) -> None:
    alpha = RNG.integers(0, 256, GRAY.shape, np.uint8)
    image = Image.fromarray(np.dstack([RGB, alpha]))
    options = {"lossless": True, "exact": True} if form == "WEBP" else {}
    a = alpha[:, :, None].astype(float) / 255
    expected = RGB * a + 255 * (1 - a)
    assert np.abs(only(saved(image, form, **options)).pixels - expected).max() <= 1


def test_grey_with_alpha() -> None:
    alpha = np.where(GRAY < 128, 0, 255).astype(np.uint8)
    page = only(saved(Image.fromarray(np.dstack([GRAY, alpha])), "PNG"))
    assert np.array_equal(page.pixels, np.where(alpha, GRAY, 255))


@pytest.mark.parametrize(
    ("image", "clear", "is_clear"),
    [
        (Image.fromarray(GRAY), 7, GRAY == 7),
        (Image.fromarray(DEEP), int(DEEP[3, 4]), DEEP[3, 4] == DEEP),
        (Image.fromarray(RGB), tuple(int(v) for v in RGB[2, 2]), (RGB[2, 2] == RGB).all(2)),
    ],
)
def test_one_clear_value_in_png(image: Image.Image, clear: Any, is_clear: Any) -> None:
    page = only(saved(image, "PNG", transparency=clear))
    plain = only(saved(image, "PNG"))
    assert (page.pixels[is_clear] == 255).all()
    assert np.array_equal(page.pixels[~is_clear], plain.pixels[~is_clear])


def test_palettes() -> None:
    indexed = Image.fromarray(GRAY % 4)
    indexed.putpalette([10, 20, 30, 255, 0, 0, 0, 255, 0, 1, 2, 3])
    table = np.array([[10, 20, 30], [255, 0, 0], [0, 255, 0], [1, 2, 3]], np.uint8)
    assert np.array_equal(only(saved(indexed, "PNG")).pixels, table[GRAY % 4])
    page = only(saved(indexed, "PNG", transparency=1))
    table[1] = 255
    assert np.array_equal(page.pixels, table[GRAY % 4])
    page = only(saved(indexed, "PNG", transparency=b"\xff\x00\xff\x00"))
    table[3] = 255
    assert np.array_equal(page.pixels, table[GRAY % 4])
    gray = Image.fromarray(GRAY % 2)
    gray.putpalette([255, 255, 255, 0, 0, 0])
    assert np.array_equal(only(saved(gray, "BMP")).pixels, 255 - 255 * (GRAY % 2))


@pytest.mark.parametrize(("mode", "form"), [("CMYK", "JPEG"), ("CMYK", "TIFF"), ("YCbCr", "TIFF")])
def test_cmyk_and_ycbcr(mode: str, form: str) -> None:
    image = Image.new(mode, (20, 10), (0, 0, 0, 255) if mode == "CMYK" else (0, 128, 128))
    white = Image.new(mode, (10, 10), (0, 0, 0, 0) if mode == "CMYK" else (255, 128, 128))
    image.paste(white, (10, 0))
    pixels = only(saved(image, form)).pixels
    assert pixels[:, :9].max() < 10
    assert pixels[:, 11:].min() > 245


def test_profiles_are_kept_out_of_the_way() -> None:
    for form in ("PNG", "TIFF", "JPEG", "WEBP"):
        options = {"lossless": True} if form == "WEBP" else {}
        plain = only(saved(Image.fromarray(RGB), form, **options)).pixels
        for profile in (b"not a profile", bytes(3 << 20)):
            data = saved(Image.fromarray(RGB), form, icc_profile=profile, **options)
            assert np.array_equal(only(data).pixels, plain), form


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "TIFF", "deep"])
def test_orientation_turns_pixels_and_dpi(orientation: int, form: str) -> None:
    image = Image.fromarray(DEEP_RGB.astype(np.uint8)) if form == "deep" else Image.fromarray(GRAY)
    exif = Image.Exif()
    exif[274] = orientation
    if form in ("TIFF", "deep"):
        held = io.BytesIO()
        tifffile.imwrite(
            held,
            DEEP_RGB if form == "deep" else GRAY,
            resolution=(200, 100),
            resolutionunit="INCH",
            extratags=[(274, 3, 1, orientation, True)],
            metadata=None,
        )
        page = only(held.getvalue())
        expected = turn(scaled(DEEP_RGB) if form == "deep" else GRAY, orientation)
        assert np.array_equal(page.pixels, expected)
    else:
        exif[282], exif[283], exif[296] = 200.0, 100.0, 2
        options: dict[str, Any] = {"lossless": True} if form == "WEBP" else {}
        if form == "JPEG":
            options["dpi"] = (200, 100)
        data = saved(image, form, exif=exif, **options)
        page = only(data)
        expected = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))
        assert np.array_equal(page.pixels, expected)
    assert page.dpi == ((100, 200) if orientation > 4 else (200, 100))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_turn_is_pillows(orientation: int) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    image = Image.fromarray(GRAY)
    image.info["exif"] = exif.tobytes()
    image.getexif()[274] = orientation
    assert np.array_equal(turn(GRAY, orientation), np.asarray(ImageOps.exif_transpose(image)))


def test_thumbnails_in_tiff_are_no_pages() -> None:
    held = io.BytesIO()
    with tifffile.TiffWriter(held) as tif:
        tif.write(GRAY, metadata=None)
        tif.write(GRAY[::2, ::2], subfiletype=1, metadata=None)
        tif.write(255 - GRAY, metadata=None)
    pages = list(imageio.read(held.getvalue()))
    assert [page.width for page in pages] == [34, 34]
    assert [page.source.number for page in pages if page.source] == [1, 2]


def test_the_name_does_not_matter(tmp_path: Any) -> None:
    path = tmp_path / "scan.png"
    path.write_bytes(saved(Image.fromarray(GRAY), "TIFF"))
    assert imageio.probe(path).kind == "TIFF"
