"""The shape of a compact generator, without torch."""

from dataclasses import dataclass

from docbin.errors import SettingError

__all__ = ["HAAR", "GeneratorConfig"]

HAAR = tuple(
    tuple(sign / 2 for sign in row)
    for row in ((1, 1, 1, 1), (1, -1, 1, -1), (1, 1, -1, -1), (1, -1, -1, 1))
)
"""The orthonormal Haar matrix: rows LL LH HL HH, columns the 2 x 2 pixels."""


@dataclass(frozen=True)
class GeneratorConfig:
    """Shape of a compact generator.

    `channels` in (1 or 3), `widths` of the levels at 1/2, 1/4, 1/8 ... (multiples of 32),
    `down` and `up` residual blocks a level (`up` has one level less: the deepest has none),
    `context` feature maps of the page's view, 0 for a network that sees the crop only.
    """

    channels: int = 3
    widths: tuple[int, ...] = (32, 64, 96, 128)
    down: tuple[int, ...] = (1, 2, 1, 2)
    up: tuple[int, ...] = (1, 2, 1)
    context: int = 32

    def __post_init__(self) -> None:
        if self.channels not in (1, 3):
            raise SettingError(f"generator: channels must be 1 or 3, got {self.channels}")
        if len(self.widths) < 2 or any(w <= 0 or w % 32 for w in self.widths):
            raise SettingError(
                f"generator: widths must be two or more multiples of 32, got {self.widths}"
            )
        if len(self.down) != len(self.widths) or len(self.up) != len(self.widths) - 1:
            raise SettingError(
                "generator: down must have as many entries as widths and up one less, "
                f"got {self.down} and {self.up} for {self.widths}"
            )
        if min(self.down + self.up) < 0 or self.context < 0:
            raise SettingError("generator: down, up and context must not be negative")

    @property
    def multiple(self) -> int:
        """Sides of a crop must be multiples of this."""
        return int(2 ** len(self.widths))
