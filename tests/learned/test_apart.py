"""Columns and rows that run together in a map come apart, and nothing else does."""

import numpy as np
import pytest

from docbin.learned.apart import band_height, cut_columns
from docbin.learned.boxes import find_regions

PITCH, BAND = 16, 8


def rows(count: int, width: int = 400, between: float = 0.0) -> np.ndarray:  # type: ignore[type-arg]
    """Lines as a network shows them: bands of 8 pixels every 16, `between` them that."""
    page = np.zeros((count * PITCH + 2 * PITCH, width + 40), np.float32)
    page[PITCH : PITCH + (count - 1) * PITCH + BAND, 20 : 20 + width] = between
    for i in range(count):
        top = PITCH * (i + 1)
        page[top : top + BAND, 20 : 20 + width] = 0.97
    return page


@pytest.mark.parametrize("between", [0.0, 0.35, 0.5, 0.65])
def test_rows_that_run_together_come_apart_whole(between: float) -> None:
    found = find_regions(rows(9, between=between), shrink=0.7)
    assert len(found) == 9
    heights = [float(np.ptp(region.polygon[:, 1])) for region in found]
    assert min(heights) > 10  # grown back to a line's height, not to a seed's


def test_a_comb_of_lines_that_only_their_beginnings_join_comes_apart() -> None:
    page = rows(9)
    page[PITCH : 9 * PITCH + BAND, 20:24] = 0.5  # a column of initials
    found = find_regions(page, shrink=0.7)
    assert len(found) == 9
    assert all(region.edges.length > 380 for region in found)


def test_a_line_that_a_higher_threshold_breaks_stays_one() -> None:
    page = rows(9, between=0.5)
    for i in range(9):  # weak between two words, and joined to its neighbours there
        x, y = 60 + 37 * i, PITCH * (i + 1)
        page[y : y + BAND, x : x + 12] = 0.5
    found = find_regions(page, shrink=0.7)
    assert len(found) == 9
    assert all(region.edges.length > 380 for region in found)


def test_a_picture_of_one_height_is_left_whole() -> None:
    page = rows(9)
    page[2 * PITCH : 8 * PITCH, 20:420] = 0  # a block where rows were
    page[3 * PITCH : 7 * PITCH, 20:420] = 0.95
    found = find_regions(page, shrink=0.7)
    assert sorted(float(np.ptp(region.polygon[:, 1])) > 40 for region in found)[-1]
    assert len(found) == 4


def test_columns_are_cut_along_a_gutter_that_is_faint_in_places() -> None:
    page = rows(24)
    for i in range(24):
        gutter = 0.2 if i < 12 else 0.75
        page[PITCH * (i + 1) : PITCH * (i + 1) + BAND, 215:222] = gutter
    assert len(find_regions(page, shrink=0.7)) == 48


def test_gaps_between_words_are_no_gutter() -> None:
    page = rows(24)
    rng = np.random.default_rng(3)
    for i in range(24):
        for _ in range(4):
            x = int(rng.integers(60, 380))
            page[PITCH * (i + 1) : PITCH * (i + 1) + BAND, x : x + 6] = 0.6
    assert len(find_regions(page, shrink=0.7)) == 24


def test_initials_stay_with_their_lines() -> None:
    page = rows(24)
    page[:, 36:42] = np.minimum(page[:, 36:42], 0.5)  # one letter, and then the line
    assert len(find_regions(page, shrink=0.7)) == 24


def test_a_map_without_a_gutter_is_given_back() -> None:
    page = rows(5)
    assert cut_columns(page, 16) is page


def test_a_band_has_its_height_in_pixels() -> None:
    corners = np.array([[0, 0], [99, 0], [99, 7], [0, 7]], np.int32)
    assert band_height(corners) == pytest.approx(8, abs=0.1)
