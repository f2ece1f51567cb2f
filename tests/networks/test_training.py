"""The loop: it resumes to the same bits, keeps its budget, and never loses a checkpoint."""

import signal
import time
from pathlib import Path
from typing import BinaryIO

import pytest

torch = pytest.importorskip("torch")

from docbin.errors import ModelError, OutputError, SettingError  # noqa: E402
from docbin.networks.interrupts import held_back  # noqa: E402
from docbin.networks.plan import Batch, Plan, Player  # noqa: E402
from docbin.networks.training import Trainer  # noqa: E402


class Line:
    """A task: a line through points, and a second player who learns every other step."""

    def __init__(self) -> None:
        torch.manual_seed(3)
        self.line = torch.nn.Linear(1, 1)
        self.other = torch.nn.Sequential(torch.nn.Linear(1, 2), torch.nn.BatchNorm1d(2))

    @property
    def players(self) -> tuple[Player, ...]:
        return (Player("line", self.line), Player("other", self.other, every=2, averaged=False))

    def loss(self, player: str, batch: Batch):  # type: ignore[no-untyped-def]
        x = batch["x"]
        guess = self.line(x) if player == "line" else self.other(x).mean(1, keepdim=True)
        noise = 0.1 * torch.rand(len(x), 1)  # as the critic's penalty draws
        loss = ((guess.float() - 3 * x - noise) ** 2).mean()
        return loss, {player: float(loss.detach())}


def batches(step: int) -> Batch:
    return {"x": torch.rand(8, 1, generator=torch.Generator().manual_seed(step))}


def trainer(folder: Path, plan: Plan) -> Trainer:
    return Trainer(Line(), batches, plan, folder)


def test_learns(tmp_path: Path) -> None:
    t = trainer(tmp_path, Plan(steps=150, rate=0.05, warmup=1, precision="fp32"))
    t.run()
    assert t.rows[-1]["line"] < 1.5
    assert (tmp_path / "curves.csv").read_text().startswith("step,minutes,line")
    assert (tmp_path / "curves.png").stat().st_size > 100


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot make this folder"):
        trainer(tmp_path / "file" / "run", Plan(steps=1)).run()


@pytest.mark.parametrize("precision", ["fp32", "bf16", "auto"])
def test_resumes_to_the_same_bits(tmp_path: Path, precision: str) -> None:
    plan = Plan(steps=30, rate=0.05, precision=precision)
    whole = trainer(tmp_path / "whole", plan)
    whole.run()

    class StopError(Exception):
        pass

    def stop_at_eleven(step: int) -> Batch:
        if step == 11:
            raise StopError
        return batches(step)

    (tmp_path / "parts").mkdir()
    first = Trainer(Line(), stop_at_eleven, plan, tmp_path / "parts")
    with pytest.raises(StopError):
        first.run()
    assert first.save()
    second = trainer(tmp_path / "parts", plan)
    assert second.resume()
    assert second.step == 11
    second.run()
    for name in ("line", "other"):
        module = {p.name: p.module for p in whole.task.players}[name]
        again = {p.name: p.module for p in second.task.players}[name]
        for key, value in module.state_dict().items():
            assert torch.equal(value, again.state_dict()[key])
    for key, value in whole.averages["line"].state_dict().items():
        assert torch.equal(value, second.averages["line"].state_dict()[key])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("place", ["batch", "loss", "watch"])
def test_an_interrupted_run_goes_on_with_the_same_bits(
    tmp_path: Path, place: str, number: signal.Signals
) -> None:
    plan = Plan(steps=12, rate=0.05, save_minutes=0)

    def watch(_: object) -> dict[str, float]:
        interrupt("watch")
        return {"watched": 1.0}

    def interrupted_batches(step: int) -> Batch:
        interrupt("batch")
        return batches(step)

    class Interrupted(Line):
        def loss(self, player: str, batch: Batch):  # type: ignore[no-untyped-def]
            interrupt("loss")
            return super().loss(player, batch)

    def interrupt(here: str) -> None:
        if here == place and first.step == 7:
            signal.raise_signal(number)

    whole = Trainer(Line(), batches, plan, tmp_path / "whole", lambda _: {"watched": 1.0})
    whole.run()
    first = Trainer(Interrupted(), interrupted_batches, plan, tmp_path / "parts", watch)
    before = signal.signal(number, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            first.run()
        assert signal.getsignal(number) is signal.default_int_handler
    finally:
        signal.signal(number, before)
    second = Trainer(Line(), batches, plan, tmp_path / "parts", lambda _: {"watched": 1.0})
    assert second.resume()
    assert second.step == (8 if place == "loss" else 7)
    second.run()
    for ours, theirs in zip(second.task.players, whole.task.players, strict=True):
        for key, value in theirs.module.state_dict().items():
            assert torch.equal(value, ours.module.state_dict()[key])
    figures = [[row.get("line") for row in t.rows] for t in (second, whole)]
    if place == "batch":
        assert figures[0] == figures[1]
    else:  # the row of a step whose report was not written is joined to the next
        assert len(figures[0]) == len(figures[1]) - 1


def test_a_second_interrupt_is_not_held_back() -> None:
    done = []

    def interrupted_twice() -> None:
        with held_back():
            for which in ("first", "second"):
                signal.raise_signal(signal.SIGINT)
                done.append(which)

    with pytest.raises(KeyboardInterrupt):
        interrupted_twice()
    assert done == ["first"]


def test_keeps_its_minutes(tmp_path: Path) -> None:
    started = time.monotonic()
    t = trainer(tmp_path, Plan(minutes=0.005))
    t.run()
    assert t.seconds >= 0.3
    assert time.monotonic() - started < 30
    assert t.resume()
    steps = t.step
    t.run()  # the budget is spent: nothing more is trained
    assert t.step == steps


def test_full_disk_keeps_the_last_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    t = trainer(tmp_path, Plan(steps=3))
    t.run()
    good = (tmp_path / "checkpoint.pt").read_bytes()

    def full(state: object, file: BinaryIO) -> None:
        file.write(b"half a checkpoint")
        raise OSError(28, "No space left on device")

    t.check_saved()
    monkeypatch.setattr(torch, "save", full)
    assert not t.save()
    assert "the last one is kept: No space" in caplog.text
    with pytest.raises(OutputError, match=r"checkpoint\.pt: .*No space .* make room"):
        t.check_saved()
    assert (tmp_path / "checkpoint.pt").read_bytes() == good
    assert not list(tmp_path.glob("*.part"))


def test_damaged_checkpoint_is_refused(tmp_path: Path) -> None:
    t = trainer(tmp_path, Plan(steps=2))
    assert not t.resume()
    t.run()
    path = tmp_path / "checkpoint.pt"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(ModelError, match="delete it"):
        trainer(tmp_path, Plan(steps=2)).resume()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "either minutes or steps"),
        ({"steps": 1, "minutes": 1}, "either minutes or steps"),
        ({"minutes": 0}, "above 0"),
        ({"steps": 0}, "at least 1"),
        ({"steps": 1, "ema": 1.0}, "ema"),
        ({"steps": 1, "precision": "int8"}, "auto, bf16, fp32"),
    ],
)
def test_bad_plans(settings: dict[str, float], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        Plan(**settings)  # type: ignore[arg-type]
