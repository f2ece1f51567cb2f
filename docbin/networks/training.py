"""A training loop that knows no network: players take turns, a budget is kept, nothing is lost.

At every step each player whose turn it is gets one batch, one loss, one clipped AdamW step (I.
Loshchilov, F. Hutter, "Decoupled Weight Decay Regularization", 2019). The rate follows half a
cosine over the budget; a moving average of a player's weights is what is used afterwards.

The budget is steps or minutes. With steps, a run that stops and resumes gives the same bits as one
that never stopped, on the same machine: the batch of step n and the seed of torch's generator
depend on n alone, and weights, moments and averages are in the checkpoint. With minutes the rate
follows the clock instead, and the minutes already spent are in the checkpoint.
"""

import copy
import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from docbin.errors import ModelError, OutputError
from docbin.imageio import make_folder
from docbin.networks.interrupts import held_back
from docbin.networks.plan import Batch, Plan, Player, Task
from docbin.networks.precision import autocast

__all__ = ["Trainer", "average"]

log = logging.getLogger(__name__)

CHECKPOINT = "checkpoint.pt"
FORMAT = 1


@dataclass(eq=False)
class Trainer:
    """Train a task into a folder.

    ``batches(step)`` gives the batch of a step and must depend on the step alone. `watch`, when
    given, is called at every checkpoint with the averaged modules by name; the figures that it
    returns go into the curves. `advance`, when given, is told before every step how much of the
    budget is spent, 0 to 1.
    """

    task: Task
    batches: Callable[[int], Batch]
    plan: Plan
    folder: Path
    watch: Callable[[Mapping[str, nn.Module]], Mapping[str, float]] | None = None
    device: str = "cpu"
    advance: Callable[[float], None] | None = None
    step: int = field(default=0, init=False)
    seconds: float = field(default=0.0, init=False)
    rows: list[dict[str, float]] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self._optimizers: dict[str, torch.optim.Optimizer] = {}
        self.averages: dict[str, nn.Module] = {}
        for player in self.task.players:
            self._optimizers[player.name] = _optimizer(player, self.plan)
            if player.averaged:
                self.averages[player.name] = copy.deepcopy(player.module).eval()
        self._sums: dict[str, list[float]] = {}
        self._unwritten = ""  # why the last checkpoint was not

    def run(self) -> None:
        """Train until the budget is spent; the last state is in the folder's checkpoint.

        An interrupt ends it after the step in work, with a checkpoint of that.
        """
        make_folder(self.folder)
        try:
            self._run()
        except KeyboardInterrupt:
            if self.save():
                log.warning("interrupted: the checkpoint holds %d steps, resume it", self.step)
            raise

    def _run(self) -> None:
        started, before, saved = time.monotonic(), self.seconds, time.monotonic()
        while self._share() < 1:
            batch = self.batches(self.step)
            with held_back():
                self._turn(batch)
                self.step += 1
                self.seconds = before + time.monotonic() - started
            if time.monotonic() - saved > self.plan.save_minutes * 60:
                self._report()
                saved = time.monotonic()
        self._report()

    def resume(self) -> bool:
        """Go on from the folder's checkpoint; False when there is none.

        Raises ModelError when the checkpoint is damaged or of another task.
        """
        path = self.folder / CHECKPOINT
        if not path.exists():
            return False
        try:
            state = torch.load(path, map_location=self.device, weights_only=True)
            if state["format"] != FORMAT:
                raise ModelError(f"{path}: checkpoint of format {state['format']}, need {FORMAT}")
            for player in self.task.players:
                player.module.load_state_dict(state["modules"][player.name])
                self._optimizers[player.name].load_state_dict(state["optimizers"][player.name])
                if player.averaged:
                    self.averages[player.name].load_state_dict(state["averages"][player.name])
            self.step, self.seconds = int(state["step"]), float(state["seconds"])
            self.rows = list(state["rows"])
            self._sums = {key: list(value) for key, value in state["sums"].items()}
        except ModelError:
            raise
        except Exception as error:
            raise ModelError(
                f"{path}: not a checkpoint of this training ({type(error).__name__}); delete it "
                "to start afresh, or train into another folder"
            ) from error
        return True

    def save(self) -> bool:
        """Write the checkpoint whole; on a full disk keep the last one and return False."""
        state: dict[str, Any] = {
            "format": FORMAT,
            "step": self.step,
            "seconds": self.seconds,
            "rows": self.rows,
            "sums": self._sums,
            "modules": {p.name: p.module.state_dict() for p in self.task.players},
            "optimizers": {name: opt.state_dict() for name, opt in self._optimizers.items()},
            "averages": {name: module.state_dict() for name, module in self.averages.items()},
        }
        path = self.folder / CHECKPOINT
        self._unwritten = ""
        try:
            # into a file of ours: writing one itself, torch does not say what is wrong with it
            with _whole(path) as temporary, temporary.open("wb") as file:
                torch.save(state, file)
        except (OSError, RuntimeError) as error:
            self._unwritten = getattr(error, "strerror", None) or str(error)
            log.warning("%s: not written, the last one is kept: %s", path, self._unwritten)
        return not self._unwritten

    def check_saved(self) -> None:
        """Raise OutputError unless the last checkpoint was written: for when the rest is safe."""
        if self._unwritten:
            raise OutputError(
                f"{self.folder / CHECKPOINT}: the last checkpoint could not be written "
                f"({self._unwritten}), the one before is kept; make room before you resume"
            )

    def _share(self) -> float:
        if self.plan.steps is not None:
            return self.step / self.plan.steps
        return self.seconds / 60 / (self.plan.minutes or 1.0)

    def _turn(self, batch: Batch) -> None:
        share, plan = self._share(), self.plan
        warm = min(1.0, (self.step + 1) / max(1, plan.warmup))
        rate = plan.rate * warm * (0.01 + 0.99 * (0.5 + 0.5 * float(np.cos(np.pi * share))))
        torch.manual_seed(plan.seed * 1_000_003 + self.step)
        if self.advance is not None:
            self.advance(share)
        moved = {key: value.to(self.device) for key, value in batch.items()}
        for player in self.task.players:
            if self.step % player.every:
                continue
            optimizer = self._optimizers[player.name]
            for group in optimizer.param_groups:
                group["lr"] = rate * player.rate
            player.module.train()
            optimizer.zero_grad(set_to_none=True)
            with autocast(self.device, plan.precision):
                loss, figures = self.task.loss(player.name, moved)
            loss.backward()  # type: ignore[no-untyped-call]
            norm = nn.utils.clip_grad_norm_(player.module.parameters(), plan.clip)
            if bool(torch.isfinite(norm)):  # one bad batch must not end a night's training
                optimizer.step()
            if player.averaged:
                memory = min(plan.ema, (self.step + 1) / (self.step + 20))
                average(self.averages[player.name], player.module, memory)
            for key, value in figures.items():
                self._sums.setdefault(key, []).append(value)

    def _report(self) -> None:
        row = {"step": float(self.step), "minutes": self.seconds / 60}
        row.update({key: float(np.mean(values)) for key, values in self._sums.items() if values})
        if self.watch is not None:
            row.update(self.watch(self.averages))
        self._sums = {}
        self.rows.append(row)
        log.info("%s", " ".join(f"{key} {value:.4g}" for key, value in row.items()))
        self.save()
        from docbin.networks.curves import write_curves

        try:
            write_curves(self.folder, self.rows)
        except (OSError, OutputError) as error:
            log.warning("curves not written: %s", error)


def average(mean: nn.Module, module: nn.Module, memory: float) -> None:
    """Move the averaged module towards the module: mean = memory · mean + (1 - memory) · module."""
    with torch.no_grad():
        for old, new in zip(mean.state_dict().values(), module.state_dict().values(), strict=True):
            if old.dtype.is_floating_point:
                old.lerp_(new, 1 - memory)
            else:
                old.copy_(new)


def _optimizer(player: Player, plan: Plan) -> torch.optim.Optimizer:
    matrices = [p for p in player.module.parameters() if p.ndim > 1]
    vectors = [p for p in player.module.parameters() if p.ndim <= 1]  # norms and biases: no decay
    groups = [
        {"params": matrices, "weight_decay": plan.decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW([g for g in groups if g["params"]], lr=plan.rate, betas=plan.betas)


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path`, renamed onto it only after it is safely on the disk."""
    temporary = path.with_name(path.name + ".part")
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
