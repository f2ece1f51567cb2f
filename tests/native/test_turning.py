"""Turning: every target equals the twin, and both turn as the map says."""

import numpy as np
import pytest

from docbin import native
from docbin.errors import ArrayError
from docbin.native import reference_turning, turning

Matrix = tuple[tuple[float, float, float], tuple[float, float, float]]
STRAIGHT: Matrix = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))


def turn(degrees: float, dx: float = 0.0, dy: float = 0.0) -> Matrix:
    s, c = float(np.sin(np.radians(degrees))), float(np.cos(np.radians(degrees)))
    return (c, s, dx), (-s, c, dy)


@pytest.mark.parametrize("target", native.targets())
@pytest.mark.parametrize(
    ("shape", "matrix", "more"),
    [
        ((40, 50), turn(1.3, 2.7, 2.2), (7, 3)),
        ((300, 140, 3), turn(5.0, -9.2, 0.4), (0, 0)),
        ((531, 270), turn(-14.0, 3.0, 40.0), (1, 5)),
        ((50, 20, 3), turn(20.0), (11, 9)),
        ((1, 1), turn(3.0), (0, 0)),
        ((300, 3), turn(-2.0), (130, 0)),
        ((60, 70), ((1.02, 0.3, -4.0), (-0.05, 0.97, 6.0)), (0, 0)),
        ((40, 40), turn(1.0, 500.0, -300.0), (0, 0)),  # nothing of the page in sight
    ],
)
def test_targets_equal_the_twin(
    target: str, shape: tuple[int, ...], matrix: Matrix, more: tuple[int, int]
) -> None:
    rng = np.random.default_rng(5)
    page = rng.integers(0, 256, shape, dtype=np.uint8)
    fill = (9, 200, 77)[: shape[2] if len(shape) == 3 else 1]
    size = shape[1] + more[0], shape[0] + more[1]
    with native.use_target(target):
        made = turning.turned(page, matrix, size, fill)
    np.testing.assert_array_equal(made, reference_turning.turned(page, matrix, size, fill))


def test_a_map_of_whole_pixels_moves_them() -> None:
    page = np.random.default_rng(1).integers(0, 256, (30, 41), dtype=np.uint8)
    np.testing.assert_array_equal(turning.turned(page, STRAIGHT, (41, 30), (0,)), page)
    moved = turning.turned(page, ((1.0, 0.0, 3.0), (0.0, 1.0, -2.0)), (41, 30), (7,))
    np.testing.assert_array_equal(moved[2:, :-3], page[:-2, 3:])
    assert (moved[:2] == 7).all()


@pytest.mark.parametrize("degrees", [-17.0, -1.0, 0.2, 8.0])
def test_smooth_pages_come_out_as_the_map_says(degrees: float) -> None:
    def light(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.asarray(120 + 60 * np.sin(x / 9) + 50 * np.cos(y / 11 + x / 30))

    y, x = np.mgrid[:200, :260].astype(float)
    page = np.rint(light(x, y)).astype(np.uint8)
    (a, b, c), (d, e, f) = turn(degrees, 4.0, 12.5)
    made = turning.turned(page, ((a, b, c), (d, e, f)), (260, 200), (0,))
    u, v = a * x + b * y + c, d * x + e * y + f
    inside = (u > 2) & (u < 257) & (v > 2) & (v < 197)
    assert np.abs(made - light(u, v))[inside].max() < 2


def test_a_turn_and_its_opposite_keep_a_page() -> None:
    y, x = np.mgrid[:160, :160]
    page = np.asarray(128 + 100 * np.sin(x / 4.0) * np.sin(y / 5.0), np.uint8)
    (a, b, _), (d, e, _) = turn(6.0)
    middle = 79.5

    def about(a: float, b: float, d: float, e: float) -> Matrix:
        return (a, b, middle - (a + b) * middle), (d, e, middle - (d + e) * middle)

    there = turning.turned(page, about(a, b, d, e), (160, 160), (128,))
    back = turning.turned(there, about(a, -b, -d, e), (160, 160), (128,))
    apart = np.abs(back.astype(int) - page)[30:-30, 30:-30]
    assert apart.mean() < 1.5


@pytest.mark.parametrize(
    ("matrix", "size", "fill", "says"),
    [
        (turn(75.0), (5, 5), (0,), "60 degrees"),
        (((1.0, 0.0, 1e9), (0.0, 1.0, 0.0)), (5, 5), (0,), "away from the page"),
        (((1.0, 0.0, 0.0), (0.0, float("nan"), 0.0)), (5, 5), (0,), "60 degrees"),
        (STRAIGHT, (0, 5), (0,), "at least 1 x 1"),
        (STRAIGHT, (5, 5), (0, 0, 0), "1 values"),
    ],
)
def test_bad_maps_are_refused(
    matrix: Matrix, size: tuple[int, int], fill: tuple[int, ...], says: str
) -> None:
    with pytest.raises(ArrayError, match=says):
        turning.turned(np.zeros((5, 5), np.uint8), matrix, size, fill)


def test_pages_that_are_none_are_refused() -> None:
    for page in (np.zeros((0, 4), np.uint8), np.zeros(4, np.uint8), np.zeros((4, 4), np.float32)):
        with pytest.raises(ArrayError, match="uint8"):
            turning.turned(page, STRAIGHT, (4, 4), (0,))
