"""Files appear whole or not at all, say what made them, and mean the same to other readers."""

# ruff: noqa: PT012 - several statements: the block is what is tested

import errno
import io
import os
import shutil
import subprocess
import sys
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


def left(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError, OSError(errno.ENOSPC, "full")])
def test_nothing_is_left_when_the_block_fails(form: str, error: Any, tmp_path: Path) -> None:
    path = tmp_path / f"out.{form}"
    raised = OutputError if isinstance(error, OSError) else error
    with pytest.raises(raised), imageio.open_writer(path) as writer:
        writer.add(GRAY, 300)
        raise error
    assert left(tmp_path) == []


def test_what_stood_there_stands(tmp_path: Path) -> None:
    path = tmp_path / "out.png"
    path.write_bytes(b"mine")
    with pytest.raises(OutputError, match="exists already"):
        imageio.write(path, INK)
    with pytest.raises(ZeroDivisionError), imageio.open_writer(path, overwrite=True) as writer:
        writer.add(INK)
        _ = 1 / 0
    assert path.read_bytes() == b"mine"
    imageio.write(path, INK, overwrite=True)
    assert left(tmp_path) == ["out.png"]
    assert imageio.probe(path).kind == "PNG"


def test_a_file_that_appears_meanwhile_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "out.bin"
    with pytest.raises(OutputError, match="exists already"), imageio.atomic(path) as partial:
        partial.write_bytes(b"late")
        path.write_bytes(b"first")
    assert path.read_bytes() == b"first"
    assert left(tmp_path) == ["out.bin"]


def test_a_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "real.png").write_bytes(b"old")
    (tmp_path / "link.png").symlink_to("real.png")
    imageio.write(tmp_path / "link.png", INK, overwrite=True)
    assert (tmp_path / "link.png").is_symlink()
    assert imageio.probe(tmp_path / "real.png").kind == "PNG"


def test_permissions_follow_the_umask(tmp_path: Path) -> None:
    imageio.write(tmp_path / "out.png", INK)
    (tmp_path / "plain").write_bytes(b"")
    assert (tmp_path / "out.png").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize("form", FORMS)
def test_a_full_disk_is_one_sentence(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.BytesIO):
        def write(self, data: Any) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OutputError, match="disk is full"):
        imageio.write(Full(), GRAY, format=form)

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="disk is full"):
        imageio.write(tmp_path / f"out.{form}", GRAY)
    assert left(tmp_path) == []


@pytest.mark.skipif(not os.access("/dev/full", os.W_OK), reason="no /dev/full")
@pytest.mark.parametrize("form", FORMS)
def test_a_stream_that_fills_up_is_one_sentence(form: str) -> None:
    with pytest.raises(OutputError, match="disk is full"), open("/dev/full", "wb", 0) as full:
        imageio.write(full, GRAY, format=form)


@pytest.mark.parametrize("form", FORMS)
def test_a_disk_that_fills_up_leaves_nothing_and_the_process_alive(
    form: str, tmp_path: Path
) -> None:
    # In a process of its own, which qpdf would end if it met the error while it writes.
    path = tmp_path / f"out.{form}"
    code = (
        "import resource, numpy as np\nfrom docbin import errors, imageio\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "noise = np.random.default_rng(1).integers(0, 256, (300, 300)).astype(np.uint8)\n"
        f"try:\n    imageio.write({str(path)!r}, noise)\n"
        "except errors.OutputError as error:\n    print('told', error)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith(f"told {path}: ")
    assert left(tmp_path) == []


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no folder"):
        imageio.write(tmp_path / "gone" / "out.png", INK)
    with pytest.raises(OutputError, match="is a folder"):
        imageio.write(tmp_path, INK, format="png", overwrite=True)
    with pytest.raises(OutputError, match="not a regular file"):
        imageio.write("/dev/null", INK, format="png", overwrite=True)
    with pytest.raises(OutputError):
        imageio.write(tmp_path / ("x" * 300 + ".png"), INK)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError):
        imageio.write(tmp_path / "file" / "out.png", INK)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_forbidden_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="no permission"):
        imageio.write(tmp_path / "out.png", INK)


def test_inputs_are_known_by_any_name(tmp_path: Path) -> None:
    scan = tmp_path / "scan.png"
    scan.write_bytes(b"scan")
    (tmp_path / "soft").symlink_to("scan.png")
    (tmp_path / "hard").hardlink_to(scan)
    for name in ("scan.png", "soft", "hard", "./scan.png"):
        with pytest.raises(OutputError, match="never overwritten"):
            imageio.refuse_input(tmp_path / name, [scan])
    imageio.refuse_input(tmp_path / "new.png", [scan])
    assert not imageio.same_file(tmp_path / "new.png", scan)


def test_remains_of_a_killed_process_are_removed(tmp_path: Path) -> None:
    path = tmp_path / "page[1].png"
    with pytest.raises(KeyboardInterrupt), imageio.atomic(path) as partial:
        shutil.copy(__file__, partial.with_name(partial.name.replace(".part", "0.part")))
        raise KeyboardInterrupt
    for piece in ("0001", "12345", "left", "right"):
        (tmp_path / f".page[1]-{piece}.png.0123abcd.part").write_bytes(b"")
    others = [".page[1]-cover.png.0123abcd.part", ".page1.png.0123abcd.part", "other.png"]
    for name in others:
        (tmp_path / name).write_bytes(b"")
    imageio.remove_partials(path)
    assert left(tmp_path) == others


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
    assert left(tmp_path) == []


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
    assert left(tmp_path) == []


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
