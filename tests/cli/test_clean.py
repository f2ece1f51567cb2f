"""``docbin clean``: grey pages out, through the command line."""

from pathlib import Path

import numpy as np
import pytest

from docbin.cli import main
from docbin.imageio import read, write
from docbin.learned.xnor import Xnor


def test_a_shaded_page_comes_out_flat_and_grey(tmp_path: Path) -> None:
    light = np.linspace(240, 120, 300)[None, :] * np.ones((200, 1))
    gray = light.astype(np.uint8)
    gray[90:93, 40:260] = 30
    source, target = tmp_path / "page.png", tmp_path / "clean.png"
    write(source, gray)
    assert main(["clean", str(source), "-o", str(target), "--quiet"]) == 0
    clean = next(iter(read(target))).gray
    assert clean.shape == gray.shape
    assert clean[:60].min() > 235
    assert clean[90:93, 60:240].max() < 100
    assert len(np.unique(clean)) > 2


def letters(folder: Path) -> Path:
    gray = np.full((160, 240), 225, np.uint8)
    for left in range(20, 220, 20):
        gray[60:80, left : left + 4] = 40
    write(folder / "page.png", gray, dpi=(300, 300))
    return folder / "page.png"


def test_binarize_to_grey_is_the_probability(tmp_path: Path) -> None:
    source, target = letters(tmp_path), tmp_path / "grey.png"
    command = ["binarize", str(source), "-o", str(target), "--to", "grey", "--quiet"]
    assert main(command) == 0
    page = next(iter(read(target)))
    probability = Xnor().probability(next(iter(read(source))))
    assert np.array_equal(page.gray, np.rint(255 * (1 - probability)))
    assert len(np.unique(page.gray)) > 2
    assert page.dpi is not None
    assert round(page.dpi[0]) == 300


def test_grey_of_a_method_without_probability(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = letters(tmp_path), tmp_path / "grey.png"
    assert main(["binarize", str(source), "-o", str(target), "--to", "grey", "-m", "otsu"]) != 0
    said = capsys.readouterr().err
    assert "otsu makes ink" in said
    assert "three-stage, xnor" in said or "three-stage-xnor" in said
    assert not target.exists()


@pytest.mark.parametrize("option", ["--despeckle", "--fill-holes"])
def test_grey_has_no_specks(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = letters(tmp_path)
    command = ["binarize", str(source), "-o", str(tmp_path / "g.png"), "--to", "grey", option, "1"]
    assert main(command) == 2
    assert "for ink" in capsys.readouterr().err
