"""Crops of real pages: exact truth, the same from the same seed, bare crops kept."""

from itertools import islice

import numpy as np
import pytest

from docbin.data.page_crops import PageCrops, Strengths, TrainingPage
from docbin.errors import SettingError

NONE = Strengths(*(0.0,) * 10)


def pages() -> list[TrainingPage]:
    rng = np.random.default_rng(0)
    made = []
    for number, (h, w) in enumerate([(200, 300), (90, 400), (40, 30)]):
        ink = np.zeros((h, w), bool)
        for _ in range(6):
            y, x = int(rng.integers(h)), int(rng.integers(w))
            ink[y : y + 4, x : x + 25] = True
        pixels = np.where(ink[..., None], 40, 210).astype(np.uint8).repeat(3, axis=2)
        made.append(TrainingPage(f"p{number}", pixels, ink))
    return made


def test_without_layers_truth_is_what_is_seen() -> None:
    crops = PageCrops(pages(), size=64, scales=(1.0, 1.0), strengths=NONE)
    rng = np.random.default_rng(1)
    shares = []
    for _ in range(60):
        crop = crops.draw(rng)
        assert crop.pixels.shape == (64, 64, 3)
        assert crop.view.shape == (128, 128, 3)
        assert (
            np.array_equal(crop.pixels[..., 0] < 128, crop.ink)
            or not crop.inside
            or (
                (crop.pixels[..., 0] < 128)[crop.ink].all()  # the page's edge repeats beyond it
            )
        )
        shares.append(crop.ink.mean())
    assert min(shares) == 0  # crops without ink are kept
    assert max(shares) > 0.02


def test_same_seed_same_crop_and_input_untouched() -> None:
    source = pages()
    before = [p.pixels.copy() for p in source]
    crops = PageCrops(source, size=48)
    for seed in range(12):
        one = crops.draw(np.random.default_rng(seed))
        two = crops.draw(np.random.default_rng(seed))
        assert all(np.array_equal(a, b) for a, b in zip(one[:3], two[:3], strict=True))
    assert all(np.array_equal(a, p.pixels) for a, p in zip(before, source, strict=True))


def test_a_stream_may_be_begun_anywhere_by_anybody() -> None:
    whole = list(islice(PageCrops(pages(), size=32).stream(7), 6))
    tail = list(islice(PageCrops(pages(), size=32).stream(7, start=4), 2))
    for one, two in zip(whole[4:], tail, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(one[:3], two[:3], strict=True))
    other = next(PageCrops(pages(), size=32).stream(8))
    assert (whole[0].pixels != other.pixels).any()


def test_boards_are_dark_and_never_ink() -> None:
    boards = Strengths(0, 0, 0, 0, 1.0, 0, 0, 0, 0, 0)
    crops = PageCrops(pages()[:1], size=64, scales=(1.0, 1.0), strengths=boards)
    seen = 0
    for seed in range(20):
        crop = crops.draw(np.random.default_rng(seed))
        seen += not crop.inside
    assert seen > 8


def test_show_through_darkens_paper_but_is_no_ink() -> None:
    through = Strengths(1.0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    with_it = PageCrops(pages(), size=64, scales=(1.0, 1.0), strengths=through)
    shaded = 0
    for seed in range(20):
        crop = with_it.draw(np.random.default_rng(seed))
        paper = crop.pixels[~crop.ink]
        shaded += bool(len(paper) and (paper.min(axis=0) < 195).any())
    assert shaded > 3


def test_bad_settings() -> None:
    with pytest.raises(SettingError, match="at least one page"):
        PageCrops([])
    with pytest.raises(SettingError, match="at least 16"):
        PageCrops(pages(), size=8)
