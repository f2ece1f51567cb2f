"""The grey for engines: the formula near the ink, white elsewhere, faint words kept."""

import numpy as np
import pytest

from docbin import registry
from docbin.classical.background import flattened, paper
from docbin.classical.soft_ink import SoftInk
from docbin.data.synthetic import Draft, draw
from docbin.errors import SettingError
from docbin.learned.legible import Legible
from docbin.page import Page


def page(ink_level: int = 60) -> Page:
    """Text on grainy paper, (500, 700), its second half fainter."""
    sheet = draw(Draft(seed=4, width=700, height=500, dpi=200, layout="book", points=12))
    darkness = 1 - sheet.pixels[:, :, 1] / 255.0
    depth = np.full(darkness.shape, 200.0 - ink_level)
    depth[250:] *= 0.45
    grain = np.random.default_rng(1).normal(0, 2, darkness.shape)
    return Page(np.clip(200 - depth * darkness + grain, 0, 255).astype(np.uint8), (200, 200))


def test_it_is_the_mixture_near_ink_and_white_elsewhere() -> None:
    given = page()
    mixed = Legible(share=0.5, trust=0)(given).astype(int)
    drawn = registry.create_cleaner("xnor")(given).astype(int)
    gray = flattened(given.gray, paper(given.gray)).astype(int)
    near = mixed < 255
    assert np.abs(mixed - (drawn + gray) / 2)[near].max() <= 1
    assert 0.02 < near.mean() < 0.5
    bare = Legible(share=0, trust=0)(given)
    assert np.array_equal(bare[near], gray[near])
    assert Legible(share=0, reach=0.05, trust=0)(given).mean() < bare.mean()


def test_soft_ink_is_asked_where_it_misses_little() -> None:
    given = page()
    alone, soft = Legible(trust=0)(given), SoftInk()(given)
    assert np.array_equal(Legible(trust=1)(given), np.maximum(alone, soft))
    faint = np.array(given.pixels)
    faint[250:] = 200 - (200 - faint[250:].astype(int)) // 3  # too faint for soft ink
    lost = Page(faint, given.dpi)
    assert np.array_equal(Legible()(lost), Legible(trust=0)(lost))


def test_faint_lines_stay() -> None:
    given = page()
    strokes = given.gray[250:] < 150
    assert strokes.any()
    assert (Legible()(given)[250:][strokes] < 144).mean() > 0.9


def test_settings_are_checked() -> None:
    with pytest.raises(SettingError, match="share"):
        Legible(share=1.5)
    with pytest.raises(SettingError, match="reach"):
        Legible(reach=1)
    with pytest.raises(SettingError, match="specks"):
        Legible(specks=9)
    with pytest.raises(SettingError, match="trust"):
        Legible(trust=-1)
