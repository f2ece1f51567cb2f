"""Windows in pixels and in inches, on pages that know their dpi and pages that do not."""

import numpy as np
import pytest

from docbin.classical.scale import check_window, resolution, text_height, window_pixels
from docbin.errors import SettingError
from docbin.page import Page


def lines_of_letters(height: int) -> np.ndarray:
    """Rows of open boxes `height` pixels high, on noisy paper."""
    page = np.random.default_rng(1).normal(220, 5, (40 * height, 40 * height))
    for y in range(height, 38 * height, 3 * height):
        for x in range(height, 38 * height, 2 * height):
            page[y : y + height, x : x + height] = 40
            page[y + 2 : y + height - 2, x + 2 : x + height - 2] = 220
    return np.clip(page, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("window", "dpi", "pixels"),
    [(75, (300.0, 300.0), 75), ("0.25in", (300.0, 300.0), 75), ("0.25 in", (600.0, 600.0), 149),
     ("0.5in", (204.0, 98.0), 71), ("0.001in", (300.0, 300.0), 3), (".1in", (72.0, 72.0), 7)],
)  # fmt: skip
def test_inches_become_odd_pixels(window: int | str, dpi: tuple[float, float], pixels: int) -> None:
    page = Page(np.zeros((5, 5), np.uint8), dpi=dpi)
    check_window("sauvola", window)
    assert window_pixels(window, page) == pixels


def test_text_gives_the_scale_of_a_page_without_dpi() -> None:
    small, large = Page(lines_of_letters(10)), Page(lines_of_letters(21))
    assert text_height(small.gray) == 10
    assert text_height(large.gray) == 21
    assert resolution(large) == pytest.approx(300)
    assert window_pixels("0.25in", large) == 75
    assert resolution(Page(small.pixels, dpi=(200, 200))) == 200


def test_a_page_without_text_is_taken_for_300_dpi() -> None:
    blank = Page(np.full((50, 60), 255, np.uint8))
    assert text_height(blank.gray) is None
    assert resolution(blank) == 300


@pytest.mark.parametrize("window", [0, -5, 2, True, 7.5, "75", "in", "-1in", "11in", "1cm", None])
def test_what_is_no_window_is_refused(window: object) -> None:
    with pytest.raises(SettingError, match="wolf: window must be odd"):
        check_window("wolf", window)  # type: ignore[arg-type]
