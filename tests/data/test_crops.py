"""Training crops: shapes, shares, and the same batches whoever makes them."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from docbin.data.crops import CropStream, find_pairs, split_documents
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


def test_batches_depend_on_seed_and_number_only(folder: Path) -> None:
    pairs = find_pairs(folder)
    forward = CropStream(pairs, size=64, batch_size=6, seed=4)
    first = [forward.batch(i) for i in range(3)]
    again = CropStream(pairs, size=64, batch_size=6, seed=4).batch(2)
    other = CropStream(pairs, size=64, batch_size=6, seed=5).batch(2)
    for crop, same in zip(first[2], again, strict=True):
        for one, two in zip(crop, same, strict=True):
            np.testing.assert_array_equal(one, two)
    assert any((a.pixels != b.pixels).any() for a, b in zip(again, other, strict=True))


def test_crop_shapes_types_and_boxes(folder: Path) -> None:
    for crop in CropStream(find_pairs(folder), size=96, batch_size=9).batch(0):
        assert (crop.pixels.shape, crop.pixels.dtype) == ((96, 96, 3), np.uint8)
        assert (crop.ink.shape, crop.ink.dtype) == ((96, 96), np.bool_)
        assert (crop.valid.shape, crop.valid.dtype) == ((96, 96), np.bool_)
        assert crop.page_view.shape == (128, 128, 3)
        assert crop.valid.any()
        assert not (crop.ink & ~crop.valid).any()
        assert min(crop.box) >= 0


def test_blank_crops_are_in_every_batch(folder: Path) -> None:
    stream = CropStream(find_pairs(folder, exclude={"a/two"}), size=64, batch_size=8, blank=0.5)
    for number in range(4):
        assert sum(not crop.ink.any() for crop in stream.batch(number)) >= 3


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


def test_missing_truth_empty_folder_and_sizes_that_differ(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="holds no pages"):
        find_pairs(tmp_path / "nothing")
    cv2.imwrite(str(folder / "a/gt/one.png"), np.zeros((9, 9), np.uint8))
    with pytest.raises(DatasetError, match="differ"):
        CropStream(find_pairs(folder, exclude={"b", "a/two"}), size=64).batch(0)
    (folder / "a/gt/one.png").unlink()
    with pytest.raises(DatasetError, match="no truth"):
        find_pairs(folder)


@pytest.mark.parametrize(
    ("setting", "value"),
    [("size", 4), ("batch_size", 0), ("blank", -0.5), ("made_share", 2.0), ("scale", (0.0, 1.0))],
)
def test_impossible_settings_are_refused(folder: Path, setting: str, value: object) -> None:
    with pytest.raises(SettingError, match="crops"):
        CropStream(find_pairs(folder), **{setting: value})  # type: ignore[arg-type]
