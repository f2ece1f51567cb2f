"""Minimum cuts of grids: by trying every ink, against the twin, against SciPy's maximum flow."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from docbin.errors import ArrayError
from docbin.native import reference_cut
from docbin.native.grid_cut import MOST_COST, MOST_EXCESS, GridCut

Whole = NDArray[np.int32]


def grid(seed: int, shape: tuple[int, int]) -> tuple[Whole, Whole, Whole]:
    generator = np.random.default_rng(seed)
    excess = generator.integers(-30, 31, shape).astype(np.int32)
    excess[generator.random(shape) < generator.choice([0.0, 0.6])] = 0
    right, down = (generator.integers(0, 16, shape).astype(np.int32) for _ in range(2))
    right[generator.random(shape) < 0.2] = down[generator.random(shape) < 0.2] = 0
    return excess, right, down


def cut(excess: Whole, right: Whole, down: Whole) -> NDArray[np.bool_]:
    found = GridCut(excess)
    found.raise_costs(right, down)
    return found.ink()


def energy(ink: NDArray[np.bool_], excess: Whole, right: Whole, down: Whole) -> int:
    across, along = ink[:, 1:] != ink[:, :-1], ink[1:] != ink[:-1]
    sides = int((right[:, :-1] * across).sum()) + int((down[:-1] * along).sum())
    return sides - int(excess[ink].sum())


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (7, 1), (3, 4)], ids=str)
def test_no_ink_has_less_energy_and_none_as_little_is_smaller(
    shape: tuple[int, int], seed: int
) -> None:
    asked = grid(seed, shape)
    found = cut(*asked)
    every = [
        np.array(bits, bool).reshape(shape)
        for bits in itertools.product([False, True], repeat=shape[0] * shape[1])
    ]
    least = min(energy(ink, *asked) for ink in every)
    assert energy(found, *asked) == least
    for ink in every:
        if energy(ink, *asked) == least:
            assert (found <= ink).all()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.tuples(st.integers(1, 12), st.integers(1, 12)))
def test_cuts_equal_the_twin_and_go_on_when_costs_grow(seed: int, shape: tuple[int, int]) -> None:
    excess, right, down = grid(seed, shape)
    _, more_right, more_down = grid(seed + 1, shape)
    found = GridCut(excess)
    found.raise_costs(right, down)
    expected = reference_cut.least_energy_ink(excess, right, down)
    np.testing.assert_array_equal(found.ink(), expected)
    np.testing.assert_array_equal(found.ink(), expected)
    found.raise_costs(more_right, more_down)
    expected = reference_cut.least_energy_ink(excess, right + more_right, down + more_down)
    np.testing.assert_array_equal(found.ink(), expected)


def test_energy_is_that_of_scipys_flow() -> None:
    sparse = pytest.importorskip("scipy.sparse")
    csgraph = pytest.importorskip("scipy.sparse.csgraph")
    excess, right, down = grid(5, (40, 50))
    at = np.arange(excess.size).reshape(excess.shape)
    source, sink = excess.size, excess.size + 1
    rows = [at[:, :-1], at[:, 1:], at[:-1], at[1:]]
    columns = [at[:, 1:], at[:, :-1], at[1:], at[:-1]]
    values = [right[:, :-1], right[:, :-1], down[:-1], down[:-1]]
    for sign, one in ((1, excess > 0), (-1, excess < 0)):
        ends = np.full(one.sum(), source if sign > 0 else sink)
        rows.append(ends if sign > 0 else at[one])
        columns.append(at[one] if sign > 0 else ends)
        values.append(sign * excess[one])
    where = tuple(np.concatenate([part.ravel() for part in parts]) for parts in (rows, columns))
    graph = sparse.csr_matrix(
        (np.concatenate([v.ravel() for v in values]), where), shape=(sink + 1, sink + 1)
    )
    flow = csgraph.maximum_flow(graph.astype(np.int32), source, sink).flow_value
    found = cut(excess, right, down)
    assert energy(found, excess, right, down) == flow - int(excess[excess > 0].sum())


def test_greatest_numbers_do_not_wrap() -> None:
    excess = np.array([[MOST_EXCESS, -5], [3, -MOST_EXCESS]], np.int32)
    most = np.full((2, 2), MOST_COST)
    np.testing.assert_array_equal(cut(excess, most, most), [[True, False], [True, False]])
    np.testing.assert_array_equal(
        cut(excess, most, most), reference_cut.least_energy_ink(excess, most, most)
    )


def test_bad_arrays_are_refused() -> None:
    with pytest.raises(ArrayError, match="int32"):
        GridCut(np.zeros((3, 3)))  # type: ignore[arg-type]
    with pytest.raises(ArrayError, match="at most 1073741823"):
        GridCut(np.full((2, 2), -(1 << 30), np.int32))
    found = GridCut(np.zeros((2, 2), np.int32))
    for bad in (np.zeros((2, 3), int), np.full((2, 2), -1), np.full((2, 2), 0.5)):
        with pytest.raises(ArrayError, match="cost"):
            found.raise_costs(bad, bad)
    found.raise_costs(np.full((2, 2), 9000), np.full((2, 2), 9000))
    with pytest.raises(ArrayError, match="would pass 16383"):
        found.raise_costs(np.full((2, 2), 9000), np.full((2, 2), 0))
