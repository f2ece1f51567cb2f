"""The OCR-D processor: METS and PAGE in and out, coordinates and imageFilename untouched."""

import importlib.metadata
import json
import re
from pathlib import Path

import numpy as np
import pytest

from docbin import imageio

etree = pytest.importorskip("lxml.etree")

from docbin.cli.ocrd import main  # noqa: E402

METS = """<?xml version="1.0"?>
<mets:mets xmlns:mets="http://www.loc.gov/METS/" xmlns:xlink="http://www.w3.org/1999/xlink">
<mets:fileSec><mets:fileGrp USE="OCR-D-IMG">{files}</mets:fileGrp></mets:fileSec>
<mets:structMap TYPE="PHYSICAL"><mets:div TYPE="physSequence">{pages}</mets:div></mets:structMap>
</mets:mets>"""
FILE = ('<mets:file ID="IMG_{n}" MIMETYPE="image/png"><mets:FLocat LOCTYPE="OTHER" '
        'OTHERLOCTYPE="FILE" xlink:href="OCR-D-IMG/{n}.png"/></mets:file>')  # fmt: skip
DIV = '<mets:div TYPE="page" ID="P{n}"><mets:fptr FILEID="IMG_{n}"/></mets:div>'


def workspace(folder: Path, count: int = 2) -> Path:
    (folder / "OCR-D-IMG").mkdir()
    for n in range(count):
        gray = np.full((60, 80), 230, np.uint8)
        gray[20:40, 30 + n : 34 + n] = 40
        imageio.write(folder / f"OCR-D-IMG/{n}.png", gray, dpi=(300, 300))
    numbers = range(count)
    mets = folder / "mets.xml"
    mets.write_text(METS.format(files="".join(FILE.format(n=n) for n in numbers),
                                pages="".join(DIV.format(n=n) for n in numbers)))  # fmt: skip
    return mets


def run(mets: Path, source: str, target: str, *more: str) -> int:
    return main(["-m", str(mets), "-I", source, "-O", target, "-P", "method", "otsu", *more])


def test_images_become_page_xml_with_ink(tmp_path: Path) -> None:
    mets = workspace(tmp_path)
    assert run(mets, "OCR-D-IMG", "OCR-D-BIN") == 0
    tree = etree.parse(tmp_path / "OCR-D-BIN/OCR-D-BIN_P1.xml")
    page = tree.getroot().find("{*}Page")
    assert page.get("imageFilename") == "OCR-D-IMG/1.png"
    assert (page.get("imageWidth"), page.get("imageHeight")) == ("80", "60")
    (image,) = page.findall("{*}AlternativeImage")
    assert image.get("comments") == "binarized"
    (ink,) = imageio.read(tmp_path / image.get("filename"))
    assert np.count_nonzero(ink.gray == 0) == 80
    listed = etree.parse(mets)
    hrefs = listed.xpath("//*[@USE='OCR-D-BIN']//@*[local-name()='href']")
    assert len(hrefs) == 4
    assert all((tmp_path / href).is_file() for href in hrefs)
    assert len(listed.xpath("//*[@ID='P1']/*[local-name()='fptr']")) == 3


def test_regions_stay_and_derived_images_are_used(tmp_path: Path) -> None:
    mets = workspace(tmp_path, 1)
    assert run(mets, "OCR-D-IMG", "FIRST") == 0
    path = tmp_path / "FIRST/FIRST_P0.xml"
    light = np.full((60, 80), 230, np.uint8)
    light[5:15, 5:15] = 20
    imageio.write(tmp_path / "FIRST/clean.png", light)
    tree = etree.parse(path)
    page = tree.getroot().find("{*}Page")
    (old,) = page.findall("{*}AlternativeImage")
    new = page.makeelement(old.tag, filename="FIRST/clean.png", comments="despeckled")
    page.insert(1, new)
    region = etree.SubElement(page, old.tag.replace("AlternativeImage", "TextRegion"), id="r1")
    coords = etree.SubElement(region, old.tag.replace("AlternativeImage", "Coords"))
    coords.set("points", "1,2 3,4 5,6")
    tree.write(path)
    assert run(mets, "FIRST", "SECOND") == 0
    page = etree.parse(tmp_path / "SECOND/SECOND_P0.xml").getroot().find("{*}Page")
    images = page.findall("{*}AlternativeImage")
    assert [image.get("comments") for image in images] == [
        "binarized", "despeckled", "despeckled,binarized"]  # fmt: skip
    assert [child.tag for child in page][:3] == [images[0].tag] * 3
    assert page.find("{*}TextRegion/{*}Coords").get("points") == "1,2 3,4 5,6"
    assert page.get("imageFilename") == "OCR-D-IMG/0.png"
    (ink,) = imageio.read(tmp_path / images[-1].get("filename"))
    assert (ink.gray[5:15, 5:15] == 0).all()


def test_only_the_pages_asked_for(tmp_path: Path) -> None:
    mets = workspace(tmp_path)
    assert run(mets, "OCR-D-IMG", "BIN", "-g", "P1") == 0
    assert [p.name for p in sorted((tmp_path / "BIN").glob("*.xml"))] == ["BIN_P1.xml"]
    assert run(mets, "OCR-D-IMG", "BIN", "-g", "P1") == 4
    assert run(mets, "OCR-D-IMG", "BIN", "-g", "P1", "--overwrite") == 0
    assert len(etree.parse(mets).xpath("//*[@USE='BIN']/*")) == 2


def test_missing_files_are_told_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
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
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None
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
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, said: str
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
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
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
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, said: str
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
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, said: str
) -> None:
    mets = workspace(tmp_path)
    mets.write_text(mets.read_text().replace(old, new))
    assert run(mets, "OCR-D-IMG", "BIN") == 3
    assert said in capsys.readouterr().err
    assert not (tmp_path / "BIN").exists()


def test_images_may_lie_elsewhere(tmp_path: Path) -> None:
    """As file:// URLs, with or without the workspace's folder, and as absolute paths."""
    folder = tmp_path / "work space"
    folder.mkdir()
    mets = workspace(folder, 3)
    for n, name in ((1, "elsewhere.png"), (2, "there.png")):
        (folder / f"OCR-D-IMG/{n}.png").rename(tmp_path / name)
    text = mets.read_text().replace("OCR-D-IMG/0.png", (folder / "OCR-D-IMG/0.png").as_uri())
    text = text.replace("OCR-D-IMG/1.png", (tmp_path / "elsewhere.png").as_uri())
    mets.write_text(text.replace("OCR-D-IMG/2.png", str(tmp_path / "there.png")))
    assert run(mets, "OCR-D-IMG", "BIN") == 0
    pages = [etree.parse(folder / f"BIN/BIN_P{n}.xml").getroot().find("{*}Page") for n in range(3)]
    names = [page.get("imageFilename") for page in pages]
    outside = [str(tmp_path / name) for name in ("elsewhere.png", "there.png")]
    assert names == ["OCR-D-IMG/0.png", *outside]
    assert run(mets, "BIN", "AGAIN") == 0


def test_a_file_where_the_group_should_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mets = workspace(tmp_path, 1)
    (tmp_path / "BIN").write_text("mine")
    assert run(mets, "OCR-D-IMG", "BIN") == 4
    assert "BIN: cannot be made" in capsys.readouterr().err
    assert (tmp_path / "BIN").read_text() == "mine"


def test_tool_is_described(capsys: pytest.CaptureFixture[str]) -> None:
    """What OCR-D's schema of ocrd-tool.json (v3) asks for, and the command line says the same."""
    assert main(["--dump-json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert main(["--dump-module-dir"]) == 0
    shipped = Path(capsys.readouterr().out.strip()) / "ocrd-tool.json"
    file = json.loads(shipped.read_text("utf-8"))
    assert set(file) == {"version", "git_url", "tools"}
    assert file["version"] == importlib.metadata.version("docbin")
    assert file["tools"] == {said["executable"]: said}
    (point,) = (
        entry
        for entry in importlib.metadata.entry_points(group="console_scripts")
        if entry.name == said["executable"]
    )
    assert point.load() is main
    assert said["categories"] == ["Image preprocessing"]
    assert said["steps"] == ["preprocessing/optimization/binarization"]
    for group in said["input_file_grp"] + said["output_file_grp"]:
        assert re.fullmatch("OCR-D-[A-Z0-9-]+", group)
    kinds = {"string": str, "object": dict, "boolean": bool}
    for parameter in said["parameters"].values():
        assert set(parameter) == {"type", "default", "description"}
        assert isinstance(parameter["default"], kinds[parameter["type"]])


def test_defaults_do_a_page(tmp_path: Path) -> None:
    mets = workspace(tmp_path, 1)
    assert main(["-m", str(mets), "-I", "OCR-D-IMG", "-O", "OCR-D-BIN"]) == 0
    (ink,) = imageio.read(tmp_path / "OCR-D-BIN/OCR-D-BIN_P0.IMG-BIN.png")
    assert set(np.unique(ink.gray)) == {0, 255}
