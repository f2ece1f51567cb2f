"""Global thresholds: exact at any size, and equal to scikit-image where it is exact."""

from collections.abc import Callable

import numpy as np
import pytest
from skimage import filters

from docbin.classical.histogram import Histogram, histogram
from docbin.classical.isodata import isodata_threshold
from docbin.classical.kittler import kittler_threshold
from docbin.classical.li import li_threshold
from docbin.classical.max_entropy import max_entropy_threshold
from docbin.classical.multi_otsu import multi_otsu_thresholds
from docbin.classical.otsu import otsu_threshold
from docbin.classical.triangle import triangle_threshold
from docbin.classical.yen import yen_threshold
from docbin.page import Page
from docbin.registry import create

THRESHOLDS: dict[str, Callable[[Histogram], int]] = {
    "isodata": isodata_threshold,
    "kittler": kittler_threshold,
    "li": li_threshold,
    "max-entropy": max_entropy_threshold,
    "otsu": otsu_threshold,
    "triangle": triangle_threshold,
    "yen": yen_threshold,
}
GLOBAL = [*THRESHOLDS, "main-element", "multi-otsu", "kmeans", "seal"]


def text_page(seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    gray = random.normal(200, 12, (120, 160))
    strokes = random.random((120, 160)) < 0.15
    gray[strokes] = random.normal(60, 15, int(strokes.sum()))
    return gray.clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", ["isodata", "otsu", "triangle", "yen"])
def test_threshold_equals_scikit_image(name: str, seed: int) -> None:
    gray = text_page(seed)
    peer = {
        "isodata": filters.threshold_isodata,
        "otsu": filters.threshold_otsu,
        "triangle": filters.threshold_triangle,
        "yen": filters.threshold_yen,
    }[name]
    assert THRESHOLDS[name](histogram(gray)) == peer(gray)


@pytest.mark.parametrize("classes", [2, 3, 4])
def test_multi_otsu_equals_scikit_image(classes: int) -> None:
    gray = text_page(7)
    ours = multi_otsu_thresholds(histogram(gray), classes)
    assert ours == list(filters.threshold_multiotsu(gray, classes))


@pytest.mark.parametrize("name", sorted(THRESHOLDS))
def test_threshold_does_not_drift_with_the_page(name: str) -> None:
    counts = histogram(text_page(3))
    assert THRESHOLDS[name](counts * 1_000_003) == THRESHOLDS[name](counts)


def test_histogram_counts_past_the_range_of_float32() -> None:
    gray = np.zeros((2, (1 << 24) + 3), np.uint8)
    gray[1, -1] = 9
    counts = histogram(gray)
    assert counts[0] == gray.size - 1
    assert counts[9] == 1


def test_otsu_of_a_hand_computed_histogram() -> None:
    # 3 pixels of 0, 1 of 2, 4 of 10: cutting after 2 gives 4 * 4 * (10 - 0.5)^2, the greatest.
    counts = np.bincount([0, 0, 0, 2, 10, 10, 10, 10], minlength=256)
    assert otsu_threshold(counts) == 2


@pytest.mark.parametrize("name", GLOBAL)
@pytest.mark.parametrize("level", [0, 128, 255])
def test_constant_page_has_no_ink(name: str, level: int) -> None:
    assert not create(name)(Page(np.full((7, 5), level, np.uint8))).any()


@pytest.mark.parametrize("name", sorted(set(GLOBAL) - {"multi-otsu"}))
@pytest.mark.parametrize(("dark", "light"), [(0, 255), (0, 1), (254, 255), (100, 140)])
def test_two_colour_page_gives_the_darker(name: str, dark: int, light: int) -> None:
    gray = np.full((20, 20), light, np.uint8)
    gray[5:9, 3:12] = dark
    ink = create(name)(Page(gray))
    np.testing.assert_array_equal(ink, gray == dark)
