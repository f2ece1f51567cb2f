"""From a packed file back to latent weights: the same ink, norms that fit, training goes on."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from docbin.data.fingerprint import Fingerprints  # noqa: E402
from docbin.data.training_pages import TrainingPage  # noqa: E402
from docbin.errors import ModelError  # noqa: E402
from docbin.native.network import PackedNetwork  # noqa: E402
from docbin.native.packed import PackedFile, read_packed, write_packed  # noqa: E402
from docbin.native.random_network import random_tensors, small_graph  # noqa: E402
from docbin.networks.binarized.export import pack  # noqa: E402
from docbin.networks.binarized.generator import BinarizedConfig, BinarizedGenerator  # noqa: E402
from docbin.networks.binarized.latent import (  # noqa: E402
    MAGNITUDE,
    config_of,
    latent,
    revive_view,
    settle,
    stream_steps,
    warm_weights,
)
from docbin.networks.binarized.layers import Unit  # noqa: E402
from docbin.networks.binarized.train import StudentJob, recalibrate, train_step  # noqa: E402
from docbin.networks.plan import Batch, Plan  # noqa: E402
from docbin.networks.weights import read_weights  # noqa: E402

SMALL = BinarizedConfig(widths=(8, 16), down=(1, 2), up=(2,), context=(4, 6))


def batch(channels: int = 3) -> Batch:
    torch.manual_seed(4)
    return {"crop": torch.rand(2, channels, 64, 64), "view": torch.rand(2, channels, 128, 128)}


def trained(config: BinarizedConfig = SMALL) -> BinarizedGenerator:
    """A network with random numbers everywhere, negative ones too, and norms that fit."""
    torch.manual_seed(0)
    net = BinarizedGenerator(config)
    for module in net.modules():
        if isinstance(module, Unit):
            torch.nn.init.normal_(module.gamma, 0, 0.3)
            torch.nn.init.normal_(module.beta, 0, 0.3)
            if module.film is not None:
                torch.nn.init.normal_(module.film.weight, 0, 0.2)
    recalibrate(net, [batch(config.channels)])
    return net


def packed_file(path: Path, config: BinarizedConfig = SMALL, pages: str = "") -> PackedFile:
    packed = pack(trained(config))
    write_packed(path, packed.graph, packed.tensors, training_pages=(pages,) if pages else ())
    return read_packed(path)


@pytest.mark.parametrize(
    "config",
    [
        SMALL,
        BinarizedConfig(1, (8, 16, 32), (1, 1, 1), (1, 1), ()),
        BinarizedConfig(3, (8, 16), (2, 1), (2,), (4,), every_unit=False),
        BinarizedConfig(3, (8, 16), (1, 1), (1,), (4,), estimator="xnor-net++"),
    ],
)
def test_packing_it_again_gives_the_same_file_and_ink(
    config: BinarizedConfig, tmp_path: Path
) -> None:
    file = packed_file(tmp_path / "one.safetensors", config)
    net = latent(file, config.estimator)
    assert net.config == config
    again = pack(net, steps=stream_steps(file.graph))
    for name, tensor in file.tensors.items():
        if name.endswith("bias") and f"{name[:-4]}shift" in file.tensors:
            # sums of 30 bits, of which float32 holds 24; the shift drops more
            assert np.allclose(tensor, again.tensors[name], rtol=1e-6, atol=2), name
        else:
            assert np.array_equal(tensor, again.tensors[name]), name
    write_packed(tmp_path / "two.safetensors", again.graph, again.tensors)
    shape = (45, 70, config.channels)
    page = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    one, two = (PackedNetwork(tmp_path / f"{n}.safetensors").logits(page) for n in ("one", "two"))
    assert np.array_equal(one, two)


def test_shipped_network_comes_back() -> None:
    from importlib import resources

    path = Path(str(resources.files("docbin.models"))) / "xnor" / "xnor.safetensors"
    file = read_packed(path)
    again = pack(latent(file), steps=stream_steps(file.graph))
    page = np.random.default_rng(0).normal(200, 20, (96, 128, 1)).clip(0, 255).astype(np.uint8)
    page[30:34, 10:110] = 40
    page = page.repeat(3, 2)
    packed = PackedFile(file.graph, again.tensors)
    assert np.array_equal(PackedNetwork(file).logits(page), PackedNetwork(packed).logits(page))


def test_settled_norms_fit_and_change_nothing(tmp_path: Path) -> None:
    net = latent(packed_file(tmp_path / "net.safetensors"))
    views = batch()
    with torch.no_grad():
        before = net(views["crop"], views["view"]).logits
        settle(net, [views])
        after = net(views["crop"], views["view"]).logits
        learning = net.train()(views["crop"], views["view"]).logits
    assert torch.allclose(before, after, atol=1e-3)
    assert torch.allclose(after, learning, atol=2e-2)


def test_a_view_that_fell_silent_starts_afresh() -> None:
    net = trained()
    assert net.view is not None
    assert not revive_view(net, [batch()])
    with torch.no_grad():
        net.view.convs[-1].bias.fill_(-100)  # nothing passes, whatever the page
        net.down[0][0].film.bias.normal_()
    views = batch()
    before = net.eval()(views["crop"], views["view"]).logits
    assert revive_view(net, [views])
    after = net(views["crop"], views["view"]).logits
    assert torch.allclose(before, after, atol=1e-5)
    assert not revive_view(net, [views])


def pages() -> list[TrainingPage]:
    ink = np.zeros((80, 120), bool)
    ink[20:26, 10:100] = True
    pixels = np.where(ink[..., None], 30, 220).astype(np.uint8).repeat(3, axis=2)
    return [TrainingPage("a/1", pixels, ink), TrainingPage("a/2", pixels[::-1], ink[::-1])]


def test_training_goes_on_from_a_packed_file(tmp_path: Path) -> None:
    path = tmp_path / "packed.safetensors"
    marks = Fingerprints().to_json()
    file = packed_file(path, pages=marks)
    assert warm_weights(path).pages == marks
    plan = Plan(steps=1, rate=1e-6, warmup=1, decay=0.0, precision="fp32")
    job = StudentJob(config=SMALL, batch=2, size=32)
    result = train_step(job, pages(), [], plan, tmp_path / "run", warm=path)
    weights = read_weights(result, "binarized-compact").tensors["up.0.1.conv.weight"]
    assert torch.allclose(weights.float().abs(), torch.tensor(MAGNITUDE), atol=1e-3)
    signs = latent(file).state_dict()["up.0.1.conv.weight"] > 0
    assert torch.equal(weights > 0, signs)


def test_a_channel_network_starts_from_a_colour_one(tmp_path: Path) -> None:
    path = tmp_path / "packed.safetensors"
    file = packed_file(path)
    config = BinarizedConfig(1, SMALL.widths, SMALL.down, SMALL.up, SMALL.context)
    plan = Plan(steps=1, rate=1e-9, warmup=1, decay=0.0, precision="fp32")
    job = StudentJob("channel", config, batch=2, size=32)
    result = train_step(job, pages(), [], plan, tmp_path / "run", warm=path)
    stem = read_weights(result, "binarized-compact").tensors["stem.weight"].float()
    colour = latent(file).state_dict()["stem.weight"]
    assert torch.allclose(stem, colour.unflatten(1, (3, 16)).sum(1), rtol=2e-3, atol=1e-4)


def test_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    graph = small_graph(4)
    write_packed(path, graph, random_tensors(graph, np.random.default_rng(0)))
    with pytest.raises(ModelError, match="page generator"):
        config_of(read_packed(path))
    path.write_bytes(b"nothing")
    with pytest.raises(ModelError, match="not a readable"):
        warm_weights(path)
