"""Scores that only count pixels: F-measure, PSNR, NRM, MCC.

With TP, FP, FN, TN the pixels of ink found, invented, missed and rightly left alone::

    recall R = TP / (TP + FN)      precision P = TP / (TP + FP)      F = 2 P R / (P + R)
    PSNR = 10 log10((TP + FP + FN + TN) / (FP + FN))                 (the peak is 1)
    NRM = (FN / (FN + TP) + FP / (FP + TN)) / 2
    MCC = (TP TN - FP FN) / sqrt((TP + FP) (TP + FN) (TN + FP) (TN + FN))

Pratikakis, Gatos, Ntirogiannis: ICDAR 2013 document image binarization contest (DIBCO 2013).
Matthews: Comparison of the predicted and observed secondary structure of T4 phage lysozyme, 1975.
"""

import math
from dataclasses import dataclass

import numpy as np

from docbin.page import Ink

__all__ = ["Counts", "f_measure", "ratio"]


def ratio(part: float, whole: float, *, perfect: bool) -> float:
    """Divide; 0/0 is 1 on a page without any error and 0 on any other."""
    if whole == 0:
        return 1.0 if perfect else 0.0
    return part / whole


def f_measure(precision: float, recall: float) -> float:
    """Return the harmonic mean, 0 where both are 0."""
    if precision + recall == 0:
        return 0.0
    return 2 * precision * recall / (precision + recall)


@dataclass(frozen=True)
class Counts:
    """How many pixels of a page are of which class; the scores below are fractions, not percent."""

    true_ink: int
    false_ink: int
    missed_ink: int
    true_background: int

    @classmethod
    def of(cls, ink: Ink, truth: Ink) -> "Counts":
        """Count the pixels of a prediction by their truth."""
        both = int(np.count_nonzero(ink & truth))
        predicted, wanted = int(np.count_nonzero(ink)), int(np.count_nonzero(truth))
        return cls(both, predicted - both, wanted - both, ink.size - predicted - wanted + both)

    @property
    def errors(self) -> int:
        """Pixels that differ from the truth."""
        return self.false_ink + self.missed_ink

    @property
    def perfect(self) -> bool:
        """Whether no pixel differs."""
        return self.errors == 0

    @property
    def recall(self) -> float:
        """Share of the true ink that was found."""
        return ratio(self.true_ink, self.true_ink + self.missed_ink, perfect=self.perfect)

    @property
    def precision(self) -> float:
        """Share of the predicted ink that is true."""
        return ratio(self.true_ink, self.true_ink + self.false_ink, perfect=self.perfect)

    @property
    def f_measure(self) -> float:
        """Harmonic mean of recall and precision; 1 where nothing differs, blank pages too."""
        return f_measure(self.precision, self.recall)

    @property
    def psnr(self) -> float:
        """Peak signal to noise, dB; infinite without error."""
        pixels = self.errors + self.true_ink + self.true_background
        return math.inf if self.perfect else 10 * math.log10(pixels / self.errors)

    @property
    def nrm(self) -> float:
        """Negative rate metric: the mean of two error rates, each 0 where nothing can be wrong."""
        missed = self.missed_ink / max(1, self.missed_ink + self.true_ink)
        invented = self.false_ink / max(1, self.false_ink + self.true_background)
        return (missed + invented) / 2

    @property
    def mcc(self) -> float:
        """Matthews correlation coefficient, -1 to 1."""
        tp, fp, fn, tn = self.true_ink, self.false_ink, self.missed_ink, self.true_background
        spread = math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
        return ratio(tp * tn - fp * fn, spread, perfect=self.perfect)
