"""Pixel weights of the pseudo-F-measure, and the files the official tool keeps them in.

    pseudo-recall     Rps = sum of RW over found ink / sum of RW over all true ink
    pseudo-precision  Pps = sum of 1 + PW over right ink / sum of 1 + PW over all predicted ink
    pseudo-F          Fps = 2 Pps Rps / (Pps + Rps)

Ntirogiannis, Gatos, Pratikakis: Performance evaluation methodology for historical document image
binarization, IEEE Transactions on Image Processing 22(2), 2013.

`stroke_weights` computes RW and PW from the truth. A weight file (``*_RWeights.dat``,
``*_PWeights.dat``) is text: the values in scan order, six decimals, a separator after each.
"""

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from docbin.errors import ArrayError, InputError
from docbin.imageio import atomic
from docbin.metrics.input import Picture, as_ink
from docbin.native import scores as native

__all__ = ["Weights", "read_weights", "stroke_weights", "write_weights"]

LONGEST_NUMBER = 32
"""Characters of a weight and its separator: a file of more holds something else."""


@dataclass(frozen=True, eq=False)
class Weights:
    """The weights of one truth: `recall` and `precision`, (h, w) float64, never negative.

    `precision` is what exceeds one, as in the official files.
    """

    recall: NDArray[np.float64]
    precision: NDArray[np.float64]

    def __post_init__(self) -> None:
        for name in ("recall", "precision"):
            values = np.asarray(getattr(self, name), np.float64)
            if values.ndim != 2 or not np.isfinite(values).all() or (values < 0).any():
                raise ArrayError(f"{name} weights must be (h, w), finite and not negative")
            object.__setattr__(self, name, values)
        if self.recall.shape != self.precision.shape:
            raise ArrayError(
                f"recall weights are {self.recall.shape} but precision weights "
                f"{self.precision.shape}: both must have the truth's shape"
            )


def stroke_weights(truth: Picture) -> Weights:
    """Compute the weights of a truth: (h, w) ink, or the path of its file."""
    recall, precision = native.stroke_weights(as_ink(truth, "truth"))
    return Weights(recall, precision)


def read_weights(recall: Path | str, precision: Path | str, shape: tuple[int, int]) -> Weights:
    """Read the two files the official tool wrote for a truth of this (h, w) shape."""
    return Weights(_read(Path(recall), shape), _read(Path(precision), shape))


def write_weights(
    weights: Weights, recall: Path | str, precision: Path | str, *, overwrite: bool = False
) -> None:
    """Write the two files the official tool reads, each whole or not at all."""
    for path, values in ((recall, weights.recall), (precision, weights.precision)):
        distinct, places = np.unique(values, return_inverse=True)
        texts = np.array([f"{value:.6f} " for value in distinct], object)
        with atomic(Path(path), overwrite=overwrite) as temporary, temporary.open("w") as file:
            file.writelines("".join(texts[row]) + "\n" for row in places.reshape(values.shape))


def _read(path: Path, shape: tuple[int, int]) -> NDArray[np.float64]:
    pixels = shape[0] * shape[1]
    try:
        if path.stat().st_size > LONGEST_NUMBER * pixels + 1000:
            raise InputError(f"{path} is too large for a truth of {shape[0]} x {shape[1]} pixels")
        text = path.read_text("ascii").replace(",", " ").replace(";", " ")
        with warnings.catch_warnings():
            warnings.simplefilter("error", DeprecationWarning)  # for text that is no number
            values = np.fromstring(text, np.float64, sep=" ")
    except (OSError, ValueError, DeprecationWarning) as error:
        raise InputError(f"{path} is not a weight file: {error}") from error
    if values.size != pixels:
        raise InputError(
            f"{path} holds {values.size} weights but the truth has {shape[0]} x {shape[1]} pixels: "
            "use the file made from this truth"
        )
    return values.reshape(shape)
