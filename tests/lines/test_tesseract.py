"""Tesseract reads the crops of a two-column page, and the text comes in order."""

import os
import shutil
import subprocess
from difflib import SequenceMatcher
from pathlib import Path

import cv2
import numpy as np
import pytest

import docbin
from docbin.data.synthetic import Draft, draw

pytestmark = pytest.mark.skipif(shutil.which("tesseract") is None, reason="needs tesseract")


def test_crops_of_two_columns_are_read_in_order(tmp_path: Path) -> None:
    columns = [
        draw(Draft(seed=seed, width=640, height=620, dpi=150, points=11, layout="plain"))
        for seed in (11, 12)
    ]
    page = np.hstack([column.pixels for column in columns])
    lines = docbin.detect(page)
    names = []
    for number, crop in enumerate(docbin.crops(page, lines, height=48, margin=0.15)):
        names.append(tmp_path / f"{number:03d}.png")
        framed = cv2.copyMakeBorder(crop, 8, 8, 16, 16, cv2.BORDER_REPLICATE)
        cv2.imwrite(str(names[-1]), framed)
    listed = tmp_path / "crops.txt"
    listed.write_text("\n".join(map(str, names)))
    done = subprocess.run(
        ["tesseract", str(listed), "-", "--psm", "7", "-l", "eng"],
        capture_output=True, text=True, check=True, env={**os.environ, "OMP_THREAD_LIMIT": "1"},
    )  # fmt: skip
    read = " ".join(done.stdout.replace("\f", " ").split())
    wanted = " ".join(line.text for column in columns for line in column.lines)
    same = SequenceMatcher(None, wanted, read, autojunk=False).ratio()
    assert same > 0.9, f"{wanted}\n---\n{read}"
