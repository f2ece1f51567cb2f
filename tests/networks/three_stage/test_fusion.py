"""Fusion of the local and the global map: the veto, the weights, and their fit."""

import numpy as np
import pytest

pytest.importorskip("torch")

from docbin.errors import ModelError
from docbin.networks.three_stage.fusion import FusionWeights, fit_fusion, fuse


def test_veto_and_weights() -> None:
    local = np.array([[0.9, 0.9, 0.1]], np.float32).repeat(9, 1).repeat(3, 0)
    whole = np.zeros_like(local)
    whole[1, 0] = 1.0
    veto = fuse(local, whole, "veto")
    assert veto[0, 0] == np.float32(0.9)
    assert veto[0, 3] == np.float32(0.9)  # the global map is thickened by three pixels
    assert veto[0, 4] == 0
    assert np.array_equal(fuse(local, whole, "local"), local)
    weighted = fuse(local, np.full_like(local, 0.5), "weighted")
    assert np.allclose(weighted, local, atol=1e-3)
    assert (fuse(local, whole, "weighted")[:, 4:] < local[:, 4:]).all()
    assert np.allclose(fuse(local, whole, "weighted", FusionWeights(1, 0, 0)), local, atol=1e-3)


def test_fit_finds_the_weights_that_made_the_truth() -> None:
    rng = np.random.default_rng(0)
    local = rng.uniform(0.05, 0.95, (200, 300)).astype(np.float32)
    # constant in 7 x 7 blocks three apart, so that thickening changes nothing that is looked at
    whole = np.full_like(local, 0.3)
    whole[:, 150:] = 0.8
    told = fuse(local, whole, "weighted", FusionWeights(0.7, 1.5, -0.5))
    ink = rng.random(local.shape) < told
    found = fit_fusion([(local, whole, ink)])
    assert found == pytest.approx((0.7, 1.5, -0.5), abs=0.12)


def test_fit_without_pages_or_with_a_useless_map() -> None:
    assert fit_fusion([]) == FusionWeights()
    local = np.full((50, 50), 0.5, np.float32)
    ink = np.zeros((50, 50), bool)
    assert np.isfinite(fit_fusion([(local, local, ink)])).all()


def test_fit_to_maps_that_are_sure_of_themselves() -> None:
    rng = np.random.default_rng(1)
    ink = rng.random((300, 300)) < 0.1
    said = ink ^ (rng.random(ink.shape) < 0.03)  # sure, and wrong on three pixels in a hundred
    local, whole = np.where(said, 1, 0).astype(np.float32), np.full(ink.shape, 0.2, np.float32)
    weights = fit_fusion([(local, whole, ink)])
    found = fuse(local, whole, "weighted", weights)
    assert np.abs(weights).max() < 10
    assert found[said].mean() == pytest.approx(ink[said].mean(), abs=0.03)
    assert found[~said].mean() == pytest.approx(ink[~said].mean(), abs=0.03)


def test_text_form() -> None:
    weights = FusionWeights(0.5, -1.25, 3e-5)
    assert FusionWeights.from_text(weights.to_text()) == weights
    for text in ("1 2", "a b c", "1 2 inf"):
        with pytest.raises(ModelError, match="fusion must be"):
            FusionWeights.from_text(text)
