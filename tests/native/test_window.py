"""Every target equals the NumPy twin bit for bit, at sizes chosen to break tails."""

import numpy as np
import pytest
from numpy.typing import NDArray

from docbin import native
from docbin.errors import ArrayError, SettingError
from docbin.native import reference_window, window

SIZES = [(1, 1), (1, 40), (40, 1), (3, 7), (5, 8), (9, 17), (33, 31), (20, 65), (64, 129)]
WINDOWS = [1, 3, 15, 31, 201]
RULES: list[tuple[str, tuple[float, ...]]] = [
    ("niblack", (-0.2,)),
    ("niblack", (0.3,)),
    ("sauvola", (0.2, 128.0)),
    ("sauvola", (-0.3, 128.0)),
    ("wolf", (0.5, 61.5, 3.0)),
    ("nick", (-0.1,)),
    ("phansalkar", (0.25, 127.5, 2.0, 10.0)),
    ("singh", (0.2, 0.0)),
    ("singh", (0.2, 1.0)),
    ("bradley", (0.15,)),
    ("wan", (0.2, 128.0)),
]


def pages(height: int, width: int) -> list[NDArray[np.uint8]]:
    generator = np.random.default_rng(height * 1000 + width)
    noise = generator.integers(0, 256, (height, width), np.uint8)
    text = np.where(generator.random((height, width)) < 0.2, 40, 200).astype(np.uint8)
    text += generator.integers(0, 30, text.shape, np.uint8)
    return [noise, text, np.full((height, width), 255, np.uint8)]


def plane_for(formula: str, gray: NDArray[np.uint8], side: int) -> NDArray[np.uint8] | None:
    return reference_window.local_maximum(gray, side) if formula == "wan" else None


@pytest.fixture(params=native.targets())
def target(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("shape", SIZES, ids=str)
def test_thresholds_equal_the_twin(target: str, shape: tuple[int, int]) -> None:
    for gray in pages(*shape):
        for side in WINDOWS:
            for formula, settings in RULES:
                plane = plane_for(formula, gray, side)
                expected = reference_window.threshold(gray, formula, side, *settings, plane=plane)
                with native.use_target(target):
                    got = window.threshold(gray, formula, side, *settings, plane=plane)
                    bits = window.threshold(
                        gray, formula, side, *settings, plane=plane, packed=True, threads=2
                    )
                assert np.array_equal(got, expected), (formula, side)
                assert np.array_equal(bits, np.packbits(expected, axis=1)), (formula, side)


@pytest.mark.parametrize("shape", SIZES, ids=str)
def test_maps_equal_the_twin(target: str, shape: tuple[int, int]) -> None:
    for gray in pages(*shape):
        for side in WINDOWS:
            with native.use_target(target):
                moments = window.local_moments(gray, side, threads=3)
                largest = window.max_deviation(gray, side, threads=3)
                extremes = window.local_extremes(gray, side, threads=3)
                low, high = window.local_minimum(gray, side), window.local_maximum(gray, side)
                contrast = window.local_contrast(gray, side)
                ink = window.bernsen(gray, side, 25, 100)
                bits = window.bernsen(gray, side, 25, 100, packed=True)
            for got, expected in zip(
                (*moments, *extremes, low, high, contrast, ink, bits),
                (
                    *reference_window.local_moments(gray, side),
                    *reference_window.local_extremes(gray, side) * 2,
                    reference_window.local_contrast(gray, side),
                    reference_window.bernsen(gray, side, 25, 100),
                    reference_window.bernsen(gray, side, 25, 100, packed=True),
                ),
                strict=True,
            ):
                assert np.array_equal(got, expected)
                assert got.dtype == expected.dtype
            assert largest == reference_window.max_deviation(gray, side)


# Thresholds that a grey value meets exactly, windows of one value, and contrast of one level: what
# single precision cannot decide.
@pytest.mark.parametrize("width", [33, 64, 150])
def test_ties_are_decided_as_in_the_twin(target: str, width: int) -> None:
    rows, columns = np.mgrid[:90, :width]
    ramp = ((rows + columns) // 3).astype(np.uint8)
    steps = np.where(columns < width // 2, 200, 201).astype(np.uint8)
    island = np.full((90, width), 255, np.uint8)
    island[20:40, 8:17] = 0
    rules = [("niblack", (0.0,)), ("nick", (0.0,)), ("wolf", (1.0, 0.5, 200.0)), *RULES]
    for gray in (ramp, steps, island, 255 - island):
        for side in (3, 21, 41):
            for formula, settings in rules:
                plane = plane_for(formula, gray, side)
                expected = reference_window.threshold(gray, formula, side, *settings, plane=plane)
                with native.use_target(target):
                    got = window.threshold(gray, formula, side, *settings, plane=plane)
                assert np.array_equal(got, expected), (formula, settings, side)
            with native.use_target(target):
                largest = window.max_deviation(gray, side)
            assert largest == reference_window.max_deviation(gray, side)


# Windows that pass each bound of window.hpp: 32-bit sums, a signed 32-bit sum of squares (where a
# 32-bit implementation wraps at window 183), a double-exact D, and columns of 64-bit sums.
@pytest.mark.parametrize(
    ("shape", "side"),
    [
        ((260, 300), 181),
        ((260, 300), 257),
        ((260, 300), 259),
        ((700, 650), 1301),
        ((66100, 2), 132201),
    ],
    ids=str,
)
def test_large_sums_are_exact(target: str, shape: tuple[int, int], side: int) -> None:
    gray = np.random.default_rng(5).integers(250, 256, shape, np.uint8)
    gray[: shape[0] // 2] -= 200
    for formula, settings in (("sauvola", (0.2, 128.0)), ("nick", (-0.1,))):
        expected = reference_window.threshold(gray, formula, side, *settings)
        with native.use_target(target):
            assert np.array_equal(window.threshold(gray, formula, side, *settings), expected)
    with native.use_target(target):
        got = window.local_moments(gray, side)
    for a, b in zip(got, reference_window.local_moments(gray, side), strict=True):
        assert np.array_equal(a, b)


def test_many_threads_give_the_same_bits() -> None:
    gray = np.random.default_rng(6).integers(0, 256, (50, 70), np.uint8)
    one = window.threshold(gray, "sauvola", 15, 0.2, 128.0)
    for threads in (2, 7, 64, 1000):
        assert np.array_equal(
            window.threshold(gray, "sauvola", 15, 0.2, 128.0, threads=threads), one
        )


@pytest.mark.parametrize("target", native.targets())
@pytest.mark.parametrize("shape", SIZES, ids=str)
def test_ink_by_edges_equals_the_twin(shape: tuple[int, int], target: str) -> None:
    generator = np.random.default_rng(3)
    gray = generator.integers(0, 256, shape, np.uint8)
    edge = generator.random(shape) < 0.3
    for side, least, spread in ((3, 2, 0.5), (9, 9, 0.0), (31, 20, -1.0)):
        expected = reference_window.ink_by_edges(gray, edge, side, least, spread)
        with native.use_target(target):
            found = window.ink_by_edges(gray, edge, side, least, spread)
        assert np.array_equal(found, expected)
    with pytest.raises(ArrayError, match="edge must be bool"):
        window.ink_by_edges(gray, edge[:, :0], 3, 1, 0.0)


def test_a_page_that_is_a_view_is_read_as_it_looks() -> None:
    gray = np.random.default_rng(7).integers(0, 256, (40, 60), np.uint8)
    view = gray[::2, ::-3]
    assert np.array_equal(window.local_minimum(view, 5), reference_window.local_minimum(view, 5))


@pytest.mark.parametrize("side", [0, -3, 4])
def test_a_window_must_be_odd_and_positive(side: int) -> None:
    with pytest.raises(SettingError, match="window must be odd"):
        window.local_moments(np.zeros((3, 3), np.uint8), side)


def test_bad_arrays_are_refused() -> None:
    page = np.zeros((3, 3), np.uint8)
    for bad in (np.zeros((3, 3)), np.zeros((3, 3, 3), np.uint8), np.zeros((0, 3), np.uint8)):
        with pytest.raises(ArrayError):
            window.local_moments(bad, 3)
    with pytest.raises(ArrayError, match="wan"):
        window.threshold(page, "wan", 3, 0.2, 128.0)
    with pytest.raises(ValueError, match="shape"):
        window.threshold(page, "wan", 3, 0.2, 128.0, plane=np.zeros((2, 3), np.uint8))
    with pytest.raises(SettingError, match="formula"):
        window.threshold(page, "sauvolla", 3, 0.2, 128.0)
    with pytest.raises(SettingError, match="threads"):
        window.local_moments(page, 3, threads=0)
