"""Settings as text, at the one dynamic door."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pytest

from docbin import registry
from docbin.errors import MissingDependencyError, SettingError, UnknownNameError
from docbin.learned.working import Belief
from docbin.page import Ink, Page
from docbin.settings import parse_settings


@dataclass(frozen=True)
class Sample:
    """A method with one field of every parsable type."""

    window: int = 3
    k: float = 0.5
    fast: bool = False
    space: Literal["rgb", "lab"] = "rgb"
    seed: int | None = None

    def __call__(self, page: Page, /) -> Ink:
        return np.zeros((page.height, page.width), bool)


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("window", "51", 51),
        ("k", "0.2", 0.2),
        ("k", "-1e-3", -1e-3),
        ("fast", "False", False),
        ("fast", "yes", True),
        ("space", "lab", "lab"),
        ("seed", "none", None),
        ("seed", "7", 7),
        ("window", 9, 9),
        ("k", 1, 1.0),
    ],
)
def test_text_becomes_the_fields_type(key: str, text: object, value: object) -> None:
    parsed = parse_settings(Sample, "sample", {key: text})
    assert parsed == {key: value}
    assert type(parsed[key]) is type(value)


@pytest.mark.parametrize(
    ("key", "text"),
    [("window", "3.5"), ("window", "x"), ("window", True), ("window", 3.5), ("k", "fast"),
     ("fast", "maybe"), ("fast", 1), ("space", "hsv"), ("seed", "x"), ("window", None)],
)  # fmt: skip
def test_wrong_values_say_what_would_do(key: str, text: object) -> None:
    with pytest.raises(SettingError, match=f"sample: {key} must be"):
        parse_settings(Sample, "sample", {key: text})


def test_a_missing_package_is_named(tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "needy_method.py").write_text("import a_package_nobody_has\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(MissingDependencyError, match="a_package_nobody_has"):
        registry.create("needy_method:Method")


@pytest.mark.parametrize("name", ["json:dumps", "json:JSONDecoder", "json:Nothing", "json:"])
def test_what_is_no_method_is_refused(name: str) -> None:
    with pytest.raises(UnknownNameError):
        registry.create(name)


@pytest.mark.parametrize("name", [None, 5, lambda page: page.gray < 128])
def test_what_is_no_name_is_told(name: object) -> None:
    with pytest.raises(UnknownNameError, match=r"otsu.*package\.module:Class"):
        registry.create(name)  # type: ignore[arg-type]


def test_a_name_of_another_table_says_which() -> None:
    with pytest.raises(UnknownNameError, match="docbin clean -m"):
        registry.create("soft-ink")
    with pytest.raises(UnknownNameError, match="docbin detect -m"):
        registry.create("dbnet")


@pytest.mark.parametrize("value", ["99999999999999999999", 1 << 31, "-2147483648"])
def test_whole_numbers_have_a_bound(value: object) -> None:
    with pytest.raises(SettingError, match="gatos: window must be"):
        registry.create("gatos", {"window": value})
    with pytest.raises(SettingError, match="below 2,147,483,648"):
        parse_settings(Sample, "sample", {"seed": value})


@pytest.mark.parametrize("name", [*registry.METHODS])
def test_every_method_of_the_table_can_be_built(name: str) -> None:
    method = registry.create(name)
    assert repr(method) == repr(registry.create(name, {}))


def test_a_trained_binarizer_is_a_cleaner_too() -> None:
    cleaner = registry.create_cleaner("three-stage", {"threshold": "0.3"})
    assert isinstance(cleaner, Belief)
    assert cleaner.binarizer == registry.create("three-stage", {"threshold": 0.3})


def test_belief_is_grey() -> None:
    class Half:
        def probability(self, page: Page) -> np.ndarray:
            return np.full((page.height, page.width), 0.25, np.float32)

    found = Belief(Half())(Page(np.zeros((2, 3), np.uint8)))
    assert found.dtype == np.uint8
    assert np.array_equal(found, np.full((2, 3), 191))
