"""``docbin clean``: grey pages out, through the command line."""

from pathlib import Path

import numpy as np

from docbin.cli import main
from docbin.imageio import read, write


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
