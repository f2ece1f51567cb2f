"""Binary layers: every target equals the twin, bit for bit, at sizes that break tails."""

import numpy as np
import pytest

from docbin import native
from docbin.errors import ArrayError
from docbin.native import reference_xnor as twin
from docbin.native import xnor

# channels in, out, kernel, height, width: one pixel, byte, word and block edges, odd everything.
SIZES = [
    (1, 1, 1, 1, 1),
    (1, 2, 3, 1, 1),
    (3, 5, 3, 2, 7),
    (7, 4, 3, 5, 8),
    (8, 9, 3, 63, 1),
    (5, 6, 3, 1, 65),
    (64, 3, 3, 9, 15),
    (33, 65, 1, 8, 64),
    (65, 17, 3, 17, 31),
    (2, 3, 3, 3, 511),
    (2, 3, 3, 2, 513),
    (130, 31, 3, 6, 9),
    (180, 6, 3, 3, 17),
    (64, 33, 3, 10, 70),
    (1820, 2, 3, 1, 3),  # the most there may be
]


@pytest.fixture
def generator() -> np.random.Generator:
    return np.random.default_rng(17)


@pytest.mark.parametrize("target", native.targets())
@pytest.mark.parametrize("size", SIZES)
def test_convolution_equals_the_twin(
    target: str, size: tuple[int, ...], generator: np.random.Generator
) -> None:
    inputs, outputs, k, height, width = size
    signs = generator.random((inputs, height, width)) < generator.random()
    weights = generator.random((outputs, inputs, k, k)) < generator.random()
    sums = twin.binary_convolution(signs, weights)
    thresholds = sums[:, height // 2, width // 2] + generator.integers(-1, 2, outputs)
    flips = generator.random(outputs) < 0.5
    with native.use_target(target):
        assert np.array_equal(xnor.binary_convolution(signs, weights), sums)
        found = xnor.binary_signs(signs, weights, thresholds, flips)
    assert np.array_equal(found, twin.binary_signs(sums, thresholds, flips))


def test_more_taps_than_a_list_can_number_are_refused() -> None:
    weights, signs = np.zeros((1, 1821, 3, 3), np.bool_), np.zeros((1821, 1, 1), np.bool_)
    with pytest.raises(ValueError, match="more than 16383 taps"):
        xnor.binary_convolution(signs, weights)


@pytest.mark.parametrize("target", native.targets())
@pytest.mark.parametrize("weight", [True, False])
def test_extreme_weights_and_signs(target: str, weight: bool) -> None:
    weights = np.full((3, 200, 3, 3), weight)
    signs = np.full((200, 4, 5), not weight)
    with native.use_target(target):
        found = xnor.binary_convolution(signs, weights)
    assert np.array_equal(found, twin.binary_convolution(signs, weights))
    assert found[0, 2, 2] == -1800


@pytest.mark.parametrize("target", native.targets())
@pytest.mark.parametrize(
    ("channels", "k", "height", "width", "digits", "bits"),
    [(1, 3, 1, 1, 1, 16), (5, 3, 7, 9, 2, 16), (16, 1, 3, 600, 3, 16), (70, 3, 4, 40, 2, 13)],
)
def test_residual_unit_equals_the_twin(
    target: str,
    channels: int,
    k: int,
    height: int,
    width: int,
    digits: int,
    bits: int,
    generator: np.random.Generator,
) -> None:
    half = 1 << (bits - 2)
    stream = generator.integers(-half, half, (channels, height, width)) // 4
    weights = generator.random((channels, channels, k, k)) < 0.5
    bias = generator.integers(-60, 60, channels)
    positive = generator.integers(-4000, 9000, channels)
    negative = generator.integers(-9000, 4000, channels)
    positive[0] = 0
    threshold = generator.integers(-half // 8, half // 8, channels)
    following = threshold[::-1].copy()
    following[0] = 1 << 15  # beyond the stream: every sign is -1
    settings = (weights, bias, positive, negative, threshold)
    expected = twin.residual_unit(stream, *settings, digits=digits)
    with native.use_target(target):
        found, signs = xnor.residual_unit(stream, *settings, following, digits=digits, bits=bits)
    assert np.array_equal(found, expected)
    assert np.array_equal(signs, twin.signs_below(expected, following))


def test_a_wrong_shape_is_a_sentence() -> None:
    signs = np.zeros((3, 4, 5), np.bool_)
    with pytest.raises(ArrayError, match=r"weights \(O, C, k, k\)"):
        xnor.binary_convolution(signs, np.zeros((2, 4, 3, 3), np.bool_))
    with pytest.raises(ArrayError, match="k must be 1 or 3"):
        xnor.binary_convolution(signs, np.zeros((2, 3, 5, 5), np.bool_))
    weights = np.zeros((2, 3, 3, 3), np.bool_)
    with pytest.raises(ArrayError, match="one flip a channel"):
        xnor.binary_signs(signs, weights, np.zeros(2, np.int32), np.zeros(3, np.bool_))


def test_grouping_adds_fewer_planes(generator: np.random.Generator) -> None:
    counts = xnor.plane_counts(generator.random((64, 64, 3, 3)) < 0.5)
    assert counts["all"] == 64 * 576
    assert counts["grouped"] < 0.52 * counts["direct"]


def test_a_spanning_tree_adds_what_differs() -> None:
    # Four channels a bit apart each, in an order that is not the tree's.
    taps = np.zeros((4, 9), np.bool_)
    taps[0, :3] = taps[2, :4] = taps[1, :5] = taps[3, :6] = True
    counts = xnor.plane_counts(taps.reshape(4, 1, 3, 3))
    assert counts["direct"] == 18
    assert counts["complement"] == 3 + 4 + 4 + 3
    assert counts["tree"] == 3 + 3


def test_a_tree_of_random_channels_saves_little(generator: np.random.Generator) -> None:
    counts = xnor.plane_counts(generator.random((64, 64, 3, 3)) < 0.5)
    assert counts["grouped"] < counts["tree"] < counts["direct"]
