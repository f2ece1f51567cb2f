"""Orientation: pages are turned upright, and left where letters do not tell."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from docbin.page import Gray, Page
from docbin.prepare import Orientation


@pytest.mark.parametrize("quarters", range(4))
def test_orientation_turns_upright(
    quarters: int, text: Callable[..., Gray], page: Callable[..., Page]
) -> None:
    upright = text()
    result = Orientation()(page(np.rot90(upright, -quarters)))
    assert result.verdict.status == ("left unchanged" if quarters == 0 else "done")
    assert np.array_equal(result.page.gray, upright)


def test_capitals_do_not_tell_up_from_down(page: Callable[..., Page]) -> None:
    gray = np.full((800, 800), 240, np.uint8)
    for y in range(100, 700, 60):
        cv2.putText(gray, "HOMME THEME HEM MOTH", (60, y), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 30, 2)
    assert Orientation()(page(gray)).verdict.status == "uncertain"
