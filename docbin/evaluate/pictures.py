"""Pictures of a page for the report: what came in, the truth, the prediction, and where it errs.

Missed ink is vermilion and false ink blue, two colours of Okabe and Ito's palette ("Color Universal
Design", 2008) that every kind of colour vision tells apart; ink found right is black.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docbin.page import Ink, Page

__all__ = ["FALSE", "MISSED", "Pictures", "draw", "overlay"]

MISSED = (213, 94, 0)
FALSE = (0, 114, 178)
LONG_SIDE = 900


@dataclass(frozen=True)
class Pictures:
    """WebP files of one page and one prediction of it."""

    page: bytes
    truth: bytes
    prediction: bytes
    errors: bytes

    def __len__(self) -> int:
        return len(self.page) + len(self.truth) + len(self.prediction) + len(self.errors)


def draw(page: Page, truth: Ink, ink: Ink) -> Pictures:
    """Draw a page's four pictures, none longer than 900 pixels."""
    return Pictures(
        _webp(page.rgb, 70),
        _webp(_black_on_white(truth), 60),
        _webp(_black_on_white(ink), 60),
        _webp(overlay(truth, ink), 80),
    )


def overlay(truth: Ink, ink: Ink) -> NDArray[np.uint8]:
    """Return (h, w, 3) RGB: right ink black, missed ink vermilion, false ink blue."""
    image = np.full((*truth.shape, 3), 255, np.uint8)
    image[truth & ink] = (60, 60, 60)
    image[truth & ~ink] = MISSED
    image[ink & ~truth] = FALSE
    return image


def _black_on_white(ink: Ink) -> NDArray[np.uint8]:
    return np.where(ink, np.uint8(0), np.uint8(255))


def _webp(image: NDArray[np.uint8], quality: int) -> bytes:
    import cv2

    height, width = image.shape[:2]
    scale = min(1.0, LONG_SIDE / max(height, width))
    if scale < 1.0:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    if image.ndim == 3:
        image = np.ascontiguousarray(image[:, :, ::-1])
    return bytes(cv2.imencode(".webp", image, [cv2.IMWRITE_WEBP_QUALITY, quality])[1].tobytes())
