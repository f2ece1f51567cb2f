"""The shipped detector: what it finds on made pages, and what it makes of bad input."""

from pathlib import Path

import numpy as np
import pytest

import docbin
from docbin.data.line_sets import find_line_pages
from docbin.data.synthetic import Draft, draw
from docbin.errors import ModelError, SettingError
from docbin.learned.dbnet import DB
from docbin.metrics.lines import count_lines
from docbin.page import Page
from docbin.protocols import Detector
from docbin.registry import DETECTORS, create_detector

LATIN = Path(__file__).resolve().parents[3] / "shared/data/detection/cremma-medieval-lat/val"


def sheet(seed: int = 4, dpi: float = 150, layout: str = "plain"):  # type: ignore[no-untyped-def]
    width, height = round(5.5 * dpi), round(7 * dpi)
    return draw(Draft(seed=seed, width=width, height=height, dpi=dpi, points=11, layout=layout))


@pytest.mark.parametrize("name", DETECTORS)
def test_a_detector_keeps_its_promises(name: str) -> None:
    detector = create_detector(name)
    assert isinstance(detector, Detector)
    made = sheet()
    before = made.pixels.copy()
    first, second = detector(Page(made.pixels)), detector(Page(made.pixels))
    np.testing.assert_array_equal(made.pixels, before)
    assert [line.order for line in first] == list(range(len(first)))
    assert len(first) == len(second)
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one.polygon, other.polygon)
        assert one.polygon.min() >= 0
        assert (one.polygon <= [made.width - 1, made.height - 1]).all()
        assert 0 <= one.score <= 1
        assert len(one.baseline) >= 2


@pytest.mark.parametrize("dpi", [100, 300])
def test_lines_are_found_at_any_resolution(dpi: float) -> None:
    made = sheet(dpi=dpi)
    found = DB()(Page(made.pixels))
    truth = [line.polygon for line in made.lines]
    counts = count_lines([line.polygon for line in found], truth)
    assert counts.coverage > 0.85
    assert counts.recall(0) > 0.8


def test_ink_and_colour_are_taken_too() -> None:
    made = sheet()
    lines = docbin.detect(made.pixels, ink="sauvola")
    assert abs(len(lines) - len(made.lines)) <= 0.25 * len(made.lines)
    crops = docbin.crops(made.pixels, lines, height=40)
    assert len(crops) == len(lines)
    assert all(crop.shape[0] == 40 for crop in crops)


@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_blank_page_has_no_lines(value: int) -> None:
    assert DB()(Page(np.full((700, 500), value, np.uint8))) == []


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (7, 5), (31, 33)])
def test_pages_of_a_few_pixels_have_no_lines(shape: tuple[int, int]) -> None:
    assert DB()(Page(np.zeros(shape, np.uint8))) == []


def test_noise_is_answered() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (600, 500), np.uint8)
    assert len(DB()(Page(noise))) < 40


def test_one_giant_letter_is_answered() -> None:
    page = np.full((900, 700), 240, np.uint8)
    page[150:750, 200:280] = page[680:750, 200:520] = 20
    assert len(DB()(Page(page))) < 10


def test_a_turned_page_has_upright_lines_or_none() -> None:
    made = sheet(dpi=80)
    turned = np.ascontiguousarray(np.rot90(made.pixels))
    for line in DB()(Page(turned)):
        assert (line.polygon <= [turned.shape[1] - 1, turned.shape[0] - 1]).all()


def test_a_strip_of_twenty_thousand_pixels_is_cut_into_tiles() -> None:
    made = draw(Draft(seed=5, width=200, height=260, dpi=100, points=12, layout="plain"))
    tops = (0, 9_000, 20_000 - made.height)
    strip = np.full((20_000, made.width), 255, np.uint8)
    for top in tops:
        strip[top : top + made.height] = Page(made.pixels).gray
    found = DB(text_height=18)(Page(strip))
    middles = np.array([line.polygon[:, 1].mean() for line in found])
    for top in tops:
        inside = ((middles >= top) & (middles < top + made.height)).sum()
        assert inside >= 0.6 * len(made.lines)
    assert ((middles > made.height + 50) & (middles < 8_900)).sum() <= 2


@pytest.mark.parametrize("shape", [(20_000, 40), (40, 20_000), (3, 20_000)])
def test_strips_of_noise_and_of_nothing_are_answered(
    shape: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    from docbin.learned import dbnet

    monkeypatch.setattr(dbnet, "MOST_LOOKED_AT", 900_000)  # a tenth: only for time
    noise = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    assert len(DB()(Page(noise))) < 60
    assert DB()(Page(np.full(shape, 240, np.uint8))) == []


def test_a_long_receipt_is_not_reduced_until_nothing_is_left() -> None:
    made = draw(Draft(seed=5, width=240, height=400, dpi=120, points=12, layout="plain"))
    strip = np.vstack([Page(made.pixels).gray] * 12)
    assert len(DB()(Page(strip))) > 0.6 * 12 * len(made.lines)


def test_seams_cut_no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    from docbin.learned import text_map

    made = sheet(dpi=200)
    whole = DB(text_height=45)(Page(made.pixels))
    monkeypatch.setattr(text_map, "LARGEST_TILE", 150_000)
    monkeypatch.setattr(text_map, "OVERLAP", 64)
    tiled = DB(text_height=45)(Page(made.pixels))
    counts = count_lines([x.polygon for x in tiled], [x.polygon for x in whole], thresholds=(0.7,))
    assert counts.f(0) > 0.85


def test_damaged_and_foreign_weights_are_told_apart(tmp_path: Path) -> None:
    from importlib.resources import files

    data = (files("docbin.models") / "dbnet" / "dbnet.onnx").read_bytes()
    page = Page(np.full((64, 64), 255, np.uint8))
    cases = {
        "cut": data[: len(data) // 2],
        "flipped": data[:5000] + bytes([data[5000] ^ 255]) + data[5001:],
        "empty": b"",
        "text": b"not an ONNX file at all",
        "foreign": b"\x08\x08\x12\x04test\x3a\x00",
    }
    for name, content in cases.items():
        path = tmp_path / f"{name}.onnx"
        path.write_bytes(content)
        with pytest.raises(ModelError, match=name):
            DB(weights=str(path))(page)
    with pytest.raises(ModelError, match="nowhere"):
        DB(weights=str(tmp_path / "nowhere.onnx"))(page)


@pytest.mark.parametrize(
    "settings",
    [{"threshold": 0}, {"score": 1.0}, {"unclip": 0}, {"shape": "circle"}, {"join": -1},
     {"split": 1000}, {"text_height": 0}, {"text_height": float("nan")}],
)  # fmt: skip
def test_settings_that_cannot_work_are_named(settings: dict[str, object]) -> None:
    with pytest.raises(SettingError, match=next(iter(settings))):
        DB(**settings)  # type: ignore[arg-type]


def test_the_detector_knows_its_training_pages() -> None:
    known = DB().trained_on()
    assert len(known) > 100
    made = sheet()
    assert known.find("made", Page(made.pixels)) is None


@pytest.mark.skipif(not LATIN.is_dir(), reason="the shared pages are not here")
def test_four_marks_that_fit_by_chance_make_no_copy() -> None:
    (source,) = (page for page in find_line_pages(LATIN, "latin") if "837a398d0f" in page.name)
    assert DB().trained_on().find(source.name, source.page()) is None


def test_a_page_of_noise_bounds_what_the_network_sees(monkeypatch: pytest.MonkeyPatch) -> None:
    from docbin.learned import dbnet, text_map

    seen: list[int] = []
    run = text_map._run

    def counted(network: text_map.Network, pixels: np.ndarray, paper: float) -> np.ndarray:
        seen.append(pixels.size)
        assert pixels.size <= text_map.LARGEST_TILE
        return run(network, pixels, paper)

    monkeypatch.setattr(text_map, "_run", counted)
    monkeypatch.setattr(dbnet, "MOST_LOOKED_AT", 900_000)
    monkeypatch.setattr(text_map, "LARGEST_TILE", 400_000)
    rng = np.random.default_rng(3)
    for shape in ((700, 600), (40, 4_000)):  # these ask for 3 times as many pixels a side
        seen.clear()
        DB()(Page(rng.integers(0, 256, shape, np.uint8)))
        assert 0 < sum(seen) < 3 * 1.5 * 900_000  # three looks, and what tiles share
        assert len(seen) < 20


def test_margins_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    from docbin.learned import text_map

    made = sheet()
    wide = np.pad(Page(made.pixels).gray, 400, constant_values=255)
    seen: list[int] = []
    run = text_map._run
    monkeypatch.setattr(text_map, "_run", lambda n, p, w: (seen.append(p.size), run(n, p, w))[1])
    found = DB(text_height=30)(Page(wide))
    counts = count_lines([x.polygon for x in found], [x.polygon + 400 for x in made.lines])
    assert counts.recall(0) > 0.8
    assert sum(seen) < 0.36 * made.width * made.height  # at 18 / 30 of the sides
    assert text_map.inside_margins(np.full((90, 70), 9, np.uint8)) is None
