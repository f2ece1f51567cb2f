"""Two engines, one answer; and what is said where one is not there."""

from importlib.resources import files

import numpy as np
import pytest

from docbin.errors import MissingDependencyError, ModelError, SettingError
from docbin.learned import runtime
from docbin.learned.dbnet import DB
from docbin.learned.runtime import open_network

MODEL = files("docbin.models") / "dbnet" / "dbnet.onnx"


def test_an_engine_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime.importlib.util, "find_spec", lambda name: None)
    data = MODEL.read_bytes()
    with pytest.raises(MissingDependencyError, match=r"docbin\[detect\]"):
        open_network(data, MODEL, "onnxruntime")
    x = np.zeros((1, 1, 32, 64), np.float32)
    assert open_network(data, MODEL, "auto")(x).shape == (1, 1, 32, 64)


def test_an_unknown_engine_is_told_the_known_ones() -> None:
    with pytest.raises(SettingError, match="opencv"):
        DB(engine="tensorrt")  # type: ignore[arg-type]


@pytest.mark.parametrize("engine", ["opencv", "onnxruntime"])
def test_bytes_that_are_no_network_are_an_error(engine: runtime.Engine) -> None:
    if engine == "onnxruntime":
        pytest.importorskip("onnxruntime")
    with pytest.raises(ModelError, match="cannot build"):
        open_network(b"\x08\x08 no network", MODEL, engine)


def test_both_engines_give_the_same_map() -> None:
    pytest.importorskip("onnxruntime")
    data = MODEL.read_bytes()
    x = np.random.default_rng(1).uniform(-2, 2, (1, 1, 160, 224)).astype(np.float32)
    one, other = (open_network(data, MODEL, engine)(x) for engine in ("opencv", "onnxruntime"))
    np.testing.assert_allclose(one, other, atol=1e-4)
