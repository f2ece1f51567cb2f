"""Scores of a prediction against its ground truth, as the DIBCO contests define them."""

from docbin.metrics.distortion import drd, mpm
from docbin.metrics.files import read_ink
from docbin.metrics.scores import Scores, evaluate, evaluate_all
from docbin.metrics.weights import Weights, read_weights, stroke_weights, write_weights

__all__ = [
    "Scores",
    "Weights",
    "drd",
    "evaluate",
    "evaluate_all",
    "mpm",
    "read_ink",
    "read_weights",
    "stroke_weights",
    "write_weights",
]
