"""Columns of a row come apart, words and letters of a line do not."""

import numpy as np
import pytest

from docbin.learned.boxes import Region
from docbin.learned.side_by_side import cut_side_by_side


def box(left: float, right: float, top: float = 18) -> np.ndarray:
    return np.array([[left, top], [right, top], [right, top + 24], [left, top + 24]])


def test_columns_of_a_row_come_apart_and_words_do_not() -> None:
    gray = np.full((60, 400), 240, np.uint8)
    for x in (*range(20, 150, 6), *range(166, 195, 6), *range(240, 380, 6)):
        gray[22:38, x : x + 3] = 20
    probability = np.zeros(gray.shape, np.float32)
    probability[20:40, 12:388] = 0.95
    whole = [Region(box(10, 390), 0.9)]
    assert cut_side_by_side(whole, probability, gray) == whole  # a gap without a dip
    probability[:, 155:160] = probability[:, 210:225] = 0.4
    left, right = cut_side_by_side(whole, probability, gray)  # 13 pixels are a word's gap
    assert 190 < left.polygon[:, 0].max() < 220
    assert 220 < right.polygon[:, 0].min() < 242
    assert cut_side_by_side(whole, probability, np.full_like(gray, 240)) == whole


@pytest.mark.parametrize(("length", "count"), [(400, 1), (140, 2)])
def test_a_short_piece_is_cut_at_a_wide_gap_whatever_the_map_says(length: int, count: int) -> None:
    gray = np.full((60, 440), 240, np.uint8)
    for x in (*range(20, 80, 6), *range(110, length, 6)):
        gray[22:38, x : x + 3] = 20
    probability = np.full(gray.shape, 0.95, np.float32)
    region = Region(box(14, length + 4), 0.9)
    assert len(cut_side_by_side([region], probability, gray)) == count


@pytest.mark.parametrize(("others", "count"), [(120, 2), (380, 1)])
def test_a_spaced_heading_stays_whole_on_a_page_of_lines(others: int, count: int) -> None:
    gray = np.full((240, 440), 240, np.uint8)
    for x in (*range(20, 80, 6), *range(110, 140, 6)):
        gray[22:38, x : x + 3] = 20
    probability = np.full(gray.shape, 0.95, np.float32)
    heading = Region(box(14, 144), 0.9)
    lines = [Region(box(14, 14 + others, 18 + 50 * i), 0.9) for i in (1, 2, 3)]
    assert len(cut_side_by_side([heading, *lines], probability, gray)) == 3 + count
