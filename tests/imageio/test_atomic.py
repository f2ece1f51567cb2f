"""Files appear whole or not at all, whatever fails; places and inputs that are refused."""

# ruff: noqa: PT012 - several statements: the block is what is tested

import errno
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from docbin import imageio
from docbin.errors import OutputError

INK = np.zeros((50, 70), np.bool_)
INK[10:20, 5:40] = True
GRAY = np.where(INK, 40, 250).astype(np.uint8)
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


def test_a_folder_that_cannot_be_is_refused_before_it_is_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for name, words in (("file", "is a file"), ("file/a/b", "file above it is a file")):
        with pytest.raises(OutputError, match=words):
            imageio.refuse_folder(tmp_path / name)
    imageio.refuse_folder(tmp_path / "a" / "b")
    imageio.refuse_folder(tmp_path)
    assert left(tmp_path) == ["file"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_under_a_forbidden_one_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="no permission"):
        imageio.refuse_folder(tmp_path / "a" / "b")


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
    assert left(tmp_path) == sorted(others)
