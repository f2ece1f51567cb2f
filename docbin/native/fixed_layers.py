"""Layers of a full-precision network in fixed point: their numbers, and the proof that they fit.

Values are 16-bit, weights too, sums 32-bit. A sum may wrap on the way; only its end must fit, for
every input within the layer's range. By Winograd's F(2x2, 3x3) in whole numbers (see
kernels/src/dense.hpp) the end is four times as large and a weight's transform G w G' must fit 16
bits; where either does not, the layer is convolved directly.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from docbin.errors import ModelError

__all__ = ["LARGEST", "FixedLayer", "fitted_layer"]

LARGEST = 8191
"""Largest size of a value in a map: four of them still fit 16 bits."""
MAX_SHIFT = 28
TRANSFORM = np.array([[2, 0, 0], [1, 1, 1], [1, -1, 1], [0, 0, 2]], np.int64)  # twice Winograd's G
Kind = Literal["convolve", "down", "up"]
TAPS = {"convolve": 3, "down": 2, "up": 1}


@dataclass(frozen=True, eq=False)
class FixedLayer:
    """clamp(((sum w x + bias + half) >> shift) + skip, low, high), proved to fit.

    `weight` (O, I, k, k) int16: k 3 to convolve, 2 to go down by 2, 1 to go up by 2; of `up` the
    outputs are those of the first pixel of a square, then of the one to its right, below, and
    below right. `bias` (O,) int32. Inputs are within `least` .. `most`.
    """

    kind: Kind
    weight: NDArray[np.int16]
    bias: NDArray[np.int32]
    shift: int
    low: int
    high: int
    least: int
    most: int

    def __post_init__(self) -> None:
        taps = TAPS[self.kind]
        outputs = self.weight.shape[0]
        if self.weight.shape[2:] != (taps, taps) or self.bias.shape != (outputs,):
            raise ModelError(
                f"fixed layer: {self.kind} needs weights (O, I, {taps}, {taps}) and O biases, "
                f"got {self.weight.shape} and {self.bias.shape}"
            )
        if not 1 <= self.shift <= MAX_SHIFT:
            raise ModelError(f"fixed layer: shift must be 1 to {MAX_SHIFT}, got {self.shift}")
        if max(-self.low, self.high, -self.least, self.most) > LARGEST:
            raise ModelError(f"fixed layer: values must be within +-{LARGEST}")
        if self.reach > np.iinfo(np.int32).max:
            raise ModelError("fixed layer: its sums could leave 32 bits; scale the weights down")

    @property
    def reach(self) -> int:
        """Largest size of a sum, its bias and its half."""
        flat = self.weight.reshape(self.weight.shape[0], -1).astype(np.int64)
        up, down = np.maximum(flat, 0).sum(1), np.minimum(flat, 0).sum(1)
        ends = (up * self.most + down * self.least, up * self.least + down * self.most)
        rest = self.bias.astype(np.int64) + (1 << (self.shift - 1))
        return int(max(np.abs(end + rest).max() for end in ends))

    @property
    def kernel(self) -> str:
        """The kernel that runs it: its kind, of convolutions Winograd's or the direct one."""
        if self.kind != "convolve":
            return self.kind
        return "winograd" if self.winograd else "direct"

    @property
    def winograd(self) -> bool:
        """Whether Winograd's way gives the same numbers."""
        if self.kind != "convolve" or 4 * self.reach > np.iinfo(np.int32).max:
            return False
        moved = TRANSFORM @ self.weight.astype(np.int64) @ TRANSFORM.T
        return int(np.abs(moved).max()) <= np.iinfo(np.int16).max


def fitted_layer(
    kind: Kind,
    weight: NDArray[np.float64],
    bias: NDArray[np.float64],
    units: tuple[int, int],
    given: tuple[int, int],
    limits: tuple[int, int],
) -> FixedLayer:
    """Round a real-valued layer with as many bits as the proof leaves.

    `units`: fractional bits of what goes in and comes out; `given` and `limits`: the range of the
    one and of the other, whole numbers. Raises ModelError where not even one bit fits.
    """
    taps = weight.shape[2]
    bound = 32767 / max(float(np.abs(weight).max()), 1e-12)
    most = min(int(np.floor(np.log2(bound))), MAX_SHIFT + units[1] - units[0])
    for bits in range(most, most - 24, -1):
        shift = bits + units[0] - units[1]
        if shift < 1:
            break
        scaled = np.rint(bias * 2.0 ** (bits + units[0]))
        if np.abs(scaled).max() >= 1 << 31:
            continue
        numbers = np.rint(weight * 2.0**bits).astype(np.int16)
        try:
            layer = FixedLayer(kind, numbers, scaled.astype(np.int32), shift, *limits, *given)
        except ModelError:
            continue  # a bit less, then
        if taps != 3 or layer.winograd:
            return layer
    raise ModelError("fixed layer: its weights are too large for 32-bit sums; use engine=torch")
