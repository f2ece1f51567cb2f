"""Polarity, specks and holes: steps of `binarize` that are told and stated."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from docbin import imageio
from docbin.cli import main

Scan = Callable[..., Path]


def negative(path: Path) -> Path:
    gray = np.full((120, 160), 25, np.uint8)
    gray[20:100:10, 20:140] = gray[21:100:10, 20:140] = 230
    imageio.write(path, gray, dpi=(300, 300))
    return path


@pytest.mark.parametrize(
    ("choice", "inked", "told"),
    [("no", False, "looks like light ink on dark"), ("auto", True, "inverted"),
     ("yes", True, "inverted")],
)  # fmt: skip
def test_light_ink_on_dark_is_told_and_turned_when_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], choice: str, inked: bool, told: str
) -> None:
    source, out, report = negative(tmp_path / "n.png"), tmp_path / "o.png", tmp_path / "r.json"
    assert main(["binarize", str(source), "-o", str(out), "-m", "otsu", "--invert", choice,
                 "--report", str(report)]) == 0  # fmt: skip
    (page,) = imageio.read(out)
    assert (page.gray[20, 50] == 0) is np.bool_(inked)
    assert told in capsys.readouterr().err
    (note,) = json.loads(report.read_text("utf-8"))["files"][0]["pages"]
    assert (note["light_on_dark"], note["inverted"]) == (True, inked)


def test_invert_yes_turns_every_page(scan: Scan, tmp_path: Path) -> None:
    out = tmp_path / "o.png"
    assert main(["binarize", str(scan(tmp_path / "a.png")), "-o", str(out), "-m", "otsu",
                 "--invert", "yes", "-q"]) == 0  # fmt: skip
    (page,) = imageio.read(out)
    assert page.gray[6, 10] == 255
    assert page.gray[30, 30] == 0


def test_specks_and_holes_are_a_stated_step(tmp_path: Path) -> None:
    from PIL import Image

    gray = np.full((90, 120), 220, np.uint8)
    gray[10:80, 20:28] = 10
    gray[40:43, 23:26] = 220  # a hole
    gray[50:53, 80:83] = 10  # a speck
    source = tmp_path / "a.png"
    imageio.write(source, gray)
    results = {}
    for name, extra in {"as-is": [], "clean": ["--despeckle", "0.5", "--fill-holes", ".5"]}.items():
        out = tmp_path / f"{name}.png"
        assert main(["binarize", str(source), "-o", str(out), "-m", "otsu", "-q", *extra]) == 0
        results[name] = next(iter(imageio.read(out))).gray
        with Image.open(out) as image:
            steps = image.info.get("Steps")
    assert (results["as-is"] == np.where(gray < 100, 0, 255)).all()
    changed = results["clean"] != results["as-is"]
    assert changed.sum() == 18
    assert results["clean"][41, 24] == 0
    assert results["clean"][51, 81] == 255
    assert json.loads(steps) == {"despeckle": 0.5, "fill-holes": 0.5}


def test_a_wrong_size_of_speck_is_told_before_any_work(
    scan: Scan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "o.png"
    assert main(["binarize", str(scan(tmp_path / "a.png")), "-o", str(out), "--despeckle", "9"])
    assert "despeckle must be 0 to 5 strokes, got 9" in capsys.readouterr().err
    assert not out.exists()
