"""Crops, baselines, joining and splitting, on pages drawn here."""

from typing import Any

import cv2
import numpy as np
import pytest

import docbin
from docbin.errors import SettingError, UsageError
from docbin.lines.baseline import DEFAULT, baseline_share
from docbin.lines.joining import joined, split_at_gaps
from docbin.lines.outline import outline
from docbin.lines.rectify import crop_lines
from docbin.page import Page
from docbin.protocols import TextLine


def page_with_letters(gaps: tuple[int, ...] = ()) -> np.ndarray:  # type: ignore[type-arg]
    """A line of bars standing on y = 124, from x = 60 to 340; at `gaps` there is none."""
    page = np.full((260, 400), 240, np.uint8)
    for number, x in enumerate(range(60, 340, 10)):
        if number not in gaps:
            page[104:124, x : x + 4] = 20
    return page


def rectangle(left: float, top: float, right: float, bottom: float) -> np.ndarray:  # type: ignore[type-arg]
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], float)


LINE = rectangle(56, 98, 344, 132)


def text_line(polygon: np.ndarray) -> TextLine:  # type: ignore[type-arg]
    return TextLine(polygon, polygon[[3, 2]])


@pytest.mark.parametrize("degrees", [0, 8, -25, 90, -90])
def test_a_turned_line_comes_out_level(degrees: float) -> None:
    page = page_with_letters()
    matrix = cv2.getRotationMatrix2D((200, 130), degrees, 1)
    turned = cv2.warpAffine(page, matrix, (400, 260), borderValue=240)
    polygon = LINE @ matrix[:, :2].T + matrix[:, 2]
    if degrees == -90:  # upright lines are taken to be read upwards: this one is upside down
        turned = cv2.rotate(turned, cv2.ROTATE_180)
        polygon = np.array([399, 259]) - polygon
    (crop,) = crop_lines(Page(turned), [text_line(polygon)], margin=0)
    assert crop.shape == pytest.approx((34, 288), abs=3)
    rows = (crop < 128).mean(1)
    inside = np.flatnonzero(rows > 0.2)
    assert inside[0] == pytest.approx(6, abs=2)
    assert inside[-1] == pytest.approx(25, abs=2)


def test_crops_have_the_height_asked_for_and_keep_colour() -> None:
    page = Page(np.repeat(page_with_letters()[..., None], 3, 2))
    (crop,) = crop_lines(page, [text_line(LINE)], height=48)
    assert crop.shape[0] == 48
    assert crop.shape[2] == 3
    with pytest.raises(SettingError, match="height"):
        crop_lines(page, [text_line(LINE)], height=0)


def test_a_line_over_the_edge_is_cropped_all_the_same() -> None:
    page = Page(page_with_letters())
    for polygon in (LINE + 200.0, LINE - 500.0, np.full((4, 2), 3.0)):
        (crop,) = crop_lines(page, [text_line(polygon)])
        assert crop.size


def test_the_baseline_is_where_the_letters_stand() -> None:
    ink = page_with_letters() < 128
    ink[124:130, 100:104] = True  # one descender
    share = baseline_share(ink, outline(LINE))
    assert 98 + share * 34 == pytest.approx(124, abs=1.5)
    assert baseline_share(np.zeros_like(ink), outline(LINE)) == DEFAULT


def test_pieces_join_over_gaps_in_heights_of_the_line() -> None:
    pieces = [outline(rectangle(*r)) for r in ((0, 0, 100, 20), (115, 2, 200, 21), (0, 30, 90, 50),
                                               (260, 0, 300, 20))]  # fmt: skip
    assert sorted(m for _, m in joined(pieces, 1.0)) == [[0, 1], [2], [3]]
    assert sorted(m for _, m in joined(pieces, 4.0)) == [[0, 1, 3], [2]]
    assert len(joined(pieces, 0.0)) == 4
    merged = next(edges for edges, members in joined(pieces, 1.0) if len(members) == 2)
    assert merged.length == pytest.approx(200, abs=3)
    scaled = [outline(rectangle(*np.multiply(r, 7))) for r in ((0, 0, 100, 20), (115, 2, 200, 21))]
    assert len(joined(scaled, 1.0)) == 1


def test_pieces_of_other_heights_or_slants_do_not_join() -> None:
    flat, tall = outline(rectangle(0, 0, 100, 20)), outline(rectangle(105, -20, 200, 30))
    assert len(joined([flat, tall], 5.0)) == 2


def test_a_line_is_split_where_it_is_empty() -> None:
    ink = page_with_letters(gaps=(8, 9, 10, 11, 12)) < 128
    parts = split_at_gaps(ink, outline(LINE), 1.0)
    assert len(parts) == 2
    assert parts[0].top[-1, 0] < 150 < 190 < parts[1].top[0, 0] + 8
    assert len(split_at_gaps(ink, outline(LINE), 3.0)) == 1
    assert len(split_at_gaps(np.zeros_like(ink), outline(LINE), 1.0)) == 1


def test_a_line_longer_than_opencv_resamples_is_straightened() -> None:
    from docbin.lines.outline import Outline
    from docbin.lines.rectify import straighten

    image = np.zeros((4, 40_000), np.uint8)
    image[:, 30_000:] = 200
    x = np.array([0.0, 39_999.0])
    edges = Outline(np.column_stack([x, [0, 0]]), np.column_stack([x, [3, 3]]))
    strip = straighten(image, edges, (4, 400))
    assert (strip[:, :290] < 20).all()
    assert (strip[:, 310:] > 180).all()


@pytest.mark.parametrize("lines", ["x", [3], 7, [np.zeros((4, 2))]])
def test_what_are_no_lines_is_told(lines: Any) -> None:
    with pytest.raises(UsageError, match=r"crops: .*TextLine"):
        docbin.crops(np.full((40, 60), 255, np.uint8), lines)
