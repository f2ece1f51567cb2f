"""The skew of a page: the angle at which its lines of text fall into line.

For an angle a the ink is summed along parallels of slope tan a, and the profile of those sums is
sharpest when they run along the lines (W. Postl, "Method for automatic correction of character skew
in the acquisition of a text original in the form of digital scan results", US patent 4,723,297,
1988: the sum of squared differences of neighbours). Here the profile is made in strips. A strip is
a few columns wide, its profile is P_s(y), and the sum along a slope shifts each strip by its
distance x_s from the middle. In the Fourier domain a shift is a phase, and none is rounded:

    E(a) = sum_f w(f) |sum_s P_s^(f) exp(2 pi i f x_s tan a / n)|^2,   w(f) = 4 sin^2(pi f / n)

First every half of a degree with low frequencies, then around the three best with more, as the
best may lie between two of them, and last the vertex of a parabola.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docbin.page import Ink
from docbin.prepare.sketch import Sketch

__all__ = ["Skew", "rough_skew", "skew_of"]

_COARSE = 0.5  # degrees
_FINE = 0.04
_COARSE_PERIOD, _MIDDLE_PERIOD, _FINE_PERIOD = 12, 8, 5  # shortest waves looked at, in pixels
_CANDIDATES = 3
_STRIP = 12  # columns of a strip
_SHARP = 2.0  # least energy of the best angle, in medians of all, to believe in it
_LEAST_INK = 200


@dataclass(frozen=True)
class Skew:
    """An angle in degrees, positive where lines rise to the right, and how sharp it is.

    ``sharpness`` is the profile's energy at that angle over the median of all angles tried; below 2
    nothing on the page runs in a direction.
    """

    angle: float
    sharpness: float

    @property
    def sure(self) -> bool:
        """Whether the page has lines to speak of."""
        return self.sharpness >= _SHARP


def skew_of(sketch: Sketch, reach: float = 15.0) -> Skew:
    """Measure the skew of a page between -`reach` and `reach` degrees.

    The angle is that of the sketch's pixels. Without ink the sharpness is 0.
    """
    strips = _Strips.of(_lines(sketch), reach)
    if strips.ink < _LEAST_INK:
        return Skew(0.0, 0.0)
    angles, energies = strips.rough(reach)
    best = angles[np.argsort(energies)[-_CANDIDATES:], None]
    near = np.unique(best + _COARSE / 4 * np.arange(-4.0, 5.0))
    angle = near[np.argmax(strips.energies(near, _MIDDLE_PERIOD))]
    near = angle + _FINE * np.arange(-4.0, 5.0)
    angle = _vertex(near, strips.energies(near, _FINE_PERIOD))
    return Skew(angle, _sharpness(energies))


def rough_skew(sketch: Sketch, reach: float) -> Skew:
    """Measure the skew to half a degree, in a fraction of the time."""
    strips = _Strips.of(_lines(sketch), reach)
    if strips.ink < _LEAST_INK:
        return Skew(0.0, 0.0)
    angles, energies = strips.rough(reach)
    return Skew(float(angles[np.argmax(energies)]), _sharpness(energies))


def _sharpness(energies: NDArray[np.float64]) -> float:
    ordinary = float(np.median(energies))
    return float(energies.max()) / ordinary if ordinary > 0 else 0.0


def _lines(sketch: Sketch) -> Ink:
    return sketch.lettering if sketch.has_text else sketch.ink


@dataclass(frozen=True, eq=False)
class _Strips:
    spectrum: NDArray[np.complex64]  # (frequencies, strips)
    length: int
    ink: int

    @classmethod
    def of(cls, ink: Ink, reach: float) -> "_Strips":
        height, width = ink.shape
        count = max(1, width // _STRIP)
        if width < _STRIP:
            profiles = ink.sum(axis=1, keepdims=True, dtype=np.float32)
        else:
            profiles = _sums(ink[:, : count * _STRIP])
        # Shifts wrap around: as much empty page as the outermost strip moves keeps them apart.
        length = _handy(height + int(np.tan(np.radians(reach)) * width / 2) + 1)
        spectrum = np.fft.rfft(profiles, length, axis=0)
        return cls(spectrum.astype(np.complex64), length, int(profiles.sum()))

    def rough(self, reach: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return angles and their energies."""
        positive = np.arange(0, reach + _COARSE / 2, _COARSE)
        angles = np.concatenate([-positive[:0:-1], positive])
        return angles, self.energies(angles, _COARSE_PERIOD)

    def energies(self, angles: NDArray[np.float64], period: float) -> NDArray[np.float64]:
        """Return E of each angle, of the waves that are no shorter than a period."""
        f = np.arange(1, min(len(self.spectrum), max(2, int(self.length / period))))
        # A line that rises by a goes up, to smaller y, towards the right: its strip comes down, by
        # as much from each to the next. So the sum over strips is a polynomial (Horner's scheme).
        step = -2j * np.pi / self.length * _STRIP * np.tan(np.radians(angles))
        turn = np.exp(f[:, None] * step).astype(np.complex64)
        total = np.zeros_like(turn)
        for strip in self.spectrum.T[::-1, f, None]:
            total *= turn
            total += strip
        weight = 4 * np.sin(np.pi * f / self.length) ** 2
        return np.asarray(weight @ (total.real**2 + total.imag**2))


def _sums(ink: Ink) -> NDArray[np.float32]:
    """Return the ink of each strip in each row, (h, strips)."""
    # Bytes of 0 and 1, four at a time: three such words make a strip, and none of their bytes
    # passes 3; the product adds its four bytes up in the highest.
    words = np.ascontiguousarray(ink).view(np.uint32).reshape(ink.shape[0], -1, _STRIP // 4)
    total = words[:, :, 0] + words[:, :, 1] + words[:, :, 2]
    return np.asarray((total * np.uint32(0x01010101)) >> np.uint32(24), np.float32)


def _vertex(angles: NDArray[np.float64], energies: NDArray[np.float64]) -> float:
    """Return where the parabola through the greatest value and its neighbours is highest."""
    i = int(np.argmax(energies))
    if not 0 < i < len(angles) - 1:
        return float(angles[i])
    before, here, after = energies[i - 1 : i + 2]
    bend = before - 2 * here + after
    shift = 0.5 * (before - after) / bend if bend < 0 else 0.0
    return float(angles[i] + shift * (angles[1] - angles[0]))


def _handy(length: int) -> int:
    """Return a length, at least the given, whose only factors are 2, 3 and 5."""
    while True:
        rest = length
        for prime in (2, 3, 5):
            while rest % prime == 0:
                rest //= prime
        if rest == 1:
            return length
        length += 1
