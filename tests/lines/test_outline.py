"""Outlines: direction, sections, and growing or shrinking polygons."""

import numpy as np
import pytest

from docbin.lines.outline import Outline, direction, median, offset, outline


def box(width: float, height: float, degrees: float = 0.0, at: tuple[float, float] = (300, 300)):  # type: ignore[no-untyped-def]
    turn = np.deg2rad(degrees)
    frame = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [width / 2, height / 2]
    return corners @ frame + at


@pytest.mark.parametrize("degrees", [0, 5, -20, 45, -50])
def test_a_line_runs_along_its_longer_side_from_left_to_right(degrees: float) -> None:
    along = direction(box(200, 20, degrees))
    expected = [np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))]
    np.testing.assert_allclose(along, expected, atol=0.01)


@pytest.mark.parametrize("degrees", [90, -90, 85, -80])
def test_an_upright_line_is_read_from_bottom_to_top(degrees: float) -> None:
    assert direction(box(200, 20, degrees))[1] < -0.9


@pytest.mark.parametrize("size", [(20, 20), (20, 26), (26, 20)])
def test_a_single_letter_is_level(size: tuple[float, float]) -> None:
    assert direction(box(*size))[0] > 0.99


@pytest.mark.parametrize("degrees", [0, 12, -33, 90])
def test_sections_have_the_height_and_length_of_the_line(degrees: float) -> None:
    edges = outline(box(240, 30, degrees))
    assert edges.height == pytest.approx(30, abs=0.7)
    assert edges.length == pytest.approx(240, abs=1.5)
    assert len(edges.top) == len(edges.bottom) >= 4


def test_the_outline_follows_a_bent_line() -> None:
    x = np.linspace(0, 400, 41)
    bend = 30 * np.sin(x / 400 * np.pi)
    polygon = np.vstack([np.column_stack([x, 100 - bend]), np.column_stack([x, 124 - bend])[::-1]])
    edges = outline(polygon)
    assert edges.height == pytest.approx(24, abs=1)
    assert float(np.ptp(edges.top[:, 1])) == pytest.approx(30, abs=3)


def test_offset_grows_and_shrinks_by_the_distance() -> None:
    (grown,) = offset(box(100, 40), 5)
    np.testing.assert_allclose(np.ptp(grown, axis=0), [110, 50], atol=0.1)
    (shrunk,) = offset(box(100, 40), -5)
    np.testing.assert_allclose(np.ptp(shrunk, axis=0), [90, 30], atol=0.1)
    assert offset(box(100, 40), -25) == []


def test_offset_takes_what_crosses_itself_and_what_is_nothing() -> None:
    bow = np.array([[0, 0], [100, 60], [100, 0], [0, 60]], float)
    assert offset(bow, 3)
    assert offset(np.zeros((4, 2)), 3) == []
    assert offset(np.array([[0, 0], [10, 0]], float), 3) == []


def test_a_polygon_of_one_point_has_an_outline() -> None:
    edges = outline(np.full((3, 2), 7.0))
    assert np.isfinite(edges.polygon).all()


def test_slenderness_is_length_by_height_and_a_flat_outline_counts_as_a_pixel_high() -> None:
    edges = outline(box(120, 40))
    assert edges.slenderness == pytest.approx(3, abs=0.05)
    flat = np.array([[0, 0], [50, 0]], float)
    assert Outline(flat, flat).slenderness == 50


@pytest.mark.parametrize("count", [1, 2, 7, 8])
def test_the_median_is_that_of_numpy(count: int) -> None:
    values = np.random.default_rng(count).normal(size=count)
    assert median(values) == np.median(values)


def test_a_line_with_a_notch_keeps_its_outermost_edges() -> None:
    notched = np.array([[0, 0], [40, 0], [50, 8], [60, 0], [100, 0], [100, 20], [0, 20.0]])
    edges = outline(notched, np.array([1.0, 0.0]))
    at = edges.top[:, 0]
    expected = np.where(np.abs(at - 50) < 10, 8 - 0.8 * np.abs(at - 50), 0)
    np.testing.assert_allclose(edges.top[:, 1], expected, atol=1e-9)
    np.testing.assert_allclose(edges.bottom[:, 1], 20)
