"""The size of a page's text before a network looks at it."""

import cv2
import numpy as np
import pytest

from docbin.data.synthetic import Draft, draw
from docbin.learned.text_scale import first_scale, letter_height, line_pitch
from docbin.page import Page


def sheet(dpi: float):  # type: ignore[no-untyped-def]
    width, height = round(5.5 * dpi), round(7 * dpi)
    return draw(Draft(seed=4, width=width, height=height, dpi=dpi, points=11, layout="plain"))


@pytest.mark.parametrize("dpi", [80, 150, 300])
def test_the_pitch_is_the_distance_from_line_to_line(dpi: float) -> None:
    made = sheet(dpi)
    middles = np.sort([line.polygon[:, 1].mean() for line in made.lines])
    found, sure = line_pitch(Page(made.pixels).gray)
    assert found == pytest.approx(float(np.median(np.diff(middles))), rel=0.06)
    assert sure > 0.32


@pytest.mark.parametrize("dpi", [80, 150, 300, 500])
def test_the_first_look_sees_lines_of_about_the_height_that_is_wanted(dpi: float) -> None:
    made = sheet(dpi)
    height = np.median([np.ptp(line.polygon[:, 1]) for line in made.lines])
    assert 11 < first_scale(Page(made.pixels), 18) * height < 30


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (900, 1), (40, 40), (2000, 50)])
def test_pages_without_text_have_no_pitch_and_a_scale(shape: tuple[int, int]) -> None:
    page = Page(np.full(shape, 200, np.uint8))
    assert line_pitch(page.gray)[1] < 0.32
    assert letter_height(page.gray) is None
    assert 0 < first_scale(page, 18) <= 1


def test_noise_has_no_pitch() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (900, 700), np.uint8)
    assert line_pitch(noise)[1] < 0.32


def test_specks_do_not_pass_for_letters() -> None:
    made = sheet(150)
    gray = Page(made.pixels).gray.copy()
    clean = letter_height(gray)
    rng = np.random.default_rng(2)
    for x, y in zip(rng.integers(0, 800, 700), rng.integers(0, 1000, 700), strict=True):
        cv2.rectangle(gray, (int(x), int(y)), (int(x) + 3, int(y) + 3), 0, -1)
    dirty = letter_height(gray)
    assert clean is not None
    assert dirty is not None
    assert dirty > 0.6 * clean
