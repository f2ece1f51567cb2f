"""Geometry: where a pixel of a prepared page lies on the original page.

Coordinates are x, y in pixels, whole numbers at the middle of a pixel, as OpenCV has them. A
geometry is an affine map; those of one step after another are one matrix product.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from docbin.errors import ArrayError

__all__ = ["Geometry", "Matrix"]

Matrix = tuple[tuple[float, float, float], tuple[float, float, float]]
Points = NDArray[np.float64]
Size = tuple[int, int]


@dataclass(frozen=True)
class Geometry:
    """The way back from a page to the one it was made of.

    ``matrix`` takes x, y of the page to x, y of the original: two rows of an affine map. ``size``
    and ``original`` are the (width, height) of both.

    >>> cut = Geometry.cut((100, 80), left=10, top=5, size=(50, 40))
    >>> cut.to_original([[0, 0], [3, 4]]).tolist()
    [[10.0, 5.0], [13.0, 9.0]]
    """

    matrix: Matrix
    size: Size
    original: Size

    @classmethod
    def identity(cls, size: Size) -> "Geometry":
        """Return the geometry of a page that was left where it was."""
        return cls(((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)), size, size)

    @classmethod
    def cut(cls, original: Size, left: int, top: int, size: Size) -> "Geometry":
        """Return the geometry of a window; negative offsets are a margin that was added."""
        return cls(((1.0, 0.0, float(left)), (0.0, 1.0, float(top))), size, original)

    @classmethod
    def scaled(cls, original: Size, size: Size) -> "Geometry":
        """Return the geometry of a page resized as a whole, edge to edge."""
        x, y = original[0] / size[0], original[1] / size[1]
        return cls(((x, 0.0, (x - 1) / 2), (0.0, y, (y - 1) / 2)), size, original)

    @classmethod
    def turned(cls, original: Size, quarters: int) -> "Geometry":
        """Return the geometry of a page turned counterclockwise by `quarters` of a circle."""
        width, height = original
        right, low = width - 1.0, height - 1.0
        matrices: tuple[Matrix, ...] = (
            ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
            ((0.0, -1.0, right), (1.0, 0.0, 0.0)),
            ((-1.0, 0.0, right), (0.0, -1.0, low)),
            ((0.0, 1.0, 0.0), (-1.0, 0.0, low)),
        )
        size = original if quarters % 2 == 0 else (height, width)
        return cls(matrices[quarters % 4], size, original)

    def after(self, earlier: "Geometry") -> "Geometry":
        """Return the way from this page back to the original of an `earlier` step."""
        if self.original != earlier.size:
            raise ArrayError(
                f"the geometry of a page of {self.original} cannot follow one of {earlier.size}"
            )
        product = _square(earlier.matrix) @ _square(self.matrix)
        return Geometry(_rows(product), self.size, earlier.original)

    def to_original(self, points: ArrayLike) -> Points:
        """Take points of the page, (n, 2) x, y, to the original."""
        return _applied(_square(self.matrix), points)

    def to_page(self, points: ArrayLike) -> Points:
        """Take points of the original, (n, 2) x, y, to the page."""
        return _applied(np.asarray(np.linalg.inv(_square(self.matrix))), points)

    @property
    def is_identity(self) -> bool:
        """Whether the page lies where it lay."""
        return self == Geometry.identity(self.original)

    def to_json(self) -> dict[str, Any]:
        """Return plain values: the matrix and both sizes."""
        return {
            "to_original": [list(row) for row in self.matrix],
            "size": list(self.size),
            "original": list(self.original),
        }


def _square(matrix: Matrix) -> Points:
    return np.array([*matrix, (0.0, 0.0, 1.0)])


def _rows(square: Points) -> Matrix:
    if not math.isclose(float(square[2, 2]), 1.0) or np.any(square[2, :2]):
        raise ArrayError("a geometry must be affine")
    a, b, c, d, e, f = (float(v) for v in square[:2].ravel())
    return (a, b, c), (d, e, f)


def _applied(square: Points, points: ArrayLike) -> Points:
    array = np.asarray(points, np.float64)
    if array.ndim != 2 or array.shape[1] != 2:
        raise ArrayError(f"points must have shape (n, 2), got {array.shape}")
    moved: Points = array @ square[:2, :2].T + square[:2, 2]
    return moved
