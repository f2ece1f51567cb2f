"""Split: a double page is cut between its pages, a single one is not."""

from collections.abc import Callable

import numpy as np
import pytest

from docbin.data.sheet import Sheet
from docbin.page import Gray, Page
from docbin.prepare import Split


def test_double_page_is_split_between_its_pages(
    sheet: Callable[..., Sheet], text: Callable[..., Gray], page: Callable[..., Page]
) -> None:
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
def test_single_wide_page_is_not_split(
    layout: str, text: Callable[..., Gray], page: Callable[..., Page]
) -> None:
    wide = np.rot90(text(3, layout))
    assert len(Split()(page(wide)).parts) == 1
    assert len(Split()(page(text())).parts) == 1


def test_a_gap_that_ends_short_of_the_middle_has_a_defined_result(
    text: Callable[..., Gray], page: Callable[..., Page]
) -> None:
    wide = np.full((1240, 1754), 237, np.uint8)
    wide[:, 60:500] = text()[:1240, 200:640]
    start = round(0.3803 * 1754)  # just beyond where the middle begins, so that the gap touches it
    wide[:, start : start + 900] = text(4)[:1240, 170:1070]
    result = Split()(page(wide))
    assert result.verdict.status in ("uncertain", "done")
