"""Line scores by hand: matching one to one, don't care, coverage."""

import numpy as np
import pytest

from docbin.metrics.lines import LineCounts, count_lines, f_measure, intersections


def box(left: float, top: float, right: float, bottom: float) -> np.ndarray:  # type: ignore[type-arg]
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], float)


def test_intersections_are_areas_in_square_pixels() -> None:
    first = [box(0, 0, 100, 10), box(0, 50, 10, 60)]
    second = [box(50, 5, 150, 15), box(0, 0, 100, 10)[::-1]]
    np.testing.assert_allclose(intersections(first, second), [[250, 1000], [0, 0]], atol=1)


def test_a_match_needs_more_than_the_threshold() -> None:
    truth = [box(0, 0, 100, 20)]
    half = box(0, 0, 100, 10)  # IoU exactly 0.5
    assert count_lines([half], truth, thresholds=(0.3, 0.5)).matched == (1, 0)


def test_matching_is_one_to_one_in_the_order_of_the_truth() -> None:
    truth = [box(0, 0, 100, 20), box(0, 30, 100, 50)]
    twice = [box(0, 0, 100, 20), box(0, 1, 100, 21)]
    counts = count_lines(twice, truth)
    assert counts.matched == (1, 1)
    assert (counts.precision(1), counts.recall(1), counts.f(1)) == (0.5, 0.5, 0.5)


def test_what_lies_in_dont_care_text_is_not_counted() -> None:
    truth, ignored = [box(0, 0, 100, 20)], [box(200, 0, 300, 20)]
    found = [box(0, 0, 100, 20), box(210, 2, 280, 18), box(240, 0, 350, 20)]
    counts = count_lines(found, truth, ignored)
    assert (counts.detections, counts.matched) == (1, (1, 1))
    assert count_lines([box(195, 0, 400, 20)], truth, ignored).detections == 1


def test_a_page_without_text() -> None:
    assert count_lines([], []).f(1) == 0
    assert count_lines([], []).recall(1) == 1
    assert count_lines([box(0, 0, 9, 9)], []).precision(0) == 0
    assert count_lines([], [box(0, 0, 9, 9)]).recall(0) == 0


def test_polygons_without_area_are_passed_over() -> None:
    flat = np.array([[0, 0], [10, 0], [20, 0]], float)
    assert count_lines([flat], [flat]).detections == 0


def test_coverage_does_not_depend_on_the_height_of_boxes() -> None:
    truth = [box(0, 0, 200, 40), box(0, 60, 200, 100)]
    thin = [box(0, 15, 200, 30), box(0, 75, 200, 90)]
    counts = count_lines(thin, truth)
    assert counts.matched == (2, 0)
    assert counts.coverage == pytest.approx(1, abs=0.03)


def test_two_lines_found_as_one_are_covered_once() -> None:
    truth = [box(0, 0, 200, 40), box(0, 44, 200, 84)]
    counts = count_lines([box(0, 0, 200, 84)], truth)
    assert counts.covered == pytest.approx(200, abs=8)
    assert counts.truth_length == pytest.approx(400, abs=8)


def test_counts_add_up() -> None:
    truth = [box(0, 0, 100, 20)]
    one, none = count_lines(truth, truth), count_lines([], truth)
    both = LineCounts() + one + none
    assert (both.truths, both.detections, both.matched) == (2, 1, (1, 1))
    assert both.f(1) == pytest.approx(f_measure(1.0, 0.5))
