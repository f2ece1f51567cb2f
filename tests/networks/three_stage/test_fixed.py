"""Generators in fixed point: what a weight file says, rounded, and files that say too little."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from docbin.errors import ModelError  # noqa: E402
from docbin.networks.three_stage.fixed import FixedGenerator, fixed_generator  # noqa: E402
from docbin.networks.three_stage.generator import Generator, GeneratorConfig  # noqa: E402
from docbin.networks.weight_file import THREE_STAGE, read_arrays  # noqa: E402
from docbin.networks.weights import save_weights  # noqa: E402

CONFIGS = [
    GeneratorConfig(3, (32, 64, 96), (1, 0, 2), (2, 0), 16),
    GeneratorConfig(1, (64, 32), (0, 1), (1,), 0),
]


def load_fixed(path: Path) -> FixedGenerator:
    return fixed_generator(read_arrays(path, THREE_STAGE), path)


def trained_a_little(config: GeneratorConfig) -> Generator:
    """Weights and norms as different as training makes them, and a view that has a say."""
    torch.manual_seed(1)
    net = Generator(config)
    with torch.no_grad():
        for name, value in net.state_dict().items():
            if name.endswith("running_mean"):
                value.normal_(0, 0.3)
            elif name.endswith("running_var"):
                value.uniform_(0.5, 2)
            elif "norm" in name and value.dtype.is_floating_point:
                value.normal_(0.5, 0.2)
            elif "heads" in name:
                value.normal_(0, 0.05)
            if value.dtype.is_floating_point:
                value.copy_(value.half().float())
    return net.eval()


@pytest.mark.parametrize("config", CONFIGS)
def test_rounded_weights_say_the_same(config: GeneratorConfig, tmp_path: Path) -> None:
    net = trained_a_little(config)
    path = tmp_path / "net.safetensors"
    save_weights(path, THREE_STAGE, config, net)
    random = np.random.default_rng(0)
    view = random.integers(0, 256, (128, 128, config.channels)).astype(np.uint8)
    tile = random.integers(0, 256, (32, 64, config.channels)).astype(np.uint8)
    generator = load_fixed(path)
    films = generator.network.net.page_films(view.transpose(2, 0, 1))
    found = generator.network.logits(tile, films)
    assert np.array_equal(found, generator.network.twin_logits(tile, films))

    def tensor(pixels: Any) -> Any:
        return torch.from_numpy(pixels).permute(2, 0, 1)[None] / 255

    with torch.inference_mode():
        logits = net(tensor(tile), tensor(view)).logits[0, 0].numpy()
    assert logits.std() > 0.2
    assert np.abs(found / 256 - logits.clip(-8, 2047 / 256)).max() < 0.03


def test_a_file_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    config = GeneratorConfig(1, (32, 32), (1, 0), (1,), 4)
    path = tmp_path / "net.safetensors"
    deeper = GeneratorConfig(1, (32, 32), (1, 1), (1,), 4)
    blind = GeneratorConfig(1, (32, 32), (1, 0), (1,), 0)
    wider = GeneratorConfig(1, (64, 32), (1, 0), (1,), 4)
    for said, words in (
        (deeper, "tensor 'down.1.0.first.weight' is missing"),
        (blind, "belongs to no part"),
        (wider, "has shape"),
    ):
        save_weights(path, THREE_STAGE, said, Generator(config))
        with pytest.raises(ModelError, match=words):
            load_fixed(path)


@pytest.mark.parametrize(
    ("tensor", "times", "words"),
    [
        ("stem.mix", 400, "in stem"),
        ("down.0.0.first.weight", 400, "in down0_0_a"),
        ("down.0.0.second.weight", 9000, "down0_0_b"),
        ("grow.0.mix", 400, "grow0"),
        ("context.heads.1.bias", 400, "in film"),
    ],
)
@pytest.mark.filterwarnings("error")
def test_values_at_the_limit_are_told_of_once(
    tensor: str, times: int, words: str, tmp_path: Path
) -> None:
    torch.manual_seed(3)
    config = GeneratorConfig(1, (32, 32), (1, 0), (1,), 4)
    net, path = Generator(config).eval(), tmp_path / "mine.safetensors"
    tiles = np.random.default_rng(0).integers(0, 256, (2, 32, 64, 1)).astype(np.uint8)
    view = np.zeros((128, 128, 1), np.uint8)
    save_weights(path, THREE_STAGE, config, net)
    load_fixed(path).asked(view)(tiles, 1, 1)  # in silence
    with torch.no_grad():
        net.state_dict()[tensor].mul_(times).add_(times if tensor.endswith("bias") else 0)
    save_weights(path, THREE_STAGE, config, net)
    ask = load_fixed(path).asked(view)
    with pytest.warns(UserWarning, match=rf"mine.safetensors: .*{words}.*engine=torch") as told:
        ask(tiles, 1, 1)
    ask(tiles, 1, 1)
    assert len(told) == 1
