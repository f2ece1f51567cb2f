"""Pages no step is for: blank ones, music, maps, pictures, extremes; results are defined.

What is not sure leaves the page as it is.
"""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from docbin.page import Gray, Page
from docbin.prepare import STEPS, Crop, Resolution, Step, named_steps, prepare

DPI = 150.0


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


def fine(text: Gray) -> Gray:
    """A corner of a page at 1200 dpi."""
    corner = text[150:450, 130:480]
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


def grained() -> Gray:
    paper = np.random.default_rng(1).normal(225, 5, (900, 700))
    return np.asarray(paper.clip(0, 255), np.uint8)


MADE: dict[str, Callable[[Gray], Gray]] = {
    "white": lambda _: np.full((900, 700), 255, np.uint8),
    "black": lambda _: np.zeros((900, 700), np.uint8),
    "one pixel": lambda _: np.zeros((1, 1), np.uint8),
    "one row": lambda _: np.tile(np.array([0, 255], np.uint8), 300)[None],
    "noise": lambda _: np.random.default_rng(1).integers(0, 256, (300, 200), np.uint8),
    "paper": lambda _: grained(),
    "music": lambda _: music(),
    "map": lambda _: map_sheet(),
    "1200 dpi": fine,
    "upside down": lambda text: np.ascontiguousarray(text[::-1, ::-1]),
    "photograph": lambda _: photograph(),
    "one line": lambda _: one_line(),
    "20 dpi": lambda text: np.asarray(cv2.resize(text, (165, 234), interpolation=cv2.INTER_AREA)),
}


@pytest.fixture(scope="module")
def odd(text: Callable[..., Gray]) -> dict[str, Gray]:
    return {name: make(text()) for name, make in MADE.items()}


@pytest.mark.parametrize("step", [kind() for kind in STEPS.values()], ids=list(STEPS))
@pytest.mark.parametrize("name", list(MADE))
@pytest.mark.parametrize("color", [False, True], ids=["grey", "color"])
def test_odd_pages_have_a_defined_result(
    step: Step, name: str, color: bool, odd: dict[str, Gray]
) -> None:
    pixels = np.repeat(odd[name][:, :, None], 3, axis=2) if color else odd[name]
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
def test_blank_pages_are_left_and_called_so(
    name: str, odd: dict[str, Gray], page: Callable[..., Page]
) -> None:
    (prepared,) = prepare(page(odd[name]), named_steps(["orientation", "deskew", "crop"]))
    assert [verdict.status for verdict in prepared.verdicts] == ["blank"] * 3
    assert prepared.geometry.is_identity


@pytest.mark.parametrize("name", ["photograph", "map", "music"])
def test_what_is_no_text_is_not_turned_filled_or_split(
    name: str, odd: dict[str, Gray], page: Callable[..., Page]
) -> None:
    steps = named_steps(["orientation", "borders", "split", "seals", "deskew"])
    (prepared,) = prepare(page(odd[name]), steps)
    assert prepared.geometry.is_identity
    assert np.array_equal(prepared.page.gray, odd[name])


def reduced(gray: Gray, dpi: float) -> Page:
    size = round(gray.shape[1] * dpi / DPI), round(gray.shape[0] * dpi / DPI)
    small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    return Page(np.asarray(small, np.uint8), (dpi, dpi))


@pytest.mark.parametrize("dpi", [20, 25, 30, 40])
def test_text_of_a_few_pixels_is_enlarged_and_no_more(dpi: int, text: Callable[..., Gray]) -> None:
    page = reduced(text(), dpi)
    (prepared,) = prepare(page, [*(kind() for kind in STEPS.values())])
    told, enlarged = prepared.verdicts
    assert (told.step, told.status) == ("page", "too coarse")
    assert 2 <= told.values["letter_height"] <= 5
    assert "150 dpi" in told.reason
    assert (enlarged.step, enlarged.status) == ("resolution", "done")
    whole = prepared.geometry.to_original([(0, 0), prepared.geometry.size])
    assert np.allclose(whole, [(0, 0), (page.width, page.height)], atol=0.5)
    (left,) = prepare(page, [Crop()])
    assert left.too_coarse
    assert left.page is page


def test_text_of_six_pixels_is_straightened_and_told(text: Callable[..., Gray]) -> None:
    (prepared,) = prepare(reduced(text(), 60), named_steps(["orientation", "deskew"]))
    assert prepared.too_coarse
    assert [verdict.step for verdict in prepared.verdicts] == ["page", "orientation", "deskew"]


@pytest.mark.parametrize("dpi", [75, 100, 150])
def test_small_text_that_can_be_read_is_not_too_coarse(dpi: int, text: Callable[..., Gray]) -> None:
    (prepared,) = prepare(reduced(text(), dpi), [Resolution()])
    assert not prepared.too_coarse


def test_dust_is_not_taken_for_coarse_text(page: Callable[..., Page]) -> None:
    rng = np.random.default_rng(4)
    gray = np.full((1754, 1240), 235, np.uint8)
    for x, y in zip(rng.integers(0, 1236, 300), rng.integers(0, 1750, 300), strict=True):
        gray[y : y + 3, x : x + 3] = 60
    (prepared,) = prepare(page(gray), [Crop()])
    assert not prepared.too_coarse
