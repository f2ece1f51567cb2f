"""Sums of distances from the contour: every target equals the twin, on any shape of page."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from docbin.errors import ArrayError
from docbin.native import reference_distance as reference
from docbin.native import scores as native
from docbin.native import targets, use_target

Bits = NDArray[np.bool_]

small = st.tuples(st.integers(1, 14), st.integers(1, 40)).flatmap(
    lambda shape: st.tuples(arrays(np.bool_, shape), arrays(np.bool_, shape))
)


def scattered(shape: tuple[int, int], share: float) -> tuple[Bits, Bits]:
    rng = np.random.default_rng([*shape, round(1000 * share)])
    return rng.random(shape) < 0.3, rng.random(shape) < share


def check(ink: Bits, truth: Bits) -> None:
    expected = reference.contour_distances(ink, truth)
    for target in targets():
        with use_target(target):
            assert native.contour_distances(ink, truth) == expected


@settings(max_examples=80, deadline=None)
@given(small)
def test_kernels_equal_their_twin_on_noise(pages: tuple[Bits, Bits]) -> None:
    check(*pages)


@pytest.mark.parametrize("share", [0.0, 0.001, 0.03, 0.5, 0.97, 1.0])
@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 70), (66, 1), (9, 63), (17, 64), (33, 65), (80, 129)]
)
def test_kernels_equal_their_twin(shape: tuple[int, int], share: float) -> None:
    check(*scattered(shape, share))


@pytest.mark.parametrize("shape", [(150, 300), (300, 129)])
def test_a_block_of_text_far_from_the_edges(shape: tuple[int, int]) -> None:
    # Near the text every column within reach is tried, far from it the hull; here both meet.
    for seed in range(4):
        rng = np.random.default_rng(seed)
        truth = np.zeros(shape, np.bool_)
        top, left = rng.integers(0, 140), rng.integers(0, 69)
        truth[top : top + 9, left : left + 60] = rng.random(truth[top : top + 9, :60].shape) < 0.1
        truth[top, left] = True
        check(rng.random(shape) < 0.1, truth)


@pytest.mark.parametrize("height", [23170, 23171, 70_000])
def test_tall_pages(height: int) -> None:
    # One pixel of contour at an end: the longest distances that each way of counting meets.
    ink, truth = np.ones((height, 2), np.bool_), np.zeros((height, 2), np.bool_)
    truth[0, 0] = True
    check(ink, truth)


@pytest.mark.parametrize("width", [23170, 23171, 30_000])
def test_wide_pages_are_tall_pages_turned(width: int) -> None:
    ink, truth = scattered((3, width), 0.0002)
    truth[1, 5] = True
    turned = native.contour_distances(np.ascontiguousarray(ink.T), np.ascontiguousarray(truth.T))
    for target in targets():
        with use_target(target):
            assert native.contour_distances(ink, truth) == turned


def test_they_are_the_distances_of_opencv() -> None:
    ink, field = scattered((300, 500), 0.5)
    noise = np.random.default_rng(0).random(field.shape).astype(np.float32)
    truth = np.asarray(cv2.GaussianBlur(noise, (0, 0), 4)) > 0.51
    contour = truth & ~cv2.erode(
        truth.view(np.uint8), np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8), borderValue=0
    ).astype(np.bool_)
    theirs = cv2.distanceTransform((~contour).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    sums = native.contour_distances(ink, truth)
    assert sums.page == pytest.approx(theirs.sum(dtype=np.float64), rel=1e-6)
    assert sums.wrong == pytest.approx(theirs[ink ^ truth].sum(dtype=np.float64), rel=1e-6)


def test_bad_pages_are_refused() -> None:
    page = np.zeros((4, 5), np.bool_)
    with pytest.raises(ArrayError, match="one shape"):
        native.contour_distances(page, page[:3])
    long = np.zeros((1, 262_145), np.bool_)
    with pytest.raises(ArrayError, match="262144"):
        native.contour_distances(long, long)
