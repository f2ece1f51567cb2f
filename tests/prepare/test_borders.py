"""Borders: what lies beyond the paper goes, ink stays, doubt leaves the page alone."""

from collections.abc import Callable

import cv2
import numpy as np

from docbin.data.sheet import Sheet
from docbin.page import Gray, Page
from docbin.prepare import Borders


def test_borders_go_and_ink_stays(
    sheet: Callable[..., Sheet],
    text: Callable[..., Gray],
    page: Callable[..., Page],
    board: Callable[..., Gray],
) -> None:
    gray = board(text())
    result = Borders()(page(gray))
    assert result.verdict.status == "done"
    assert result.page.gray[:, :60].min() > 180
    assert result.page.gray[:40].min() > 180
    ink = np.pad(sheet().ink, ((40, 0), (60, 0)))
    assert np.array_equal(result.page.gray[ink], gray[ink])


def test_a_stroke_that_runs_into_the_board_stays(
    text: Callable[..., Gray], page: Callable[..., Page], board: Callable[..., Gray]
) -> None:
    gray = board(text())
    cv2.line(gray, (60, 700), (420, 760), 15, 26)
    stroke = np.zeros_like(gray)
    cv2.line(stroke, (75, 703), (420, 760), 1, 24)
    result = Borders()(page(gray))
    assert result.verdict.status == "done"
    assert (result.page.gray[stroke > 0] == 15).all()
    assert result.page.gray[1000:, :60].min() > 180


def test_a_shadow_beside_a_board_is_not_filled(
    text: Callable[..., Gray], page: Callable[..., Page]
) -> None:
    gray = np.pad(text().astype(np.float32), ((0, 0), (0, 60)), constant_values=20)
    y, x = np.mgrid[: gray.shape[0], : gray.shape[1]]
    corner = np.clip((x / 1240 + y / 1754 - 1.1) / 0.9, 0, 1)
    gray[:, :1240] *= (1 - 0.75 * corner)[:, :1240]
    result = Borders()(page(gray.astype(np.uint8)))
    assert np.array_equal(result.page.gray[:, :1200], gray[:, :1200].astype(np.uint8))


def test_page_without_borders_is_left_alone(
    text: Callable[..., Gray], page: Callable[..., Page]
) -> None:
    assert Borders()(page(text())).verdict.status == "left unchanged"


def test_a_corner_in_the_dark_is_no_border(
    text: Callable[..., Gray], page: Callable[..., Page]
) -> None:
    slope = np.linspace(0.25, 1, 1240) ** 0.7
    result = Borders()(page((text() * slope).astype(np.uint8)))
    assert result.verdict.status == "left unchanged"


def test_text_in_the_dark_is_not_filled(
    text: Callable[..., Gray], page: Callable[..., Page]
) -> None:
    gray = text().astype(np.float32)
    light = np.clip(1.5 - np.linspace(0, 1.5, len(gray)) ** 2, 0.2, 1)
    result = Borders()(page((gray * light[:, None]).astype(np.uint8)))
    assert result.verdict.status in ("left unchanged", "uncertain")
    gray[1300:] *= 0.4  # a shadow with a hard edge, and text in it
    assert Borders()(page(gray.astype(np.uint8))).verdict.status in ("left unchanged", "uncertain")


def test_a_picture_at_the_edge_is_left(
    text: Callable[..., Gray], page: Callable[..., Page]
) -> None:
    gray = text()
    gray[400:1200, :700] = 40
    result = Borders()(page(gray))
    assert result.verdict.status == "uncertain"
    assert np.array_equal(result.page.gray, gray)


def test_a_letter_that_the_board_cuts_stays(
    sheet: Callable[..., Sheet], text: Callable[..., Gray], page: Callable[..., Page]
) -> None:
    columns = np.flatnonzero(sheet().ink.any(axis=0))
    cut = int(columns[0]) + 17  # through the first letters of the lines
    gray = np.pad(text()[:, cut:], ((40, 0), (60, 0)), constant_values=15)
    ink = np.pad(sheet().ink[:, cut:], ((40, 0), (60, 0)))
    result = Borders()(page(gray))
    assert np.array_equal(result.page.gray[ink], gray[ink])
    assert result.verdict.status == "done"
    assert result.page.gray[:30, 200:].min() > 180


def test_a_hole_beside_a_board_keeps_no_rim(
    text: Callable[..., Gray], page: Callable[..., Page], board: Callable[..., Gray]
) -> None:
    gray = board(text())
    for y in (500, 1200):  # as high as four letters
        cv2.circle(gray, (105, y), 24, 20, -1)
    result = Borders()(page(gray))
    assert result.verdict.status == "done"
    assert result.page.gray[:, :55].min() > 180
    assert (result.page.gray[490:510, 95:115] == 20).all()


def test_joined_writing_beside_a_board_keeps_a_rim_as_high_as_a_letter(
    text: Callable[..., Gray], page: Callable[..., Page], board: Callable[..., Gray]
) -> None:
    """A loop six letters high with a stroke of three pixels, near the board."""
    gray = board(text(), left=120)
    cv2.ellipse(gray, (165, 900), (30, 40), 0, 0, 360, 60, 3)
    result = Borders()(page(gray))
    assert result.verdict.status == "done"
    dark = (result.page.gray[:, :119] < 100).any(axis=1)
    assert 0 < np.count_nonzero(dark) < 230
    assert result.page.gray[:, :90].min() > 180
    assert (result.page.gray[gray == 60] == 60).all()


def test_a_signature_that_runs_into_a_board_stays(
    text: Callable[..., Gray], page: Callable[..., Page], board: Callable[..., Gray]
) -> None:
    """Loops that stand on the board are one part with it, and their last stroke lies along it."""
    gray = board(text())
    low = len(gray)
    gray = np.pad(gray, ((0, 60), (0, 0)), constant_values=15)
    drawn = np.zeros(gray.shape, np.uint8)
    for x in range(500, 740, 80):
        cv2.ellipse(drawn, (x, low - 40), (25, 45), 0, 0, 360, 1, 6)
    cv2.fillPoly(drawn, [np.array([[760, low - 14], [900, low], [740, low]])], 1)
    ink = drawn.astype(bool)
    ink[low:] = False
    gray[ink] = 15
    result = Borders()(page(gray))
    assert result.verdict.status == "done"
    assert np.array_equal(result.page.gray[ink], gray[ink])
    assert result.page.gray[low + 45 :].min() > 180
