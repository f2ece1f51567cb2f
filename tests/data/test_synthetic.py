"""Made pages: exact truth, the same page from the same draft, clear refusals."""

import numpy as np
import pytest

from docbin.data.canvas import Canvas, Pen
from docbin.data.fonts import BUILT_IN, FONTS, can_write, faces_of, load_font
from docbin.data.layouts import LAYOUTS
from docbin.data.pictures import draw_picture
from docbin.data.synthetic import Draft, degraded, draw, random_draft, random_typescript
from docbin.data.text import LANGUAGES, prose
from docbin.errors import MissingDependencyError, SettingError, UnknownNameError

SMALL = {"width": 420, "height": 560, "dpi": 100.0}


def installed(style: str) -> str:
    try:
        name = faces_of(style)[0]
    except MissingDependencyError:
        pytest.skip(f"no {style} font on this machine")
    return name


@pytest.mark.parametrize("layout", sorted(set(LAYOUTS) - {"vertical"}))
def test_layout_writes_lines_whose_ink_is_inside_them(layout: str) -> None:
    draft = Draft(seed=2, layout=layout, **SMALL)  # type: ignore[arg-type]
    sheet, again = draw(draft), draw(draft)
    np.testing.assert_array_equal(sheet.pixels, again.pixels)
    assert sheet.pixels.shape == (560, 420, 3)
    assert sheet.lines
    for number, line in enumerate(sheet.lines):
        assert line.order == number
        assert line.text.strip()
        left, top = np.floor(line.polygon.min(0)).astype(int)
        right, bottom = np.ceil(line.polygon.max(0)).astype(int)
        assert sheet.ink[top:bottom, left:right].any(), line.text
        assert line.baseline[:, 1].min() >= 0
    # Dark pixels are ink, white ones are not.
    assert (sheet.pixels[sheet.ink].mean(axis=1) < 150).all()
    assert (sheet.pixels[~sheet.ink].mean(axis=1) > 120).all()


def test_pictures_are_ink_and_regions() -> None:
    kinds = set()
    for seed in range(4):
        sheet = draw(Draft(seed=seed, layout="illustrated", **SMALL))  # type: ignore[arg-type]
        for region in sheet.regions:
            kinds.add(region.kind)
            left, top = region.polygon.min(0).astype(int)
            right, bottom = region.polygon.max(0).astype(int)
            assert 0 <= left < right <= sheet.width
            assert 0 <= top < bottom <= sheet.height
            assert 0.1 < sheet.ink[top:bottom, left:right].mean() < 0.95
            for line in sheet.lines:  # no line of text is printed over a picture
                inside = (line.baseline > [left, top]).all(1) & (
                    line.baseline < [right, bottom]
                ).all(1)
                assert not inside.any(), line.text
    assert kinds == {"picture"}


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("shape", [(1, 1), (3, 90), (80, 60)])
def test_picture_of_any_shape_holds_both_ink_and_paper(shape: tuple[int, int], seed: int) -> None:
    cover = draw_picture(shape, 2.0, np.random.default_rng(seed))
    assert (cover.shape, cover.dtype) == (shape, np.uint8)
    if min(shape) > 20:
        assert cover.min() < 100 < 160 < cover.max()


def test_japanese_is_set_in_columns_from_the_right() -> None:
    sheet = draw(
        Draft(layout="vertical", language="japanese", font=installed("japanese"), **SMALL)  # type: ignore[arg-type]
    )
    rights = [line.polygon[:, 0].max() for line in sheet.lines]
    assert len(rights) > 2
    assert rights == sorted(rights, reverse=True)


def test_missing_glyphs_are_refused_not_drawn_as_boxes() -> None:
    assert can_write(BUILT_IN, "A plain line.") == ""
    assert can_write(BUILT_IN, "日本") == "日本"
    canvas = Canvas(60, 200, np.random.default_rng(0))
    with pytest.raises(SettingError, match="no glyphs for '日'"):
        canvas.text(5, 30, "a日b", Pen(BUILT_IN, 20))


def test_pages_of_a_pixel_and_of_nothing() -> None:
    assert draw(Draft(width=1, height=1)).ink.shape == (1, 1)
    with pytest.raises(SettingError, match="at least 1 x 1"):
        Draft(width=0)
    with pytest.raises(SettingError, match="at least 1 x 1"):
        Canvas(0, 5, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("setting", "value"), [("dpi", 0), ("dpi", float("nan")), ("points", -3), ("unsteady", 2)]
)
def test_impossible_drafts(setting: str, value: float) -> None:
    with pytest.raises(SettingError, match=setting):
        Draft(**{setting: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("setting", ["layout", "font", "language"])
def test_unknown_names(setting: str) -> None:
    with pytest.raises(UnknownNameError, match="choose from"):
        Draft(**{setting: "comic"})  # type: ignore[arg-type]
    with pytest.raises(UnknownNameError):
        faces_of("comic")


def test_named_font_that_is_absent_says_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docbin.data.fonts._files", dict)
    load_font.cache_clear()
    with pytest.raises(MissingDependencyError, match="fonts-goudybookletter"):
        load_font("goudy", 33)
    assert faces_of("roman") == [BUILT_IN]
    with pytest.raises(MissingDependencyError, match="Japanese"):
        faces_of("japanese")
    load_font.cache_clear()


@pytest.mark.parametrize("language", LANGUAGES)
def test_prose_is_long_enough_and_repeatable(language: str) -> None:
    one = prose(np.random.default_rng(1), 40, language, packages=False)
    assert one == prose(np.random.default_rng(1), 40, language, packages=False)
    assert (len(one) if language == "japanese" else len(one.split())) >= 40


def test_every_random_draft_can_be_drawn() -> None:
    for seed in range(12):
        rng = np.random.default_rng(seed)
        draft = random_draft(rng, width=300, height=240, dpi=72)
        assert draft.font == BUILT_IN or draft.font in FONTS
        draw(draft)


def test_named_layers_in_order() -> None:
    sheet = draw(Draft(**SMALL))  # type: ignore[arg-type]
    once = degraded(sheet, {"stains": 0.5, "noise": 0.2}, 7)
    np.testing.assert_array_equal(
        once.pixels, degraded(sheet, {"stains": 0.5, "noise": 0.2}, 7).pixels
    )
    with pytest.raises(UnknownNameError, match="coffee"):
        degraded(sheet, {"coffee": 0.5}, 7)
    with pytest.raises(SettingError, match="strength"):
        degraded(sheet, {"stains": -1}, 7)


def test_typescripts_hold_what_detectors_lose_and_lines_as_high_as_type() -> None:
    kinds: set[str] = set()
    for seed in range(6):
        draft, sheet, _ = random_typescript([3, seed], width=700, height=900, dpi=110)
        assert draft.layout == "typescript"
        typed = [line for line in sheet.lines if line.kind != "note"]
        size = draft.points * draft.dpi / 72
        inside = [line for line in typed if line.baseline[:, 1].max() < sheet.height - size]
        heights = [float(np.ptp(line.polygon[:, 1])) for line in inside]
        assert min(heights) > 0.7 * size  # a row of dashes too
        kinds |= {line.kind for line in sheet.lines}
    assert {"page-number", "heading", "separator", "paragraph"} <= kinds
