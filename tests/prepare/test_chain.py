"""The chain: steps one after the other know the way back; wrong names are told."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from docbin.errors import InputError, SettingError, UnknownNameError, UsageError
from docbin.page import Gray, Page
from docbin.prepare import (
    Borders,
    Crop,
    Deskew,
    Despeckle,
    Orientation,
    Resolution,
    Seals,
    Shading,
    Split,
    keeping,
    named_steps,
    prepare,
)


def test_a_chain_knows_the_way_back(
    text: Callable[..., Gray],
    page: Callable[..., Page],
    turned: Callable[[Gray, float], Gray],
    board: Callable[..., Gray],
) -> None:
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


def test_keep_everything_takes_nothing_off(
    text: Callable[..., Gray], page: Callable[..., Page], board: Callable[..., Gray]
) -> None:
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


def test_an_array_serves_as_a_page() -> None:
    gray = np.full((30, 40), 200, np.uint8)
    (made,) = prepare(gray, [])
    assert np.array_equal(made.page.pixels, gray)


@pytest.mark.parametrize("steps", [[3], ["deskew"], [Deskew], "deskew", Deskew(), None])
def test_what_are_no_steps_is_told(steps: Any, text: Callable[..., Gray]) -> None:
    with pytest.raises(UsageError, match=r"prepare: .*step"):
        prepare(text(), steps)


def test_a_step_of_ones_own_that_gives_no_result_is_told(text: Callable[..., Gray]) -> None:
    with pytest.raises(InputError, match="must return a StepResult, it returned Page"):
        prepare(text(), [lambda page: page])
