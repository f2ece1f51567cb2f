"""Crop: all that counts stays, and has its margin."""

from collections.abc import Callable

import cv2
import numpy as np

from docbin.page import Gray, Page
from docbin.prepare import Crop


def test_crop_keeps_a_page_number_in_the_corner(
    text: Callable[..., Gray], page: Callable[..., Page]
) -> None:
    gray = np.full((1754, 1240), 240, np.uint8)
    gray[500:900, 300:900] = text()[500:900, 300:900]
    cv2.putText(gray, "7", (1150, 1700), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 30, 2)
    result = Crop(margin=2)(page(gray))
    assert result.verdict.status == "done"
    right, low = result.geometry.to_original([[result.page.width, result.page.height]])[0]
    assert right > 1160
    assert low > 1700
    assert result.geometry.matrix[1][2] > 300
    assert Crop(keep_everything=True)(page(gray)).page.width >= 1240


def test_crop_adds_the_margin_that_is_missing(
    text: Callable[..., Gray], page: Callable[..., Page]
) -> None:
    tight = text()[170:1500, 150:1100]
    result = Crop(margin=10)(page(tight))
    assert result.page.height > tight.shape[0]


def test_faint_text_beside_a_board_is_not_cut_off(
    text: Callable[..., Gray], page: Callable[..., Page]
) -> None:
    faint = (200 - (237 - text().astype(np.int16)) // 4).astype(np.uint8)  # 171 on 200
    gray = np.pad(faint, ((200, 0), (0, 0)), constant_values=3)
    result = Crop()(page(gray))
    assert result.page.height > 1500
