"""What is written is read back: the same ink, the same grey, the same dpi, for every format."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from docbin import imageio
from docbin.errors import DocbinError

SHAPES = hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=70)
INK = hnp.arrays(np.bool_, SHAPES)
GRAY = hnp.arrays(np.uint8, SHAPES)
COLOR = SHAPES.flatmap(lambda shape: hnp.arrays(np.uint8, (*shape, 3)))
DPI = st.tuples(st.integers(10, 2400), st.integers(10, 2400))


def through(image: NDArray[Any], dpi: Any, form: str) -> Any:
    """Write to memory and read back the only page."""
    held = io.BytesIO()
    imageio.write(held, image, dpi=dpi, format=form)
    (page,) = imageio.read(held.getvalue())
    return page


@pytest.mark.parametrize("form", ["png", "tiff", "pdf"])
@settings(max_examples=60, deadline=None)
@given(image=st.one_of(INK, GRAY, COLOR), dpi=DPI)
def test_pixels_and_dpi_come_back(form: str, image: NDArray[Any], dpi: tuple[int, int]) -> None:
    if form == "pdf" and min(n * 72 / d for n, d in zip(image.shape[1::-1], dpi, strict=True)) < 3:
        return  # smaller than a PDF page may be; its own test below
    page = through(image, dpi, form)
    expected = np.where(image, 0, 255) if image.dtype == np.bool_ else image
    assert np.array_equal(page.pixels, expected)
    assert page.dpi == dpi


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(image=GRAY, dpi=DPI)
def test_jpeg_keeps_size_and_dpi(image: NDArray[np.uint8], dpi: tuple[int, int]) -> None:
    page = through(image, dpi, "jpeg")
    assert page.pixels.shape == image.shape
    assert page.dpi == dpi


@given(dpi=st.floats(10, 9999, allow_nan=False))
@settings(max_examples=100, deadline=None)
def test_any_dpi_comes_back_to_the_precision_of_the_format(dpi: float) -> None:
    ink = np.ones((300, 300), np.bool_)
    for form, slack in (("png", 0.0254), ("tiff", 1e-6 * dpi)):  # a dot per metre
        page = through(ink, dpi, form)
        assert page.dpi is not None
        assert abs(page.dpi[0] - dpi) <= slack


@pytest.mark.parametrize("form", ["png", "tiff", "jpeg"])
def test_no_dpi_stays_none(form: str) -> None:
    assert through(np.zeros((4, 5), np.uint8), None, form).dpi is None


def test_pdf_without_dpi_is_300() -> None:
    assert through(np.zeros((400, 500), np.uint8), None, "pdf").dpi == (300, 300)


@pytest.mark.parametrize("form", ["tiff", "pdf"])
def test_many_pages_in_order(form: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    pages = [rng.random((40 + i, 60)) < 0.3 for i in range(7)]
    path = tmp_path / f"many.{form}"
    imageio.write(path, pages, dpi=150)
    back = list(imageio.read(path))
    assert [page.source.number for page in back if page.source] == list(range(1, 8))
    assert all(np.array_equal(b.pixels == 0, p) for b, p in zip(back, pages, strict=True))


@pytest.mark.parametrize("form", ["png", "tiff", "pdf", "jpeg"])
def test_same_bytes_each_time(form: str) -> None:
    rng = np.random.default_rng(4)
    gray = rng.integers(0, 256, (50, 60), np.uint8)
    held = [io.BytesIO(), io.BytesIO()]
    for file in held:
        imageio.write(
            file, gray, dpi=300, format=form, metadata={"Software": "docbin", "Méthode": "é"}
        )
    assert held[0].getvalue() == held[1].getvalue()


def test_one_page_formats_refuse_a_second() -> None:
    page = np.zeros((4, 5), np.uint8)
    with pytest.raises(DocbinError, match="one page"):
        imageio.write(io.BytesIO(), [page, page], format="png")
