"""Counted levels and connected parts equal their twins, at sizes chosen to break tails."""

import cv2
import numpy as np
import pytest

from docbin.errors import ArrayError
from docbin.native import parts, reference_parts

SIZES = [(1, 1), (1, 40), (40, 1), (3, 7), (9, 17), (33, 31), (20, 65), (64, 129)]


@pytest.mark.parametrize("shape", SIZES, ids=str)
def test_kept_parts_equal_the_twin(shape: tuple[int, int]) -> None:
    generator = np.random.default_rng(2)
    for share in (0.1, 0.3, 0.6):
        ink, seeds = generator.random(shape) < share, generator.random(shape) < 0.02
        expected = reference_parts.keep_touched(ink, seeds)
        assert np.array_equal(parts.keep_touched(ink, seeds), expected)
    with pytest.raises(ArrayError, match="one shape"):
        parts.keep_touched(ink, np.zeros((2, 99), np.bool_))


@pytest.mark.parametrize("shape", SIZES, ids=str)
def test_parts_that_reach_a_value_equal_the_twin(shape: tuple[int, int]) -> None:
    values = np.random.default_rng(6).normal(0, 600, shape).astype(np.int16)
    for weak, strong in ((-300, 900), (0, 0), (400, 1500), (-(1 << 15), (1 << 15) - 1)):
        expected = reference_parts.keep_reaching(values, weak, strong)
        assert np.array_equal(parts.keep_reaching(values, weak, strong), expected)
    with pytest.raises(ArrayError, match="weak <= strong"):
        parts.keep_reaching(values, 1, 0)
    with pytest.raises(ArrayError, match="int16"):
        parts.keep_reaching(values.astype(np.int32), 0, 1)  # type: ignore[arg-type]


def test_luma_is_that_of_opencv_and_of_the_twin() -> None:
    steps = np.arange(0, 256, 5)
    levels = np.stack(np.meshgrid(steps, steps, np.arange(256)), -1).astype(np.uint8)
    rgb = levels.reshape(len(steps), -1, 3)
    gray = parts.luma(rgb)
    assert np.array_equal(gray, reference_parts.luma(rgb))
    assert np.array_equal(gray, cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY))
    with pytest.raises(ArrayError, match="h, w, 3"):
        parts.luma(gray)


@pytest.mark.parametrize("shape", SIZES, ids=str)
def test_boxes_equal_the_twin(shape: tuple[int, int]) -> None:
    generator = np.random.default_rng(3)
    for share in (0.0, 0.2, 0.5, 1.0):
        ink = generator.random(shape) < share
        found = parts.part_boxes(ink)
        assert found.dtype == np.int32
        assert found.shape[1] == 4
        assert np.array_equal(found, reference_parts.part_boxes(ink))
        assert np.array_equal(parts.part_boxes(ink[::-1]), reference_parts.part_boxes(ink[::-1]))
    gray = generator.integers(0, 256, shape).astype(np.uint8)
    for level in (0, 40, 128, 255):
        expected = reference_parts.dark_boxes(gray, level)
        assert np.array_equal(parts.dark_boxes(gray, level), expected)
    with pytest.raises(ArrayError, match="level"):
        parts.dark_boxes(gray, 256)


@pytest.mark.parametrize("shape", SIZES, ids=str)
def test_histogram_equals_the_twin(shape: tuple[int, int]) -> None:
    gray = np.random.default_rng(4).integers(0, 256, shape).astype(np.uint8)
    for page in (gray, gray[:, ::-1], np.full(shape, 255, np.uint8)):
        assert np.array_equal(parts.histogram(page), reference_parts.histogram(page))


@pytest.mark.parametrize("factor", [1, 2, 3, 4, 7])
def test_block_means_equal_the_twin(factor: int) -> None:
    page = np.random.default_rng(5).integers(0, 256, (45, 61)).astype(np.uint8)
    for part in (page, page[3:, 2:50], page[:7, :7], page[::-1], page[:, ::2]):
        expected = reference_parts.block_means(part, factor)
        assert np.array_equal(parts.block_means(part, factor), expected)


@pytest.mark.parametrize("shape", [(1, 1), (7, 5), (40, 130)], ids=str)
def test_small_parts_equal_the_twin(shape: tuple[int, int]) -> None:
    generator = np.random.default_rng(4)
    for share in (0.1, 0.3):
        ink = generator.random(shape) < share
        for side in (0, 1, 3, 6):
            expected = reference_parts.small_parts(ink, side)
            assert np.array_equal(parts.small_parts(ink, side), expected)
    with pytest.raises(ArrayError, match="bool"):
        parts.small_parts(ink.view(np.uint8), 3)  # type: ignore[arg-type]


def test_what_is_no_page_is_refused() -> None:
    with pytest.raises(ArrayError, match="grey page"):
        parts.histogram(np.zeros((2, 2), np.float32))  # type: ignore[arg-type]
    with pytest.raises(ArrayError, match="bool"):
        parts.part_boxes(np.zeros((2, 2), np.uint8))  # type: ignore[arg-type]
    with pytest.raises(ArrayError, match="factor"):
        parts.block_means(np.zeros((2, 9), np.uint8), 3)
    with pytest.raises(ArrayError, match="at least one pixel"):
        parts.part_boxes(np.zeros((0, 2), np.bool_))
