"""Despeckle: dust goes, dots and halftones stay."""

from collections.abc import Callable

import cv2
import numpy as np

from docbin.data.sheet import Sheet
from docbin.page import Gray, Page
from docbin.prepare import Despeckle


def test_dust_goes_and_dots_stay(
    sheet: Callable[..., Sheet], text: Callable[..., Gray], page: Callable[..., Page]
) -> None:
    gray = text()
    far = cv2.dilate(sheet().ink.view(np.uint8), np.ones((21, 21), np.uint8)) == 0
    dust = np.zeros_like(far)
    dust[20::40, 20::40] = far[20::40, 20::40]
    gray[dust] = 90
    result = Despeckle()(page(gray))
    assert result.verdict.status == "done"
    assert dust.sum() > 100
    assert (result.page.gray[dust] > 200).all()
    assert np.array_equal(result.page.gray[sheet().ink], gray[sheet().ink])
    kept = Despeckle(keep_everything=True)(page(gray))
    assert np.array_equal(kept.page.gray, gray)


def test_a_halftone_is_no_dust(text: Callable[..., Gray], page: Callable[..., Page]) -> None:
    gray = text()
    gray[1200:1500, 300:900][::6, ::6] = 90
    result = Despeckle()(page(gray))
    assert np.array_equal(result.page.gray[1220:1480, 320:880], gray[1220:1480, 320:880])
    assert result.verdict.values["pixels_in_crowds"] > 3000
