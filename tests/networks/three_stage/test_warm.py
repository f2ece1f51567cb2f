"""A start from another network's weights: exact where the shapes are alike, honest elsewhere."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from docbin.errors import ModelError  # noqa: E402
from docbin.networks.three_stage.generator import Generator, GeneratorConfig  # noqa: E402
from docbin.networks.three_stage.warm import warm_start  # noqa: E402
from docbin.networks.weights import read_weights, save_weights  # noqa: E402

COLOR = GeneratorConfig(3, (32, 32), (1, 1), (1,), 8)
GRAY = GeneratorConfig(1, (32, 32), (1, 1), (1,), 8)


def saved(config: GeneratorConfig, path: Path) -> Generator:
    torch.manual_seed(3)
    net = Generator(config)
    for head in net.context.heads:  # type: ignore[union-attr]
        torch.nn.init.normal_(head.weight, std=0.1)
    save_weights(path, "three-stage-compact", config, net)
    return net.eval()


@pytest.mark.parametrize(("source", "target"), [(COLOR, GRAY), (GRAY, COLOR)])
def test_color_and_gray_say_the_same_of_a_gray_page(
    source: GeneratorConfig, target: GeneratorConfig, tmp_path: Path
) -> None:
    path = tmp_path / "a.safetensors"
    old, new = saved(source, path), Generator(target).eval()
    assert warm_start(new, read_weights(path, "three-stage-compact"), path) == []
    crop, view = torch.rand(2, 1, 16, 16), torch.rand(2, 1, 128, 128)
    with torch.no_grad():
        a, b = (
            net(crop.expand(-1, config.channels, -1, -1), view.expand(-1, config.channels, -1, -1))
            for net, config in ((old, source), (new, target))
        )
    assert torch.allclose(a.logits, b.logits, atol=2e-3)  # weights are kept as fp16


def test_what_does_not_fit_stays_fresh(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    old = saved(COLOR, path)
    plain = Generator(GeneratorConfig(3, (32, 32), (1, 1), (1,), 0))
    assert warm_start(plain, read_weights(path, "three-stage-compact"), path) == []
    assert torch.allclose(plain.stem.mix, old.stem.mix, atol=1e-3)
    wider = Generator(GeneratorConfig(3, (32, 64), (1, 1), (1,), 8))
    fresh = warm_start(wider, read_weights(path, "three-stage-compact"), path)
    assert "shrink.0.mix" in fresh
    assert "stem.mix" not in fresh


def test_nothing_fits_or_not_finite(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    net = saved(COLOR, path)
    file = read_weights(path, "three-stage-compact")
    with pytest.raises(ModelError, match="nothing in it fits"):
        warm_start(torch.nn.Linear(2, 2), file, path)
    file.tensors["bias"][0] = torch.nan
    with pytest.raises(ModelError, match="not finite"):
        warm_start(net, file, path)
