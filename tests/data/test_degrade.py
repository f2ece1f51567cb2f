"""Degradations: what holds for every layer, then what single layers promise."""

import sys

import cv2
import numpy as np
import pytest

from docbin.data.augment import Photometric
from docbin.data.degrade import LAYERS, DarkBoard, Erase, Fade, ShowThrough, layer
from docbin.data.recipe import CAMERA, ODDS, draw_recipe
from docbin.data.sheet import Line, Region, Sheet
from docbin.data.synthetic import Draft, draw
from docbin.errors import ArrayError, MissingDependencyError, SettingError, UnknownNameError


def written(height: int = 150, width: int = 211) -> Sheet:
    """A page of dashes on paper, with one line and one region of truth."""
    ink = np.zeros((height, width), np.bool_)
    ink[20:-20:14, 12:-12] = True
    ink[21:-20:14, 12:-12] = True
    ink[:, ::17] = False
    pixels = np.where(ink[:, :, None], (40, 35, 30), (232, 225, 205)).astype(np.uint8)
    box = np.array([[12.0, 20.0], [width - 12.0, 20.0], [width - 12.0, 22.0], [12.0, 22.0]])
    line = Line(box, box[2:][::-1], "dashes", 0)
    verso = np.zeros((90, 120), np.bool_)
    verso[10:80:9, 5:100] = True
    return Sheet(pixels, ink, np.ones_like(ink), verso, 150.0, (line,), (Region(box, "table"),))


@pytest.mark.parametrize("name", sorted(LAYERS))
@pytest.mark.parametrize("shape", [(150, 211), (1, 1), (3, 400), (64, 2)])
def test_layer_is_pure_and_keeps_the_sheet_whole(name: str, shape: tuple[int, int]) -> None:
    sheet = written(*shape) if shape == (150, 211) else plain(*shape)
    before = sheet.pixels.copy(), sheet.ink.copy()
    once = layer(name, 0.9)(sheet, np.random.default_rng(3))
    twice = layer(name, 0.9)(sheet, np.random.default_rng(3))
    np.testing.assert_array_equal(once.pixels, twice.pixels)
    np.testing.assert_array_equal(once.ink, twice.ink)
    np.testing.assert_array_equal(sheet.pixels, before[0])
    np.testing.assert_array_equal(sheet.ink, before[1])
    assert once.pixels.dtype == np.uint8
    assert once.pixels.shape == (*once.ink.shape, 3)
    assert once.valid.shape == once.ink.shape
    assert len(once.lines) == len(sheet.lines)


@pytest.mark.parametrize("name", sorted(LAYERS))
def test_no_strength_changes_nothing_and_some_strength_does(name: str) -> None:
    sheet = written()
    assert layer(name, 0.0)(sheet, np.random.default_rng(1)) is sheet
    changed = [layer(name, 1.0)(sheet, np.random.default_rng(seed)) for seed in range(4)]
    assert any(
        c.pixels.shape != sheet.pixels.shape or (c.pixels != sheet.pixels).any() for c in changed
    )


LOSING = {"erase", "holes", "skew", "torn-corner", "warp"}


@pytest.mark.parametrize("name", sorted(set(LAYERS) - LOSING))
def test_ink_is_only_lost_where_paper_is_lost(name: str) -> None:
    sheet = written()
    after = layer(name, 0.8)(sheet, np.random.default_rng(5))
    assert abs(int(after.ink.sum()) - int(sheet.ink.sum())) <= 0.1 * sheet.ink.sum()


def plain(height: int, width: int) -> Sheet:
    return Sheet(
        np.full((height, width, 3), 220, np.uint8),
        np.zeros((height, width), np.bool_),
        np.ones((height, width), np.bool_),
    )


@pytest.mark.parametrize("strength", [-0.1, 1.1, float("nan"), float("inf")])
def test_impossible_strength_is_refused(strength: float) -> None:
    with pytest.raises(SettingError, match=r"strength must lie in 0\.\.1"):
        Fade(strength)


def test_unknown_layer_lists_the_known() -> None:
    with pytest.raises(UnknownNameError, match="show-through"):
        layer("coffee", 0.5)


def test_show_through_needs_no_ink_in_front() -> None:
    sheet = plain(150, 211)
    turned = Sheet(sheet.pixels, sheet.ink, sheet.valid, verso=written().verso)
    seen = ShowThrough(0.8)(turned, np.random.default_rng(0))
    assert seen.pixels.min() < 180
    assert not seen.ink.any()


def test_erase_leaves_bare_paper() -> None:
    gone = Erase(1.0)(written(), np.random.default_rng(0))
    assert not gone.ink.any()
    assert gone.pixels.min() > 150


def test_erase_box_leaves_the_rest() -> None:
    sheet = written()
    gone = Erase(1.0, (0, 0, 75, 211))(sheet, np.random.default_rng(0))
    assert not gone.ink[:75].any()
    np.testing.assert_array_equal(gone.ink[75:], sheet.ink[75:])


def test_board_moves_lines_with_the_page() -> None:
    sheet = written()
    grown = DarkBoard(1.0)(sheet, np.random.default_rng(2))
    moved = grown.lines[0].polygon - sheet.lines[0].polygon
    left, top = moved[0].astype(int)
    assert (top, left) != (0, 0)
    row, column = 21, 15
    assert sheet.ink[row, column]
    assert grown.ink[row + top, column + left]


@pytest.mark.parametrize("name", ["skew", "warp"])
def test_lines_follow_the_geometry(name: str) -> None:
    sheet = draw(Draft(seed=1, width=600, height=500, dpi=110, layout="plain"))
    for seed in range(3):
        bent = layer(name, 1.0)(sheet, np.random.default_rng(seed))
        inside = np.zeros(bent.ink.shape, np.uint8)
        for line in bent.lines:
            cv2.fillPoly(inside, [np.rint(line.polygon).astype(np.int32)], 1)
        assert (bent.pixels != sheet.pixels).any()
        # A page that is turned loses a corner, never its lines' hold on their ink.
        assert bent.ink.sum() > 0.8 * sheet.ink.sum()
        assert (bent.ink & (inside > 0)).sum() > 0.97 * bent.ink.sum()


def test_pencil_silences_the_truth_and_seals_do_not_enter_it() -> None:
    sheet = written()
    noted = layer("pencil-notes", 1.0)(sheet, np.random.default_rng(1))
    assert not noted.valid.all()
    sealed = layer("red-seal", 1.0)(sheet, np.random.default_rng(1))
    assert sealed.valid.all()
    assert {region.kind for region in sealed.regions} >= {"seal"}
    red = sealed.pixels[:, :, 0].astype(int) - sealed.pixels[:, :, 1]
    assert red.max() > 80


def test_office_stamps_lie_over_the_writing_and_are_regions() -> None:
    sheet = written(300, 420)
    kinds, over = set(), 0
    for seed in range(6):
        stamped = layer("office-stamp", 1.0)(sheet, np.random.default_rng(seed))
        np.testing.assert_array_equal(stamped.ink, sheet.ink)
        kinds |= {region.kind for region in stamped.regions}
        changed = (stamped.pixels != sheet.pixels).any(axis=2)
        mark = np.zeros(sheet.ink.shape, np.uint8)
        for region in stamped.regions[1:]:
            cv2.fillPoly(mark, [np.rint(region.polygon).astype(np.int32)], 1)
        near = cv2.dilate(mark, np.ones((17, 17), np.uint8)) > 0  # rules have a width
        assert changed.any()
        assert not (changed & ~near).any()  # what changed is where the region says
        over += int((changed & sheet.ink).sum())
    assert "office-stamp" in kinds
    assert over > 100


def test_albumentations_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("albumentations")
    sheet = written()
    once = Photometric(0.8)(sheet, np.random.default_rng(2))
    np.testing.assert_array_equal(
        once.pixels, Photometric(0.8)(sheet, np.random.default_rng(2)).pixels
    )
    assert any(
        (Photometric(1.0)(sheet, np.random.default_rng(s)).pixels != sheet.pixels).any()
        for s in range(4)
    )
    np.testing.assert_array_equal(once.ink, sheet.ink)
    monkeypatch.setitem(sys.modules, "albumentations", None)
    with pytest.raises(MissingDependencyError, match="docbin\\[train\\]"):
        Photometric(0.8)(sheet, np.random.default_rng(2))


def test_masks_of_another_size_are_refused() -> None:
    with pytest.raises(ArrayError, match="ink must be bool"):
        Sheet(np.zeros((4, 5, 3), np.uint8), np.zeros((4, 4), np.bool_), np.ones((4, 5), np.bool_))


def test_recipe_names_known_layers_and_force_rules_the_odds() -> None:
    assert set(ODDS) | set(CAMERA) <= set(LAYERS)
    none = draw_recipe(np.random.default_rng(0), force=0.0)
    assert (none.page, none.camera) == ((), ())
    everything = draw_recipe(np.random.default_rng(0), force=1000.0)
    assert len(everything.page) == len(ODDS)
