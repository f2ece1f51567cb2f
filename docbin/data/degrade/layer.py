"""What a degradation is: a strength from 0 to 1, and a pure call from sheet and chance to sheet."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import isfinite

import numpy as np

from docbin.data.sheet import Sheet
from docbin.errors import SettingError

__all__ = ["Layer"]


@dataclass(frozen=True)
class Layer(ABC):
    """A degradation. Strength 0 gives the sheet back as it came; 1 is the worst seen on paper."""

    strength: float = 0.5

    def __post_init__(self) -> None:
        if not (isfinite(self.strength) and 0 <= self.strength <= 1):
            name = type(self).__name__
            raise SettingError(f"{name}: strength must lie in 0..1, got {self.strength}")

    def __call__(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Degrade the sheet; the input is not written to."""
        return sheet if self.strength == 0 else self.apply(sheet, rng)

    @abstractmethod
    def apply(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Degrade with a strength above 0."""
