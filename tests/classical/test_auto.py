"""The automatic method and the cleaners: what they must do on any page."""

import cv2
import numpy as np
import pytest

from docbin import registry
from docbin.classical.auto import Auto
from docbin.classical.normalized import Normalized
from docbin.classical.soft_ink import SoftInk
from docbin.errors import SettingError
from docbin.page import Page


def lines(height: int, width: int) -> np.ndarray:
    ink = np.zeros((height, width), bool)
    ink[20 : height - 20 : 16, 20 : width - 20] = True
    ink[21 : height - 20 : 16, 20 : width - 20] = True
    ink[22 : height - 20 : 16, 20 : width - 20] = True
    return ink


def f_measure(ink: np.ndarray, truth: np.ndarray) -> float:
    return float(2 * (ink & truth).sum() / (ink.sum() + truth.sum()))


@pytest.mark.parametrize("depth", [0.85, 0.5, 0.15])
def test_ink_of_any_strength_under_a_gradient(depth: float) -> None:
    truth = lines(300, 400)
    light = np.linspace(240, 90, 400)[None, :] * np.ones((300, 1))
    noise = np.random.default_rng(0).normal(0, 1.5, truth.shape)
    gray = np.where(truth, light * (1 - depth), light) + noise
    ink = Auto()(Page(gray.clip(0, 255).astype(np.uint8)))
    assert f_measure(ink, truth) > 0.97


def test_show_through_is_not_ink() -> None:
    truth = lines(300, 400)
    behind = np.roll(truth, 7, axis=0)
    gray = np.full(truth.shape, 220.0)
    gray[behind] = 190
    gray[truth] = 60
    gray += np.random.default_rng(0).normal(0, 1.5, truth.shape)
    ink = Auto()(Page(gray.clip(0, 255).astype(np.uint8)))
    assert f_measure(ink, truth) > 0.97


def test_faint_strokes_beside_strong_ones_are_found() -> None:
    truth = lines(300, 400)
    fade = 0.5 + 0.3 * np.sin(np.arange(400) / 8)[None, :]
    gray = np.where(truth, 210 * (1 - fade), 210)
    gray += np.random.default_rng(0).normal(0, 1.5, truth.shape)
    page = Page(gray.clip(0, 255).astype(np.uint8))
    assert f_measure(Auto()(page), truth) > 0.95
    soft = SoftInk()(page)
    assert soft[truth].mean() < 60
    assert (soft[~truth] == 255).mean() > 0.8


def test_show_through_that_touches_the_ink_goes() -> None:
    truth = lines(300, 400)
    behind = np.zeros(truth.shape, bool)
    behind[20:280, 60:340:30] = behind[20:280, 61:340:30] = behind[20:280, 62:340:30] = True
    gray = np.full(truth.shape, 220.0)
    gray[behind] = 190
    gray = cv2.GaussianBlur(gray, (0, 0), 1.5)
    gray[truth] = 60
    gray += np.random.default_rng(0).normal(0, 1.5, truth.shape)
    page = Page(gray.clip(0, 255).astype(np.uint8))
    assert f_measure(Auto()(page), truth) > 0.95
    assert SoftInk()(page)[behind & ~truth].mean() > 230


def test_a_black_rim_does_not_hide_faint_ink() -> None:
    truth = lines(300, 400)
    gray = np.where(truth, 165.0, 190.0) + np.random.default_rng(0).normal(0, 1.5, truth.shape)
    gray[:, -2:] = 0
    ink = Auto()(Page(gray.clip(0, 255).astype(np.uint8)))
    assert f_measure(ink[:, :-10], truth[:, :-10]) > 0.95


def test_a_black_bar_at_the_end_of_a_faint_page_is_set_aside() -> None:
    truth = np.pad(lines(300, 400), ((80, 0), (0, 30)))
    noise = np.random.default_rng(4).normal(0, 1, truth.shape)
    gray = np.where(truth, 190, 200) + noise
    gray[:80] = gray[:, 400:] = 2
    ink = Auto()(Page(gray.astype(np.uint8)))
    assert not ink[:80].any()
    assert not ink[:, 400:].any()
    assert f_measure(ink, truth) > 0.9


def test_a_bar_may_leave_next_to_nothing() -> None:
    gray = np.zeros((20, 50), np.uint8)
    gray[18:] = 255
    assert Auto()(Page(gray)).shape == gray.shape


def test_a_drawn_line_at_the_end_is_ink() -> None:
    gray = np.full((300, 400), 220, np.uint8)
    gray[lines(300, 400)] = 30
    gray[:6] = 30
    assert Auto()(Page(gray))[:6].mean() > 0.9


def test_soft_ink_of_a_blank_page_is_white() -> None:
    assert (SoftInk()(Page(np.full((40, 50), 120, np.uint8))) == 255).all()


def test_one_clean_word_on_an_empty_page_is_found() -> None:
    gray = np.full((600, 800), 255, np.uint8)
    gray[300:303, 200:260] = 0
    np.testing.assert_array_equal(Auto()(Page(gray)), gray == 0)


def test_large_page_is_judged_like_a_small_one() -> None:
    truth = np.kron(lines(600, 900), np.ones((3, 3), bool))
    gray = np.where(truth, 70, 210).astype(np.uint8)
    assert f_measure(Auto()(Page(gray)), truth) > 0.98


@pytest.mark.parametrize("name", ["auto", "howe"])
def test_wide_pages_of_noise_and_of_lines_are_done(name: str) -> None:
    noise = np.random.default_rng(2).integers(0, 256, (30, 16_000)).astype(np.uint8)
    assert registry.create(name)(Page(noise)).shape == noise.shape
    truth = lines(90, 16_000)
    noisy = np.where(truth, 70, 210) + np.random.default_rng(0).normal(0, 2, truth.shape)
    ink = registry.create(name)(Page(noisy.clip(0, 255).astype(np.uint8)))
    assert f_measure(ink, truth) > 0.97


def test_normalized_paper_is_white_and_ink_keeps_its_share() -> None:
    truth = lines(300, 400)
    light = np.linspace(240, 90, 400)[None, :] * np.ones((300, 1))
    gray = np.where(truth, light * 0.4, light).astype(np.uint8)
    clean = Normalized()(Page(gray))
    assert clean[~truth].mean() > 245
    assert abs(clean[truth].mean() - 0.4 * 255) < 8


def test_cleaner_settings_are_checked() -> None:
    with pytest.raises(SettingError, match="normalized: cover must be odd and 1 to 255, got 4"):
        Normalized(cover=4)
