"""The number format of a forward pass."""

import pytest

torch = pytest.importorskip("torch")

from docbin.errors import SettingError  # noqa: E402
from docbin.networks.precision import autocast, has_bf16  # noqa: E402


@pytest.mark.parametrize(("native", "name"), [(True, "bfloat16"), (False, "float32")])
def test_auto_is_bf16_only_where_the_processor_has_it(
    native: bool, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for check in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"):
        monkeypatch.setattr(torch.cpu, check, lambda: native, raising=False)
    assert has_bf16("cpu") is native
    with autocast("cpu"):
        assert torch.nn.Linear(2, 2)(torch.ones(1, 2)).dtype == getattr(torch, name)


@pytest.mark.parametrize(("precision", "name"), [("bf16", "bfloat16"), ("fp32", "float32")])
def test_a_named_precision_is_kept(precision: str, name: str) -> None:
    with autocast("cpu", precision):
        assert torch.nn.Linear(2, 2)(torch.ones(1, 2)).dtype == getattr(torch, name)


def test_other_names_are_refused() -> None:
    with pytest.raises(SettingError, match="auto, bf16, fp32"):
        autocast("cpu", "int8")
