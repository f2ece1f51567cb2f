"""Geometry: where a pixel of a prepared page lies on the original page.

Coordinates are x, y in pixels, whole numbers at the middle of a pixel, as OpenCV has them. A
geometry is an affine map M; those of one step after another are one matrix product. A page that
was bent and is flat now has a shift D beside it, which follows it through the steps before and
after, as these are affine:

    original = M p + direction D(flat p)

flat takes a point p of the page to the page as it came out flat, where D is known (a
docbin.prepare.bend.Bend), and direction says where that page's downwards points on the original.
"""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from docbin.errors import ArrayError
from docbin.prepare.bend import Bend

__all__ = ["Flattened", "Geometry", "Matrix"]

Matrix = tuple[tuple[float, float, float], tuple[float, float, float]]
_IDENTITY: Matrix = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
Points = NDArray[np.float64]
Size = tuple[int, int]


@dataclass(frozen=True)
class Flattened:
    """The part of a geometry that is no affine map: a bend, known where the page was flat."""

    bend: Bend
    flat: Matrix = _IDENTITY
    """Takes x, y of the page to x, y of the page as it came out flat."""
    direction: tuple[float, float] = (0.0, 1.0)
    """Where one pixel down on that page leads on the original."""


@dataclass(frozen=True)
class Geometry:
    """The way back from a page to the one it was made of.

    ``matrix`` takes x, y of the page to x, y of the original: two rows of an affine map. ``size``
    and ``original`` are the (width, height) of both. ``flattened`` is what a page that was bent
    has beside its matrix, which alone is then out by the shift.

    >>> cut = Geometry.cut((100, 80), left=10, top=5, size=(50, 40))
    >>> cut.to_original([[0, 0], [3, 4]]).tolist()
    [[10.0, 5.0], [13.0, 9.0]]
    """

    matrix: Matrix
    size: Size
    original: Size
    flattened: Flattened | None = None

    @classmethod
    def identity(cls, size: Size) -> "Geometry":
        """Return the geometry of a page that was left where it was."""
        return cls(_IDENTITY, size, size)

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
            _IDENTITY,
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
        return Geometry(_rows(product), self.size, earlier.original, self._flattened(earlier))

    def to_original(self, points: ArrayLike) -> Points:
        """Take points of the page, (n, 2) x, y, to the original."""
        moved = _applied(_square(self.matrix), points)
        if self.flattened is not None:
            f = self.flattened
            shifts = f.bend.at(_applied(_square(f.flat), points))
            moved += shifts[:, None] * np.array(f.direction)
        return moved

    def to_page(self, points: ArrayLike) -> Points:
        """Take points of the original, (n, 2) x, y, to the page."""
        matrix = _square(self.matrix)
        if self.flattened is not None:
            # What is left of the matrix when the flat page is taken out leads there and back.
            flat = _square(self.flattened.flat)
            bent = _applied(np.asarray(flat @ np.linalg.inv(matrix)), points)
            bent[:, 1] = self.flattened.bend.flat_y(bent)
            return _applied(np.asarray(np.linalg.inv(flat)), bent)
        return _applied(np.asarray(np.linalg.inv(matrix)), points)

    def _flattened(self, earlier: "Geometry") -> Flattened | None:
        """Return the bend of this geometry after an earlier one; one of them may have one."""
        if self.flattened is not None and earlier.flattened is not None:
            raise ArrayError("a page is made flat once: take dewarp once among the steps")
        if self.flattened is not None:
            turn = _square(earlier.matrix)[:2, :2]
            x, y = (float(v) for v in turn @ np.array(self.flattened.direction))
            return replace(self.flattened, direction=(x, y))
        if earlier.flattened is not None:
            flat = _rows(_square(earlier.flattened.flat) @ _square(self.matrix))
            return replace(earlier.flattened, flat=flat)
        return None

    @property
    def is_identity(self) -> bool:
        """Whether the page lies where it lay."""
        return self == Geometry.identity(self.original)

    def to_json(self) -> dict[str, Any]:
        """Return plain values: the matrix, both sizes, and of a page made flat what it has more."""
        values: dict[str, Any] = {
            "to_original": [list(row) for row in self.matrix],
            "size": list(self.size),
            "original": list(self.original),
        }
        if self.flattened is not None:
            f = self.flattened
            flat = [list(row) for row in f.flat]
            values["bend"] = {"flat": flat, "direction": list(f.direction), **f.bend.to_json()}
        return values


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
