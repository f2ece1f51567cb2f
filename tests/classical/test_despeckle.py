"""Despeckling and hole filling: sized in strokes, never more than stated."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docbin.classical.despeckle import despeckle, stroke_width
from docbin.errors import ArrayError, SettingError


def strokes(width: int, length: int = 80) -> np.ndarray:
    ink = np.zeros((140, 140), bool)
    ink[20 : 20 + length, 20 : 20 + width] = True
    ink[100 : 100 + width, 30 : 30 + length] = True
    return ink


@pytest.mark.parametrize("width", [1, 2, 3, 4, 7, 12])
def test_stroke_width_is_measured(width: int) -> None:
    found = stroke_width(strokes(width))
    assert found is not None
    assert abs(found - width) <= 1


def test_specks_and_blots_do_not_pass_for_strokes() -> None:
    ink = strokes(6)
    ink[np.random.default_rng(0).random(ink.shape) < 0.02] = True
    ink[40:90, 60:95] = True
    found = stroke_width(ink)
    assert found is not None
    assert abs(found - 6) <= 1


def test_specks_up_to_the_stated_size_go_and_no_others() -> None:
    ink = strokes(8)
    ink[60:64, 60:64] = True  # half a stroke
    ink[60:65, 80:84] = True  # just above
    ink[80:81, 60:90] = True  # a hairline: small area, but long
    cleaned = despeckle(ink, 0.5, stroke=8)
    expected = ink.copy()
    expected[60:64, 60:64] = False
    np.testing.assert_array_equal(cleaned, expected)


def test_pinholes_are_filled_counters_and_bays_are_not() -> None:
    ink = np.zeros((80, 80), bool)
    ink[20:60, 20:60] = True
    ink[30:34, 30:34] = False  # a pinhole
    ink[40:52, 40:52] = False  # the eye of a letter
    ink[20:23, 50:53] = False  # a bay at the edge of the ink
    ink[0:4, 0:80] = True
    ink[0:3, 10:13] = False  # at the page's edge: not enclosed
    filled = despeckle(ink, specks=0, holes=0.5, stroke=8)
    expected = ink.copy()
    expected[30:34, 30:34] = True
    np.testing.assert_array_equal(filled, expected)


def test_a_diagonal_gap_does_not_open_a_hole() -> None:
    ink = np.ones((9, 9), bool)
    ink[4, 4] = ink[5, 5] = False  # two holes of one pixel, as paper is 4-connected
    assert despeckle(ink, specks=0, holes=1, stroke=1).all()


@given(st.integers(0, 2**32 - 1), st.floats(0, 5), st.floats(0, 5))
def test_nothing_larger_than_stated_changes(seed: int, specks: float, holes: float) -> None:
    import cv2

    ink = np.random.default_rng(seed).random((24, 30)) < 0.3
    cleaned = despeckle(ink, specks, holes, stroke=2.0)
    removed, filled = ink & ~cleaned, cleaned & ~ink
    for changed, side in ((removed, 2 * specks), (filled, 2 * holes)):
        _, _, stats, _ = cv2.connectedComponentsWithStats(changed.view(np.uint8), connectivity=4)
        assert (stats[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]] <= side).all()


@pytest.mark.parametrize("ink", [np.zeros((9, 9), bool), np.ones((9, 9), bool)], ids=["0", "1"])
def test_ink_without_strokes_stays(ink: np.ndarray) -> None:
    np.testing.assert_array_equal(despeckle(ink, 1, 1), ink)


def test_input_is_untouched() -> None:
    ink = strokes(4)
    ink[60, 60] = True
    before = ink.copy()
    despeckle(ink, 1, 1)
    np.testing.assert_array_equal(ink, before)


def test_bad_values_are_refused() -> None:
    with pytest.raises(SettingError, match="specks must be 0 to 5 strokes, got 6"):
        despeckle(np.ones((3, 3), bool), 6)
    with pytest.raises(SettingError, match="holes must be 0 to 5 strokes, got nan"):
        despeckle(np.ones((3, 3), bool), 0.5, float("nan"))
    with pytest.raises(ArrayError, match="despeckle takes ink"):
        despeckle(np.ones((3, 3), np.uint8))  # type: ignore[arg-type]
