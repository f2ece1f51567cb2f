"""What the scores mean: a case worked by hand, undefined cases, averages, a drawn page."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from docbin.metrics import (
    Weights,
    drd,
    evaluate,
    mpm,
    stroke_weights,
)
from docbin.metrics.counts import Counts

Bits = NDArray[np.bool_]

# F, R, P, the same by weights, skeleton F and R, PSNR, DRD, NRM, MPM, MCC.
GOLDEN = [
    89.79235735,
    93.73406193,
    86.16878768,
    88.44615157,
    94.23828854,
    83.32478752,
    90.41939226,
    95.11111111,
    14.1923535,
    4.57664173,
    0.04769909,
    0.01699948,
    0.87573418,
]


def test_a_case_worked_by_hand(bar: tuple[Bits, Bits]) -> None:
    ink, truth = bar
    scores = evaluate(ink, truth)
    assert scores.recall == pytest.approx(100 * 79 / 80)
    assert scores.precision == pytest.approx(100 * 79 / 80)
    assert scores.f_measure == pytest.approx(100 * 79 / 80)
    assert scores.psnr == pytest.approx(10 * math.log10(16 * 24 / 2))
    assert scores.nrm == pytest.approx((1 / 80 + 1 / 304) / 2)
    tp, fp, fn, tn = 79, 1, 1, 303
    assert scores.mcc == pytest.approx((tp * tn - fp * fn) / (80 * 304))
    # The middle pixel: all 24 neighbours differ, weight 1. The other: its five nearest text pixels
    # are three rows below, out of its 5 x 5; 24 background neighbours differ from ink, weight 1.
    # All six complete 8 x 8 blocks are mixed.
    assert scores.drd == pytest.approx(2 / 6)
    # Across the bar the weights are 0 1 2 1 0 over N = 4, and a missed pixel of the middle costs 2.
    weights = stroke_weights(truth)
    assert weights.recall[5:10, 12].tolist() == [0, 0.25, 0.5, 0.25, 0]
    expected = weights.recall[ink & truth].sum() / weights.recall.sum()
    assert scores.pseudo_recall == pytest.approx(100 * expected)
    # The stroke is four wide by the tool's measure; three away from it the weight is 3 / 4.
    assert weights.precision[2, 12] == 0.75
    assert scores.pseudo_precision == pytest.approx(100 * 79 / (79 + 1.75))
    assert 90 < scores.skeleton_recall < 100


def test_weights_of_lines_and_dots() -> None:
    truth = np.zeros((20, 30), np.bool_)
    truth[3, 4:24] = True  # one pixel thin: a break anywhere costs one
    truth[10:12, 4:6] = True  # a lone square: its last pixel is its skeleton
    recall = stroke_weights(truth).recall
    assert np.all(recall[3, 5:23] == 1)
    assert np.count_nonzero(recall[10:12, 4:6]) == 1
    assert recall[11, 5] > 0
    assert not recall[~truth].any()


def test_distances_from_the_contour() -> None:
    truth = np.zeros((9, 9), np.bool_)
    truth[4, 4] = True
    ink = np.zeros_like(truth)
    ink[4, 4] = True
    ink[1, 8] = True
    y, x = np.mgrid[:9, :9]
    everywhere = float(np.hypot(y - 4, x - 4).sum())
    assert mpm(ink, truth) == pytest.approx(5 / (2 * everywhere), rel=1e-6)


def page(kind: str) -> Bits:
    blank = np.zeros((24, 24), np.bool_)
    if kind == "text":
        blank[5:9, 4:20] = True
    elif kind == "elsewhere":
        blank[14:18, 4:20] = True
    elif kind == "all":
        blank[:] = True
    return blank


@pytest.mark.parametrize(
    ("ink", "truth", "percent", "psnr", "distortion", "penalty"),
    [
        ("text", "text", 100, math.inf, 0, 0),
        ("blank", "blank", 100, math.inf, 0, 0),
        ("all", "all", 100, math.inf, 0, 0),
        ("text", "blank", 0, 9.5424, math.inf, math.inf),
        ("blank", "text", 0, 9.5424, None, None),
        ("elsewhere", "text", 0, 6.5321, None, None),
        ("all", "blank", 0, 0, math.inf, math.inf),
    ],
)
def test_undefined_cases_are_decided(
    ink: str,
    truth: str,
    percent: float,
    psnr: float,
    distortion: float | None,
    penalty: float | None,
) -> None:
    scores = evaluate(page(ink), page(truth))
    assert scores.f_measure == percent
    assert scores.pseudo_f_measure == percent
    assert scores.skeleton_pseudo_f_measure == percent
    assert scores.psnr == pytest.approx(psnr, abs=1e-4)
    assert not math.isnan(scores.mcc)
    assert scores.drd == distortion if distortion is not None else 0 < scores.drd < math.inf
    assert scores.mpm == penalty if penalty is not None else 0 < scores.mpm < math.inf


def test_a_page_too_small_for_a_block() -> None:
    truth = np.eye(5, dtype=np.bool_)
    assert drd(truth, truth) == 0
    assert drd(~truth, truth) == math.inf


def test_weights_can_be_given_and_pseudo_left_out(bar: tuple[Bits, Bits]) -> None:
    ink, truth = bar
    scores = evaluate(ink, truth)
    assert evaluate(ink, truth, weights=stroke_weights(truth)) == scores
    flat = Weights(truth.astype(np.float64), np.zeros(truth.shape))
    assert evaluate(ink, truth, weights=flat).pseudo_f_measure == pytest.approx(scores.f_measure)
    plain = evaluate(ink, truth, pseudo=False, penalty=False)
    assert math.isnan(plain.pseudo_f_measure)
    assert math.isnan(plain.skeleton_recall)
    assert math.isnan(plain.mpm)
    assert (plain.drd, plain.f_measure) == (scores.drd, scores.f_measure)


def test_averages_are_of_their_own_pseudo_f(bar: tuple[Bits, Bits]) -> None:
    scores = evaluate(*bar)
    rest = scores.f_measure + scores.psnr + 100 - scores.drd
    assert scores.average_score == pytest.approx((rest + scores.pseudo_f_measure) / 4)
    assert scores.skeleton_average_score == pytest.approx(
        (rest + scores.skeleton_pseudo_f_measure) / 4
    )


def drawn_page() -> tuple[Bits, Bits]:
    """Rings, bars and dots of several widths, close enough to merge, and a noisy prediction."""
    y, x = np.mgrid[:96, :160]
    truth = np.zeros(y.shape, np.bool_)
    for top, left, outer, inner in ((30, 30, 22, 15), (34, 72, 16, 13), (28, 96, 11, 4)):
        away = (y - top) ** 2 + (x - left) ** 2
        truth |= (away <= outer**2) & (away > inner**2)
    truth |= (np.abs(y - 70 - (x // 9) % 3) <= 3) & (x > 10) & (x < 150)
    truth |= (np.abs(x - 125 - y // 8) <= 1 + y // 40) & (y > 8) & (y < 90)
    truth |= (y % 11 < 2) & (x % 13 < 2) & (y > 80)
    ink = truth ^ ((y * 37 + x * 101 + y * x) % 29 == 0)
    return ink & ~((y + 2 * x) % 31 == 0), truth


def test_a_drawn_page_keeps_its_figures() -> None:
    # Fixed when the maps and figures of all official pages came out equal.
    scores = evaluate(*drawn_page())
    assert [round(value, 8) for value in vars(scores).values()] == GOLDEN


def test_f_measure_of_counts() -> None:
    assert Counts(6, 2, 4, 88).f_measure == pytest.approx(2 * 6 / (2 * 6 + 2 + 4))
    assert Counts(0, 3, 5, 10).f_measure == 0
    assert Counts(0, 0, 0, 9).f_measure == 1
