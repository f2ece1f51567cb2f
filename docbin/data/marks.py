"""Marks: the keypoints a page is known by.

A mark is a SIFT keypoint (Lowe, "Distinctive Image Features from Scale-Invariant Keypoints", 2004)
with its descriptor cut down to 48 signs of Walsh-Hadamard sums.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from docbin.page import Gray

__all__ = ["BITS", "LONG_SIDE", "MarkedImage", "Marks", "find_marks"]

BITS = 48
LONG_SIDE = 1024
SMALL_SIDE = 512
"""Pages up to here were reduced to be marked."""
CANDIDATES = 6000


@dataclass(frozen=True, eq=False)
class Marks:
    """All marks of an image: position and size in pixels, direction in turns, signs of 48 sums."""

    height: int
    width: int
    points: NDArray[np.float64]  # (n, 2) x, y
    sizes: NDArray[np.float64]  # (n,)
    turns: NDArray[np.float64]  # (n,) 0..1
    bits: NDArray[np.bool_]  # (n, 48)
    strengths: NDArray[np.float64]  # (n,)

    def __len__(self) -> int:
        return len(self.sizes)

    @cached_property
    def signs(self) -> NDArray[np.float32]:
        """(n, 48) the bits as +1 and -1: a product of two rows is 48 less twice their distance."""
        return np.where(self.bits, np.float32(1), np.float32(-1))

    def take(self, index: NDArray[np.intp]) -> "Marks":
        """Return the marks of an index array."""
        return Marks(
            self.height,
            self.width,
            self.points[index],
            self.sizes[index],
            self.turns[index],
            self.bits[index],
            self.strengths[index],
        )


class MarkedImage:
    """A grey image and its marks, found when they are asked for, at the size of each page."""

    def __init__(self, gray: Gray) -> None:
        self.gray = gray
        self._found: dict[int, Marks] = {}

    def marks_for(self, page: Marks) -> Marks:
        """Return the marks found at the size at which a small page's were, others at `LONG_SIDE`.

        In a much larger image the page's marks drown among smaller ones that look like them.
        """
        longer = max(page.height, page.width)
        side = longer if longer <= SMALL_SIDE else LONG_SIDE
        if side not in self._found:
            self._found[side] = find_marks(self.gray, long_side=side)
        return self._found[side]


def find_marks(gray: Gray, *, long_side: int = LONG_SIDE) -> Marks:
    """Find the marks of a grey image, looked at no larger than `long_side`."""
    import cv2

    height, width = gray.shape
    scale = min(1.0, long_side / max(height, width))
    small = gray
    if scale < 1.0:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        small = np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8)
    low, high = np.percentile(small, [1, 99])
    if high - low < 3:  # a blank sheet has nothing to know it by
        return _none_found(height, width)
    stretched = np.clip((small - low) * (255.0 / (high - low)), 0, 255).astype(np.uint8)
    sift = cv2.SIFT_create(contrastThreshold=0.015, edgeThreshold=12)  # type: ignore[attr-defined]
    found, descriptors = sift.detectAndCompute(stretched, None)
    if not found:
        return _none_found(height, width)
    strongest = np.argsort([-k.response for k in found], kind="stable")[:CANDIDATES]
    keypoints = [found[i] for i in strongest]
    factor = np.array([width / small.shape[1], height / small.shape[0]])
    return Marks(
        height,
        width,
        np.array([k.pt for k in keypoints]) * factor,
        np.array([k.size for k in keypoints]) * factor.mean(),
        np.array([k.angle / 360.0 for k in keypoints]) % 1.0,
        descriptors[strongest] @ _hadamard().T > 0,
        np.array([k.response for k in keypoints], np.float64),
    )


def _none_found(height: int, width: int) -> Marks:
    empty = np.zeros(0)
    bits = np.zeros((0, BITS), np.bool_)
    return Marks(height, width, np.zeros((0, 2)), empty, empty, bits, empty)


def _hadamard() -> NDArray[np.float32]:
    """Return rows 1 to 48 of the 128 x 128 Sylvester-Hadamard matrix: each sums to zero."""
    matrix = np.ones((1, 1), np.float32)
    while len(matrix) < 128:
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    return matrix[1:49]
