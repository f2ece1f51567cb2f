"""`docbin detect` and `docbin evaluate-detection` from files to files."""

import json
from pathlib import Path
from xml.etree import ElementTree as Tree

import numpy as np
import pytest

import docbin
from docbin.cli import main
from docbin.data.synthetic import Draft, draw


@pytest.fixture(scope="module")
def made():  # type: ignore[no-untyped-def]
    return draw(Draft(seed=4, width=620, height=700, dpi=110, points=12, layout="letter"))


@pytest.fixture
def scan(made, tmp_path: Path) -> Path:  # type: ignore[no-untyped-def]
    path = tmp_path / "scan.png"
    docbin.write(path, made.pixels)
    return path


def test_the_suffix_chooses_the_format(scan: Path, tmp_path: Path) -> None:
    for name, start in (("a.xml", b"<?xml"), ("a.json", b"{"), ("a.png", b"\x89PNG"),
                        ("a.hocr", b"<?xml")):  # fmt: skip
        assert main(["detect", str(scan), "-o", str(tmp_path / name), "-q"]) == 0
        assert (tmp_path / name).read_bytes().startswith(start)
    root = Tree.parse(tmp_path / "a.xml").getroot()
    lines = json.loads((tmp_path / "a.json").read_text())["pages"][0]["lines"]
    assert len([e for e in root.iter() if e.tag.endswith("TextLine")]) == len(lines) > 5


def test_results_that_stand_are_refused_skipped_or_replaced(
    scan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "lines"
    command = ["detect", str(scan), "-o", str(out), "--format", "alto", "-q"]
    assert main(command) == 0
    target = out / "scan.xml"
    target.write_text("mine")
    assert main(command) == 4
    assert "exists already" in capsys.readouterr().err
    assert main([*command, "--skip-existing"]) == 0
    assert target.read_text() == "mine"
    assert main([*command, "--overwrite"]) == 0
    assert target.read_text() != "mine"


def test_a_document_of_two_pages_is_one_file_or_two(made, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    book = tmp_path / "book.tif"
    gray = made.pixels[..., 1]
    docbin.write(book, [gray, gray])
    assert main(["detect", str(book), "-o", str(tmp_path / "book.hocr"), "-q"]) == 0
    assert (tmp_path / "book.hocr").read_text().count('class="ocr_page"') == 2
    assert main(["detect", str(book), "-o", str(tmp_path / "out"), "-q"]) == 0
    first, second = (tmp_path / f"out/book-000{number}.xml" for number in (1, 2))
    assert sorted((tmp_path / "out").iterdir()) == [first, second]
    first.write_text("mine")
    second.unlink()  # a batch that ended half-way is taken up where it ended
    again = ["detect", str(book), "-o", str(tmp_path / "out"), "-q", "--skip-existing"]
    assert main(again) == 0
    assert first.read_text() == "mine"
    assert second.stat().st_size > 1000


def test_mistakes_are_sentences(scan: Path, tmp_path: Path, capsys) -> None:  # type: ignore[no-untyped-def]
    out = str(tmp_path / "x.xml")
    assert main(["detect", str(scan), "-o", out, "-m", "nothing"]) == 2
    assert main(["detect", str(scan), "-o", out, "--set", "score=2"]) == 2
    assert main(["detect", str(scan), "-o", out, "--ink", "nothing"]) == 2
    assert main(["detect", str(tmp_path / "no.png"), "-o", out]) == 3
    assert "dbnet" in capsys.readouterr().err
    assert not Path(out).exists()


def test_a_damaged_scan_leaves_nothing_behind(tmp_path: Path) -> None:
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    assert main(["detect", str(bad), "-o", str(tmp_path / "bad.xml"), "-q"]) == 3
    assert not (tmp_path / "bad.xml").exists()


def test_predictions_and_detectors_are_scored(made, tmp_path: Path, capsys) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path / "set" / "val"
    folder.mkdir(parents=True)
    docbin.write(folder / "one.png", made.pixels)
    lines = [{"polygon": line.polygon.tolist(), "text": line.text} for line in made.lines]
    (folder / "one.json").write_text(json.dumps({"lines": lines}))
    peer = tmp_path / "peer"
    peer.mkdir()
    (peer / "one.json").write_text(json.dumps({"seconds": 0.5, "lines": lines[::2]}))
    report = tmp_path / "scores.json"
    command = ["evaluate-detection", "-d", str(folder), "-m", "dbnet", "-p", f"peer={peer}",
               "--compare", "dbnet", "peer", "--json", str(report), "-q"]  # fmt: skip
    assert main(command) == 0
    scores = {row["candidate"]: row["counts"] for row in json.loads(report.read_text())}
    assert scores["peer"]["matched"] == [len(lines[::2])] * 2
    assert scores["dbnet"]["matched"][0] > 0.7 * len(lines)
    printed = capsys.readouterr().out
    assert "dbnet minus peer, set: F@.3" in printed
    assert main(command) == 4  # the report stands


def test_an_incomplete_set_is_told(tmp_path: Path, capsys) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "one.json").write_text('{"lines": [{"polygon": [[0, 0], [1, 1]]}]}')
    assert main(["evaluate-detection", "-d", str(tmp_path), "-q"]) == 7
    assert "no image" in capsys.readouterr().err
    docbin.write(tmp_path / "one.png", np.full((9, 9), 255, np.uint8))
    assert main(["evaluate-detection", "-d", str(tmp_path), "-q"]) == 7
    assert "three or more points" in capsys.readouterr().err
