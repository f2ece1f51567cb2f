"""Methods that follow stroke edges or choose among windows: what is each one's own, by hand."""

import cv2
import numpy as np
import pytest

from docbin.classical.adotsu import AdOtsu, grid_histograms, otsu_levels
from docbin.classical.edges import edge_distance
from docbin.classical.lu_su import LuSu, fitted_paper
from docbin.classical.multiscale_sauvola import MultiscaleSauvola
from docbin.classical.otsu import otsu_threshold
from docbin.classical.sauvola import Sauvola
from docbin.classical.su_robust import SuRobust
from docbin.errors import SettingError
from docbin.page import Page


def shaded_text() -> tuple[Page, np.ndarray]:
    drawn = np.zeros((240, 400), np.uint8)
    for row in range(40, 230, 36):
        cv2.putText(drawn, "minimum Hill 1234", (20, row), cv2.FONT_HERSHEY_SIMPLEX, 1.1, 255, 3)
    ink = drawn > 127
    light = np.linspace(240, 130, 400)[None, :]
    gray = np.where(ink, light * 0.4, light) + np.random.default_rng(1).normal(0, 2, ink.shape)
    return Page(gray.clip(0, 255).astype(np.uint8)), ink


@pytest.mark.parametrize("method", [SuRobust(), LuSu(), AdOtsu(window=41)], ids=repr)
def test_text_is_found_under_a_gradient(method: SuRobust | LuSu | AdOtsu) -> None:
    page, ink = shaded_text()
    found = method(page)
    assert 2 * (found & ink).sum() / (found.sum() + ink.sum()) > 0.9


def test_edge_distance_is_the_width_of_the_strokes() -> None:
    edge = np.zeros((40, 200), bool)
    edge[:, 10:190:20] = edge[:, 17:197:20] = True  # strokes of 7, 13 apart
    edge[:20, 17:197:20] = False
    assert edge_distance(edge) == 7
    assert edge_distance(np.zeros((5, 5), bool)) == 3


def test_adaptive_contrast_by_hand() -> None:
    gray = np.full((8, 8), 100, np.uint8)
    gray[4, 4] = 20
    # Two levels, 63 of 100 and one of 20: s = 80 sqrt(63) / 64 = 9.9216, a = s / 128 = 0.077512.
    # Beside the dark pixel high - low = 80, C = 80 / 120, of 255: 170.
    contrast = SuRobust()._contrast(gray)
    assert contrast[3, 3] == round(0.0775125 * 170 + 0.9224875 * 80) == 87
    assert contrast[0, 0] == 0


def test_paper_is_fitted_under_the_ink() -> None:
    y, x = np.mgrid[-1:1:200j, -1:1:260j]
    paper = 190 - 40 * x + 25 * x * y - 30 * y * y
    gray = paper.copy()
    gray[10:190:9] -= 90
    found = fitted_paper(gray.astype(np.uint8)).astype(float)
    assert np.abs(found - paper).max() < 4


def test_grid_levels_are_otsus() -> None:
    gray = np.random.default_rng(3).integers(0, 256, (37, 53)).astype(np.uint8) // 3
    counts = grid_histograms(gray, 10)
    assert counts.shape == (5, 7, 256)
    for row, column in ((1, 1), (3, 5), (0, 2)):
        window = gray[
            max(0, row * 10 - 10) : row * 10 + 10, max(0, column * 10 - 10) : column * 10 + 10
        ]
        expected = np.bincount(window.ravel(), minlength=256)
        np.testing.assert_array_equal(counts[row, column], expected)
        assert otsu_levels(counts)[row, column] == otsu_threshold(expected)
    assert (otsu_levels(np.eye(256)[7:9] * 5) == -1).all()


def test_headlines_stay_whole_beside_small_letters() -> None:
    ink = np.zeros((900, 900), bool)
    ink[100:240, 100:240] = True  # far wider than the window
    for row in range(500, 860, 30):
        ink[row : row + 5, 60:840] = True
    page = Page(np.where(ink, 60, 210).astype(np.uint8))
    many, one = MultiscaleSauvola(window=63)(page), Sauvola(window=63, k=0.34)(page)
    assert one[150:190, 150:190].mean() < 0.1
    assert many[150:190, 150:190].mean() > 0.9
    assert (many != ink)[480:].mean() < 0.02


def test_settings_are_checked() -> None:
    with pytest.raises(SettingError, match="su-robust: gamma must be 0 to 10, got 11"):
        SuRobust(gamma=11)
    with pytest.raises(SettingError, match="lu-su: degree must be 1 to 12, got 0"):
        LuSu(degree=0)
    with pytest.raises(SettingError, match="adotsu: k must be 0 to 10, got -1"):
        AdOtsu(k=-1)
    with pytest.raises(SettingError, match="multiscale-sauvola: k must be -1 to 1, got 2"):
        MultiscaleSauvola(k=2)
