"""The plug-in of OCRmyPDF: found, silent until asked; it keeps size, dpi and text in place."""

import importlib.metadata
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pytest

from docbin import imageio
from docbin.cli import ocrmypdf_plugin
from docbin.data.synthetic import Draft, draw


def asked(**options: bool) -> SimpleNamespace:
    return SimpleNamespace(options=SimpleNamespace(extra_attrs=options))


def shaded() -> np.ndarray:
    page = draw(Draft(seed=5, width=1000, height=700, dpi=150, layout="book", points=14))
    light = np.linspace(1, 0.35, 1000)
    return np.asarray((page.pixels[:, :, 1] // 2 + 120) * light, np.uint8)


def test_entry_point_names_the_plug_in() -> None:
    (point,) = (
        entry
        for entry in importlib.metadata.entry_points(group="ocrmypdf")
        if entry.name == "docbin"
    )
    assert point.value == "docbin.cli.ocrmypdf_plugin"


def test_filters_do_nothing_unasked_and_keep_size_and_dpi(tmp_path: Path) -> None:
    image = imageio.to_pil(shaded(), (150, 150))
    assert ocrmypdf_plugin.filter_ocr_image(asked(), image) is image
    cleaned = ocrmypdf_plugin.filter_ocr_image(asked(docbin_ocr=True), image)
    assert cleaned.size == image.size
    assert cleaned.info["dpi"] == (150, 150)
    assert np.asarray(cleaned)[:40].min() == 255
    path = tmp_path / "page.png"
    imageio.write(path, shaded(), dpi=(150, 150))
    assert ocrmypdf_plugin.filter_page_image(asked(), path) == path
    written = ocrmypdf_plugin.filter_page_image(asked(docbin_page=True), path)
    (page,) = imageio.read(written)
    assert page.dpi == (150, 150)
    assert set(np.unique(page.gray)) == {0, 255}


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed")
def test_ocrmypdf_runs_with_it(tmp_path: Path) -> None:
    pytest.importorskip("ocrmypdf")
    source, out = tmp_path / "in.pdf", tmp_path / "out.pdf"
    imageio.write(source, shaded(), dpi=(150, 150))
    command = [sys.executable, "-P", "-m", "ocrmypdf", "--docbin-ocr", "--docbin-page", "--deskew",
               "--output-type", "pdf", "-j", "1", str(source), str(out)]  # fmt: skip
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "OMP_THREAD_LIMIT": "1"}
    )
    assert done.returncode == 0, done.stderr
    with pikepdf.open(source) as before, pikepdf.open(out) as after:
        sizes = [[float(v) for v in pdf.pages[0].mediabox] for pdf in (before, after)]
    assert sizes[0] == pytest.approx(sizes[1], abs=1)
    pdf = pdfium.PdfDocument(out)
    page = pdf[0]
    text = page.get_textpage().get_text_range()
    pdf.close()
    words = [word for word in text.split() if word.isalpha()]
    assert len(words) > 30
    (made,) = imageio.read(out)
    assert made.dpi is not None
    assert made.dpi[0] >= 145
