"""What files note about their resolution."""

import io
from typing import Any

import pytest
from PIL import Image

from docbin import imageio

PAGE = Image.new("L", (34, 21), 200)


def saved(form: str, **options: Any) -> bytes:
    held = io.BytesIO()
    PAGE.save(held, form, **options)
    return held.getvalue()


def dpi_of(data: bytes) -> tuple[float, float] | None:
    (page,) = imageio.read(data)
    assert imageio.probe(data).pages[0].dpi == page.dpi
    return page.dpi


def jfif(unit: int, x: int, y: int) -> bytes:
    data = saved("JPEG", dpi=(1, 1))
    at = data.index(b"JFIF\0") + 7
    return data[:at] + bytes([unit]) + x.to_bytes(2, "big") + y.to_bytes(2, "big") + data[at + 5 :]


@pytest.mark.parametrize(
    ("data", "dpi"),
    [
        (jfif(1, 204, 98), (204, 98)),
        (jfif(2, 118, 118), (118 * 2.54, 118 * 2.54)),
        (jfif(0, 300, 300), None),
        (jfif(1, 0, 0), None),
        (jfif(1, 65535, 65535), None),
        (jfif(1, 300, 1), None),
        (saved("PNG", dpi=(300, 150)), (300, 150)),
        (saved("BMP", dpi=(300, 300)), (300, 300)),
        (saved("TIFF", dpi=(204, 98)), (204, 98)),
        (saved("TIFF", resolution_unit=1, resolution=300), None),
        (
            saved(
                "TIFF",
                resolution_unit=3,
                x_resolution=118.11,
                y_resolution=78.74,
            ),
            (300, 200),
        ),
        (saved("TIFF"), None),
        (saved("PPM"), None),
    ],
)
def test_dpi(data: bytes, dpi: tuple[float, float] | None) -> None:
    found = dpi_of(data)
    assert found == pytest.approx(dpi) if dpi else found is None


def test_dpi_of_exif_where_jfif_is_silent() -> None:
    exif = Image.Exif()
    exif[282], exif[283], exif[296] = 300.0, 300.0, 2
    assert dpi_of(saved("JPEG", exif=exif)) == (300, 300)
