"""Su, Gatos and polarity: formulas against hand-made pages."""

import cv2
import numpy as np
import pytest

from docbin.classical.gatos import Gatos
from docbin.classical.otsu import otsu_threshold
from docbin.classical.polarity import inverted, is_inverted
from docbin.classical.su import Su
from docbin.errors import SettingError
from docbin.native.window import local_contrast
from docbin.page import Page


def page_with_lines() -> tuple[Page, np.ndarray]:
    ink = np.zeros((200, 240), bool)
    ink[20:180:14, 20:220] = True
    ink[21:180:14, 20:220] = True
    noise = np.random.default_rng(1).normal(0, 2, ink.shape)
    gray = np.where(ink, 60, 210) + noise
    return Page(gray.astype(np.uint8)), ink


@pytest.mark.parametrize("method", [Su(least=19), Gatos()])
def test_lines_are_found(method: Su | Gatos) -> None:
    page, ink = page_with_lines()
    assert (method(page) != ink).mean() < 0.002


def test_su_equals_its_formula_pixel_by_pixel() -> None:
    gray = np.random.default_rng(2).integers(90, 130, (40, 50)).astype(np.uint8)
    gray[10:14, 5:45] = 20
    contrast = local_contrast(gray, 3)
    edge = contrast > otsu_threshold(np.bincount(contrast.ravel(), minlength=256))
    expected = np.zeros(gray.shape, bool)
    for y in range(40):
        for x in range(50):
            part = np.s_[max(0, y - 3) : y + 4, max(0, x - 3) : x + 4]
            light = gray[part][edge[part]].astype(np.float64)
            if light.size >= 5:
                expected[y, x] = gray[y, x] <= light.mean() + light.std() / 2 + 1e-9
    np.testing.assert_array_equal(Su(window=7, least=5)(Page(gray)), expected)


def headline() -> np.ndarray:
    gray = np.full((400, 700), 225, np.uint8)
    cv2.putText(gray, "Word", (40, 260), cv2.FONT_HERSHEY_SIMPLEX, 6, 40, 30)
    return gray


def bordered() -> np.ndarray:
    gray = np.pad(page_with_lines()[0].gray, 8)
    gray[60:180, 60:150] = 70  # and a dark picture
    return gray


POLARITY = {
    "lines": page_with_lines()[0].gray,
    "faint": (page_with_lines()[0].gray // 8 + 150).astype(np.uint8),
    "headline": headline(),
    "bordered": bordered(),
}


@pytest.mark.parametrize("gray", POLARITY.values(), ids=POLARITY.keys())
def test_polarity_is_seen_both_ways(gray: np.ndarray) -> None:
    assert not is_inverted(gray)
    assert is_inverted(inverted(Page(gray)).gray)


def test_pages_in_doubt_are_not_inverted() -> None:
    noise = np.random.default_rng(4).integers(0, 256, (300, 200)).astype(np.uint8)
    for gray in (noise, np.zeros((1, 1), np.uint8), np.full((30, 30), 255, np.uint8)):
        assert not is_inverted(gray)
        assert not is_inverted(255 - gray)


def test_settings_are_checked() -> None:
    with pytest.raises(SettingError, match="su: least must be 0 or more, got -1"):
        Su(least=-1)
    with pytest.raises(SettingError, match="gatos: q must be"):
        Gatos(q=0)
