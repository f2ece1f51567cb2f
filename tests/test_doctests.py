"""Every example in a docstring runs, in the installed package."""

import doctest
import importlib
import pkgutil

import pytest

import docbin

NEEDS_TORCH = "docbin.networks."


def modules() -> list[str]:
    names = [module.name for module in pkgutil.walk_packages(docbin.__path__, "docbin.")]
    return ["docbin", *sorted(name for name in names if not name.endswith("__main__"))]


@pytest.mark.parametrize("name", modules())
def test_examples_run(name: str) -> None:
    if name.startswith(NEEDS_TORCH):
        pytest.importorskip("torch")
    if name.endswith(".augment"):
        pytest.importorskip("albumentations")
    module = importlib.import_module(name)
    assert doctest.testmod(module).failed == 0
