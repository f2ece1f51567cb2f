"""The dispatch table: best first, overridable, restored."""

import os
import subprocess
import sys

import pytest

from docbin import native
from docbin.errors import UnknownNameError


def test_last_target_runs_anywhere() -> None:
    assert native.targets()[-1] == "scalar"
    assert native.active_target() in native.targets()


@pytest.mark.parametrize("name", native.targets())
def test_use_target_restores_even_after_an_error(name: str) -> None:
    def fail_inside() -> None:
        with native.use_target(name):
            assert native.active_target() == name
            raise ZeroDivisionError

    before = native.active_target()
    with pytest.raises(ZeroDivisionError):
        fail_inside()
    assert native.active_target() == before


def test_unknown_target_lists_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match="scalar"), native.use_target("mmx"):
        pass


@pytest.mark.parametrize(("value", "code"), [("scalar", 0), ("mmx", 1)])
def test_environment_variable_chooses(value: str, code: int) -> None:
    script = "from docbin import native; print(native.active_target())"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "DOCBIN_TARGET": value},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code
    assert value in (done.stdout if code == 0 else done.stderr)
