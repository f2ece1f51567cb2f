"""Colour clustering: the ink cluster, and seals taken off without touching pages that have none."""

import numpy as np
import pytest

from docbin.classical.kmeans import KMeans
from docbin.classical.otsu import Otsu
from docbin.classical.seal import Seal, without_seal
from docbin.errors import SettingError
from docbin.page import Page


def colour_page(seal: tuple[int, int, int]) -> tuple[Page, np.ndarray]:
    rgb = np.full((60, 80, 3), (225, 215, 190), np.uint8)
    rgb[35:55, 50:70] = seal
    ink = np.zeros((60, 80), bool)
    ink[10:14, 5:75] = True
    ink[20:24, 5:75] = True
    rgb[ink] = (30, 25, 35)
    return Page(rgb), ink


@pytest.mark.parametrize("space", ["rgb", "lab", "gray"])
def test_darkest_cluster_is_ink(space: str) -> None:
    page, ink = colour_page((190, 40, 40))
    np.testing.assert_array_equal(KMeans(k=3, space=space)(page), ink)  # type: ignore[arg-type]


def test_any_seed_finds_well_parted_colours() -> None:
    page, ink = colour_page((190, 40, 40))
    for seed in range(5):
        np.testing.assert_array_equal(KMeans(k=3, seed=seed)(page), ink)


def test_red_seal_is_removed() -> None:
    page, ink = colour_page((190, 40, 40))
    assert Otsu()(page)[35:55, 50:70].all()
    np.testing.assert_array_equal(Seal()(page), ink)


def test_blue_is_no_seal() -> None:
    page, _ = colour_page((40, 40, 190))
    assert without_seal(page, Seal()) is page


@pytest.mark.parametrize(
    ("method", "settings", "words"),
    [
        (KMeans, {"k": 1}, "kmeans: k must be 2 to 16, got 1"),
        (KMeans, {"space": "hsv"}, "kmeans: space must be"),
        (Seal, {"median": 4}, "seal: median must be odd and at least 1, got 4"),
        (Seal, {"redness": -1}, "seal: redness must be 0 to 255"),
    ],
)
def test_settings_are_checked(method: type, settings: dict[str, object], words: str) -> None:
    with pytest.raises(SettingError, match=words):
        method(**settings)
