"""What trained binarizers share: the working scale, blank pages, patches that are certain."""

import numpy as np
import pytest

from docbin.errors import SettingError
from docbin.learned.working import (
    check_scale,
    enlarged,
    is_blank,
    keep_strong,
    working_factor,
    working_rgb,
)
from docbin.page import Page


def letters(height: int) -> np.ndarray:
    """A page of 12 x 5 letters of a height, which are boxes."""
    pixels = np.full((height * 26, height * 8), 210, np.uint8)
    for row in range(12):
        for column in range(5):
            top, left = height * (1 + 2 * row), height + round(1.5 * height) * column
            pixels[top : top + height, left : left + height // 2] = 40
    return pixels


def test_strong_patches_stay_whole_and_weak_ones_go() -> None:
    p = np.zeros((4, 9), np.float32)
    p[0, :3] = (0.5, 0.99, 0.45)
    p[1, 3] = 0.5  # touches by a corner
    p[3, 5:8] = 0.8
    ink = keep_strong(p, 0.4, 0.95)
    assert ink.sum() == 4
    assert ink[1, 3]
    assert not ink[3].any()
    assert keep_strong(p, 0.4, 0.0).sum() == 7


def test_strong_pixels_below_the_threshold_are_none() -> None:
    logits = np.array([[-5, 3, 9]], np.int16)
    assert keep_strong(logits, 2.0, -np.inf).tolist() == [[False, True, True]]


def test_tall_letters_are_reduced() -> None:
    assert working_factor(Page(letters(14))) == 1
    large = Page(letters(60))
    assert 0.2 < working_factor(large) < 0.5
    assert working_factor(large, 1.0) == 1
    assert working_factor(Page(letters(8))) == 2
    assert working_factor(Page(letters(60), (600.0, 600.0))) == 0.5  # the file says it


def test_there_and_back_is_the_page_in_size() -> None:
    page = Page(letters(60))
    for factor in (0.3, 1.0, 2.0):
        small = working_rgb(page, factor)
        assert small.shape[2] == 3
        back = enlarged((small[..., 0] / np.float32(255)).astype(np.float32), page)
        assert back.shape == (page.height, page.width)
        assert 0 <= back.min() <= back.max() <= 1


def test_blank_is_one_grey() -> None:
    assert is_blank(Page(np.full((5, 5), 90, np.uint8)))
    assert not is_blank(Page(np.array([[0, 255]], np.uint8)))


def test_scale_has_bounds() -> None:
    check_scale("any", "auto")
    with pytest.raises(SettingError, match="any: scale must be auto"):
        check_scale("any", 20.0)
