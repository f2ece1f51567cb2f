"""Two steps of training on two small pages, with a teacher and without."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from docbin.data.training_pages import TrainingPage  # noqa: E402
from docbin.errors import ModelError, SettingError  # noqa: E402
from docbin.native.network import PackedNetwork  # noqa: E402
from docbin.native.packed import write_packed  # noqa: E402
from docbin.native.random_network import random_tensors, small_graph  # noqa: E402
from docbin.networks.binarized.generator import BinarizedConfig  # noqa: E402
from docbin.networks.binarized.layers import BinaryConv2d, Unit  # noqa: E402
from docbin.networks.binarized.merged import Merger  # noqa: E402
from docbin.networks.binarized.train import (  # noqa: E402
    StudentJob,
    StudentTask,
    load_binarized,
    recalibrate,
    train_step,
)
from docbin.networks.plan import Plan  # noqa: E402
from docbin.networks.three_stage.generator import Generator, GeneratorConfig  # noqa: E402
from docbin.networks.three_stage.samples import draw_batch  # noqa: E402
from docbin.networks.three_stage.stages import merge_channels, packed_channels  # noqa: E402
from docbin.networks.weights import BINARIZED, THREE_STAGE, read_weights, save_weights  # noqa: E402

SHAPE = BinarizedConfig(widths=(4, 8), down=(1, 1), up=(1,), context=(4, 4))


def pages() -> list[TrainingPage]:
    ink = np.zeros((80, 120), bool)
    ink[20:26, 10:100] = True
    pixels = np.where(ink[..., None], 30, 220).astype(np.uint8).repeat(3, axis=2)
    return [TrainingPage("a/1", pixels, ink), TrainingPage("a/2", pixels[::-1], ink[::-1])]


def teacher(folder: Path) -> Path:
    config = GeneratorConfig(3, (32, 32, 32), (0, 1, 0), (0, 0), 4)
    path = folder / "teacher.safetensors"
    save_weights(path, THREE_STAGE, config, Generator(config))
    return path


def test_two_steps_with_a_teacher(tmp_path: Path) -> None:
    plan = Plan(steps=3, warmup=1, precision="fp32")
    taught = teacher(tmp_path)
    first = StudentJob(config=SHAPE, batch=2, size=32, teacher=taught, real_weights=True)
    start = train_step(first, pages(), [], plan, tmp_path / "first")
    second = StudentJob(config=SHAPE, batch=2, size=32, teacher=taught)
    path = train_step(
        second, pages(), pages()[:1], plan, tmp_path / "run", warm=start, fingerprints="marks"
    )
    file = read_weights(path, BINARIZED)
    assert file.pages == "marks"
    assert file.notes["steps"] == "3"
    assert file.notes["step"] == "activations and weights"
    net = load_binarized(path)
    assert not any(m.real for m in net.modules() if isinstance(m, BinaryConv2d))
    rows = (tmp_path / "run" / "curves.csv").read_text().splitlines()
    assert {"loss", "teacher", "maps", "f_measure"} <= set(rows[0].split(","))


def packed_channel(folder: Path) -> Path:
    graph = small_graph(4, page_channels=1)
    path = folder / "channel.safetensors"
    write_packed(path, graph, random_tensors(graph, np.random.default_rng(0)))
    return path


def test_a_local_network_is_shown_merged_maps(tmp_path: Path) -> None:
    job = StudentJob("local", SHAPE, batch=2, size=32, channel=packed_channel(tmp_path))
    plan = Plan(steps=2, warmup=1, precision="fp32")
    path = train_step(job, pages(), pages()[:1], plan, tmp_path / "run")
    assert read_weights(path, BINARIZED).notes["role"] == "local"
    assert "f_measure" in (tmp_path / "run" / "curves.csv").read_text().splitlines()[0]


def test_merged_crops_are_those_of_the_packed_stages(tmp_path: Path) -> None:
    channel = packed_channel(tmp_path)
    rng = np.random.default_rng(1)
    page = rng.integers(0, 256, (32, 48, 3), np.uint8)
    view = rng.integers(0, 256, (128, 128, 3), np.uint8)
    batch = {
        key: torch.from_numpy(value).permute(2, 0, 1)[None].float() / 255
        for key, value in (("crop", page), ("view", view))
    }
    found = Merger(channel, wavelet=True).batch(batch)
    maps = packed_channels(PackedNetwork(channel), page, view, wavelet=True, threads=1)
    assert torch.equal(found["view"], batch["view"])
    merged = (found["crop"][0] * 255).round().permute(1, 2, 0).numpy()
    assert np.array_equal(merged, merge_channels(maps))


def test_everything_learns(tmp_path: Path) -> None:
    task = StudentTask(StudentJob(config=SHAPE, batch=2, size=32, teacher=teacher(tmp_path)))
    for module in task.generator.modules():  # FiLM starts at nothing and holds the view back
        if isinstance(module, Unit) and module.film is not None:
            torch.nn.init.normal_(module.film.weight, 0, 0.1)
    rng = np.random.default_rng(0)
    batch = {
        "crop": torch.from_numpy(rng.random((2, 3, 32, 32), np.float32)),
        "view": torch.from_numpy(rng.random((2, 3, 128, 128), np.float32)),
        "ink": torch.from_numpy((rng.random((2, 1, 32, 32)) < 0.2).astype(np.float32)),
    }
    loss, figures = task.loss("generator", batch)
    loss.backward()
    still = [
        name
        for name, p in task.generator.named_parameters()
        if p.grad is None or not bool(torch.isfinite(p.grad).all()) or not float(p.grad.abs().sum())
    ]
    assert still == []
    assert set(figures) == {"loss", "dice", "teacher", "maps"}


def test_fixed_signs_stay_while_the_rest_learns(tmp_path: Path) -> None:
    plan = Plan(steps=3, rate=0.1, warmup=1, precision="fp32")
    first = train_step(
        StudentJob(config=SHAPE, batch=2, size=32), pages(), [], plan, tmp_path / "first"
    )
    job = StudentJob(config=SHAPE, batch=2, size=32, fixed_signs=True)
    second = train_step(job, pages(), [], plan, tmp_path / "second", warm=first)
    before, after = (read_weights(path, BINARIZED).tensors for path in (first, second))
    assert torch.equal(before["up.0.0.conv.weight"], after["up.0.0.conv.weight"])
    assert not torch.equal(before["up.0.0.gamma"], after["up.0.0.gamma"])
    assert not torch.equal(before["stem.weight"], after["stem.weight"])


def test_estimators_that_move_are_told(tmp_path: Path) -> None:
    task = StudentTask(StudentJob(config=SHAPE, size=32))
    task.advance(0.25)
    shares = {float(m.share) for m in task.generator.modules() if isinstance(m, BinaryConv2d)}
    assert shares == {0.25}


def test_recalibrated_norms_are_the_batches_own() -> None:
    from docbin.data.page_crops import PageCrops

    task = StudentTask(StudentJob(config=SHAPE, batch=2, size=32))
    batch = draw_batch(PageCrops(pages(), size=32), "single", 2, 1, 0)
    recalibrate(task.generator, [batch])
    before = task.generator.stem_norm.running_mean
    assert before is not None
    kept = before.clone()
    recalibrate(task.generator, [batch])
    assert torch.equal(kept, task.generator.stem_norm.running_mean)  # type: ignore[arg-type]
    assert task.generator.stem_norm.momentum == 0.1


@pytest.mark.parametrize(
    "bad",
    [
        {"role": "local"},
        {"channel": Path("x")},
        {"size": 30},
        {"batch": 0},
        {"soften": -1.0},
        {"role": "channel"},
    ],
)
def test_bad_jobs(bad: dict[str, object]) -> None:
    with pytest.raises(SettingError):
        StudentJob(config=SHAPE, **{"size": 32, **bad})  # type: ignore[arg-type]


def test_other_weights_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="need"):
        load_binarized(teacher(tmp_path))
