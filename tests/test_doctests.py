"""Every example in a docstring runs, in the installed package."""

import doctest
import importlib
from pathlib import Path

import pytest

import docbin

NEEDS_TORCH = "docbin.networks."


def modules() -> list[str]:
    package = Path(docbin.__file__).parent
    files = [path.relative_to(package.parent) for path in sorted(package.rglob("*.py"))]
    names = [".".join(file.with_suffix("").parts).removesuffix(".__init__") for file in files]
    return [name for name in names if not name.endswith("__main__")]


@pytest.mark.parametrize("name", modules())
def test_examples_run(name: str) -> None:
    if name.startswith(NEEDS_TORCH):
        pytest.importorskip("torch")
    if name.endswith(".augment"):
        pytest.importorskip("albumentations")
    module = importlib.import_module(name)
    assert doctest.testmod(module).failed == 0
