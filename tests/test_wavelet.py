"""The Haar stage: its formula, and that blank paper stays blank."""

import numpy as np
import pytest

from docbin.wavelet import FLAT, haar_ll, smooth_channel


def test_ll_is_the_mean_of_two_by_two() -> None:
    channel = np.array([[0, 10, 7], [20, 30, 9]], np.uint8)
    assert np.allclose(haar_ll(channel), [[15, 8]], atol=1e-4)


@pytest.mark.parametrize("size", [(1, 1), (1, 5), (6, 7), (32, 32)])
def test_any_size(size: tuple[int, int]) -> None:
    channel = np.random.default_rng(1).integers(0, 256, size).astype(np.uint8)
    assert smooth_channel(channel).shape == size


def test_blank_patch_is_not_stretched() -> None:
    paper = np.full((32, 32), 200, np.uint8)
    assert (smooth_channel(paper) == 200).all()
    grain = (200 + np.random.default_rng(2).integers(0, 6, (32, 32))).astype(np.uint8)
    assert np.ptp(smooth_channel(grain)) <= FLAT


def test_written_patch_is_stretched() -> None:
    channel = np.full((16, 16), 150, np.uint8)
    channel[4:8] = 90
    smooth = smooth_channel(channel)
    assert smooth[5, 5] <= 5
    assert smooth[14, 8] >= 250
