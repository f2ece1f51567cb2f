"""Howe: its energy by hand, against the twin of the cut, and what a page's own settings find."""

import cv2
import numpy as np
import pytest

from docbin.classical import howe
from docbin.classical.howe import Howe
from docbin.errors import SettingError
from docbin.native.reference_cut import least_energy_ink
from docbin.page import Page


def dotted() -> np.ndarray:
    """A dot 120 darker than its paper, far from the page's steepest edge, which is free."""
    gray = np.full((40, 60), 200, np.uint8)
    gray[10, 10] = 80
    gray[:, 40:50] = 0
    return gray


# The dot's Laplacian is 4 * 120, its four sides cost 4 c: ink while c < 120, at 120 a draw. No edge
# is there: none is as steep as the bar's, nor joined to it.
@pytest.mark.parametrize(("c", "inked"), [(119, True), (120, False), (121, False)])
def test_a_dot_is_ink_where_it_pays_for_its_sides_by_hand(c: int, inked: bool) -> None:
    ink = Howe(c=c, edge=1.0)(Page(dotted()))
    assert ink[10, 10] == inked
    assert ink[:, 40:50].all()
    assert ink.sum() == 400 + inked


def test_an_edge_is_free_on_the_dark_side_only() -> None:
    gray = np.tile(np.array([200, 200, 200, 60, 60, 60], np.uint8), (4, 1))
    for shift, expected in ((2, 7), (3, 0)):  # the edge on the bright pixel, then on the dark one
        field = howe._Field.of(gray, 81)
        found = np.zeros(gray.shape, np.uint8)
        found[:, shift] = 255
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(cv2, "Canny", lambda *_, found=found, **__: found)
            across, down = field._costs(0.5, 7)
        assert (across[:, 2] == expected).all()
        assert (across[:, [0, 4]] == 7).all()
        # Neighbours that are alike: free where the second has the edge.
        assert (down[:3, shift] == 0).all()
        assert (down[:3, 0] == 7).all()
        assert not across[:, 5].any()
        assert not down[3].any()


def test_what_is_bright_for_its_window_is_paper() -> None:
    gray = np.full((30, 30), 100, np.uint8)
    gray[15, 15] = 240
    excess = howe._Field.of(gray, 81).excess
    assert excess[15, 15] == -500
    assert excess[15, 14] == excess[14, 15] == 140
    assert excess[3, 3] == 0


def test_the_ink_has_least_energy() -> None:
    gray = np.random.default_rng(3).integers(120, 256, (14, 19)).astype(np.uint8)
    gray[4:6, 3:15] = 30
    field = howe._Field.of(gray, 9)
    expected = least_energy_ink(field.excess, *field._costs(0.4, 150))
    np.testing.assert_array_equal(Howe(c=150, edge=0.4, window=9)(Page(gray)), expected)


def page_of_text() -> tuple[Page, np.ndarray]:
    drawn = np.zeros((300, 500), np.uint8)
    for row in range(40, 290, 50):
        cv2.putText(drawn, "minimum Hill 1234", (20, row), cv2.FONT_HERSHEY_SIMPLEX, 1.3, 255, 4)
    truth = drawn > 127
    light = np.linspace(240, 120, 500)[None, :]
    gray = np.where(truth, light * 0.45, light) + np.random.default_rng(1).normal(0, 3, truth.shape)
    return Page(cv2.GaussianBlur(gray, (0, 0), 0.8).clip(0, 255).astype(np.uint8)), truth


def f_measure(ink: np.ndarray, truth: np.ndarray) -> float:
    return float(2 * (ink & truth).sum() / (ink.sum() + truth.sum()))


def test_the_page_sets_what_is_not_given() -> None:
    page, truth = page_of_text()
    assert f_measure(Howe()(page), truth) > 0.93
    assert f_measure(Howe(c=160)(page), truth) > 0.9
    assert f_measure(Howe(edge=0.35)(page), truth) > 0.9


def test_pages_in_bands_and_samples_are_as_whole_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    page, truth = page_of_text()
    whole = Howe(c=160, edge=0.35)(page)
    monkeypatch.setattr(howe, "_BAND", 60 * 500)
    assert (Howe(c=160, edge=0.35)(page) != whole).mean() < 0.001
    monkeypatch.setattr(howe, "_SAMPLE", 100 * 100)
    assert f_measure(Howe()(page), truth) > 0.9


def test_settings_are_checked() -> None:
    with pytest.raises(SettingError, match="howe: c must be 0 to 16383, got -1"):
        Howe(c=-1)
    with pytest.raises(SettingError, match=r"howe: edge must be 0\.01 to 1, got 2"):
        Howe(edge=2)
    with pytest.raises(SettingError, match="howe: window must be odd"):
        Howe(window=8)
