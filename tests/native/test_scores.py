"""The scoring kernels equal their twins, at sizes and shapes that break them."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from skimage.morphology import thin

from docbin.errors import ArrayError
from docbin.native import reference_scores as reference
from docbin.native import reference_strokes as strokes
from docbin.native import reference_thinning as thinning
from docbin.native import scores as native
from docbin.native import targets, use_target

Bits = NDArray[np.bool_]

small = st.tuples(st.integers(1, 12), st.integers(1, 12)).flatmap(
    lambda shape: arrays(np.bool_, shape)
)
SIZES = [(1, 1), (1, 70), (66, 1), (2, 2), (9, 63), (17, 64), (8, 65), (9, 129), (24, 30), (21, 70)]


def blobs(rng: np.random.Generator, shape: tuple[int, int], blur: float, share: float) -> Bits:
    field = rng.random(shape).astype(np.float32)
    field = np.asarray(cv2.GaussianBlur(field, (0, 0), blur), np.float32).reshape(shape)
    return np.asarray(field > np.quantile(field, 1 - share), np.bool_)


def pages() -> list[Bits]:
    rng = np.random.default_rng(0)
    drawn = [
        blobs(rng, shape, blur, share)
        for shape in SIZES
        for blur, share in ((0.4, 0.3), (1.5, 0.2), (2.5, 0.6))
    ]
    nested = np.zeros((40, 44), np.bool_)  # frames around a letter: boxes that hold one another
    nested[2:38, 3:41] = True
    nested[5:34, 6:37] = False
    nested[10:28, 12:30] = True
    nested[14:24, 16:26] = False
    nested[18:20, 20:22] = True
    return [*drawn, nested, np.zeros((9, 12), np.bool_), np.ones((9, 12), np.bool_)]


@pytest.mark.parametrize("page", pages(), ids=lambda page: f"{page.shape}")
def test_kernels_equal_their_twins(page: Bits) -> None:
    rng = np.random.default_rng(page.size)
    ink = page ^ (rng.random(page.shape) < 0.2)
    before = page.copy()
    thinned = thinning.thin_guo_hall(page), thinning.thin_lee_chen(page)
    assert native.distortion(ink, page) == reference.distortion(ink, page)
    weights = rng.random((5, 5)).astype(np.float32)
    assert native.distortion_single(ink, page, weights) == reference.distortion_single(
        ink, page, weights
    )
    maps = strokes.stroke_weights(page)
    for target in targets():
        with use_target(target):
            assert np.array_equal(native.thin_guo_hall(page), thinned[0])
            assert np.array_equal(native.thin_lee_chen(page), thinned[1])
            for ours, twin in zip(native.stroke_weights(page), maps, strict=True):
                assert np.array_equal(ours, twin)
    sums = reference.weighted_sums(ink, page, *maps)
    assert native.weighted_sums(ink, page, *maps) == sums
    assert native.stroke_weighted_sums(ink, page) == sums
    assert np.array_equal(page, before)


@settings(max_examples=60, deadline=None)
@given(small)
def test_kernels_equal_their_twins_on_noise(page: Bits) -> None:
    assert np.array_equal(native.thin_lee_chen(page), thinning.thin_lee_chen(page))
    for ours, twin in zip(native.stroke_weights(page), strokes.stroke_weights(page), strict=True):
        assert np.array_equal(ours, twin)


@pytest.mark.parametrize("page", pages()[::2], ids=lambda page: f"{page.shape}")
def test_guo_hall_is_the_known_thinning(page: Bits) -> None:
    assert np.array_equal(native.thin_guo_hall(page), thin(page))


def test_thinning_keeps_every_component() -> None:
    rng = np.random.default_rng(1)
    page = blobs(rng, (200, 300), 1.2, 0.3)
    skeleton = native.thin_lee_chen(page)
    count, labels = cv2.connectedComponents(page.astype(np.uint8), connectivity=8)
    assert set(np.unique(labels[skeleton])) == set(range(1, count))
    assert not (skeleton & ~page).any()


def test_wrong_arrays_are_refused() -> None:
    ink = np.zeros((4, 5), np.bool_)
    with pytest.raises(ArrayError, match="one shape"):
        native.distortion(ink, ink.T)
    with pytest.raises(ArrayError, match="bool"):
        native.thin_guo_hall(ink.astype(np.uint8))  # type: ignore[arg-type]
    with pytest.raises(ArrayError, match="one shape"):
        native.weighted_sums(ink, ink, np.zeros((4, 5)), np.zeros((4, 4)))
    with pytest.raises(ArrayError, match=r"\(5, 5\)"):
        native.distortion_single(ink, ink, np.zeros((3, 3), np.float32))


def test_more_components_than_short_names() -> None:
    # A pattern of dots: what is far from the edges is the same on a page of any size.
    large, small = np.zeros((1060, 1060), np.bool_), np.zeros((200, 200), np.bool_)
    for page in (large, small):
        page[1::4, 1::4] = True
    assert np.count_nonzero(large) > 1 << 16
    inside = np.s_[80:120, 80:120]
    for got, expected in zip(
        native.stroke_weights(large), native.stroke_weights(small), strict=True
    ):
        assert np.array_equal(got[inside], expected[inside])
        assert got[inside].any()
    ink = ~large
    with_maps = native.weighted_sums(ink, large, *native.stroke_weights(large))
    assert native.stroke_weighted_sums(ink, large) == with_maps
