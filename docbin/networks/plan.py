"""What a training is given: a task of players, and a plan of how long and how hard.

A task has players (a generator, perhaps a discriminator), each a module with its own optimizer.
`docbin.networks.training` does the rest.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor, nn

from docbin.errors import SettingError
from docbin.networks.precision import check_precision

__all__ = ["Batch", "Plan", "Player", "Task"]

Batch = Mapping[str, Tensor]
"""Tensors by name."""


@dataclass(frozen=True)
class Plan:
    """How long and how hard to train.

    Exactly one of `minutes` and `steps`; `rate` at the top of the cosine after `warmup` steps;
    `clip` the largest gradient norm; `ema` the longest memory of the average; `precision` of the
    forward pass, 'auto' for bf16 where the processor has it; `save_minutes` between checkpoints.
    """

    minutes: float | None = None
    steps: int | None = None
    rate: float = 2e-3
    warmup: int = 100
    decay: float = 0.01
    betas: tuple[float, float] = (0.9, 0.99)
    clip: float = 1.0
    ema: float = 0.998
    precision: str = "auto"
    seed: int = 1
    save_minutes: float = 5.0

    def __post_init__(self) -> None:
        if (self.minutes is None) == (self.steps is None):
            raise SettingError("training: give either minutes or steps, and not both")
        if self.minutes is not None and not 0 < self.minutes < math.inf:
            raise SettingError(f"training: minutes must be above 0, got {self.minutes}")
        if self.steps is not None and self.steps < 1:
            raise SettingError(f"training: steps must be at least 1, got {self.steps}")
        if not 0 < self.rate < math.inf or not 0 < self.clip < math.inf:
            raise SettingError("training: rate and clip must be above 0")
        if not 0 <= self.ema < 1:
            raise SettingError(f"training: ema must be from 0 up to 1, got {self.ema}")
        check_precision(self.precision)


@dataclass(frozen=True, eq=False)
class Player:
    """A module that learns: `every` n-th step, `rate` times the plan's rate."""

    name: str
    module: nn.Module
    every: int = 1
    rate: float = 1.0
    averaged: bool = True


class Task(Protocol):
    """What is learned: players in the order of their turns, and each one's loss on a batch."""

    @property
    def players(self) -> tuple[Player, ...]:
        """Return the players in the order of their turns."""
        ...

    def loss(self, player: str, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        """Return the scalar to make small, and figures for the curves."""
        ...
