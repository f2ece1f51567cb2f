"""Targets of DB, and what has crashed published implementations of them."""

import cv2
import numpy as np
import pytest

pytest.importorskip("torch")

from docbin.networks.dbnet.targets import draw_targets, text_area

IDENTITY = np.array([[1, 0, 0], [0, 1, 0]], float)
BOX = np.array([[40, 30], [160, 30], [160, 70], [40, 70]], float)


def targets(*polygons: np.ndarray, ignore: bool = False, matrix: np.ndarray = IDENTITY):  # type: ignore[no-untyped-def,type-arg]
    areas = [text_area(p, ignore=ignore) for p in polygons]
    return draw_targets(areas, matrix, (100, 200))


def test_the_shrunk_region_is_d_from_the_edge() -> None:
    distance = 120 * 40 * (1 - 0.4**2) / (2 * (120 + 40))
    assert text_area(BOX).distance == pytest.approx(distance)
    shrunk = targets(BOX).shrunk
    ys, xs = np.nonzero(shrunk)
    assert xs.min() == pytest.approx(40 + distance, abs=1)
    assert ys.max() == pytest.approx(70 - distance, abs=1)


def test_the_threshold_map_falls_with_the_distance_to_the_edge() -> None:
    found = targets(BOX)
    distance = text_area(BOX).distance
    ys, xs = np.nonzero(found.border > 0)
    contour = BOX.astype(np.float32)
    for y, x in zip(ys[::37], xs[::37], strict=True):
        away = abs(cv2.pointPolygonTest(contour, (float(x), float(y)), True))
        expected = 0.3 + 0.4 * max(0.0, 1 - away / distance)
        assert found.threshold[y, x] == pytest.approx(expected, abs=0.06)
    assert found.threshold.min() == pytest.approx(0.3)
    assert found.threshold.max() == pytest.approx(0.7, abs=0.01)


def test_targets_move_with_the_crop() -> None:
    matrix = np.array([[0, -1, 80], [1, 0, -20]], float)  # a quarter turn
    moved = BOX @ matrix[:, :2].T + matrix[:, 2]
    direct = draw_targets([text_area(moved)], IDENTITY, (200, 100))
    turned = draw_targets([text_area(BOX)], matrix, (200, 100))
    for one, other in zip(direct, turned, strict=True):
        assert np.abs(one - other).mean() < 0.01


def test_a_page_without_text_has_nothing_to_find_and_everything_to_judge() -> None:
    found = targets()
    assert found.shrunk.sum() == 0
    assert found.mask.all()
    assert found.border.sum() == 0


def test_dont_care_text_is_masked_and_takes_no_part() -> None:
    found = targets(BOX, ignore=True)
    assert found.shrunk.sum() == 0
    assert found.border.sum() == 0
    assert not found.mask[40:60, 60:140].any()
    assert found.mask[:20].all()


def test_tiny_text_is_masked() -> None:
    tiny = np.array([[50, 50], [90, 50], [90, 55], [50, 55]], float)
    found = targets(tiny)
    assert found.shrunk.sum() == 0
    assert not found.mask[51:54, 55:85].any()


@pytest.mark.parametrize(
    "polygon",
    [
        np.full((4, 2), 50.0),
        np.array([[10, 10], [90, 10], [40, 10]], float),
        np.array([[10, 10], [90, 60], [90, 10], [10, 60]], float),
        np.array([[-500, -500], [-400, -500], [-400, -450]], float),
        np.array([[-50, 40], [400, 38], [400, 60], [-50, 62]], float),
    ],
    ids=["a point", "no area", "a bow tie", "outside", "over both edges"],
)
def test_awkward_polygons_do_not_fail(polygon: np.ndarray) -> None:  # type: ignore[type-arg]
    found = targets(polygon, BOX)
    assert all(np.isfinite(part).all() for part in found)
    assert found.shrunk.sum() > 0


def test_text_that_shrinks_into_pieces_keeps_them_all() -> None:
    dumbbell = np.array([[20, 20], [70, 20], [70, 43], [130, 43], [130, 20], [180, 20], [180, 80],
                         [130, 80], [130, 57], [70, 57], [70, 80], [20, 80]], float)  # fmt: skip
    area = text_area(dumbbell)
    assert len(area.shrunk) == 2
    assert cv2.connectedComponents(targets(dumbbell).shrunk.astype(np.uint8))[0] == 3
