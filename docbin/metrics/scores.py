"""All scores of one page in one call, as the DIBCO contests report them.

Two measures are called pseudo-F in papers. `pseudo_f_measure` is the contests' own, by pixel
weights (see `docbin.metrics.weights`). `skeleton_pseudo_f_measure` is what Suh, Kim, Lee,
Nicolaou (Two-stage generative adversarial networks for binarization of color document images,
2022), Ju and others report: recall over the truth's Guo-Hall skeleton, plain precision. They
differ by several points and rank methods differently, so they are never mixed.

Where a score is not defined, the official tool divides by zero; here a 0/0 share is 100 on a page
without error and 0 on any other:

=============================  ============================================  ==================
page                           official tool prints                          here
=============================  ============================================  ==================
prediction equals truth        F 100, Fps 100, PSNR Inf, DRD 0               the same
both blank                     F NaN, Fps NaN, PSNR Inf, DRD NaN             100, 100, inf, 0
truth blank, some ink found    F NaN, Fps NaN (R NaN, P 0), DRD Inf          0, 0, DRD, MPM inf
some truth, nothing found      F NaN, Fps NaN (R 0, P NaN), DRD a number     0, 0, DRD the same
nothing right                  F NaN, Fps NaN (R 0, P 0), DRD a number       0, 0, DRD the same
no mixed 8 x 8 block, errors   DRD Inf                                       inf
truth all ink, nothing wrong   F 100, Fps 100, PSNR Inf, DRD NaN             100, 100, inf, 0
=============================  ============================================  ==================
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from docbin.errors import ArrayError
from docbin.metrics.counts import Counts, f_measure, ratio
from docbin.metrics.distortion import drd, mpm
from docbin.metrics.input import Picture, as_pair
from docbin.metrics.weights import Weights
from docbin.native import scores as native

__all__ = ["Scores", "evaluate", "evaluate_all"]


@dataclass(frozen=True)
class Scores:
    """The scores of one page: F-measures, recalls and precisions in percent, PSNR in dB.

    Higher is better but for `drd`, `nrm` and `mpm`. What was not asked for is NaN.
    """

    f_measure: float
    recall: float
    precision: float
    pseudo_f_measure: float
    pseudo_recall: float
    pseudo_precision: float
    skeleton_pseudo_f_measure: float
    skeleton_recall: float
    psnr: float
    drd: float
    nrm: float
    mpm: float
    mcc: float

    @property
    def average_score(self) -> float:
        """(F + pseudo-F + PSNR + 100 - DRD) / 4, with the contests' pseudo-F."""
        return (self.f_measure + self.pseudo_f_measure + self.psnr + 100 - self.drd) / 4

    @property
    def skeleton_average_score(self) -> float:
        """(F + pseudo-F + PSNR + 100 - DRD) / 4 as in the three-stage paper: skeleton pseudo-F."""
        return (self.f_measure + self.skeleton_pseudo_f_measure + self.psnr + 100 - self.drd) / 4


def evaluate(
    ink: Picture,
    truth: Picture,
    *,
    weights: Weights | None = None,
    pseudo: bool = True,
    penalty: bool = True,
    official_rounding: bool = False,
) -> Scores:
    """Score a prediction against its ground truth.

    Both are (h, w) bool with True for ink, or uint8 with 0 for ink and 255 for background, or the
    path of a file of one page; a file that is not black and white is thresholded at 128 with a
    UserWarning.
    `weights` are the truth's pixel weights where they are at hand (many predictions of one truth,
    or the official tool's files); otherwise they are computed. Without `pseudo` neither pseudo-F is
    computed, without `penalty` no MPM, whose distances are the slowest of the rest.
    `official_rounding` repeats the single precision of the official tool's DRD.
    Raises ArrayError when an array is grey or has colour or the sizes differ, InputError when a
    file cannot be read.
    """
    found, right = as_pair(ink, truth)
    counts = Counts.of(found, right)
    weighted = skeletal = (math.nan, math.nan, math.nan)
    if pseudo:
        weighted = _pseudo(found, right, weights, counts)
        skeletal = _skeleton_pseudo(found, right, counts)
    return Scores(
        f_measure=100 * counts.f_measure,
        recall=100 * counts.recall,
        precision=100 * counts.precision,
        pseudo_f_measure=100 * weighted[0],
        pseudo_recall=100 * weighted[1],
        pseudo_precision=100 * weighted[2],
        skeleton_pseudo_f_measure=100 * skeletal[0],
        skeleton_recall=100 * skeletal[1],
        psnr=counts.psnr,
        drd=drd(found, right, official_rounding=official_rounding),
        nrm=counts.nrm,
        mpm=mpm(found, right) if penalty else math.nan,
        mcc=counts.mcc,
    )


def evaluate_all(
    inks: Iterable[Picture],
    truths: Iterable[Picture],
    *,
    pseudo: bool = True,
) -> list[Scores]:
    """Score many pages, in order: lists or iterators of what `evaluate` takes, or (n, h, w) arrays.

    Both must be of one length; what is in them need not be of one size.
    """
    missing = object()
    scores: list[Scores] = []
    for ink, truth in zip_longest(inks, truths, fillvalue=missing):
        if ink is missing or truth is missing:
            raise ArrayError(f"predictions and truths must pair up, page {len(scores) + 1} has one")
        scores.append(evaluate(ink, truth, pseudo=pseudo))  # type: ignore[arg-type]
    return scores


def _pseudo(
    ink: NDArray[np.bool_], truth: NDArray[np.bool_], weights: Weights | None, counts: Counts
) -> tuple[float, float, float]:
    if weights is None:
        sums = native.stroke_weighted_sums(ink, truth)
    elif weights.recall.shape == truth.shape:
        sums = native.weighted_sums(ink, truth, weights.recall, weights.precision)
    else:
        raise ArrayError(
            f"weights have shape {weights.recall.shape} but the truth {truth.shape}: "
            "use the weights made from this truth"
        )
    recall = ratio(sums.found, sums.truth, perfect=counts.perfect)
    precision = ratio(sums.right, sums.ink, perfect=counts.perfect)
    return f_measure(precision, recall), recall, precision


def _skeleton_pseudo(
    ink: NDArray[np.bool_], truth: NDArray[np.bool_], counts: Counts
) -> tuple[float, float, float]:
    skeleton = native.thin_guo_hall(truth)
    found, wanted = np.count_nonzero(skeleton & ink), np.count_nonzero(skeleton)
    recall = ratio(float(found), float(wanted), perfect=counts.perfect)
    return f_measure(counts.precision, recall), recall, counts.precision
