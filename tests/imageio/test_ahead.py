"""A file begun before it is read: taken where it is that file still, and nowhere else."""

import io
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from docbin import imageio
from docbin.errors import InputError
from docbin.imageio.ahead import begin, begun

LIMIT = imageio.MAX_PIXELS
PIXELS = np.random.default_rng(3).integers(0, 256, (40, 50)).astype(np.uint8)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    imageio.write(tmp_path / "page.png", PIXELS, dpi=300)
    return tmp_path / "page.png"


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    yield
    begin("", LIMIT)


def taken(path: Path, limit: int = LIMIT) -> bool:
    with path.open("rb") as file:
        return begun(file, limit) is not None


def test_what_was_begun_is_what_is_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(str(path), LIMIT)
    monkeypatch.setattr("docbin.imageio.png.plain_png", None)  # a second decoding would fail
    (page,) = imageio.read(path)
    assert np.array_equal(page.pixels, PIXELS)
    assert page.dpi == (300, 300)
    assert not taken(path)  # once


def test_another_file_limit_or_time_is_read_afresh(path: Path, tmp_path: Path) -> None:
    begin(str(path), 10**6)
    assert not taken(path)
    other = tmp_path / "other.png"
    imageio.write(other, PIXELS)
    begin(str(path), LIMIT)
    assert not taken(other)
    begin(str(path), LIMIT)
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    assert not taken(path)
    begin(str(path), LIMIT)
    with io.BytesIO(path.read_bytes()) as memory:
        assert begun(memory, LIMIT) is None


def test_what_cannot_be_begun_is_told_where_it_is_read(path: Path, tmp_path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    begin(str(path), LIMIT)
    with pytest.raises(InputError, match="cut short"):
        next(imageio.read(path))
    os.mkfifo(tmp_path / "pipe")
    for name in ("", "missing.png", "\0", str(tmp_path), str(tmp_path / "pipe")):
        begin(name, LIMIT)
        assert not taken(path), name
