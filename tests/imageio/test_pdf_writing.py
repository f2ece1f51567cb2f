"""PDF as it is written: exact page sizes, its notes, many pages, what poppler sees."""

import io
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image

from docbin import imageio

GRAY = np.full((60, 40), 255, np.uint8)
GRAY[5:15, 5:30] = 0
GRAY[20:50, 5:10] = 60
INK = GRAY < 128


@pytest.mark.parametrize(("width", "height"), [(2480, 3508), (1728, 1075), (4961, 7016), (100, 37)])
@pytest.mark.parametrize("dpi", [(300.0, 300.0), (204.0, 98.0), (199.5, 201.25)])
def test_page_size_is_exact(width: int, height: int, dpi: tuple[float, float]) -> None:
    held = io.BytesIO()
    imageio.write(held, np.zeros((height, width), np.bool_), dpi=dpi, format="pdf")
    with pikepdf.open(held) as document:
        (page,) = document.pages
        box = [float(v) for v in page.mediabox]
        (image,) = page.resources["/XObject"].values()
        assert "/CCITTFaxDecode" in str(image["/Filter"].unparse())
        millimetres = [v / 72 * 25.4 for v in box[2:]]
    assert millimetres == pytest.approx([width / dpi[0] * 25.4, height / dpi[1] * 25.4], abs=0.001)
    (page_read,) = imageio.read(held.getvalue())
    assert page_read.dpi == pytest.approx(dpi, rel=1e-4)


def test_a_speck_of_a_page_is_as_small_as_pdf_has_them() -> None:
    held = io.BytesIO()
    imageio.write(held, [np.zeros((1, 1), bool), np.ones((2, 40), bool)], format="pdf", dpi=300)
    with pikepdf.open(held) as document:
        sizes = [[float(v) for v in page.mediabox[2:]] for page in document.pages]
    assert sizes == [pytest.approx([3, 3]), pytest.approx([60, 3])]
    assert [page.pixels.shape for page in imageio.read(held.getvalue())] == [(1, 1), (2, 40)]


def test_metadata_is_in_the_document_information() -> None:
    held = io.BytesIO()
    notes = {"Software": "docbin 1", "Method": "sauvola", "Settings": '{"k": 0.2}'}
    imageio.write(held, INK, dpi=300, format="pdf", metadata=notes)
    with pikepdf.open(held) as document:
        information = {key: str(value) for key, value in document.docinfo.items()}
    assert information == {
        "/Producer": "docbin 1",
        "/Subject": 'Method: sauvola\nSettings: {"k": 0.2}',
    }


def test_pages_beyond_a_lot_are_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    from docbin.imageio import pdf_writing

    monkeypatch.setattr(pdf_writing, "_LOT_BYTES", 500)
    held = io.BytesIO()
    pages = [np.roll(GRAY, shift, axis=0) for shift in range(9)]
    imageio.write(held, pages, dpi=100, format="pdf")
    back = list(imageio.read(held.getvalue()))
    assert all(np.array_equal(b.pixels, p) for b, p in zip(back, pages, strict=True))


@pytest.mark.skipif(not shutil.which("pdftoppm"), reason="poppler is not installed")
def test_poppler_sees_the_same_ink(tmp_path: Path) -> None:
    imageio.write(tmp_path / "a.pdf", [INK, GRAY], dpi=100)
    for tool in (["pdfimages"], ["pdftoppm", "-r", "100", "-gray"]):
        subprocess.run([*tool, "a.pdf", tool[0]], cwd=tmp_path, check=True)
    stored = [np.asarray(Image.open(path)) for path in sorted(tmp_path.glob("pdfimages-*"))]
    assert np.array_equal(stored[0] == 0, INK)
    assert np.array_equal(stored[1][:, :, 0], GRAY)  # pdfimages makes grey RGB
    shown = np.asarray(Image.open(tmp_path / "pdftoppm-1.pgm")) < 128
    assert (shown != INK).mean() < 0.02  # it resamples edges, and would show polarity
