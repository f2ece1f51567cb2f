"""The automatic method's kernels: every target equals the twins, bit for bit."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from docbin.errors import ArrayError
from docbin.native import auto_ink, targets, use_target
from docbin.native import reference_auto as reference

SIZES = [(1, 1), (1, 50), (50, 1), (2, 2), (7, 5), (33, 64), (40, 129)]
WINDOWS = ((51, 60000.0), (21, 812.5))


def page(shape: tuple[int, int]) -> NDArray[np.uint8]:
    generator = np.random.default_rng(shape[1])
    gray = generator.integers(150, 256, shape).astype(np.uint8)
    gray[shape[0] // 3 :: 9, shape[1] // 4 :] = 40
    return gray


def inks(shape: tuple[int, int]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    generator = np.random.default_rng(shape[0])
    soft = cv2.GaussianBlur(generator.random(shape), (0, 0), 1.5) if min(shape) > 4 else None
    noise = generator.random(shape) if soft is None else soft
    first = noise > np.median(noise)
    return first, ~first & (generator.random(shape) < 0.3)


@pytest.mark.parametrize("target", targets())
@pytest.mark.parametrize("shape", SIZES, ids=str)
def test_edges_equal_the_twin(shape: tuple[int, int], target: str) -> None:
    gray = page(shape)
    expected = reference.edge_power(gray)
    with use_target(target):
        found = auto_ink.edge_power(gray)
        ink = auto_ink.edge_ink(gray, found.power, WINDOWS, 130.7)
    np.testing.assert_array_equal(found.power, expected.power)
    assert found[1:] == expected[1:]
    for got, wanted in zip(
        ink, reference.edge_ink(gray, expected.power, WINDOWS, 130.7), strict=True
    ):
        np.testing.assert_array_equal(got, wanted)


@pytest.mark.parametrize("target", targets())
@pytest.mark.parametrize("shape", SIZES, ids=str)
def test_depths_equal_the_twin(shape: tuple[int, int], target: str) -> None:
    gray, (ink, _) = page(shape), inks(shape)
    asked = (gray, ink, ((19, 0.05), (77, 0.02)), ((31, 0.02), (151, 0.015)), 0.45)
    expected = reference.ink_depth(*asked)
    with use_target(target):
        found = auto_ink.ink_depth(*asked)
        np.testing.assert_array_equal(auto_ink.ink_level(*asked), expected.level)
    for got, wanted in zip(found, expected, strict=True):
        np.testing.assert_array_equal(got, wanted)


def test_depth_by_hand() -> None:
    # All is bare but a stroke: paper 200 everywhere, ink 80 below it, level 200 - 36.
    gray = np.full((30, 30), 200, np.uint8)
    gray[10:13] = 120
    windows = ((3, 0.01), (9, 0.01))
    found = auto_ink.ink_depth(gray, gray < 160, windows, windows, 0.45)
    assert np.abs(found.background - 200).max() < 1e-3
    assert np.abs(found.depth - 80).max() < 1e-3
    assert (found.level == 164).all()


@pytest.mark.parametrize("shape", SIZES, ids=str)
def test_parts_equal_the_twin(shape: tuple[int, int]) -> None:
    first, second = inks(shape)
    power = auto_ink.edge_power(page(shape)).power
    lengths, gradients, at_end, noise = reference.outlined_parts(first, second, power)
    found = auto_ink.outlined_parts(first, second, power)
    assert found.lengths.tolist() == lengths
    assert found.gradients.tolist() == gradients
    assert found.at_end.tolist() == at_end
    assert found.noise == noise
    everything = found.kept(np.ones(len(lengths), np.bool_))
    np.testing.assert_array_equal(everything, first | second)
    assert not found.kept(np.zeros(len(lengths), np.bool_)).any()
    asked = (first | second, second, power, 0.3, 0.5)
    np.testing.assert_array_equal(auto_ink.keep_edged(*asked), reference.keep_edged(*asked))


@pytest.mark.parametrize("target", targets())
@pytest.mark.parametrize("shape", SIZES, ids=str)
def test_sharpening_equals_the_twin(shape: tuple[int, int], target: str) -> None:
    gray = page(shape)
    with use_target(target):
        found = auto_ink.sharpened(gray)
    np.testing.assert_array_equal(found, reference.sharpened(gray))


def test_sharpening_raises_a_hairline_and_leaves_a_straight_edge() -> None:
    edge = np.repeat([[200, 200, 200, 200, 150, 100, 100, 100, 100]], 9, 0).astype(np.uint8)
    assert auto_ink.sharpened(edge)[4, 4] == 150
    line = np.full((9, 9), 200, np.uint8)
    line[4] = 140
    # g / 4 + 2 m3 - 5 m7 / 4 = 35 + 360 - 239.3, up to how the weights are rounded.
    assert abs(int(auto_ink.sharpened(line)[4, 4]) - 156) <= 1


def test_weak_and_unknown_parts_go() -> None:
    gray = np.full((30, 40), 200, np.uint8)
    gray[0:3, 5:30] = 0  # a dark rim, which has no say
    gray[8:12, 5:30] = 100
    gray[16:20, 5:30] = 180
    gray[24:27, 5:30] = 100
    ink = gray < 190
    known = ink.copy()
    known[22:] = False
    power = auto_ink.edge_power(gray).power
    kept = auto_ink.keep_edged(ink, known, power, 0.3, 0.35)
    np.testing.assert_array_equal(kept.any(1), (known & (gray != 180)).any(1))


@pytest.mark.parametrize("copy", [(1, 1), (3, 5), (20, 27), (40, 55)], ids=str)
def test_enlarging_equals_the_twin(copy: tuple[int, int]) -> None:
    generator = np.random.default_rng(1)
    gray = page((40, 55))
    level = generator.integers(0, 256, copy).astype(np.uint8)
    near = generator.random(copy) < 0.7
    found = auto_ink.enlarged_ink(gray, level, near)
    np.testing.assert_array_equal(found, reference.enlarged_ink(gray, level, near))


def test_bad_arrays_are_refused() -> None:
    gray = np.zeros((4, 5), np.uint8)
    with pytest.raises(ArrayError, match="uint8"):
        auto_ink.edge_power(gray.astype(float))
    with pytest.raises(ArrayError, match="bool"):
        auto_ink.keep_edged(gray, gray > 0, np.zeros((4, 5), np.int32), 0.5, 0.3)
    with pytest.raises(ValueError, match="shape"):
        auto_ink.outlined_parts(gray > 0, gray[1:] > 0, np.zeros((4, 5), np.int32))
    with pytest.raises(ValueError, match="odd"):
        auto_ink.edge_ink(gray, np.zeros((4, 5), np.int32), ((4, 1.0), (3, 1.0)), 0)
    with pytest.raises(ValueError, match="larger"):
        auto_ink.enlarged_ink(gray, np.zeros((9, 5), np.uint8), np.zeros((9, 5), np.bool_))
