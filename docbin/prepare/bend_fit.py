"""The bend that lines of text share: penalised splines, robustly. See docbin.prepare.dewarp."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docbin.prepare.text_lines import Chains

__all__ = ["Fit", "fitted", "straight"]

Floats = NDArray[np.float64]

_PIECES = 10  # of the spline across the text
_DEGREES = 3  # Legendre polynomials down the page: constant, linear, quadratic
_SMOOTH = 2e-4  # weight of the penalty beside that of a letter, times their number
_NOISE = 0.08  # letter heights: least scale of what feet do about their line
_TURNS = 15
_STEEPEST, _SQUEEZED = 1.0, 0.4  # slopes of a bend across and down the page


@dataclass(frozen=True, eq=False)
class Fit:
    """A bend over the text of a page, in pixels of what the chains were traced on."""

    weights: Floats  # (splines, polynomials)
    means: Floats  # (splines,) over the width of the text
    across: tuple[float, float]
    down: tuple[float, float]

    def shift(self, x: Floats, y: Floats) -> Floats:
        """Return D at places x, y of the flat page; it goes on straight beside the text."""
        values = (self._splines(x) - self.means) @ self.weights
        return np.asarray(np.sum(values * self._heights(y), axis=1))

    def slope(self, x: Floats, y: Floats) -> Floats:
        """Return dD/dx."""
        low, high = self.across
        step = (high - low) / 1000
        inside = np.clip(x, low + step, high - step)
        there = self.shift(inside + step, y) - self.shift(inside - step, y)
        return np.asarray(there / (2 * step))

    def residuals(self, lines: Chains, chosen: NDArray[np.bool_]) -> Floats:
        """Return how far the chosen feet are from the line that the bend and their chain make."""
        x, y = lines.x[chosen], lines.y[chosen]
        _, line = np.unique(lines.chain[chosen], return_inverse=True)
        level = _means(y, np.ones(x.size), line)
        for _ in range(5):
            left = y - self.shift(x, level)
            level = _medians(left, line)
        return np.asarray(y - self.shift(x, level) - level)

    def is_moderate(self, shape: tuple[int, ...]) -> bool:
        """Whether it is a page's: no line steeper than 45 degrees, no fold; `shape` is (h, w)."""
        x, y = (v.ravel() for v in np.meshgrid(*(np.linspace(0, n, 40) for n in shape[::-1])))
        down = self.shift(x, y + 1) - self.shift(x, y)
        return bool(np.abs(self.slope(x, y)).max() < _STEEPEST and np.abs(down).max() < _SQUEEZED)

    def _splines(self, x: Floats) -> Floats:
        low, high = self.across
        inside = np.clip(x, low, high)
        step = (high - low) / 1000
        values = _splines(inside, low, high)
        for edge, sign in ((low, 1.0), (high, -1.0)):
            ends = _splines(np.array([edge, edge + sign * step]), low, high)
            beyond = np.minimum(sign * (x - edge), 0.0)
            values += (beyond / step)[:, None] * (ends[1] - ends[0])
        return np.asarray(values)

    def _heights(self, y: Floats) -> Floats:
        low, high = self.down
        return _polynomials(2 * (np.clip(y, low, high) - low) / max(high - low, 1.0) - 1)


def fitted(lines: Chains, chosen: NDArray[np.bool_] | None = None) -> Fit:
    """Fit the bend of the letters, or of the `chosen` of them, (n,)."""
    across = float(lines.x.min()), float(lines.x.max())
    down = float(lines.y.min()), float(lines.y.max())
    means = _splines(np.linspace(*across, 200), *across).mean(axis=0)
    fit = Fit(np.zeros((_PIECES + 3, _DEGREES)), means, across, down)
    use = np.ones(lines.x.size, bool) if chosen is None else chosen
    x, y = lines.x[use], lines.y[use]
    _, line = np.unique(lines.chain[use], return_inverse=True)
    splines = fit._splines(x) - fit.means
    penalty = _penalty() * (_SMOOTH * x.size)
    trust, level = np.ones(x.size), _means(y, np.ones(x.size), line)
    for _ in range(_TURNS):
        heights = fit._heights(level)
        terms = (splines[:, :, None] * heights[:, None, :]).reshape(x.size, -1)
        own = terms - _means(terms, trust, line)
        height = y - _means(y, trust, line)
        system = own.T @ (own * trust[:, None]) + penalty
        solved: Floats = np.asarray(np.linalg.solve(system, own.T @ (trust * height)), np.float64)
        fit = Fit(solved.reshape(-1, _DEGREES), fit.means, across, down)
        left = y - terms @ solved
        level = _means(left, trust, line)
        residual = left - level
        scale = max(1.5 * float(np.median(np.abs(residual))), _NOISE * lines.letter_height)
        trust = 1 / (1 + (residual / (2 * scale)) ** 2) ** 2
    return fit


def straight(fit: Fit, lines: Chains) -> Fit:
    """Return the bend without what makes it one: its mean slope, all over the page."""
    shift = fit.shift(lines.x, lines.y)
    x = lines.x - lines.x.mean()
    rise = float(x @ shift / (x @ x))
    low, high = fit.across
    # Splines whose weights lie on a line add up to that line.
    knots = low + (high - low) * (np.arange(fit.weights.shape[0]) - 1) / _PIECES
    weights = np.zeros_like(fit.weights)
    weights[:, 0] = rise * knots
    return Fit(weights, fit.means, fit.across, fit.down)


def _medians(values: Floats, line: NDArray[np.intp]) -> Floats:
    """Return the median of its line at every letter; of two middle ones the upper."""
    order = np.lexsort((values, line))
    counts = np.bincount(line)
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    return np.asarray(values[order][first + counts // 2][line])


def _means(values: Floats, trust: Floats, line: NDArray[np.intp]) -> Floats:
    """Return the weighted mean of its line at every letter."""
    weight = np.bincount(line, trust)
    if values.ndim == 1:
        return np.asarray((np.bincount(line, trust * values) / weight)[line])
    sums = np.zeros((weight.size, values.shape[1]))
    np.add.at(sums, line, values * trust[:, None])
    return np.asarray((sums / weight[:, None])[line])


def _splines(x: Floats, low: float, high: float) -> Floats:
    """Return cubic B-splines on equal pieces between `low` and `high`, (n, _PIECES + 3)."""
    at = (x - low) / (high - low) * _PIECES
    away = np.abs(at[:, None] - np.arange(-1, _PIECES + 2))
    near = (4 - 6 * away**2 + 3 * away**3) / 6
    far = np.clip(2 - away, 0, None) ** 3 / 6
    return np.asarray(np.where(away < 1, near, far))


def _polynomials(y: Floats) -> Floats:
    return np.stack([np.ones_like(y), y, (3 * y**2 - 1) / 2], axis=1)[:, :_DEGREES]


def _penalty() -> Floats:
    """Return what second differences of the splines' weights cost, and a little for any weight."""
    second = np.diff(np.eye(_PIECES + 3), n=2, axis=0)
    rough = second.T @ second * (_PIECES / 10) ** 3 + 1e-6 * np.eye(_PIECES + 3)
    return np.asarray(np.kron(rough, np.diag([1.0, 1.0, 2.0])))
