"""The way back: exact, and the same however many steps were taken."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docbin.errors import ArrayError
from docbin.prepare import Geometry


def test_quarter_turns_follow_the_pixels() -> None:
    original = np.arange(12, dtype=np.uint8).reshape(3, 4)
    for quarters in range(4):
        turned = np.rot90(original, quarters)
        geometry = Geometry.turned((4, 3), quarters)
        assert geometry.size == turned.shape[::-1]
        for y, x in np.ndindex(turned.shape):
            there = geometry.to_original([[x, y]])[0]
            assert original[int(there[1]), int(there[0])] == turned[y, x]


def test_scaling_keeps_edges_on_edges() -> None:
    geometry = Geometry.scaled((100, 50), (300, 100))
    edges = geometry.to_original([[-0.5, -0.5], [299.5, 99.5]])
    assert np.allclose(edges, [[-0.5, -0.5], [99.5, 49.5]])


@given(st.integers(0, 3), st.integers(-20, 20), st.integers(1, 40), st.floats(-100, 200))
def test_there_and_back(quarters: int, offset: int, side: int, place: float) -> None:
    first = Geometry.turned((60, 40), quarters)
    second = Geometry.cut(first.size, offset, -offset, (side, side + 3))
    third = Geometry.scaled(second.size, (side * 2, side + 1))
    whole = third.after(second).after(first)
    assert whole.original == (60, 40)
    assert whole.size == third.size
    points = np.array([[place, 7.5], [0.0, 0.0]])
    step_by_step = first.to_original(second.to_original(third.to_original(points)))
    assert np.allclose(whole.to_original(points), step_by_step)
    assert np.allclose(whole.to_page(whole.to_original(points)), points)


def test_geometries_of_other_pages_do_not_follow() -> None:
    with pytest.raises(ArrayError, match="cannot follow"):
        Geometry.identity((10, 10)).after(Geometry.identity((10, 11)))
    with pytest.raises(ArrayError, match=r"\(n, 2\)"):
        Geometry.identity((10, 10)).to_original([1.0, 2.0])
