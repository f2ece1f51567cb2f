"""What may be scored: two pictures of ink and nothing that has to be guessed."""

import warnings
from os import PathLike
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from docbin.errors import ArrayError
from docbin.metrics.files import read_ink
from docbin.page import Ink

__all__ = ["Picture", "as_ink", "as_pair"]

Picture: TypeAlias = NDArray[np.generic] | str | PathLike[str]
"""(h, w) bool, True for ink, or uint8 with 0 for ink and 255 for background; or a file's path."""


def as_ink(image: Picture, name: str) -> Ink:
    """Return (h, w) bool from bool (True = ink), uint8 of 0 (ink) and 255 only, or a file.

    Any other array is refused: a grey or colour picture has to be thresholded by who knows how.
    A file that is not black and white is thresholded at 128, with a UserWarning that says so.
    """
    if isinstance(image, str | PathLike):
        ink, notes = read_ink(image, name)
        for note in notes:
            warnings.warn(f"{image}: {note}", UserWarning, stacklevel=4)
        return ink
    if not isinstance(image, np.ndarray):
        raise ArrayError(f"{name} must be a numpy array or a path, got {type(image).__name__}")
    if image.ndim == 3:
        raise ArrayError(
            f"{name} has shape {image.shape}: a colour picture has to be binarized first, a batch "
            "(n, h, w) goes to evaluate_all"
        )
    if image.ndim != 2 or image.size == 0:
        raise ArrayError(f"{name} must have shape (h, w) and a pixel, got {image.shape}")
    if image.dtype == np.bool_:
        return np.ascontiguousarray(image, np.bool_)
    if image.dtype != np.uint8:
        raise ArrayError(f"{name} must be bool, or uint8 of 0 and 255, got {image.dtype}")
    gray = np.ascontiguousarray(image, np.uint8)
    if gray.max() == 1:
        raise ArrayError(
            f"{name} is of 0 and 1, and which is ink is anybody's guess: pass {name} == 1 or "
            f"{name} == 0"
        )
    between = int(np.count_nonzero((gray != 0) & (gray != 255)))
    if between:
        raise ArrayError(
            f"{name} is grey: {between} of {gray.size} pixels are neither 0 nor 255; "
            f"threshold it first, for example {name} < 128"
        )
    return np.asarray(gray == 0, np.bool_)


def as_pair(ink: Picture, truth: Picture) -> tuple[Ink, Ink]:
    """Return prediction and truth as ink of one shape."""
    predicted, right = as_ink(ink, "prediction"), as_ink(truth, "truth")
    if predicted.shape != right.shape:
        raise ArrayError(
            f"prediction is {predicted.shape[1]} x {predicted.shape[0]} pixels but truth is "
            f"{right.shape[1]} x {right.shape[0]}: only the unresized prediction can be scored"
        )
    return predicted, right
