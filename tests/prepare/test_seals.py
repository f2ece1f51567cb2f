"""Seals: stamps go, text under them and red writing stay."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from docbin.data.sheet import Sheet
from docbin.page import Gray, Page
from docbin.prepare import Seals


def stamped(gray: Gray, radius: int = 90) -> NDArray[np.uint8]:
    """A red ring with a star of spokes over the page at 600, 500; red ink multiplies."""
    tint = np.ones((*gray.shape, 3), np.float32)
    red = (0.95, 0.3, 0.35)
    cv2.circle(tint, (600, 500), radius, red, 12)
    for angle in range(0, 180, 30):
        dx, dy = radius * np.cos(np.radians(angle)), radius * np.sin(np.radians(angle))
        start, end = (round(600 - dx), round(500 - dy)), (round(600 + dx), round(500 + dy))
        cv2.line(tint, start, end, red, 8)
    return (gray[:, :, None] * tint).astype(np.uint8)


def test_seal_goes_and_text_under_it_stays(
    sheet: Callable[..., Sheet], text: Callable[..., Gray], page: Callable[..., Page]
) -> None:
    gray = np.asarray(text() - 60 * sheet().ink, np.uint8)
    pixels = stamped(gray)
    result = Seals()(page(pixels))
    assert result.verdict.status == "done"
    assert result.verdict.values["seals"] == 1
    after = result.page.pixels.astype(int)
    window = np.s_[400:600, 500:700]
    assert (after[window][..., 0] - after[window][..., 1:].max(axis=-1)).max() < 40
    assert np.abs(after[window].mean(axis=-1) - gray[window]).mean() < 6
    under = sheet().ink[window]
    assert (result.page.gray[window][under] < 120).all()
    outside = np.ones(gray.shape, bool)
    outside[390:612, 490:712] = False
    assert np.array_equal(after[outside], pixels[outside])


def test_red_writing_is_no_seal(
    sheet: Callable[..., Sheet], text: Callable[..., Gray], page: Callable[..., Page]
) -> None:
    pixels = np.repeat(text()[:, :, None], 3, axis=2)
    pixels[:, :, 0][sheet().ink] = 200
    before = page(pixels)
    assert Seals()(before).verdict.status == "left unchanged"
    picture = np.full((600, 600, 3), 230, np.uint8)
    picture[100:400, 50:350] = (200, 40, 40)
    assert Seals()(page(picture)).verdict.status == "uncertain"
