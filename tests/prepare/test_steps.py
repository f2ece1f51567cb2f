"""What each step does to a page it is for, and that it leaves alone what it is not sure of.

Pages are drawn with Pillow's own font, so they are the same everywhere.
"""

from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from docbin.data.sheet import Sheet
from docbin.data.synthetic import Draft, draw
from docbin.errors import SettingError, UnknownNameError
from docbin.page import Gray, Page
from docbin.prepare import (
    STEPS,
    Borders,
    Crop,
    Deskew,
    Orientation,
    Resolution,
    Split,
    Step,
    keeping,
    named_steps,
    prepare,
)
from docbin.prepare.sketch import sketch
from docbin.prepare.skew import skew_of

DPI = 150.0


@cache
def sheet(seed: int = 3, layout: str = "book") -> Sheet:
    return draw(Draft(seed=seed, width=1240, height=1754, dpi=DPI, layout=layout, points=11))


def text(seed: int = 3, layout: str = "book") -> Gray:
    """Dark text on light paper, (1754, 1240)."""
    gray = np.asarray(cv2.cvtColor(sheet(seed, layout).pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    return np.asarray(gray // 2 + 110, np.uint8)  # ink 120, paper 237


def page(gray: NDArray[np.uint8], dpi: float | None = DPI) -> Page:
    return Page(np.ascontiguousarray(gray), None if dpi is None else (dpi, dpi))


def turned(gray: Gray, degrees: float) -> Gray:
    """Turned counterclockwise about its middle, on a canvas that loses nothing."""
    height, width = gray.shape
    pad = round(0.16 * max(height, width))
    fill = int(gray.max())
    wide = cv2.copyMakeBorder(gray, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=fill)
    middle = ((wide.shape[1] - 1) / 2, (wide.shape[0] - 1) / 2)
    matrix = cv2.getRotationMatrix2D(middle, degrees, 1.0)
    size = (wide.shape[1], wide.shape[0])
    moved = cv2.warpAffine(wide, matrix, size, flags=cv2.INTER_CUBIC, borderValue=fill)
    return np.asarray(moved, np.uint8)


every_step = pytest.mark.parametrize("step", [kind() for kind in STEPS.values()], ids=list(STEPS))


@pytest.mark.parametrize("angle", [-14.3, -3.21, -0.4, 0.37, 2.06, 9.9])
def test_deskew_finds_the_angle_and_levels_the_page(angle: float) -> None:
    result = Deskew()(page(turned(text(), angle)))
    assert result.verdict.status == "done"
    assert result.verdict.values["angle"] == pytest.approx(angle, abs=0.03)
    assert skew_of(sketch(result.page)).angle == pytest.approx(0, abs=0.03)


def test_straight_page_is_left_alone() -> None:
    before = page(text())
    result = Deskew()(before)
    assert result.verdict.status == "left unchanged"
    assert result.page is before


def test_deskew_counts_pixels_that_are_not_square() -> None:
    skewed = turned(text(), 3.0)
    flat = cv2.resize(skewed, (skewed.shape[1], skewed.shape[0] // 2), interpolation=cv2.INTER_AREA)
    result = Deskew()(Page(np.asarray(flat, np.uint8), (DPI, DPI / 2)))
    assert result.verdict.values["angle"] == pytest.approx(3.0, abs=0.1)
    assert skew_of(sketch(result.page)).angle == pytest.approx(0, abs=0.05)


def test_deskew_keeps_the_size_unless_ink_would_fall_off() -> None:
    tight = text()[150:1600, 130:1110]
    assert Deskew()(page(turned(text(), 2))).page.width == turned(text(), 2).shape[1]
    height, width = tight.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), 2, 1)
    grown = Deskew()(
        page(np.asarray(cv2.warpAffine(tight, matrix, (width, height), borderValue=237), np.uint8))
    )
    assert grown.page.width >= width
    kept = Deskew(keep_everything=True)(page(turned(text(), 2)))
    assert kept.page.width > turned(text(), 2).shape[1]


@pytest.mark.parametrize("quarters", range(4))
def test_orientation_turns_upright(quarters: int) -> None:
    upright = text()
    result = Orientation()(page(np.rot90(upright, -quarters)))
    assert result.verdict.status == ("left unchanged" if quarters == 0 else "done")
    assert np.array_equal(result.page.gray, upright)


def test_capitals_do_not_tell_up_from_down() -> None:
    gray = np.full((800, 800), 240, np.uint8)
    for y in range(100, 700, 60):
        cv2.putText(gray, "HOMME THEME HEM MOTH", (60, y), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 30, 2)
    assert Orientation()(page(gray)).verdict.status == "uncertain"


def board(gray: Gray, left: int = 60, top: int = 40) -> Gray:
    """The page on a black lid."""
    return np.asarray(
        cv2.copyMakeBorder(gray, top, 0, left, 0, cv2.BORDER_CONSTANT, value=15), np.uint8
    )


def test_borders_go_and_ink_stays() -> None:
    gray = board(text())
    result = Borders()(page(gray))
    assert result.verdict.status == "done"
    assert result.page.gray[:, :60].min() > 180
    assert result.page.gray[:40].min() > 180
    ink = np.pad(sheet().ink, ((40, 0), (60, 0)))
    assert np.array_equal(result.page.gray[ink], gray[ink])


def test_page_without_borders_is_left_alone() -> None:
    assert Borders()(page(text())).verdict.status == "left unchanged"


def test_a_corner_in_the_dark_is_no_border() -> None:
    slope = np.linspace(0.25, 1, 1240) ** 0.7
    result = Borders()(page((text() * slope).astype(np.uint8)))
    assert result.verdict.status == "left unchanged"


def test_text_in_the_dark_is_not_filled() -> None:
    gray = text().astype(np.float32)
    light = np.clip(1.5 - np.linspace(0, 1.5, len(gray)) ** 2, 0.2, 1)
    result = Borders()(page((gray * light[:, None]).astype(np.uint8)))
    assert result.verdict.status in ("left unchanged", "uncertain")
    gray[1300:] *= 0.4  # a shadow with a hard edge, and text in it
    assert Borders()(page(gray.astype(np.uint8))).verdict.status in ("left unchanged", "uncertain")


def test_a_picture_at_the_edge_is_left() -> None:
    gray = text()
    gray[400:1200, :700] = 40
    result = Borders()(page(gray))
    assert result.verdict.status == "uncertain"
    assert np.array_equal(result.page.gray, gray)


def test_double_page_is_split_between_its_pages() -> None:
    left, right = text(3), text(4)
    double = np.concatenate([left, right], axis=1).astype(np.float32)
    double *= 1 - 0.6 * np.exp(-np.abs(np.arange(2480) - 1240) / 40)[None]
    result = Split()(page(double.astype(np.uint8)))
    assert result.verdict.status == "done"
    assert [part.name for part in result.parts] == ["left", "right"]
    cut = result.parts[1].geometry.to_original([[0, 0]])[0]
    assert cut[0] == pytest.approx(1240, abs=15)
    ink = np.concatenate([sheet(3).ink, sheet(4).ink], axis=1)
    seen = np.zeros_like(ink)
    for part in result.parts:
        x = int(part.geometry.matrix[0][2])
        seen[:, x : x + part.page.width] |= part.page.gray < 170
    assert seen[ink & (double < 150)].all()


@pytest.mark.parametrize("layout", ["table", "letter"])
def test_single_wide_page_is_not_split(layout: str) -> None:
    wide = np.rot90(text(3, layout))
    assert len(Split()(page(wide)).parts) == 1
    assert len(Split()(page(text())).parts) == 1


def test_crop_keeps_a_page_number_in_the_corner() -> None:
    gray = np.full((1754, 1240), 240, np.uint8)
    gray[500:900, 300:900] = text()[500:900, 300:900]
    cv2.putText(gray, "7", (1150, 1700), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 30, 2)
    result = Crop(margin=2)(page(gray))
    assert result.verdict.status == "done"
    right, low = result.geometry.to_original([[result.page.width, result.page.height]])[0]
    assert right > 1160
    assert low > 1700
    assert result.geometry.matrix[1][2] > 300
    assert Crop(keep_everything=True)(page(gray)).page.width >= 1240


def test_crop_adds_the_margin_that_is_missing() -> None:
    tight = text()[170:1500, 150:1100]
    result = Crop(margin=10)(page(tight))
    assert result.page.height > tight.shape[0]


@pytest.mark.parametrize(("dpi", "size"), [(150.0, (2480, 3508)), (600.0, (620, 877))])
def test_resolution_by_dpi(dpi: float, size: tuple[int, int]) -> None:
    result = Resolution(300)(page(text(), dpi))
    assert (result.page.width, result.page.height) == size
    assert result.page.dpi == (300, 300)
    assert result.geometry.original == (1240, 1754)


def test_resolution_by_letters_and_square_pixels() -> None:
    measured = Resolution(300)(page(text(), None))
    assert measured.page.dpi == (300, 300)
    assert 1.5 < measured.page.width / 1240 < 3
    fax = Resolution(200)(Page(text()[::2].copy(), (150, 75)))
    assert fax.page.dpi == (200, 200)
    assert fax.page.width / fax.page.height == pytest.approx(1240 / 1754, rel=0.01)
    assert Resolution(160)(page(text())).verdict.status == "left unchanged"


def music() -> Gray:
    gray = np.full((1200, 900), 240, np.uint8)
    for top in range(100, 1100, 150):
        for line in range(5):
            gray[top + 12 * line : top + 12 * line + 2, 60:840] = 40
        for x in range(90, 820, 37):
            cv2.circle(gray, (x, top + (x * 7) % 48), 7, 30, -1)
    return gray


def photograph() -> Gray:
    generator = np.random.default_rng(2)
    small = generator.integers(20, 230, (30, 24)).astype(np.uint8)
    return np.asarray(cv2.resize(small, (900, 1200), interpolation=cv2.INTER_CUBIC), np.uint8)


def one_line() -> Gray:
    gray = np.full((1200, 900), 240, np.uint8)
    cv2.putText(gray, "a single line", (200, 600), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 30, 2)
    return gray


ODD: dict[str, Gray] = {
    "white": np.full((900, 700), 255, np.uint8),
    "black": np.zeros((900, 700), np.uint8),
    "one pixel": np.zeros((1, 1), np.uint8),
    "one row": np.tile(np.array([0, 255], np.uint8), 300)[None],
    "noise": np.random.default_rng(1).integers(0, 256, (300, 200), np.uint8),
    "paper": np.random.default_rng(1).normal(225, 5, (900, 700)).clip(0, 255).astype(np.uint8),
    "music": music(),
    "photograph": photograph(),
    "one line": one_line(),
    "20 dpi": np.asarray(cv2.resize(text(), (165, 234), interpolation=cv2.INTER_AREA), np.uint8),
}


@every_step
@pytest.mark.parametrize("name", list(ODD))
@pytest.mark.parametrize("color", [False, True], ids=["grey", "color"])
def test_odd_pages_have_a_defined_result(step: Step, name: str, color: bool) -> None:
    pixels = np.repeat(ODD[name][:, :, None], 3, axis=2) if color else ODD[name]
    before = pixels.copy()
    result = step(Page(pixels, (150, 150)))
    assert np.array_equal(pixels, before)
    assert result.verdict.status in ("done", "left unchanged", "uncertain", "blank")
    if result.verdict.status != "done":
        assert result.page.pixels.shape == pixels.shape
        assert result.geometry.is_identity
    for part in result.parts:
        assert part.geometry.size == (part.page.width, part.page.height)
        assert part.page.is_color == color


@pytest.mark.parametrize("name", ["white", "black", "paper"])
def test_blank_pages_are_left_and_called_so(name: str) -> None:
    (prepared,) = prepare(page(ODD[name]), named_steps(["orientation", "deskew", "crop"]))
    assert [verdict.status for verdict in prepared.verdicts] == ["blank"] * 3
    assert prepared.geometry.is_identity


def test_photograph_is_not_turned_or_filled() -> None:
    steps = named_steps(["orientation", "borders", "split", "deskew"])
    (prepared,) = prepare(page(photograph()), steps)
    assert prepared.geometry.is_identity
    assert np.array_equal(prepared.page.gray, photograph())


def test_a_chain_knows_the_way_back() -> None:
    """A mark on the original is where the geometry says after all steps."""
    gray = board(turned(text(), 2.5))
    names = ["borders", "deskew", "crop", "resolution"]
    (prepared,) = prepare(page(gray), named_steps(names))
    assert [verdict.step for verdict in prepared.verdicts] == names
    assert [verdict.status for verdict in prepared.verdicts] == ["done"] * 4
    height, width = prepared.page.gray.shape
    ys, xs = np.nonzero(prepared.page.gray < 140)
    picked = np.random.default_rng(4).choice(len(ys), 400)
    points = prepared.geometry.to_original(np.stack([xs[picked], ys[picked]], axis=1))
    assert prepared.geometry.size == (width, height)
    there = gray[np.rint(points[:, 1]).astype(int), np.rint(points[:, 0]).astype(int)]
    assert np.mean(there < 190) > 0.97


def test_keep_everything_takes_nothing_off() -> None:
    gray = board(text())
    steps = keeping(named_steps(["borders", "crop"]))
    (prepared,) = prepare(page(gray), steps)
    left, top = prepared.geometry.to_page([[0, 0]])[0].astype(int)
    kept = prepared.page.gray[top : top + gray.shape[0], left : left + gray.shape[1]]
    assert np.array_equal(kept, gray)


def test_wrong_names_and_settings_are_told() -> None:
    with pytest.raises(UnknownNameError, match="choose from orientation"):
        named_steps(["rotate"])
    for make in (lambda: Deskew(most=90), lambda: Crop(margin=-1), lambda: Resolution(dpi=3),
                 lambda: Borders(deepest=0.9), lambda: Split(wide=5), lambda: Orientation(sure=0),
                 lambda: Resolution(by="size")):  # fmt: skip
        with pytest.raises(SettingError):
            make()
