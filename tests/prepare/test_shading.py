"""Shading: shadow goes, an even page is left."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from docbin.data.sheet import Sheet
from docbin.page import Gray, Page
from docbin.prepare import Shading


def test_shadow_goes_and_an_even_page_is_left(
    sheet: Callable[..., Sheet], text: Callable[..., Gray], page: Callable[..., Page]
) -> None:
    assert Shading()(page(text())).verdict.status == "left unchanged"
    light = np.linspace(1, 0.5, 1240)
    shaded = (text() * light).astype(np.uint8)
    result = Shading()(page(shaded))
    assert result.verdict.status == "done"
    assert result.verdict.values["uneven"] == pytest.approx(0.5, abs=0.1)
    bare = cv2.dilate(sheet().ink.view(np.uint8), np.ones((15, 15), np.uint8)) == 0
    assert np.std(result.page.gray[bare]) < 0.2 * np.std(shaded[bare])
    assert (result.page.gray.astype(int) >= shaded).all()
