"""A method of one's own, by package.module:Class: what is said where it breaks its promise."""

import importlib
import sys
import traceback
from pathlib import Path

import numpy as np
import pytest

import docbin
from docbin import imageio
from docbin.cli import main
from docbin.errors import InputError, UnknownNameError

METHODS = """
from dataclasses import dataclass
import numpy as np

@dataclass(frozen=True)
class Good:
    level: int = 128
    def __call__(self, page):
        return page.gray < self.level

@dataclass(frozen=True)
class Bytes:
    def __call__(self, page):
        return np.where(page.gray < 128, np.uint8(255), np.uint8(0))

@dataclass(frozen=True)
class Short:
    def __call__(self, page):
        return (page.gray < 128)[1:]

@dataclass(frozen=True)
class Nothing:
    def __call__(self, page):
        pass

@dataclass(frozen=True)
class Wrong:
    def __call__(self, page):
        return 1 / 0
"""
PAGE = np.full((40, 60), 220, np.uint8)
PAGE[5:9, 5:20] = 10


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "own_methods.py").write_text(METHODS)
    monkeypatch.syspath_prepend(tmp_path / "code")
    monkeypatch.delitem(sys.modules, "own_methods", raising=False)
    importlib.invalidate_caches()
    for folder, picture in (("images", PAGE), ("gt", PAGE < 128)):
        (tmp_path / "data" / folder).mkdir(parents=True)
        for name in ("a.png", "b.png"):
            imageio.write(tmp_path / "data" / folder / name, picture)
    return tmp_path / "data"


@pytest.mark.parametrize("name", ["Bytes", "Short", "Nothing"])
def test_what_is_no_ink_is_refused_wherever_a_method_is_called(
    name: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    method = f"own_methods:{name}"
    with pytest.raises(InputError, match="must return a bool array of shape"):
        docbin.binarize(PAGE, method)
    assert main(["evaluate", "-m", method, "-d", str(data)]) == 3
    assert "must return a bool array of shape" in capsys.readouterr().err
    pages = data / "images"
    assert main(["binarize", str(pages), "-o", str(data / "out"), "-m", method]) == 8
    said = capsys.readouterr().err
    assert said.count(f"{pages}/a.png: method") == 2, said  # as it happens, and at the end


def test_a_good_one_is_scored_and_its_settings_are_parsed(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert np.array_equal(docbin.binarize(PAGE, "own_methods:Good", level=5), PAGE < 5)
    assert main(["evaluate", "-m", "own_methods:Good:level=100", "-d", str(data)]) == 0
    assert "100.00" in capsys.readouterr().out


def test_a_bug_keeps_its_traceback_and_says_on_which_page(data: Path) -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        main(["evaluate", "-m", "own_methods:Wrong", "-d", str(data)])
    assert "own_methods:Wrong on data/a" in "".join(traceback.format_exception(caught.value))


def test_a_module_that_is_not_found_says_where_it_is_looked_for() -> None:
    with pytest.raises(UnknownNameError, match=r"no module 'nowhere'; install it, or .*PYTHONPATH"):
        docbin.binarize(PAGE, "nowhere:Method")
