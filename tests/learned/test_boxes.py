"""Regions from maps: what the targets shrink, the boxes grow back."""

import cv2
import numpy as np
import pytest

from docbin.learned.boxes import find_regions, unshrink
from docbin.lines.outline import offset
from docbin.metrics.lines import count_lines


def box(left: float, top: float, width: float, height: float) -> np.ndarray:  # type: ignore[type-arg]
    return np.array([[left, top], [left + width, top], [left + width, top + height],
                     [left, top + height]], float)  # fmt: skip


def shrunk_map(polygons: list[np.ndarray], shrink: float, size=(400, 600)) -> np.ndarray:  # type: ignore[no-untyped-def,type-arg]
    """The map a perfect network would give: 1 inside each polygon shrunk by D = A(1 - r²)/L."""
    found = np.zeros(size, np.float32)
    for polygon in polygons:
        area = cv2.contourArea(polygon.astype(np.float32))
        length = cv2.arcLength(polygon.astype(np.float32), True)
        for part in offset(polygon, -area * (1 - shrink**2) / length):
            cv2.fillPoly(found, [np.rint((part - 0.5) * 16).astype(np.int32)], 1.0, shift=4)
    return found


@pytest.mark.parametrize("shrink", [0.4, 0.7])
@pytest.mark.parametrize("size", [(400, 24), (60, 24), (24, 24), (500, 60)])
def test_what_was_shrunk_comes_back(size: tuple[int, int], shrink: float) -> None:
    polygon = box(40, 50, *size)
    (region,) = find_regions(shrunk_map([polygon], shrink), shrink=shrink)
    counts = count_lines([region.polygon], [polygon], thresholds=(0.6, 0.75))
    # At r = 0.4 a line of 24 pixels is 4 in the map: one pixel more or less is six of its height.
    assert counts.matched[0 if shrink < 0.5 else 1] == 1
    assert region.score == pytest.approx(1)


def test_the_distance_solves_the_shrinking() -> None:
    width, height, shrink = 300.0, 20.0, 0.7
    distance = width * height * (1 - shrink**2) / (2 * (width + height))
    inner = (width - 2 * distance, height - 2 * distance)
    found = unshrink(inner[0] * inner[1], 2 * sum(inner), shrink)
    assert found == pytest.approx(distance, rel=1e-9)


def test_rectangles_have_four_corners_and_stand_as_the_line_does() -> None:
    matrix = cv2.getRotationMatrix2D((300, 200), 20, 1)
    polygon = box(100, 180, 400, 30) @ matrix[:, :2].T + matrix[:, 2]
    (region,) = find_regions(shrunk_map([polygon], 0.7), shrink=0.7, rectangles=True)
    assert region.polygon.shape == (4, 2)
    assert count_lines([region.polygon], [polygon], thresholds=(0.8,)).matched == (1,)


def test_there_is_no_cap_on_regions() -> None:
    polygons = [box(x, y, 14, 10) for y in range(4, 1000, 16) for x in range(4, 1000, 20)]
    found = find_regions(shrunk_map(polygons, 0.7, (1010, 1010)), shrink=0.7)
    assert len(found) == len(polygons) == 3150


def test_lines_that_touch_come_apart_where_the_map_says_so() -> None:
    lines = [box(40, y, 400, 24) for y in (40, 66, 92, 118, 144)]
    two = shrunk_map(lines, 0.7)
    two[58:70, 200:220] = np.maximum(two[58:70, 200:220], 0.4)
    assert len(find_regions(two, shrink=0.7)) == 5


def test_faint_regions_are_left_out() -> None:
    found = shrunk_map([box(40, 40, 200, 30)], 0.7) * 0.45
    assert find_regions(found, shrink=0.7, score=0.5) == []
    assert len(find_regions(found, shrink=0.7, score=0.4)) == 1


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_map_that_is_all_one_thing(value: float) -> None:
    found = find_regions(np.full((64, 96), value, np.float32), shrink=0.7)
    assert len(found) == int(value)


def test_single_pixels_are_no_text() -> None:
    found = np.zeros((50, 50), np.float32)
    found[10, 10] = found[30, 30:33] = 1
    assert all(np.ptp(r.polygon, axis=0).min() >= 3 for r in find_regions(found, shrink=0.7))


def test_a_region_of_many_corners_is_grown_from_few(monkeypatch: pytest.MonkeyPatch) -> None:
    from docbin.learned import boxes

    corners: list[int] = []
    grow = boxes.grown
    monkeypatch.setattr(
        boxes, "grown", lambda points, by: (corners.append(len(points)), grow(points, by))[1]
    )
    comb = np.zeros((60, 9_000), np.float32)
    comb[28:32] = 0.9
    comb[8:30, ::4] = 0.9
    assert boxes.find_regions(comb, shrink=0.7)
    assert corners
    assert max(corners) <= boxes.MOST_CORNERS


def test_what_the_edge_leaves_of_a_facing_page_is_no_line() -> None:
    page = np.zeros((200, 600), np.float32)
    for i in range(4):
        page[20 + 30 * i : 32 + 30 * i, 60:460] = 0.9
        page[20 + 30 * i : 32 + 30 * i, 560:] = 0.9
    found = find_regions(page, shrink=0.7)
    assert len(found) == 4
    page[:, 460:560] = page[:, 300:400]  # lines that themselves go over the edge
    assert len(find_regions(page, shrink=0.7)) == 4
