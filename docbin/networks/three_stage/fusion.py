"""The end of stage 3: one probability of ink from the local map and the global one.

The published fusion is a veto: ink where the local map and the thickened (7 x 7) global map both
say so. The weighted one adds their logits,

    logit p = a · logit local + b · logit thick(global) + c

with a, b, c fitted by logistic regression on pages that were not trained on, and kept in the global
network's weight file; without a fit a = 1, b = 1/4, c = 0.
"""

from collections.abc import Iterable
from typing import Any, Literal, NamedTuple, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from docbin.errors import ModelError

__all__ = ["Fusion", "FusionWeights", "fit_fusion", "fuse"]

Array = NDArray[np.float32]
Fusion: TypeAlias = Literal["veto", "weighted", "local"]
SAMPLE = 50_000
"""Pixels of a page that the fit looks at."""
TINY = np.float32(1e-4)


class FusionWeights(NamedTuple):
    """Weights of the logits in the weighted fusion."""

    local: float = 1.0
    whole: float = 0.25
    bias: float = 0.0

    def to_text(self) -> str:
        """Return the weights as they stand in a weight file's notes."""
        return " ".join(f"{value:.6g}" for value in self)

    @classmethod
    def from_text(cls, text: str) -> "FusionWeights":
        """Read what `to_text` wrote; raises ModelError for anything else."""
        try:
            local, whole, bias = (float(word) for word in text.split())
        except ValueError as error:
            raise ModelError(
                f"weights of the fusion must be three numbers, got {text!r}"
            ) from error
        if not np.isfinite([local, whole, bias]).all():
            raise ModelError(f"weights of the fusion must be finite, got {text!r}")
        return cls(local, whole, bias)


def fuse(local: Array, whole: Array, how: Fusion, weights: FusionWeights | None = None) -> Array:
    """Join the local and the global map (h, w), 0..1; "local" is the local map alone."""
    if how == "local":
        return local
    thick = _thick(whole)
    if how == "veto":
        return np.minimum(local, thick)
    a, b, c = (np.float32(value) for value in weights or FusionWeights())
    evidence = a * _logit(local) + b * _logit(thick) + c
    return np.asarray(_sigmoid(evidence), np.float32)


def fit_fusion(
    pages: Iterable[tuple[Array, Array, NDArray[np.bool_]]], *, seed: int = 0
) -> FusionWeights:
    """Fit the weights on pages (local map, global map, truth), every page counting alike.

    Newton's steps on the log-likelihood, halved where they do not help, held weakly (ridge) to the
    weights without a fit.
    """
    rng = np.random.default_rng(seed)
    parts, labels, shares = [], [], []
    for local, whole, ink in pages:
        pick = rng.integers(ink.size, size=SAMPLE)
        logits = [_logit(m).ravel()[pick] for m in (local, _thick(whole))]
        parts.append(np.stack([*logits, np.ones(SAMPLE, np.float32)], 1).astype(np.float64))
        labels.append(ink.ravel()[pick])
        shares.append(np.full(SAMPLE, 1 / SAMPLE))
    start = np.array(FusionWeights())
    if not parts:
        return FusionWeights()
    x, y, share = np.concatenate(parts), np.concatenate(labels), np.concatenate(shares)
    ridge, w = 1e-3 * np.eye(3), start

    def cost(w: NDArray[Any]) -> float:
        z, off = x @ w, w - start
        return float((share * (np.logaddexp(0, z) - y * z)).sum() + off @ ridge @ off / 2)

    for _ in range(30):
        p = _sigmoid(x @ w)
        slope = x.T @ (share * (p - y)) + ridge @ (w - start)
        curve = (x * (share * p * (1 - p))[:, None]).T @ x + ridge
        step = np.linalg.solve(curve, slope)
        while cost(w - step) > cost(w) and np.abs(step).max() > 1e-6:
            step = step / 2  # where the maps are nearly always right a whole step goes too far
        w = w - step
    return FusionWeights(*(float(value) for value in w))


def _thick(whole: Array) -> Array:
    return np.asarray(cv2.dilate(whole, np.ones((7, 7), np.uint8)), np.float32)


def _sigmoid(x: NDArray[Any]) -> NDArray[Any]:
    result: NDArray[Any] = (1 + np.tanh(x / 2)) / 2  # no exponential that overflows
    return result


def _logit(p: Array) -> Array:
    p = np.clip(p, TINY, 1 - TINY)
    result: Array = np.log(p / (1 - p))
    return result
