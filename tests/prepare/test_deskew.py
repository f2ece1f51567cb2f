"""Deskew: the angle is found, and the page levelled; a straight one is left alone."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from docbin.page import Gray, Page
from docbin.prepare import Deskew
from docbin.prepare.sketch import sketch
from docbin.prepare.skew import skew_of

DPI = 150.0


@pytest.mark.parametrize("angle", [-14.3, -3.21, -0.4, 0.37, 2.06, 9.9])
def test_deskew_finds_the_angle_and_levels_the_page(
    angle: float,
    text: Callable[..., Gray],
    page: Callable[..., Page],
    turned: Callable[[Gray, float], Gray],
) -> None:
    result = Deskew()(page(turned(text(), angle)))
    assert result.verdict.status == "done"
    assert result.verdict.values["angle"] == pytest.approx(angle, abs=0.03)
    assert skew_of(sketch(result.page)).angle == pytest.approx(0, abs=0.03)


def test_straight_page_is_left_alone(text: Callable[..., Gray], page: Callable[..., Page]) -> None:
    before = page(text())
    result = Deskew()(before)
    assert result.verdict.status == "left unchanged"
    assert result.page is before


def test_deskew_counts_pixels_that_are_not_square(
    text: Callable[..., Gray], turned: Callable[[Gray, float], Gray]
) -> None:
    skewed = turned(text(), 3.0)
    flat = cv2.resize(skewed, (skewed.shape[1], skewed.shape[0] // 2), interpolation=cv2.INTER_AREA)
    result = Deskew()(Page(np.asarray(flat, np.uint8), (DPI, DPI / 2)))
    assert result.verdict.values["angle"] == pytest.approx(3.0, abs=0.1)
    assert skew_of(sketch(result.page)).angle == pytest.approx(0, abs=0.05)


def test_deskew_keeps_the_size_unless_ink_would_fall_off(
    text: Callable[..., Gray], page: Callable[..., Page], turned: Callable[[Gray, float], Gray]
) -> None:
    tight = text()[150:1600, 130:1110]
    assert Deskew()(page(turned(text(), 2))).page.width == turned(text(), 2).shape[1]
    height, width = tight.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), 2, 1)
    grown = Deskew()(
        page(np.asarray(cv2.warpAffine(tight, matrix, (width, height), borderValue=237), np.uint8))
    )
    assert grown.page.width >= width
    kept = Deskew(keep_everything=True)(page(turned(text(), 2)))
    assert kept.page.width > turned(text(), 2).shape[1]


def test_deskew_keeps_words_that_the_edge_of_the_scan_cuts(
    text: Callable[..., Gray], page: Callable[..., Page]
) -> None:
    gray = np.full((900, 1240), 237, np.uint8)
    gray[:900, 100:1100] = text()[170:1070, 120:1120]
    matrix = cv2.getRotationMatrix2D((620, 450), 2, 1)
    skewed = np.asarray(cv2.warpAffine(gray, matrix, (1240, 900), borderValue=237), np.uint8)
    cv2.putText(skewed, "flourish", (1060, 110), cv2.FONT_HERSHEY_SCRIPT_COMPLEX, 3, 40, 7)
    cv2.line(skewed, (1080, 100), (1239, 100), 40, 8)
    ink = skewed == 40
    result = Deskew()(page(skewed))
    assert result.verdict.status == "done"
    y, x = np.nonzero(ink)
    there = result.geometry.to_page(np.stack([x, y], axis=1))
    assert (there > -0.5).all()
    assert (there < np.array(result.geometry.size) - 0.5).all()
