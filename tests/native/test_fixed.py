"""Fixed-point layers and networks: every target equals the twin, and what cannot fit is refused."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from docbin import native
from docbin.errors import ArrayError, ModelError
from docbin.native import _native, reference_fixed
from docbin.native.fixed import FixedNetwork, FixedUNet
from docbin.native.fixed_layers import LARGEST, FixedLayer, fitted_layer

SIZES = [(2, 2), (4, 22), (6, 24), (8, 26), (2, 58)]
CHANNELS = [(16, 16), (32, 48), (16, 64)]


@pytest.fixture
def generator() -> np.random.Generator:
    return np.random.default_rng(3)


def layer(
    generator: np.random.Generator, kind: Any, inputs: int, outputs: int, **changed: Any
) -> FixedLayer:
    taps = {"convolve": 3, "down": 2, "up": 1}[kind]
    weight = generator.integers(-90, 91, (outputs, inputs, taps, taps)).astype(np.int16)
    bias = generator.integers(-(10**5), 10**5, outputs).astype(np.int32)
    numbers = {"shift": 9, "low": 0, "high": LARGEST, "least": -LARGEST, "most": LARGEST}
    return FixedLayer(kind, weight, bias, **(numbers | changed))


def native_layer(given: FixedLayer, kind: str = "") -> _native.FixedLayer:
    kind = kind or given.kind
    return _native.FixedLayer(kind, given.weight, given.bias, given.shift, given.low, given.high)


def framed(values: NDArray[Any]) -> NDArray[np.int16]:
    return np.pad(values, ((1, 1), (1, 1), (0, 0))).astype(np.int16)


def drawn(generator: np.random.Generator, *shape: int, low: int = -LARGEST) -> NDArray[np.int64]:
    return generator.integers(low, LARGEST + 1, shape)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("inputs", "outputs"), CHANNELS)
def test_every_target_equals_the_twin(
    generator: np.random.Generator, size: tuple[int, int], inputs: int, outputs: int
) -> None:
    height, width = size
    x = drawn(generator, *size, inputs)
    skip = drawn(generator, *size, outputs, low=0)
    large = drawn(generator, 2 * height, 2 * width, outputs, low=0)
    twice = drawn(generator, 2 * height, 2 * width, inputs)
    three, shrink = (layer(generator, kind, inputs, outputs) for kind in ("convolve", "down"))
    grow = layer(generator, "up", inputs, 4 * outputs, low=-100)
    tail = layer(generator, "up", inputs, 4, low=-2048, high=2047)
    gain = generator.integers(-9000, 32767, outputs).astype(np.int16)
    offset = generator.integers(-(1 << 29), 1 << 29, outputs).astype(np.int32)
    assert three.winograd
    for target in native.targets():
        with native.use_target(target):
            for way in ("winograd", "direct"):
                here = native_layer(three, way)
                out = framed(0 * skip)
                _native.fixed_convolve(here, framed(x), None, out)
                assert np.array_equal(out, framed(reference_fixed.convolve(three, x))), target
                out = framed(skip)  # a sum lands on what it adds
                _native.fixed_convolve(here, framed(x), out, out)
                expected = framed(reference_fixed.convolve(three, x, skip))
                assert np.array_equal(out, expected), (target, way)
            out = framed(0 * skip)
            _native.fixed_down(native_layer(shrink), framed(twice), out)
            assert np.array_equal(out, framed(reference_fixed.down(shrink, twice))), target
            out = framed(large)
            _native.fixed_up(native_layer(grow), framed(x), out)
            assert np.array_equal(out, framed(reference_fixed.up(grow, x, large))), target
            plane = np.empty((2 * height, 2 * width), np.int16)
            _native.fixed_logits(native_layer(tail), framed(x), plane)
            assert np.array_equal(plane, reference_fixed.logits(tail, x)), target
            out = framed(skip)
            _native.fixed_film(out, gain, offset, LARGEST)
            assert np.array_equal(out, framed(reference_fixed.film(skip, gain, offset))), target


def test_convolution_by_hand() -> None:
    weight = np.zeros((16, 16, 3, 3), np.int16)
    weight[0, 0, 0, 2] = 6  # the pixel above and to the right
    one = FixedLayer("convolve", weight, np.full(16, -2, np.int32), 2, 0, 20, 0, 100)
    x = np.zeros((2, 2, 16), np.int64)
    x[0, 1, 0] = 5
    found = reference_fixed.convolve(one, x)[..., 0]
    assert found.tolist() == [[0, 0], [7, 0]]  # (6 · 5 - 2 + 2) >> 2
    assert reference_fixed.convolve(one, x, np.full((2, 2, 16), 15))[..., 0].max() == 20


def test_up_puts_the_outputs_into_a_square() -> None:
    weight = np.arange(1, 5, dtype=np.int16).reshape(4, 1, 1, 1) * 2
    one = FixedLayer("up", weight, np.zeros(4, np.int32), 1, 0, 99, 0, 9)
    assert reference_fixed.logits(one, np.array([[[3]]])).tolist() == [[3, 6], [9, 12]]


def test_extremes_do_not_overflow(generator: np.random.Generator) -> None:
    weight = generator.choice([-1.0, 1.0], (16, 64, 3, 3))
    full = fitted_layer(
        "convolve", weight, np.zeros(16), (0, 0), (-LARGEST, LARGEST), (-LARGEST, LARGEST)
    )
    x = LARGEST * np.sign(weight[0].transpose(1, 2, 0)).astype(np.int64)[:2, :2]
    assert 4 * full.reach > 2**29  # as many bits as there are
    out = framed(np.zeros((2, 2, 16)))
    for target in native.targets():
        with native.use_target(target):
            _native.fixed_convolve(native_layer(full, "winograd"), framed(x), None, out)
            assert np.array_equal(out, framed(reference_fixed.convolve(full, x))), target


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"shift": 0}, "shift must be"),
        ({"shift": 29}, "shift must be"),
        ({"high": LARGEST + 1}, "within"),
        ({"least": -LARGEST - 1}, "within"),
    ],
)
def test_numbers_that_cannot_be_are_refused(
    generator: np.random.Generator, changed: dict[str, int], words: str
) -> None:
    with pytest.raises(ModelError, match=words):
        layer(generator, "convolve", 16, 16, **changed)


def test_a_sum_that_could_leave_32_bits_is_refused() -> None:
    weight, bias = np.full((16, 64, 3, 3), 3000, np.int16), np.zeros(16, np.int32)
    small = FixedLayer("convolve", weight, bias, 9, 0, LARGEST, 0, 1200)
    assert not small.winograd  # it fits, but four times as much does not
    with pytest.raises(ModelError, match="32 bits"):
        FixedLayer("convolve", weight, bias, 9, 0, LARGEST, 0, 1300)
    with pytest.raises(ModelError, match="needs weights"):
        FixedLayer("down", weight, bias, 9, 0, LARGEST, 0, 1)


def small_net(generator: np.random.Generator, channels: int) -> FixedUNet:
    def made(
        kind: Any, outputs: int, inputs: int, given: int = LARGEST, out: int = 6
    ) -> FixedLayer:
        taps = {"convolve": 3, "down": 2, "up": 1}[kind]
        weight = generator.normal(0, 1 / np.sqrt(inputs * taps), (outputs, inputs, taps, taps))
        low, high = (-2048, 2047) if out == 8 else (0, LARGEST)
        bias = generator.normal(0, 1, outputs)
        return fitted_layer(kind, weight, bias, (6, out), (0, given), (low, high))

    layers = {"stem": made("down", 32, 4, 255), "shrink1": made("down", 48, 32)}
    for name in ("stem_conv", "up0_0_a", "up0_0_b", "up0_1_a", "up0_1_b"):
        layers[name] = made("convolve", 32, 32)
    layers |= {f"down1_0_{part}": made("convolve", 48, 48) for part in "ab"}
    layers |= {"grow0": made("up", 128, 48), "head": made("convolve", 16, 32)}
    layers["tail"] = made("up", 4, 16, out=8)
    context = [
        (
            generator.integers(-20000, 20000, (8, channels if i == 0 else 8, 3, 3)),
            generator.integers(0, 1 << 28, 8),
            np.full(8, 16),
        )
        for i in range(2)
    ]
    films = [
        (
            generator.integers(-9, 9, (2 * width, 16)),
            np.repeat([4096 << 16, 1 << 30], width),
            np.full(2 * width, 16),
        )
        for width in (48, 32)
    ]
    return FixedUNet(channels, (32, 48), (0, 1), (2,), layers, context, films)


@pytest.mark.parametrize(("channels", "height", "width"), [(3, 8, 56), (1, 32, 24), (3, 8, 8)])
def test_a_network_equals_its_twin(
    generator: np.random.Generator, channels: int, height: int, width: int
) -> None:
    network = FixedNetwork(small_net(generator, channels))
    tiles = [
        generator.integers(0, 256, (height, width, channels)).astype(np.uint8) for _ in range(4)
    ]
    films = network.net.page_films(generator.integers(0, 256, (channels, 16, 16)).astype(np.uint8))
    expected = [network.twin_logits(tile, films) for tile in tiles]
    assert np.std(expected) > 1
    for target in native.targets():
        with native.use_target(target), ThreadPoolExecutor(3) as pool:
            found = list(pool.map(lambda tile: network.logits(tile, films), tiles))
            assert all(map(np.array_equal, found, expected)), target
    assert not np.array_equal(network.logits(tiles[0], []), expected[0])  # the view has its say


@pytest.mark.parametrize("shape", [(8, 12, 3), (8, 8, 1), (0, 8, 3), (8, 8)])
def test_a_wrong_tile_is_refused(generator: np.random.Generator, shape: tuple[int, ...]) -> None:
    network = FixedNetwork(small_net(generator, 3))
    with pytest.raises(ArrayError, match="multiples of 8"):
        network.logits(np.zeros(shape, np.uint8), [])


def test_maps_that_do_not_fit_are_refused(generator: np.random.Generator) -> None:
    one = native_layer(layer(generator, "convolve", 16, 32), "direct")
    good, out = np.zeros((6, 6, 16), np.int16), np.zeros((6, 6, 32), np.int16)
    for x, y in ((good, good), (good[:5].copy(), out), (good, np.zeros((8, 6, 32), np.int16))):
        with pytest.raises(ValueError, match="map"):
            _native.fixed_convolve(one, x, None, y)
