"""The paper behind the ink: what background normalisation divides by.

A coarse grey-level closing: reduced to a quarter, the page's ink is covered by the local maximum,
and a median takes the maxima back to what the paper mostly is. Dividing by it flattens shadows,
stains and gradients, and leaves the ink's share of the paper's light.
"""

import numpy as np
from numpy.typing import NDArray

from docbin.page import Gray

__all__ = ["flattened", "paper", "reduced_paper"]


def paper(gray: Gray, cover: int = 7, smooth: int = 31, scale: int = 4) -> Gray:
    """Estimate the paper of each pixel, (h, w) uint8.

    `cover` and `smooth` are the odd sides, in pixels of the page reduced `scale` times, of the
    maximum and of the median.
    """
    import cv2

    small = reduced_paper(gray, cover, smooth, scale)
    full = cv2.resize(small, gray.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(full, np.uint8)


def reduced_paper(
    pixels: NDArray[np.uint8], cover: int = 7, smooth: int = 31, scale: int = 4
) -> NDArray[np.uint8]:
    """Estimate the paper of a page, (h, w) or (h, w, 3), reduced `scale` times; else as `paper`."""
    import cv2

    height, width = pixels.shape[:2]
    size = (max(1, width // scale), max(1, height // scale))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    small = cv2.medianBlur(cv2.dilate(small, np.ones((cover, cover), np.uint8)), smooth)
    return np.asarray(small, np.uint8)


def flattened(gray: Gray, light: NDArray[np.uint8]) -> Gray:
    """Divide a page by its paper: 255 where it is as light as its paper or lighter."""
    import cv2

    return np.asarray(cv2.divide(gray, np.maximum(light, 1), scale=255), np.uint8)
