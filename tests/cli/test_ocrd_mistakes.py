"""The OCR-D processor told what it cannot do: nothing is half written, the rest is done."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from docbin import imageio

etree = pytest.importorskip("lxml.etree")

from docbin.cli.ocrd import main  # noqa: E402

Workspace = Callable[..., Path]


def run(mets: Path, source: str, target: str, *more: str) -> int:
    return main(["-m", str(mets), "-I", source, "-O", target, "-P", "method", "otsu", *more])


def test_missing_files_are_told_and_nothing_is_written(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mets = workspace(tmp_path)
    (tmp_path / "OCR-D-IMG/1.png").unlink()
    before = mets.read_bytes()
    assert run(mets, "OCR-D-IMG", "BIN") == 3
    assert "1.png, which is not there" in capsys.readouterr().err
    assert mets.read_bytes() == before
    assert not (tmp_path / "BIN").exists()
    assert run(mets, "NONE", "BIN") == 3
    assert run(mets, "OCR-D-IMG", "BIN", "-P", "window", "3") == 2
    mets.write_text("<mets")
    assert run(mets, "OCR-D-IMG", "BIN") == 3


@pytest.mark.parametrize("content", [b"", b"no image", None], ids=["empty", "text", "cut short"])
def test_an_image_that_cannot_be_read_is_told_and_the_rest_is_done(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None
) -> None:
    mets = workspace(tmp_path, 3)
    image = tmp_path / "OCR-D-IMG/1.png"
    image.write_bytes(image.read_bytes()[:90] if content is None else content)
    before = {path: path.read_bytes() for path in (tmp_path / "OCR-D-IMG").iterdir()}
    assert run(mets, "OCR-D-IMG", "BIN") == 8
    said = capsys.readouterr().err
    assert "1 of 3 pages failed, the rest is done" in said
    assert "--page-id P1" in said
    assert f"P1: {image}" in said
    assert {path: path.read_bytes() for path in before} == before
    names = sorted(path.name for path in (tmp_path / "BIN").iterdir())
    assert names == ["BIN_P0.IMG-BIN.png", "BIN_P0.xml", "BIN_P2.IMG-BIN.png", "BIN_P2.xml"]
    listed = etree.parse(mets).xpath("//*[@USE='BIN']//@*[local-name()='href']")
    assert sorted(listed) == [f"BIN/{name}" for name in names]
    imageio.write(image, np.full((60, 80), 230, np.uint8), overwrite=True)
    assert run(mets, "OCR-D-IMG", "BIN", "--page-id", "P1") == 0
    assert len(etree.parse(mets).xpath("//*[@USE='BIN']/*")) == 6


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("<", "", "not well-formed"),
        ("imageFilename", "image", "no Page with an imageFilename"),
        ("OCR-D-IMG/1.png", "OCR-D-IMG/9.png", "names the image OCR-D-IMG/9.png"),
    ],
)
def test_a_page_xml_that_is_none_fails_alone(
    workspace: Workspace,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    old: str,
    new: str,
    said: str,
) -> None:
    mets = workspace(tmp_path, 3)
    assert run(mets, "OCR-D-IMG", "XML") == 0
    path = tmp_path / "XML/XML_P1.xml"
    path.write_text(path.read_text().replace(old, new))
    assert run(mets, "XML", "BIN") == 8
    assert said in capsys.readouterr().err
    assert (tmp_path / "BIN/BIN_P2.xml").exists()
    assert not (tmp_path / "BIN/BIN_P1.xml").exists()


def test_when_every_page_fails_the_mets_stays(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mets = workspace(tmp_path)
    for n in range(2):
        (tmp_path / f"OCR-D-IMG/{n}.png").write_bytes(b"")
    before = mets.read_bytes()
    assert run(mets, "OCR-D-IMG", "BIN") == 8
    assert "all 2 pages failed" in capsys.readouterr().err
    assert run(mets, "OCR-D-IMG", "BIN", "-g", "P0") == 3  # one page: its own error
    assert mets.read_bytes() == before
    assert not (tmp_path / "BIN").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["-I", "NOPE", "-O", "B"], 3, "no file group NOPE; there are OCR-D-IMG"),
        (["-I", "O'X", "-O", "B"], 3, "no file group O'X"),
        (["-I", "OCR-D-IMG", "-O", "OCR-D-IMG"], 2, "results need their own"),
        (["-I", "OCR-D-IMG", "-O", "../out"], 2, "a file group is a name"),
        (["-I", "OCR-D-IMG", "-O", "/out"], 2, "a file group is a name"),
        (["-I", "OCR-D-IMG", "-O", "B", "-g", "P1,P9"], 3, "of page P9 in OCR-D-IMG"),
        (
            ["-I", "OCR-D-IMG", "-O", "B", "-p", "nowhere.json"],
            2,
            "-p nowhere.json: cannot be read",
        ),
        (["-I", "OCR-D-IMG", "-O", "B", "-p", "{"], 2, "is not a JSON object"),
        (["-I", "OCR-D-IMG"], 2, "name the file groups"),
    ],
)
def test_what_cannot_be_meant_is_told_before_anything_is_written(
    workspace: Workspace,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    said: str,
) -> None:
    mets = workspace(tmp_path)
    before = sorted(tmp_path.rglob("*")), mets.read_bytes()
    assert main(["-m", str(mets), *arguments]) == code
    assert said in capsys.readouterr().err
    assert (sorted(tmp_path.rglob("*")), mets.read_bytes()) == before


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("OCR-D-IMG/1.png", "https://example.org/1.png", "IMG_1 is not a local file"),
        ("IMG_1", "IMG_0", "two files have the ID 'IMG_0'"),
        ('ID="P1"', 'ID="../P1"', "is no ID"),
        ("image/png", "text/plain", "no images or PAGE-XML"),
        ("mets:fileGrp", "mets:other", "there are none"),
        ("mets:mets", "mets:other", "is not a METS file"),
        ("</mets:mets>", "", "not well-formed"),
    ],
)
def test_a_mets_that_cannot_be_followed_is_told(
    workspace: Workspace,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    old: str,
    new: str,
    said: str,
) -> None:
    mets = workspace(tmp_path)
    mets.write_text(mets.read_text().replace(old, new))
    assert run(mets, "OCR-D-IMG", "BIN") == 3
    assert said in capsys.readouterr().err
    assert not (tmp_path / "BIN").exists()


def test_a_file_where_the_group_should_be(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mets = workspace(tmp_path, 1)
    (tmp_path / "BIN").write_text("mine")
    assert run(mets, "OCR-D-IMG", "BIN") == 4
    assert "BIN: cannot be made" in capsys.readouterr().err
    assert (tmp_path / "BIN").read_text() == "mine"
