"""Bends: between their nodes straight, the same on a grid, and exact both ways."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docbin.errors import ArrayError
from docbin.prepare import Geometry
from docbin.prepare.bend import Bend
from docbin.prepare.geometry import Flattened


def some(seed: int) -> Bend:
    shifts = np.random.default_rng(seed).uniform(-3, 3, (5, 7))
    return Bend.of(shifts, 10.0)


def test_nodes_keep_their_shifts_and_between_them_it_runs_straight() -> None:
    bend = some(1)
    nodes = np.array([[10.0 * i, 10.0 * j] for j in range(5) for i in range(7)])
    np.testing.assert_array_equal(bend.at(nodes), bend.shifts.ravel())
    middle = bend.at(np.array([[25.0, 10.0]]))
    np.testing.assert_allclose(middle, (bend.shifts[1, 2] + bend.shifts[1, 3]) / 2)
    beyond = bend.at(np.array([[-40.0, 500.0]]))
    np.testing.assert_array_equal(beyond, bend.shifts[4, 0])


def test_a_grid_has_the_shifts_of_its_points() -> None:
    bend = some(2)
    x, y = np.linspace(-5, 70, 31), np.linspace(-9, 55, 17)
    points = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    np.testing.assert_allclose(bend.grid(x, y).ravel(), bend.at(points), atol=1e-12)


@given(st.integers(0, 1000), st.floats(-30, 90), st.floats(-30, 90))
def test_flat_and_back(seed: int, x: float, y: float) -> None:
    bend = some(seed)
    flat = np.array([[x, y]])
    there = np.column_stack([flat[:, 0], flat[:, 1] + bend.at(flat)])
    np.testing.assert_allclose(bend.flat_y(there), flat[:, 1], atol=1e-6)


@given(st.integers(0, 1000), st.floats(0, 50), st.floats(0, 40), st.integers(0, 3))
def test_a_bend_follows_through_other_steps(seed: int, x: float, y: float, turns: int) -> None:
    first = Geometry.turned((60, 44), turns)
    second = Geometry(((1, 0, 0), (0, 1, -2)), (62, 45), first.size, Flattened(some(seed)))
    third = Geometry.cut(second.size, -3, 4, (50, 40))
    fourth = Geometry.scaled(third.size, (75, 50))
    whole = fourth.after(third).after(second).after(first)
    again = fourth.after(third.after(second.after(first)))
    points = np.array([[x, y]])
    step_by_step = first.to_original(
        second.to_original(third.to_original(fourth.to_original(points)))
    )
    np.testing.assert_allclose(whole.to_original(points), step_by_step, atol=1e-9)
    np.testing.assert_allclose(again.to_original(points), step_by_step, atol=1e-9)
    np.testing.assert_allclose(whole.to_page(step_by_step), points, atol=1e-6)
    assert not whole.is_identity


def test_bends_that_are_none_are_refused() -> None:
    for shifts in (np.zeros((1, 4)), np.full((3, 3), np.nan), np.zeros(4)):
        with pytest.raises(ArrayError, match="2 x 2"):
            Bend.of(shifts, 5.0)
    with pytest.raises(ArrayError, match="fold"):
        Bend.of(np.array([[0.0, 0.0], [-20.0, 0.0]]), 10.0)
