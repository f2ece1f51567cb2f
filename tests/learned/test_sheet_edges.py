"""Edges of sheets go from the ink; rules, text and what is dark stay."""

import numpy as np
import pytest

from docbin.learned.sheet_edges import without_sheet_edges
from docbin.page import Gray, Ink


@pytest.fixture
def letters() -> Gray:
    """A page of letters, grey 60 on white, (800, 600)."""
    flat = np.full((800, 600), 255, np.uint8)
    for y in range(150, 650, 40):
        for x in range(120, 480, 18):
            flat[y : y + 14, x : x + 8] = 60
    return flat


def ink_of(flat: Gray) -> Ink:
    return flat < 230


def test_a_faint_outline_of_the_sheet_goes(letters: Gray) -> None:
    flat = letters.copy()
    flat[30:33, 20:590] = flat[30:790, 20:24] = 180  # one part, around a corner
    assert np.array_equal(without_sheet_edges(ink_of(flat), flat), ink_of(letters))


@pytest.mark.parametrize("gray", [60, 120])
def test_rules_as_dark_as_letters_stay(letters: Gray, gray: int) -> None:
    flat = letters.copy()
    flat[30:33, 20:590] = flat[30:790, 20:24] = gray
    ink = ink_of(flat)
    kept = without_sheet_edges(ink, flat)
    assert np.array_equal(kept, ink)


def test_faint_rules_inside_the_page_stay(letters: Gray) -> None:
    flat = letters.copy()
    flat[400:403, 100:500] = 180
    flat[100:700, 300:303] = 180
    ink = ink_of(flat)
    assert np.array_equal(without_sheet_edges(ink, flat), ink)


def test_faint_writing_in_the_margin_stays(letters: Gray) -> None:
    flat = letters.copy()
    for y in range(40, 90, 16):
        for x in range(40, 560, 18):
            flat[y : y + 10, x : x + 8] = 190
    ink = ink_of(flat)
    assert np.array_equal(without_sheet_edges(ink, flat), ink)


def test_pages_without_letters_stay() -> None:
    blank = np.full((50, 40), 255, np.uint8)
    assert not without_sheet_edges(ink_of(blank), blank).any()
    line = blank.copy()
    line[2] = 180
    assert np.array_equal(without_sheet_edges(ink_of(line), line), ink_of(line))
