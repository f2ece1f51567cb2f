# ruff: noqa: E402 (torch is optional: what needs it comes after the skip)
"""The networks, their loss, the training loop, and the file that OpenCV reads."""

from pathlib import Path

import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch")

from docbin.data.line_sets import LineTruth
from docbin.errors import DatasetError, ModelError, SettingError
from docbin.networks.dbnet.crops import draw_crop, made, store
from docbin.networks.dbnet.export import export, load_detector, to_onnx
from docbin.networks.dbnet.losses import balanced_cross_entropy, db_loss, dice_loss
from docbin.networks.dbnet.network import DBNet, DBNetConfig, binary_map
from docbin.networks.dbnet.train import Job, make_batch, train, within_half
from docbin.networks.plan import Plan
from docbin.page import Page

SMALL = Job(batch=2, size=64, shrink=0.7)


def stored(seed: int = 1):  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(seed)
    pixels = np.full((240, 320), 230, np.uint8)
    lines = []
    for top in range(20, 200, 36):
        pixels[top : top + 20, 30:290][rng.random((20, 260)) < 0.4] = 30
        corners = [[30, top], [290, top], [290, top + 20], [30, top + 20]]
        lines.append(LineTruth(np.array(corners, float)))
    return store(f"page{seed}", Page(pixels), lines, shrink=0.7)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("fusion", ["none", "scale-spatial"])
@pytest.mark.parametrize("backbone", ["page", "resnet18", "resnet50"])
def test_both_maps_have_the_size_of_the_page(backbone: str, fusion: str, channels: int) -> None:
    net = DBNet(DBNetConfig(channels, backbone, 64, 16, fusion))
    found = net(torch.rand(2, channels, 64, 96))
    assert found.logits.shape == found.threshold.shape == (2, 1, 64, 96)
    assert net.eval()(torch.rand(1, channels, 32, 32)).threshold is None


def test_settings_that_cannot_work_say_what_would() -> None:
    for settings in ({"channels": 2}, {"backbone": "vgg"}, {"inner": 6}, {"fusion": "sum"}):
        with pytest.raises(SettingError, match="dbnet"):
            DBNetConfig(**settings)
    with pytest.raises(SettingError, match="multiple of 32"):
        Job(size=50)


def test_the_binary_map_is_a_steep_sigmoid_that_never_overflows() -> None:
    p, t = torch.tensor([0.0, 0.5, 1.0, 0.31]), torch.tensor([1.0, 0.5, 0.0, 0.3])
    found = binary_map(p, t)
    np.testing.assert_allclose(found[1:], [0.5, 1.0, 1 / (1 + np.exp(-0.5))], rtol=1e-4)
    assert 0 <= float(found[0]) < 1e-20


def test_negatives_are_the_three_hardest_for_each_positive() -> None:
    logits = torch.full((1, 1, 4, 4), -9.0)
    truth, mask = torch.zeros_like(logits), torch.ones_like(logits)
    truth[0, 0, 0, 0] = 1
    logits[0, 0, 0, 0] = 9.0
    logits[0, 0, 1, :2] = 2.0  # two of the three hardest
    expected = (2 * np.log1p(np.exp(2.0)) + 2 * np.log1p(np.exp(-9.0))) / 4
    assert float(balanced_cross_entropy(logits, truth, mask)) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("masked", [False, True])
def test_a_batch_without_text_has_a_finite_loss_and_gradient(masked: bool) -> None:
    logits = torch.randn(2, 1, 32, 32, requires_grad=True)
    threshold = torch.randn(2, 1, 32, 32, requires_grad=True)
    none, all_ = torch.zeros(2, 1, 32, 32), torch.ones(2, 1, 32, 32)
    loss = db_loss(logits, threshold, none, none if masked else all_, none + 0.3, none)
    loss.total.backward()
    assert torch.isfinite(loss.total)
    assert torch.isfinite(logits.grad).all()
    assert float(dice_loss(none, none, all_)) == pytest.approx(0)


def test_a_perfect_answer_costs_little() -> None:
    truth = torch.zeros(1, 1, 32, 32)
    truth[..., 8:20, 4:28] = 1
    threshold = torch.full_like(truth, 0.5)
    logits = (truth * 2 - 1) * 12
    loss = db_loss(logits, torch.zeros_like(truth), truth, torch.ones_like(truth), threshold, truth)
    assert float(loss.total) < 0.01


def test_a_step_of_training_lowers_the_loss(tmp_path: Path) -> None:
    pages = [stored(1), stored(2)]
    plan = Plan(steps=24, rate=3e-3, warmup=2, precision="fp32", save_minutes=60)
    path = train(SMALL, pages, plan, tmp_path, fingerprints="")
    net, notes = load_detector(path)
    assert notes["shrink"] == "0.7"
    batch = make_batch(SMALL, pages, 99, 0)
    fresh = DBNet(SMALL.config)

    def cost(module: DBNet) -> float:
        module.train()
        names = ("shrunk", "mask", "threshold", "border")
        with torch.no_grad():
            found = module(batch["pixels"])
            return float(db_loss(found.logits, found.threshold, *(batch[n] for n in names)).total)

    assert cost(net) < 0.9 * cost(fresh)


def test_a_finished_training_that_is_resumed_stays_as_it_was(tmp_path: Path) -> None:
    pages = [stored(1)]
    job = Job(DBNetConfig(inner=16, head=8), batch=1, size=64, shrink=0.7)

    def run(resume: bool) -> dict[str, torch.Tensor]:
        plan = Plan(steps=3, warmup=1, precision="fp32", save_minutes=60)
        net, notes = load_detector(train(job, pages, plan, tmp_path, resume=resume))
        assert notes["steps"] == "3"
        return {key: value.clone() for key, value in net.state_dict().items()}

    whole, again = run(False), run(True)
    assert all(torch.equal(whole[key], again[key]) for key in whole)


def test_training_needs_pages(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no page"):
        train(SMALL, [], Plan(steps=1), tmp_path)


def test_the_batch_of_a_step_depends_on_the_step_alone() -> None:
    pages = [stored(1), stored(2)]
    one, same, other = (make_batch(SMALL, pages, 5, step) for step in (3, 3, 4))
    assert all(torch.equal(one[key], same[key]) for key in one)
    assert not torch.equal(one["pixels"], other["pixels"])


def test_crops_show_what_their_targets_say() -> None:
    page = stored()
    for seed in range(6):
        crop = draw_crop(np.random.default_rng(seed), page, page, 96, ink_share=1.0)
        inside = crop.targets.shrunk > 0
        outside = (crop.targets.border == 0) & ~inside & (crop.targets.mask > 0)
        if inside.sum() > 200 and outside.sum() > 200:
            assert crop.pixels[inside].mean() < crop.pixels[outside].mean() - 20


def test_made_pages_can_be_learned_from() -> None:
    page = made(3, shrink=0.7, weight=0.5)
    assert sum(not area.ignore for area in page.areas) > 3
    assert page.gray.shape == page.ink.shape


def settled(config: DBNetConfig) -> DBNet:
    """A network with statistics in its norms, as training leaves it."""
    torch.manual_seed(3)
    net = DBNet(config)
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.5, 1.0)
    with torch.no_grad():
        for _ in range(20):
            net(torch.rand(2, config.channels, 96, 64))
    return net.eval()


@pytest.mark.parametrize("fusion", ["none", "scale-spatial"])
@pytest.mark.parametrize("backbone", ["page", "resnet18"])
def test_opencv_gives_what_torch_gives(backbone: str, fusion: str) -> None:
    net = settled(DBNetConfig(1, backbone, 32, 16, fusion))
    x = torch.rand(1, 1, 64, 128)
    with torch.no_grad():
        expected = torch.sigmoid(net(x).logits)[0, 0].numpy()
    data = to_onnx(net, {"shrink": "0.7"})
    found = cv2.dnn.readNetFromONNX(np.frombuffer(data, np.uint8))
    found.setInput(x.numpy() * 4 - 2)
    difference = np.abs(found.forward()[0, 0] - expected)
    assert difference.mean() < 2e-3  # weights are fp16 in the file
    assert float(np.ptp(expected)) > 0.1


def test_a_variance_too_large_for_fp16_is_divided_out() -> None:
    net = settled(DBNetConfig(inner=32, head=8))
    first = net.probability[0]
    with torch.no_grad():
        first[0].weight.mul_(512)
        first[1].running_mean.mul_(512)
        first[1].running_var.mul_(512**2)
    tamed = within_half(net)
    x = torch.rand(1, 1, 32, 64)
    with torch.no_grad():
        torch.testing.assert_close(tamed(x).logits, net(x).logits, atol=1e-3, rtol=1e-3)
    assert float(tamed.probability[0][1].running_var.max()) <= 256


def test_export_refuses_other_weights(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    path.write_bytes(b"no weights")
    with pytest.raises(ModelError, match="other"):
        export(path)
