"""What is written says what made it, and means the same to other readers."""

import io
import shutil
import subprocess
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from docbin import imageio
from docbin.errors import ArrayError, OutputError, SettingError, UnknownNameError, UsageError

INK = np.zeros((50, 70), np.bool_)
INK[10:20, 5:40] = True
GRAY = np.where(INK, 40, 250).astype(np.uint8)
NOTES = {"Software": "docbin 1", "Method": "sauvola", "Settings": '{"k": 0.2}'}
FORMS = ["png", "tiff", "pdf", "jpeg"]


@pytest.mark.parametrize(
    ("image", "error"),
    [
        (np.zeros((3, 3)), ArrayError),
        (np.full((3, 3), np.nan, np.float32), ArrayError),
        (np.zeros((3, 3), np.uint16), ArrayError),
        (np.zeros((0, 3), np.bool_), ArrayError),
        (np.zeros((3, 3, 4), np.uint8), ArrayError),
        (np.zeros((3, 3, 3), np.bool_), ArrayError),
        ([[1, 2]], ArrayError),
    ],
)
def test_wrong_arrays(image: Any, error: type[Exception], tmp_path: Path) -> None:
    with pytest.raises(error), imageio.open_writer(tmp_path / "out.png") as writer:
        writer.add(image)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("dpi", [0, -1, float("nan"), float("inf"), (300, 0), (1, 2, 3), 1e9])
def test_absurd_dpi(dpi: Any) -> None:
    with pytest.raises(SettingError, match="dpi"):
        imageio.write(io.BytesIO(), INK, dpi=dpi, format="png")


def test_wrong_calls(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="png, tiff, pdf, jpeg"):
        imageio.write(tmp_path / "out.xyz", INK)
    with pytest.raises(UnknownNameError, match="unknown format"):
        imageio.write(tmp_path / "out.png", INK, format="xyz")
    with pytest.raises(UsageError, match="blur"):
        imageio.write(tmp_path / "out.jpg", INK)
    with pytest.raises(UsageError, match="no pages"):
        imageio.write(tmp_path / "out.tif", [])
    with pytest.raises(OutputError, match="200 inches"):
        imageio.write(tmp_path / "out.pdf", np.zeros((10, 30000), np.bool_), dpi=10)
    with pytest.raises(OutputError, match="65535"):
        imageio.write(tmp_path / "out.jpg", np.zeros((1, 70000), np.uint8))
    assert not list(tmp_path.iterdir())


def test_metadata_where_each_format_has_it(tmp_path: Path) -> None:
    lines = 'Method: sauvola\nSettings: {"k": 0.2}'
    for form in FORMS:
        imageio.write(tmp_path / f"a.{form}", GRAY, dpi=300, metadata=NOTES)
    with Image.open(tmp_path / "a.png") as png:
        assert {key: png.info[key] for key in NOTES} == NOTES
    with Image.open(tmp_path / "a.tiff") as tiff:
        assert tiff.tag_v2[270] == lines
        assert tiff.tag_v2[305] == "docbin 1"
    with Image.open(tmp_path / "a.jpeg") as jpeg:
        assert jpeg.info["comment"].decode() == "Software: docbin 1\n" + lines


def test_g4_tags_are_right() -> None:
    held = io.BytesIO()
    imageio.write(held, INK, dpi=(204, 98), format="tiff")
    with Image.open(held) as image:
        tags: Any = image.tag_v2
        assert (tags[259], tags[262], tags[258]) == (4, 0, (1,))
        assert (tags[282], tags[283], tags[296]) == (204, 98, 2)
        assert tags[278] == INK.shape[0]
        assert np.array_equal(~np.asarray(image), INK)


@pytest.mark.skipif(not shutil.which("tiffinfo"), reason="libtiff's tools are not installed")
def test_libtiff_sees_the_same(tmp_path: Path) -> None:
    imageio.write(tmp_path / "a.tif", [INK, GRAY, INK], dpi=300, metadata=NOTES)
    run = {"cwd": tmp_path, "check": True, "capture_output": True, "text": True}
    told = subprocess.run(["tiffinfo", "-D", "a.tif"], **run)  # type: ignore[call-overload]
    assert told.stderr == ""
    assert told.stdout.count("min-is-white") == 2
    assert told.stdout.count("Resolution: 300, 300 pixels/inch") == 3
    subprocess.run(["tiffcp", "-c", "none", "a.tif", "b.tif"], **run)  # type: ignore[call-overload]
    back = [page.pixels for page in imageio.read(tmp_path / "b.tif")]
    assert np.array_equal(back[0] == 0, INK)
    assert np.array_equal(back[1], GRAY)


@pytest.mark.parametrize("form", ["tiff", "pdf"])
def test_many_pages_never_sit_in_memory(form: str, tmp_path: Path) -> None:
    """Neither the writer nor the reader holds pages: 80 of 1 MB each need far less than that."""
    shape = (1000, 1000)

    def pages() -> Iterator[NDArray[np.bool_]]:
        for index in range(80):
            page = np.zeros(shape, np.bool_)
            page[index : index + 5, 100:900] = True
            yield page

    path = tmp_path / f"many.{form}"
    imageio.write(path, pages(), dpi=300)  # once untraced: modules load here
    tracemalloc.start()
    try:
        imageio.write(path, pages(), dpi=300, overwrite=True)
        count = sum(1 for page in imageio.read(path) if page.pixels.shape == shape)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 80
    assert peak < 20e6


def test_pages_are_decoded_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    from docbin.imageio.raster import Frame

    decoded: list[int] = []
    original = Frame.pixels

    def watched(self: Frame) -> NDArray[np.uint8]:
        decoded.append(self.number)
        return original(self)

    monkeypatch.setattr(Frame, "pixels", watched)
    held = io.BytesIO()
    imageio.write(held, [INK] * 5, format="tiff")
    pages = imageio.read(held.getvalue())
    next(pages)
    next(pages)
    assert decoded == [1, 2]
    assert len(imageio.probe(held.getvalue()).pages) == 5
    assert decoded == [1, 2]
