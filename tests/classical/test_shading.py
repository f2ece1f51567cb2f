"""Shading correction: flat light, the same colours, pictures left alone."""

import numpy as np
import pytest

from docbin.classical.shading import Shading, without_shading
from docbin.errors import SettingError
from docbin.page import Page

PAPER = np.array([230, 205, 160.0])
RED = np.array([180, 30, 40.0])


def colored(shape: tuple[int, int] = (900, 1200)) -> tuple[np.ndarray, np.ndarray]:
    """A page of red lines on brown paper, and where the lines are."""
    ink = np.zeros(shape, bool)
    for row in range(60, shape[0] - 60, 40):
        ink[row : row + 5, 60 : shape[1] - 60] = True
    return np.where(ink[:, :, None], RED, PAPER), ink


def lit(colors: np.ndarray, dark: float = 0.4) -> Page:
    light = np.linspace(1, dark, colors.shape[1])[None, :, None]
    return Page(np.rint(colors * light).astype(np.uint8), (300, 300))


def test_a_gradient_goes_and_the_colors_stay() -> None:
    colors, ink = colored()
    clean = without_shading(lit(colors)).astype(float)
    for where, color in ((~ink, PAPER), (ink, RED)):
        assert np.abs(clean[where] - color).max() < 18
        assert np.abs(clean[where].mean(axis=0) - color).max() < 6


def test_paper_can_be_made_white() -> None:
    colors, ink = colored()
    clean = Shading(paper="white")(lit(colors)).astype(float)
    assert clean[~ink].min() > 240
    assert np.abs(clean[ink].mean(axis=0) - RED / PAPER * 255).max() < 6


def test_gray_stays_gray() -> None:
    colors, _ = colored()
    page = Page(lit(colors).gray, (300, 300))
    clean = Shading()(page)
    assert clean.shape == page.pixels.shape
    assert clean[:40].std() < 2 < page.pixels[:40].std()


def test_an_evenly_lit_page_is_left_as_it_is() -> None:
    colors, _ = colored()
    page = Page(colors.astype(np.uint8), (300, 300))
    assert np.abs(Shading()(page).astype(int) - page.pixels).max() <= 2


def test_a_picture_keeps_its_greys() -> None:
    colors, _ = colored()
    picture = np.random.default_rng(1).uniform(15, 200, (25, 25))
    picture = np.kron(picture, np.ones((12, 12)))
    colors[300:600, 200:500] = picture[:, :, None]
    page = Page(np.rint(colors).astype(np.uint8), (300, 300))
    change = Shading()(page)[310:590, 210:490].astype(int) - page.pixels[310:590, 210:490]
    assert abs(change.mean()) < 5


def test_settings_are_checked() -> None:
    with pytest.raises(SettingError, match="shading: paper must be keep or white, got 'blue'"):
        Shading(paper="blue")  # type: ignore[arg-type]
    with pytest.raises(SettingError, match=r"shading: gain must be 1 to 20, got 0\.5"):
        Shading(gain=0.5)
