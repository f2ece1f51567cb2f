"""The OCR-D processor: METS and PAGE in and out, coordinates and imageFilename untouched."""

import importlib.metadata
import json
import re
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


def test_images_become_page_xml_with_ink(workspace: Workspace, tmp_path: Path) -> None:
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


def test_regions_stay_and_derived_images_are_used(workspace: Workspace, tmp_path: Path) -> None:
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


def test_only_the_pages_asked_for(workspace: Workspace, tmp_path: Path) -> None:
    mets = workspace(tmp_path)
    assert run(mets, "OCR-D-IMG", "BIN", "-g", "P1") == 0
    assert [p.name for p in sorted((tmp_path / "BIN").glob("*.xml"))] == ["BIN_P1.xml"]
    assert run(mets, "OCR-D-IMG", "BIN", "-g", "P1") == 4
    assert run(mets, "OCR-D-IMG", "BIN", "-g", "P1", "--overwrite") == 0
    assert len(etree.parse(mets).xpath("//*[@USE='BIN']/*")) == 2


def test_images_may_lie_elsewhere(workspace: Workspace, tmp_path: Path) -> None:
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


def test_defaults_do_a_page(workspace: Workspace, tmp_path: Path) -> None:
    mets = workspace(tmp_path, 1)
    assert main(["-m", str(mets), "-I", "OCR-D-IMG", "-O", "OCR-D-BIN"]) == 0
    (ink,) = imageio.read(tmp_path / "OCR-D-BIN/OCR-D-BIN_P0.IMG-BIN.png")
    assert set(np.unique(ink.gray)) == {0, 255}
