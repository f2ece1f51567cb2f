"""What every method of the registry does, stated once.

A page of one grey value, white, black or between, has no ink: nothing on it differs from anything.
"""

import dataclasses
import pickle
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from docbin import registry
from docbin.errors import SettingError
from docbin.page import Page
from docbin.protocols import Binarizer, Cleaner
from docbin.settings import settings_of

SHAPES = [(1, 1), (1, 50), (50, 1), (2, 2), (7, 5), (37, 61)]

KINDS = [(registry.METHODS, name) for name in sorted(registry.METHODS)] + [
    (registry.CLEANERS, name) for name in sorted(registry.CLEANERS)
]


def label(value: Any) -> str:
    return value if isinstance(value, str) else ""


every_kind = pytest.mark.parametrize(("table", "name"), KINDS, ids=label)
every_method = pytest.mark.parametrize("name", sorted(registry.METHODS))


def build(table: dict[str, str], name: str) -> Binarizer | Cleaner:
    for package in getattr(registry.resolve(table, "method", name), "NEEDS", ()):
        pytest.importorskip(package)
    return registry.create(name) if table is registry.METHODS else registry.create_cleaner(name)


def text_page(height: int = 60, width: int = 90, color: bool = False) -> NDArray[np.uint8]:
    """Dark strokes on a bright, noisy slope."""
    generator = np.random.default_rng(11)
    pixels = np.linspace(170, 230, width)[None, :] + generator.normal(0, 4, (height, width))
    pixels[10 : height - 10 : 12, 8 : width - 8] = 45
    pixels[10 : height - 10, 8 : width - 8 : 15] = 50
    gray = np.clip(pixels, 0, 255).astype(np.uint8)
    return np.stack([gray, gray, np.minimum(gray, 215)], axis=2) if color else gray


def check_result(table: dict[str, str], result: object, shape: tuple[int, ...]) -> None:
    assert isinstance(result, np.ndarray)
    assert result.dtype == (np.bool_ if table is registry.METHODS else np.uint8)
    if table is registry.METHODS:
        assert result.shape == shape[:2]
    else:
        assert result.shape[:2] == shape[:2]
    assert result.flags.c_contiguous


@every_kind
def test_result_has_the_shape_and_type_of_its_kind(table: dict[str, str], name: str) -> None:
    generator = np.random.default_rng(3)
    method = build(table, name)
    for shape in SHAPES:
        pixels = generator.integers(0, 256, shape, np.uint8)
        check_result(table, method(Page(pixels)), shape)


@every_kind
def test_color_page_is_accepted(table: dict[str, str], name: str) -> None:
    page = text_page(color=True)
    check_result(table, build(table, name)(Page(page)), page.shape)


@every_kind
@pytest.mark.parametrize("color", [False, True], ids=["grey", "color"])
def test_input_is_untouched_and_the_answer_is_the_same_twice(
    table: dict[str, str], name: str, color: bool
) -> None:
    pixels = text_page(color=color)
    before = pixels.copy()
    pixels.flags.writeable = False
    method = build(table, name)
    first, second = method(Page(pixels)), method(Page(pixels))
    assert np.array_equal(first, second)
    assert np.array_equal(pixels, before)
    assert np.array_equal(first, build(table, name)(Page(before)))


@every_kind
def test_method_is_a_frozen_dataclass_that_pickles(table: dict[str, str], name: str) -> None:
    method = build(table, name)
    assert dataclasses.is_dataclass(method)
    assert getattr(type(method), "__dataclass_params__").frozen  # noqa: B009
    copy = pickle.loads(pickle.dumps(method))
    assert copy == method
    page = Page(text_page())
    assert np.array_equal(copy(page), method(page))


@every_kind
def test_settings_and_paper_are_documented(table: dict[str, str], name: str) -> None:
    method = type(build(table, name))
    documented = getattr(method, "SETTINGS", {})
    for setting in settings_of(method):
        assert setting.doc, f"{name}: no doc line for {setting.name}"
    assert set(documented) == {setting.name for setting in settings_of(method)}
    assert getattr(method, "PAPER", "").strip()
    assert (method.__doc__ or "").strip()


@every_method
@pytest.mark.parametrize("value", [0, 1, 128, 255])
@pytest.mark.parametrize("shape", [(1, 1), (40, 50)], ids=str)
def test_page_of_one_value_has_no_ink(name: str, value: int, shape: tuple[int, int]) -> None:
    page = Page(np.full(shape, value, np.uint8))
    assert not build(registry.METHODS, name)(page).any()


@every_method
def test_blank_color_page_has_no_ink(name: str) -> None:
    page = Page(np.full((40, 50, 3), (250, 240, 210), np.uint8))
    assert not build(registry.METHODS, name)(page).any()


@every_method
def test_noise_and_two_values_give_an_answer(name: str) -> None:
    generator = np.random.default_rng(8)
    noise = generator.integers(0, 256, (64, 48), np.uint8)
    two = np.where(generator.random((64, 48)) < 0.1, 0, 255).astype(np.uint8)
    for pixels in (noise, two):
        assert build(registry.METHODS, name)(Page(pixels)).shape == pixels.shape


def settings_named(name: str, setting: str) -> bool:
    method = type(build(registry.METHODS, name))
    return setting in {known.name for known in settings_of(method)}


@every_method
def test_bad_windows_and_factors_are_refused(name: str) -> None:
    for setting, values in (("window", [4, 1, 0, -5, "wide", "11in"]), ("k", ["nan", 1e6, -1e6])):
        for value in values if settings_named(name, setting) else []:
            with pytest.raises(SettingError, match=f"{name}: {setting} must be"):
                registry.create(name, {setting: value})


@every_method
def test_window_larger_than_the_page_is_the_page(name: str) -> None:
    if not settings_named(name, "window"):
        pytest.skip("has no window")
    pixels = text_page()
    one, other = (registry.create(name, {"window": side})(Page(pixels)) for side in (201, 401))
    assert one.shape == other.shape == pixels.shape
    if name not in ("feng", "adotsu"):  # sizes of grids
        assert np.array_equal(one, other)


@every_method
def test_clear_text_is_found(name: str) -> None:
    pixels = text_page(120, 180)
    ink = build(registry.METHODS, name)(Page(pixels))
    strokes = pixels < 100
    assert ink[strokes].mean() > 0.5
    # Entropy thresholds fall in the middle of noisy paper; they must not take much more.
    assert ink[~strokes].mean() < 0.6
