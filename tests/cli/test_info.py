"""`docbin info`: what files hold, several at a time, from their headers alone."""

import io
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from docbin import imageio
from docbin.cli import main


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    gray = np.full((40, 60), 220, np.uint8)
    (tmp_path / "scans/more").mkdir(parents=True)
    imageio.write(tmp_path / "scans/a.tiff", [gray] * 3, dpi=(300, 300))
    imageio.write(tmp_path / "scans/more/b.png", gray[:, :50])
    return tmp_path / "scans"


def test_one_file(scans: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(scans / "a.tiff")]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith(f"{scans / 'a.tiff'}: TIFF, ")
    assert told[0].endswith("pages: 3")
    assert told[2] == "  page 2: 60 x 40, L, 300 x 300 dpi"
    assert main(["info", str(scans / "a.tiff"), "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["pages"]) == 3


def test_folders_and_patterns(scans: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for inputs in (
        [scans],
        [scans / "a*", scans / "more"],
        [scans / "a.tiff", scans / "more/b.png"],
    ):
        assert main(["info", *map(str, inputs)]) == 0
        told = capsys.readouterr().out
        assert told.count("  page ") == 4
        assert "b.png: PNG, " in told
        assert main(["info", *map(str, inputs), "--json"]) == 0
        names = [Path(found["path"]).name for found in json.loads(capsys.readouterr().out)]
        assert names == ["a.tiff", "b.png"]


def test_what_cannot_be_read_is_told_at_the_end(
    scans: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = scans / "bad.png"
    bad.write_bytes(b"")
    assert main(["info", str(bad), "--json"]) == 3
    streams = capsys.readouterr()
    assert (streams.out, "empty" in streams.err) == ("", True)
    assert main(["info", str(scans)]) == 8
    streams = capsys.readouterr()
    assert streams.out.count("  page ") == 4
    assert f"1 of 3 files failed:\n  {bad}: the file is empty" in streams.err
    assert main(["info", str(scans), "--json"]) == 8
    told = json.loads(capsys.readouterr().out)
    assert [("error" in found) for found in told] == [False, True, False]


def test_standard_input(
    scans: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = (scans / "a.tiff").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert main(["info", "-"]) == 0
    assert capsys.readouterr().out.startswith("-: TIFF, ")


def test_a_page_of_any_size(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.new("1", (30000, 20000)).save(tmp_path / "big.tif", compression="group4")
    assert main(["info", str(tmp_path / "big.tif")]) == 0
    assert "30000 x 20000" in capsys.readouterr().out
