"""Weight files: the same numbers back, and a sentence for every file that is not one."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from docbin.errors import ModelError, OutputError  # noqa: E402
from docbin.networks.three_stage.generator import Generator, GeneratorConfig  # noqa: E402
from docbin.networks.weights import load_into, read_weights, save_weights  # noqa: E402

TINY = GeneratorConfig(channels=1, widths=(32, 32), down=(1, 0), up=(1,), context=4)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    target = tmp_path / "tiny.safetensors"
    save_weights(target, "compact", TINY, Generator(TINY), pages="[]", notes={"minutes": "3"})
    return target


def test_round_trip(path: Path) -> None:
    file = read_weights(path, "compact")
    assert file.config["widths"] == [32, 32]
    assert file.pages == "[]"
    assert file.notes == {"minutes": "3"}
    torch.manual_seed(0)
    original, copy = Generator(TINY), Generator(TINY)
    load_into(copy, file, path)
    for key, value in original.state_dict().items():
        if not key.endswith("num_batches_tracked"):
            assert torch.equal(value.half().float(), copy.state_dict()[key].float())


def test_wrong_architecture(path: Path) -> None:
    with pytest.raises(ModelError, match="'compact' network, need 'other'"):
        read_weights(path, "other")


def test_wrong_version(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"format":"1"', b'"format":"9"'))
    with pytest.raises(ModelError, match="format 9"):
        read_weights(path, "compact")


@pytest.mark.parametrize("damage", ["cut", "noise", "pickle", "empty", "absent"])
def test_damaged(path: Path, damage: str) -> None:
    data = path.read_bytes()
    if damage == "pickle":
        torch.save({"a": 1}, path)
    elif damage == "absent":
        path.unlink()
    else:
        path.write_bytes({"cut": data[:-100], "noise": b"\xff" * 64, "empty": b""}[damage])
    with pytest.raises(ModelError, match="not a readable weight file"):
        read_weights(path, "compact")


def test_other_shape(path: Path) -> None:
    wider = GeneratorConfig(channels=1, widths=(64, 32), down=(1, 0), up=(1,), context=4)
    with pytest.raises(ModelError, match="shape"):
        load_into(Generator(wider), read_weights(path, "compact"), path)
    deeper = GeneratorConfig(channels=1, widths=(32, 32), down=(1, 1), up=(1,), context=4)
    with pytest.raises(ModelError, match="missing"):
        load_into(Generator(deeper), read_weights(path, "compact"), path)
    blind = GeneratorConfig(channels=1, widths=(32, 32), down=(1, 0), up=(1,), context=0)
    with pytest.raises(ModelError, match="belongs to no part"):
        load_into(Generator(blind), read_weights(path, "compact"), path)


def test_not_finite_is_not_saved(tmp_path: Path) -> None:
    broken = Generator(TINY)
    with torch.no_grad():
        broken.bias.fill_(float("nan"))
    with pytest.raises(OutputError, match="not finite"):
        save_weights(tmp_path / "x.safetensors", "compact", TINY, broken)
    assert not list(tmp_path.iterdir())
