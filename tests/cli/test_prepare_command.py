"""`docbin prepare` from files to files: what it writes, what it says, what it refuses."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from docbin import imageio
from docbin.cli import main
from docbin.data.synthetic import Draft, draw
from docbin.page import Gray


def drawn(seed: int = 3) -> Gray:
    page = draw(Draft(seed=seed, width=1000, height=1400, dpi=120, layout="book", points=11))
    return np.asarray(page.pixels[:, :, 1] // 2 + 110, np.uint8)


def write(path: Path, *pages: Gray) -> Path:
    imageio.write(path, pages, dpi=(120, 120))
    return path


def test_upside_down_page_comes_out_upright_with_its_way_back(tmp_path: Path) -> None:
    source = write(tmp_path / "in.png", drawn()[::-1, ::-1].copy())
    report = tmp_path / "report.json"
    out = tmp_path / "out.tiff"
    assert main(["prepare", str(source), "-o", str(out), "--report", str(report)]) == 0
    (page,) = json.loads(report.read_text("utf-8"))["files"][0]["pages"]
    assert page["geometry"]["original"] == [1000, 1400]
    assert page["geometry"]["to_original"][0][0] < 0  # turned by 180 degrees
    verdicts = {verdict["step"]: verdict["status"] for verdict in page["verdicts"]}
    assert verdicts["orientation"] == "done"
    assert verdicts["deskew"] == "left unchanged"
    assert verdicts["resolution"] == "done"
    (result,) = imageio.read(out)
    assert result.dpi == (300, 300)
    assert [page["width"], page["height"]] == [result.width, result.height]


def test_double_page_becomes_two_pages_or_two_files(tmp_path: Path) -> None:
    double = np.concatenate([drawn(3), drawn(4)], axis=1)
    source = write(tmp_path / "open.png", double)
    steps = ["prepare", str(source), "--steps", "split", "-m", "sauvola"]
    assert main([*steps, "-o", str(tmp_path / "open.tiff")]) == 0
    pages = list(imageio.read(tmp_path / "open.tiff"))
    assert sum(page.width for page in pages) == double.shape[1]
    folder = tmp_path / "out"
    assert main([*steps, "-o", str(folder)]) == 0
    assert sorted(path.name for path in folder.iterdir()) == ["open-left.png", "open-right.png"]
    assert main([*steps, "-o", str(folder)]) == 4  # they stand
    assert main([*steps, "-o", str(folder), "--skip-existing"]) == 0


@pytest.mark.parametrize("name", ["tesseract", "kraken", "paddle", "archive", "ocrd"])
def test_every_preset_does_a_page(tmp_path: Path, name: str) -> None:
    source = write(tmp_path / "in.png", drawn())
    assert main(["prepare", str(source), "-o", str(tmp_path / "out"), "--for", name]) == 0
    (path,) = (tmp_path / "out").iterdir()
    (page,) = imageio.read(path)
    assert page.dpi is not None
    if name == "ocrd":
        assert (page.width, page.height) == (1000, 1400)


def test_uncertain_steps_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = write(tmp_path / "in.png", np.full((400, 300), 250, np.uint8))
    assert main(["prepare", str(source), "-o", str(tmp_path / "out.png"), "--steps", "deskew"]) == 0
    assert "deskew: blank" in capsys.readouterr().err
    (page,) = imageio.read(tmp_path / "out.png")
    assert page.gray.min() == 250


def test_settings_reach_their_steps(tmp_path: Path) -> None:
    source = write(tmp_path / "in.png", drawn())
    out = tmp_path / "out.png"
    command = ["prepare", str(source), "-o", str(out), "--steps", "resolution"]
    assert main([*command, "--set", "resolution.dpi=240"]) == 0
    (page,) = imageio.read(out)
    assert (page.width, page.height) == (2000, 2800)
    assert main([*command, "--set", "crop.margin=3", "--overwrite"]) == 2
    assert main([*command, "--set", "resolution.size=3", "--overwrite"]) == 2


def test_wrong_step_is_told_with_the_right_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write(tmp_path / "in.png", drawn())
    assert main(["prepare", str(source), "-o", str(tmp_path / "o.png"), "--steps", "skew"]) == 2
    assert "choose from orientation" in capsys.readouterr().err
    assert main(["prepare", str(source), "-o", str(tmp_path / "o.png"), "--steps", ","]) == 2


def test_list_names_presets_and_settings(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["prepare", "--list"])
    assert end.value.code == 0
    told = capsys.readouterr().out
    assert "tesseract" in told
    assert "crop.margin=5.0" in told


@pytest.mark.parametrize("name", ["tesseract", "archive"])
def test_text_of_a_few_pixels_is_kept_grey_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """At 20 dpi: the methods would take nearly all of it off."""
    gray = np.asarray(cv2.resize(drawn(), (165, 234), interpolation=cv2.INTER_AREA), np.uint8)
    source = tmp_path / "thumb.png"
    imageio.write(source, gray, dpi=(20, 20))
    out, report = tmp_path / "out.tif", tmp_path / "report.json"
    command = ["prepare", str(source), "-o", str(out), "--for", name, "--report", str(report)]
    assert main(command) == 0
    said = capsys.readouterr().err
    assert f"{source}: page: too coarse, text about" in said
    assert "150 dpi" in said
    (done,) = json.loads(report.read_text("utf-8"))["files"][0]["pages"]
    assert done["verdicts"][0]["status"] == "too coarse"
    assert done["ink"] is None
    (result,) = imageio.read(out)
    assert result.width == (165 if name == "archive" else 660)
    assert abs(float(result.gray.mean()) - float(gray.mean())) < 2
