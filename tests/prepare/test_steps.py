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
    Despeckle,
    Orientation,
    Resolution,
    Seals,
    Shading,
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


def test_a_stroke_that_runs_into_the_board_stays() -> None:
    gray = board(text())
    cv2.line(gray, (60, 700), (420, 760), 15, 26)
    stroke = np.zeros_like(gray)
    cv2.line(stroke, (75, 703), (420, 760), 1, 24)
    result = Borders()(page(gray))
    assert result.verdict.status == "done"
    assert (result.page.gray[stroke > 0] == 15).all()
    assert result.page.gray[1000:, :60].min() > 180


def test_a_shadow_beside_a_board_is_not_filled() -> None:
    gray = np.pad(text().astype(np.float32), ((0, 0), (0, 60)), constant_values=20)
    y, x = np.mgrid[: gray.shape[0], : gray.shape[1]]
    corner = np.clip((x / 1240 + y / 1754 - 1.1) / 0.9, 0, 1)
    gray[:, :1240] *= (1 - 0.75 * corner)[:, :1240]
    result = Borders()(page(gray.astype(np.uint8)))
    assert np.array_equal(result.page.gray[:, :1200], gray[:, :1200].astype(np.uint8))


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


def test_letters_of_moderate_size_are_spared() -> None:
    before = page(text())
    result = Resolution(300, least=140)(before)
    assert result.verdict.status == "left unchanged"
    assert result.page is before
    assert Resolution(300, least=160)(before).page.width == 2480


def test_shadow_goes_and_an_even_page_is_left() -> None:
    assert Shading()(page(text())).verdict.status == "left unchanged"
    light = np.linspace(1, 0.5, 1240)
    shaded = (text() * light).astype(np.uint8)
    result = Shading()(page(shaded))
    assert result.verdict.status == "done"
    assert result.verdict.values["uneven"] == pytest.approx(0.5, abs=0.1)
    bare = cv2.dilate(sheet().ink.view(np.uint8), np.ones((15, 15), np.uint8)) == 0
    assert np.std(result.page.gray[bare]) < 0.2 * np.std(shaded[bare])
    assert (result.page.gray.astype(int) >= shaded).all()


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


def test_seal_goes_and_text_under_it_stays() -> None:
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


def test_red_writing_is_no_seal() -> None:
    pixels = np.repeat(text()[:, :, None], 3, axis=2)
    pixels[:, :, 0][sheet().ink] = 200
    before = page(pixels)
    assert Seals()(before).verdict.status == "left unchanged"
    picture = np.full((600, 600, 3), 230, np.uint8)
    picture[100:400, 50:350] = (200, 40, 40)
    assert Seals()(page(picture)).verdict.status == "uncertain"


def test_dust_goes_and_dots_stay() -> None:
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


def test_a_halftone_is_no_dust() -> None:
    gray = text()
    gray[1200:1500, 300:900][::6, ::6] = 90
    result = Despeckle()(page(gray))
    assert np.array_equal(result.page.gray[1220:1480, 320:880], gray[1220:1480, 320:880])
    assert result.verdict.values["pixels_in_crowds"] > 3000


def map_sheet() -> Gray:
    """Contours, a grid, a wooded patch and a few names."""
    y, x = np.mgrid[:1200, :900].astype(np.float32)
    height = np.sin(x / 130) * 3 + np.cos(y / 170) * 4 + np.sin((x + y) / 90)
    gray = np.full((1200, 900), 235, np.uint8)
    gray[np.abs(height * 2 - np.rint(height * 2)) < 0.03] = 90
    gray[::200] = gray[:, ::200] = 60
    gray[300:500, 500:800][::9, ::9] = 70
    for n, name in enumerate(("Alp", "Berg", "Chur", "Dorf")):
        cv2.putText(gray, name, (90 + 190 * n, 150 + 260 * n), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 20, 2)
    return gray


def fine() -> Gray:
    """A corner of a page at 1200 dpi."""
    corner = text()[150:450, 130:480]
    size = (8 * corner.shape[1], 8 * corner.shape[0])
    return np.asarray(cv2.resize(corner, size, interpolation=cv2.INTER_CUBIC), np.uint8)


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
    "map": map_sheet(),
    "1200 dpi": fine(),
    "upside down": np.ascontiguousarray(text()[::-1, ::-1]),
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
    dpi = float(name.removesuffix(" dpi")) if name.endswith(" dpi") else DPI
    result = step(Page(pixels, (dpi, dpi)))
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


@pytest.mark.parametrize("name", ["photograph", "map", "music"])
def test_what_is_no_text_is_not_turned_filled_or_split(name: str) -> None:
    steps = named_steps(["orientation", "borders", "split", "seals", "deskew"])
    (prepared,) = prepare(page(ODD[name]), steps)
    assert prepared.geometry.is_identity
    assert np.array_equal(prepared.page.gray, ODD[name])


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
                 lambda: Resolution(by="size"), lambda: Resolution(150, least=200),
                 lambda: Shading(2), lambda: Seals(0), lambda: Despeckle(9)):  # fmt: skip
        with pytest.raises(SettingError):
            make()
