"""Training of every role in a few steps on two small pages, and the losses' formulas."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from docbin.data.page_crops import TrainingPage  # noqa: E402
from docbin.errors import ModelError, SettingError  # noqa: E402
from docbin.networks.plan import Plan  # noqa: E402
from docbin.networks.three_stage.build import channel_files, load_generator  # noqa: E402
from docbin.networks.three_stage.discriminator import (  # noqa: E402
    Discriminator,
    DiscriminatorConfig,
)
from docbin.networks.three_stage.fusion import FusionWeights  # noqa: E402
from docbin.networks.three_stage.generator import Generator, GeneratorConfig  # noqa: E402
from docbin.networks.three_stage.losses import critic_loss, dice_loss, ink_loss  # noqa: E402
from docbin.networks.three_stage.samples import smooth  # noqa: E402
from docbin.networks.three_stage.stages import CHANNELS  # noqa: E402
from docbin.networks.three_stage.train import Job, PageTask, train  # noqa: E402
from docbin.networks.three_stage.unetpp import UnetPlusPlusConfig  # noqa: E402
from docbin.networks.weights import read_weights, save_weights  # noqa: E402


def shape(channels: int, context: int = 4) -> GeneratorConfig:
    return GeneratorConfig(channels, (32, 32), (0, 1), (0,), context)


def pages() -> list[TrainingPage]:
    ink = np.zeros((80, 120), bool)
    ink[20:26, 10:100] = True
    pixels = np.where(ink[..., None], 30, 220).astype(np.uint8).repeat(3, axis=2)
    return [TrainingPage("a/1", pixels, ink), TrainingPage("a/2", pixels[::-1], ink[::-1])]


def plan(steps: int) -> Plan:
    return Plan(steps=steps, warmup=1, precision="fp32")


def test_single_learns_and_loads(tmp_path: Path) -> None:
    job = Job("single", shape(3), batch=4, size=32, adversarial=0.01)
    path = train(job, pages(), pages()[:1], plan(3), tmp_path, fingerprints="[]")
    assert read_weights(path, "three-stage-compact").notes["role"] == "single"
    assert load_generator(path).config == job.config
    curves = (tmp_path / "curves.csv").read_text()
    assert "f_measure" in curves
    assert "critic" in curves
    assert (tmp_path / "sample0.png").exists()


def test_channel_then_local_then_global(tmp_path: Path) -> None:
    job = Job("channel", shape(1), batch=2, size=32, wavelet=True)
    channel = train(job, pages(), pages()[:1], plan(2), tmp_path / "channel")
    job = Job("local", shape(3), batch=2, size=32, channel_weights=channel)
    local = train(job, pages(), pages()[:1], plan(2), tmp_path / "local")
    job = Job("global", shape(3, 0), batch=1, channel_weights=channel, local_weights=local)
    path = train(job, pages(), pages()[:1], plan(1), tmp_path / "global")
    weights = FusionWeights.from_text(read_weights(path, "three-stage-compact").notes["fusion"])
    assert weights != FusionWeights()
    warm = tmp_path / "local" / "local.safetensors"
    train(Job("single", shape(3), 2, 32), pages(), [], plan(1), tmp_path / "warm", warm=warm)


def test_four_generators_of_their_own_then_local(tmp_path: Path) -> None:
    for name in CHANNELS:
        job = Job(f"channel_{name}", shape(1), batch=1, size=32, wavelet=True)
        train(job, pages(), pages()[:1], plan(1), tmp_path)
    assert [path.stem for path in channel_files(tmp_path)] == [f"channel_{n}" for n in CHANNELS]
    job = Job("local", shape(3), batch=1, size=32, wavelet=True, channel_weights=tmp_path)
    nets = PageTask(job).channels
    assert list(nets) == list(CHANNELS)
    assert len({id(net) for net in nets.values()}) == 4
    train(job, pages(), pages()[:1], plan(1), tmp_path)
    (tmp_path / "channel_red.safetensors").unlink()
    with pytest.raises(ModelError, match="channel_red"):
        PageTask(job)


def test_published_shape_with_a_slower_generator(tmp_path: Path) -> None:
    config = UnetPlusPlusConfig(widths=(8, 8, 8, 8), last=8)
    job = Job("single", config, batch=2, size=32, adversarial=0.04, every=5)
    path = train(job, pages(), [], plan(2), tmp_path)
    assert read_weights(path, "three-stage-unet++").architecture == "three-stage-unet++"
    assert load_generator(path).config == config
    with pytest.raises(ModelError, match="need 'three-stage-compact'"):
        read_weights(path, "three-stage-compact")


def test_folded_norms_change_rounding_alone(tmp_path: Path) -> None:
    torch.manual_seed(0)
    net = Generator(shape(3))
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.5, 2)
            torch.nn.init.normal_(module.bias)
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2)
    path = tmp_path / "net.safetensors"
    save_weights(path, "three-stage-compact", shape(3), net)
    plain, folded = load_generator(path), load_generator(path, fold=True)
    assert not [m for m in folded.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    crop, view = torch.rand(1, 3, 32, 32), torch.rand(1, 3, 128, 128)
    with torch.no_grad():
        before, after = plain(crop, view).logits, folded(crop, view).logits
    assert before.std() > 0.01
    assert torch.allclose(before, after, atol=1e-4)


def test_haar_smoothing_of_a_batch_is_that_of_its_patches() -> None:
    patch = torch.zeros(2, 1, 8, 8)
    patch[0, 0, :4] = 1.0
    out = smooth(patch)
    assert out.shape == patch.shape
    assert out[0, 0, :2].min() == 1
    assert out[1].max() == 0  # a blank patch is not stretched


def test_config_that_builds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "odd.safetensors"
    save_weights(path, "three-stage-compact", shape(3), Generator(shape(3)))
    data = path.read_bytes()
    path.write_bytes(data.replace(b"channels", b"chanmels"))
    with pytest.raises(ModelError, match="builds no generator"):
        load_generator(path)


def test_losses() -> None:
    truth = torch.zeros(2, 1, 8, 8)
    truth[0, 0, :4] = 1
    sure = (truth - 0.5) * 60
    assert float(dice_loss(sure, truth)) < 1e-3
    assert float(dice_loss(-sure, truth)) > 0.9
    assert float(ink_loss(torch.zeros_like(truth), truth, 1, 0)) == pytest.approx(np.log(2), 1e-5)
    blank = torch.zeros_like(truth)
    assert float(dice_loss(torch.full_like(blank, -30), blank)) < 1e-3  # no ink is no pole


def test_critic_is_not_linear_and_learns() -> None:
    torch.manual_seed(0)
    critic = Discriminator(DiscriminatorConfig(1, (8, 8)))
    pixels, a, b = torch.rand(2, 1, 32, 32), torch.rand(2, 1, 32, 32), torch.rand(2, 1, 32, 32)
    middle = critic(pixels, (a + b) / 2)
    assert not torch.allclose(middle, (critic(pixels, a) + critic(pixels, b)) / 2, atol=1e-5)
    loss = critic_loss(critic, pixels, a, b)
    loss.backward()
    assert all(p.grad is not None for p in critic.parameters() if p.ndim > 1)
    with pytest.raises(SettingError, match="linear"):
        DiscriminatorConfig(slope=1.0)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"role": "middle"}, "role must be one of"),
        ({"role": "channel"}, "1 channel"),
        ({"role": "local"}, "channel network's weights"),
        ({"size": 250}, "multiple of 16"),
        ({"local_weights": Path("x")}, "for the global role"),
        ({"every": 5}, "give adversarial too"),
        ({"every": 0, "adversarial": 0.04}, "at least 1"),
    ],
)
def test_bad_jobs(settings: dict[str, object], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        Job(**settings)  # type: ignore[arg-type]
