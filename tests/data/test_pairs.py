"""Real pages and their truth: paired by name, split by document, refused when they do not fit."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from docbin.data.pairs import find_pairs, read_pair, split_documents
from docbin.errors import DatasetError, SettingError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two sets of real-looking pages, one of them smaller than a crop."""
    rng = np.random.default_rng(0)
    for name, shape in (("a/one", (300, 420)), ("a/two", (40, 90)), ("b/three", (500, 260))):
        group, stem = name.split("/")
        for part in ("images", "gt"):
            (tmp_path / group / part).mkdir(parents=True, exist_ok=True)
        ink = np.zeros(shape, np.uint8)
        for row in range(16, shape[0] - 6, 18):
            cv2.putText(ink, "the quick brown fox", (8, row), 0, 0.5, 255, 1)
        page = np.clip(215 - 0.7 * ink + rng.normal(0, 4, shape), 0, 255).astype(np.uint8)
        cv2.imwrite(str(tmp_path / group / "images" / f"{stem}.png"), page)
        cv2.imwrite(
            str(tmp_path / group / "gt" / f"{stem}.png"), 255 * (ink < 128).astype(np.uint8)
        )
    return tmp_path


def test_exclusions_by_page_and_by_set(folder: Path) -> None:
    assert [p.name for p in find_pairs(folder)] == ["a/one", "a/two", "b/three"]
    assert [p.name for p in find_pairs(folder, exclude={"a/one", "b"})] == ["a/two"]


def test_pages_of_one_document_stay_together(folder: Path) -> None:
    for part in ("images", "gt"):
        source = (folder / "a" / part / "one.png").read_bytes()
        (folder / "b" / part / "band.png").write_bytes(source)
    pairs = find_pairs(folder)
    for seed in range(6):
        kept, held = split_documents(pairs, 0.4, np.random.default_rng(seed))
        assert sorted(p.name for p in kept + held) == [p.name for p in pairs]
        sides = [{p.name for p in side} >= {"a/one", "b/band"} for side in (kept, held)]
        assert sum(sides) == 1
    with pytest.raises(SettingError, match="hold back"):
        split_documents(pairs, 1.5, np.random.default_rng(0))


def test_pairs_are_read_with_ink_where_the_truth_is_dark(folder: Path) -> None:
    pixels, ink = read_pair(find_pairs(folder, exclude={"b", "a/two"})[0])
    assert pixels.shape == (300, 420, 3)
    assert ink.dtype == np.bool_
    assert pixels[ink].mean() + 50 < pixels[~ink].mean()


def test_missing_truth_empty_folder_and_sizes_that_differ(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no such folder"):
        find_pairs(tmp_path / "nothing")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DatasetError, match="holds no pages"):
        find_pairs(tmp_path / "empty")
    cv2.imwrite(str(folder / "a/gt/one.png"), np.zeros((9, 9), np.uint8))
    with pytest.raises(DatasetError, match="must be the same size"):
        read_pair(find_pairs(folder, exclude={"b", "a/two"})[0])
    (folder / "a/gt/one.png").unlink()
    with pytest.raises(DatasetError, match="no truth"):
        find_pairs(folder)
