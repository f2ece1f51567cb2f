"""Soft ink: the ink of `auto` with the soft edges it has on the page, grey, for OCR engines.

    G = 255 (1 - (B - g) / I)       near the ink that auto finds; 255 elsewhere

B is the paper and I the depth of the ink below it, both local (docbin.classical.auto): faded words
come out as dark as the others, shadows and stains flat, and show-through, noise and specks, which
a recogniser would read from plain grey, white. Near is within a hundredth of an inch.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from docbin.classical.auto import judged, reduced
from docbin.classical.scale import resolution
from docbin.page import Gray, Page

__all__ = ["SoftInk"]

_REACH_INCH = 0.01
_BAND = 512  # rows at a time


@dataclass(frozen=True)
class SoftInk:
    """Give the ink that auto finds its soft edges, evenly dark, on white."""

    PAPER: ClassVar[str] = "this project: docbin's auto, kept grey"

    def __call__(self, page: Page, /) -> Gray:
        """Return the page as grey, (h, w) uint8; a page of one grey level is white."""
        import cv2

        gray = page.gray
        out = np.full(gray.shape, 255, np.uint8)
        if gray.min() == gray.max():
            return out
        height, width = gray.shape
        ink, (background, depth, _) = judged(reduced(gray))
        small = ink.shape[0] / height
        reach = max(1, round(_REACH_INCH * resolution(page) * small))
        square = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
        near = cv2.resize(
            cv2.dilate(ink.view(np.uint8), square), (width, height), interpolation=cv2.INTER_NEAREST
        )
        # 255 (1 - (B - g) / I) is slope * g + offset, both smooth.
        steep = (255 / depth).astype(np.float32)
        slope, offset = (
            np.asarray(cv2.resize(plane, (width, height), interpolation=cv2.INTER_LINEAR))
            for plane in (steep, 255 - background * steep)
        )
        for top in range(0, height, _BAND):
            rows = slice(top, top + _BAND)
            soft = np.clip(gray[rows] * slope[rows] + offset[rows], 0, 255)
            out[rows] = np.where(near[rows] > 0, np.rint(soft), 255).astype(np.uint8)
        return out
