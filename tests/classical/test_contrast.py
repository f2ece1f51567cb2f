"""Su, Gatos and polarity: formulas against hand-made pages."""

import cv2
import numpy as np
import pytest

from docbin.classical import polarity
from docbin.classical.edges import ink_by_edges
from docbin.classical.gatos import Gatos, wiener_filtered
from docbin.classical.otsu import otsu_threshold
from docbin.classical.polarity import inverted, is_inverted
from docbin.classical.sauvola import Sauvola
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


# Where doxapy 0.9.2 has another ink, by hand from the papers.
#
# Su: nine edge pixels, one of 100 and the others 200, the middle one too: m = 1700 / 9 = 188.89,
# s = 100 sqrt(8) / 9 = 31.43, m + s / 2 = 204.60: 200 is ink. doxapy, without s, wants 200 <= m.
def test_su_adds_half_the_deviation_by_hand() -> None:
    corner = np.full((3, 3), 200, np.uint8)
    corner[0, 0] = 100
    edge = np.ones((3, 3), bool)
    assert ink_by_edges(corner, edge, 3, 9, 0.5)[1, 1]
    assert not ink_by_edges(corner, edge, 3, 9, 0.0)[1, 1]


# Gatos: paper of 200 everywhere, so B = b = 200 and the exponent is -4 / 0.5 + 2 * 1.5 / 0.5 = -2:
# d = 0.6 delta (0.2 / (1 + exp(-2)) + 0.8) = 0.6 delta * 0.97616. doxapy puts 0, its code of ink,
# where B belongs: 0.2 / (1 + exp(6)) + 0.8 = 0.80049. Ten pixels of depth 150 and one of 88 in the
# first ink: delta = 1588 / 11 = 144.36, d = 84.55 (doxapy 69.3): a depth of 88 is ink; with 80,
# delta = 143.64, d = 84.13 (doxapy 68.99): none. Without the Wiener filter, which has its own row.
@pytest.mark.parametrize(("depth", "inked"), [(88, True), (80, False)])
def test_gatos_asks_nearly_all_of_q_of_bright_paper_by_hand(depth: int, inked: bool) -> None:
    gray = np.full((80, 80), 200, np.uint8)
    gray[40, 20:30] = 50
    gray[40, 50] = 200 - depth
    first = Sauvola(window=41, k=0.2)(Page(gray))
    assert first.sum() == 11
    assert Gatos(window=41, background=41, wiener=1)(Page(gray))[40, 50] == inked


# Means 0, 0, 30, 45 and variances 0, 0, 1800, 2025 of the windows that the page leaves; their mean
# is 956.25: 30 - 30 (843.75 / 1800) = 15.94 and 45 + 45 (1068.75 / 2025) = 68.75.
def test_wiener_filter_by_hand() -> None:
    gray = np.array([[0, 0, 0, 90]], np.uint8)
    assert wiener_filtered(gray, 3).tolist() == [[0, 0, 16, 69]]
    assert wiener_filtered(gray, 1).tolist() == gray.tolist()


def headline() -> np.ndarray:
    gray = np.full((400, 700), 225, np.uint8)
    cv2.putText(gray, "Word", (40, 260), cv2.FONT_HERSHEY_SIMPLEX, 6, 40, 30)
    return gray


def bordered() -> np.ndarray:
    gray = np.pad(page_with_lines()[0].gray, 8)
    gray[60:180, 60:150] = 70  # and a dark picture
    return gray


def music() -> np.ndarray:
    """Staves whose gaps are as thin as notes, with more of them than of lines."""
    gray = np.full((260, 300), 235, np.uint8)
    for top in range(20, 220, 40):
        gray[top : top + 16 : 3, 15:285] = 40
        for left in range(25, 270, 16):
            gray[top + left % 9 : top + left % 9 + 3, left : left + 4] = 30
    return gray


def coarse() -> np.ndarray:
    """Text at 20 dpi: a line is a stripe of grey, two pixels high, with two of paper below it."""
    random = np.random.default_rng(2)
    gray = np.full((230, 165), 240, np.uint8)
    for top in range(20, 210, 4):
        gray[top : top + 2, 15:150] = random.integers(90, 210, (2, 135))
    return gray


POLARITY = {
    "music": music(),
    "coarse": coarse(),
    "lines": page_with_lines()[0].gray,
    "faint": (page_with_lines()[0].gray // 8 + 150).astype(np.uint8),
    "headline": headline(),
    "bordered": bordered(),
}


@pytest.mark.parametrize("gray", POLARITY.values(), ids=POLARITY.keys())
def test_polarity_is_seen_both_ways(gray: np.ndarray) -> None:
    assert not is_inverted(gray)
    assert is_inverted(inverted(Page(gray)).gray)


def test_ties_of_the_reduction_go_up(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def seen(gray: np.ndarray, factor: int) -> np.ndarray:
        asked.append(factor)
        return gray[::factor, ::factor]

    monkeypatch.setattr(polarity, "block_means", seen)
    for side in (1332, 1334, 2222):  # 1200, 1202 and 2000 pixels without the rim
        is_inverted(np.full((side, 100), 255, np.uint8))
    assert asked == [2, 2, 3]


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
    with pytest.raises(SettingError, match="gatos: wiener must be odd and at least 1, got 2"):
        Gatos(wiener=2)
