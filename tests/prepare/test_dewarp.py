"""Dewarp: bent lines come out straight and the geometry knows; flat and doubtful pages stay."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from docbin.data.sheet import Sheet
from docbin.errors import ArrayError, SettingError
from docbin.page import Gray, Page
from docbin.prepare import Dewarp, Geometry, named_steps, prepare

Points = NDArray[np.float64]
X_HEIGHT = 0.07 * 150


@dataclass(frozen=True)
class Fold:
    """Lines near the left edge fall, the more the lower on the page: y' = y + shift(x, y)."""

    fall: float

    def shift(self, x: Points, y: Points) -> Points:
        return np.asarray(self.fall * np.exp(-x / 250) * (y / 1754 - 0.2))

    def bent(self, points: Points) -> Points:
        x, y = points.T
        return np.column_stack([x, y + self.shift(x, y)])

    def photographed(self, gray: Gray) -> Gray:
        height, width = gray.shape
        x, bent = np.meshgrid(np.arange(width, dtype=float), np.arange(height, dtype=float))
        y = bent.copy()
        for _ in range(60):
            y = bent - self.shift(x, y)
        made = cv2.remap(gray, x.astype(np.float32), y.astype(np.float32), cv2.INTER_CUBIC,
                         borderMode=cv2.BORDER_REPLICATE)  # fmt: skip
        return np.asarray(made, np.uint8)


def baselines(sheet: Sheet) -> list[Points]:
    lines = []
    for line in sheet.lines:
        x = np.linspace(line.baseline[0, 0], line.baseline[-1, 0], 40)
        y = np.interp(x, line.baseline[:, 0], line.baseline[:, 1])
        if np.ptp(x) > 300:
            lines.append(np.column_stack([x, y]))
    return lines


def bow(lines: list[Points]) -> float:
    """How far a line is from level, root mean square, at worst, in x-heights."""
    return max(float(np.std(line[:, 1])) for line in lines) / X_HEIGHT


@pytest.mark.parametrize("fall", [60.0, -90.0])
def test_bent_lines_come_out_level(
    fall: float,
    text: Callable[..., Gray],
    sheet: Callable[..., Sheet],
    page: Callable[..., Page],
) -> None:
    fold = Fold(fall)
    result = Dewarp()(page(fold.photographed(text())))
    assert result.verdict.status == "done"
    lines = [fold.bent(line) for line in baselines(sheet())]
    assert bow(lines) > 0.6
    assert bow([result.geometry.to_page(line) for line in lines]) < 0.12


def test_the_picture_follows_the_geometry(
    text: Callable[..., Gray], page: Callable[..., Page]
) -> None:
    bent = Fold(70).photographed(text())
    given = page(bent)
    (made,) = prepare(given, named_steps(["dewarp", "crop", "resolution"]))
    assert [v.status for v in made.verdicts] == ["done"] * 3
    ys, xs = np.nonzero(made.page.gray < 140)
    picked = np.random.default_rng(4).choice(len(ys), 500)
    points = np.column_stack([xs[picked], ys[picked]]).astype(float)
    there = made.geometry.to_original(points)
    assert (
        np.mean(bent[np.rint(there[:, 1]).astype(int), np.rint(there[:, 0]).astype(int)] < 190)
        > 0.97
    )
    np.testing.assert_allclose(made.geometry.to_page(there), points, atol=1e-6)


def test_a_report_says_the_bend_exactly(
    text: Callable[..., Gray], page: Callable[..., Page]
) -> None:
    geometry = Dewarp()(page(Fold(70).photographed(text()))).geometry
    told = geometry.to_json()
    shifts, step = np.array(told["bend"]["shifts"]), told["bend"]["step"]
    node = np.array([[3 * step, 5 * step]])
    expected = node + np.array([[0.0, told["to_original"][1][2] + shifts[5, 3]]])
    np.testing.assert_array_equal(geometry.to_original(node), expected)


def test_flat_pages_stay(text: Callable[..., Gray], page: Callable[..., Page]) -> None:
    for layout in ("book", "letter"):
        result = Dewarp()(page(text(layout=layout)))
        assert result.verdict.status == "left unchanged"
        assert result.geometry.is_identity


def test_a_skewed_page_is_not_bent(
    text: Callable[..., Gray], page: Callable[..., Page], turned: Callable[[Gray, float], Gray]
) -> None:
    assert Dewarp()(page(turned(text(), 4.0))).verdict.status == "left unchanged"


def test_lines_that_wave_each_for_itself_stay(
    text: Callable[..., Gray], sheet: Callable[..., Sheet], page: Callable[..., Page]
) -> None:
    gray = text().copy()
    for i, line in enumerate(sheet().lines):
        low, high = np.floor(line.polygon.min(axis=0)), np.ceil(line.polygon.max(axis=0))
        (x0, y0), (x1, y1) = low.astype(int), high.astype(int)
        strip = gray[y0:y1, x0:x1].copy()
        x = np.arange(x0, x1)
        up = 6 * np.sin(x / 110 + 2.4 * i * i)
        rows = np.arange(y1 - y0)[:, None] + up[None]
        across = np.broadcast_to(np.arange(x1 - x0, dtype=np.float32), rows.shape).copy()
        gray[y0:y1, x0:x1] = cv2.remap(strip, across, rows.astype(np.float32), cv2.INTER_LINEAR,
                                       borderMode=cv2.BORDER_REPLICATE)  # fmt: skip
    result = Dewarp(least=0.0)(page(gray))
    assert (result.verdict.status, result.verdict.reason) == (
        "uncertain", "lines do not bend alike")  # fmt: skip


def test_few_lines_are_too_few(
    text: Callable[..., Gray], sheet: Callable[..., Sheet], page: Callable[..., Page]
) -> None:
    gray = text().copy()
    gray[int(sheet().lines[4].polygon[:, 1].max()) :] = 237
    result = Dewarp()(page(Fold(90).photographed(gray)))
    assert result.verdict.status == "uncertain"
    assert "few lines" in result.verdict.reason


def test_nothing_falls_off_when_all_is_kept(
    text: Callable[..., Gray], page: Callable[..., Page]
) -> None:
    bent = page(Fold(-90).photographed(text()))
    geometry = Dewarp(keep_everything=True)(bent).geometry
    x = np.arange(0.0, bent.width, 7)
    for y in (0.0, bent.height - 1.0):
        there = geometry.to_page(np.column_stack([x, np.full(x.size, y)]))[:, 1]
        assert there.min() > -1
        assert there.max() < geometry.size[1]


def test_colour_comes_out_as_grey_does(
    text: Callable[..., Gray], page: Callable[..., Page]
) -> None:
    bent = Fold(60).photographed(text())
    gray = Dewarp()(page(bent)).page
    color = Dewarp()(page(np.repeat(bent[:, :, None], 3, axis=2))).page
    np.testing.assert_array_equal(color.pixels[:, :, 1], gray.pixels)


def test_a_page_is_made_flat_once(text: Callable[..., Gray], page: Callable[..., Page]) -> None:
    geometry = Dewarp()(page(Fold(60).photographed(text()))).geometry
    moved = Geometry.identity(geometry.size).after(geometry)
    with pytest.raises(ArrayError, match="once"):
        Geometry(moved.matrix, moved.size, moved.size, moved.flattened).after(moved)
    with pytest.raises(SettingError, match="0 to 5"):
        Dewarp(least=-1)
