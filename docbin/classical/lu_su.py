"""Lu and Su: paper fitted by polynomials, light compensated, and the mean of the stroke edges.

    B: along each row, then down each column of that, a polynomial of the 6th degree, fitted again
       and again without the pixels that lie farther below it than the fit is uncertain
    I = C g / B                                  C the page's median
    V = |I right - I left| + |I below - I above|
    E = V above Otsu's threshold of V
    ink = N_E >= W and I <= m_E                  over the E in a window of W

Shijian Lu, Bolan Su, Chew Lim Tan, "Document image binarization using background estimation and
stroke edges", IJDAR 13, 2010, the winner of DIBCO 2009. W is twice the distance most frequent
between neighbouring edges along the rows. The polynomials are Chebyshev's, fitted on at most 256
pixels a line; a pixel is left out below 2 deviations of the residue. The paper's clean-up
at the end is left out.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from docbin.classical.edges import LARGEST, edge_distance, ink_by_edges
from docbin.classical.histogram import histogram
from docbin.classical.otsu import otsu_threshold
from docbin.errors import SettingError
from docbin.page import Gray, Ink, Page

__all__ = ["LuSu", "fitted_paper"]

_SAMPLES = 256
_ROUNDS = 5
_OUTLIER = 2.0


@dataclass(frozen=True)
class LuSu:
    """Binarize by the stroke edges of a page compensated for its paper."""

    degree: int = 6
    spread: float = 0.0

    SETTINGS: ClassVar[dict[str, str]] = {
        "degree": "1 to 12: of the polynomials fitted to the paper",
        "spread": "-2 to 2: deviations of the edges' grey added to their mean; higher gives more",
    }
    PAPER: ClassVar[str] = (
        "S. Lu, B. Su, C. L. Tan, Document image binarization using background estimation and "
        "stroke edges, IJDAR 13, 2010"
    )

    def __post_init__(self) -> None:
        if not 1 <= self.degree <= 12:
            raise SettingError(f"lu-su: degree must be 1 to 12, got {self.degree}")
        if not -2 <= self.spread <= 2:
            raise SettingError(f"lu-su: spread must be -2 to 2, got {self.spread:g}")

    def __call__(self, page: Page, /) -> Ink:
        """Return the ink of the page; a page of one grey level has none."""
        import cv2

        gray = page.gray
        if gray.min() == gray.max():
            return np.zeros(gray.shape, np.bool_)
        paper = fitted_paper(gray, self.degree)
        level = float(np.median(gray[::3, ::3]))
        even = np.asarray(cv2.divide(gray, np.maximum(paper, 1), scale=max(level, 1.0)), np.uint8)
        gradient = _gradient(even)
        counts = histogram(gradient)
        if np.count_nonzero(counts) < 2:
            return np.zeros(gray.shape, np.bool_)
        edge = gradient > otsu_threshold(counts)
        side = min(2 * edge_distance(edge) + 1, LARGEST)
        return ink_by_edges(even, edge, side, side // 2, self.spread)


def _gradient(gray: Gray) -> Gray:
    """Return the sum of both central differences' sizes, at most 255; 0 along the edges."""
    wide = gray.astype(np.int16)
    gradient = np.zeros(gray.shape, np.int16)
    gradient[:, 1:-1] += np.abs(wide[:, 2:] - wide[:, :-2])
    gradient[1:-1] += np.abs(wide[2:] - wide[:-2])
    return np.minimum(gradient, 255).astype(np.uint8)


def fitted_paper(gray: Gray, degree: int = 6) -> Gray:
    """Return the paper of each pixel, (h, w) uint8: rows fitted, then the columns of the fits."""
    rows = _fitted(gray.astype(np.float32), degree)
    columns = _fitted(np.ascontiguousarray(rows.T), degree).T
    return np.ascontiguousarray(np.clip(np.rint(columns), 0, 255).astype(np.uint8))


def _fitted(lines: NDArray[np.float32], degree: int) -> NDArray[np.float32]:
    """Fit a polynomial to each line, (lines, length), again and again without its dark outliers."""
    length = lines.shape[1]
    at = np.unique(np.linspace(0, length - 1, min(length, _SAMPLES)).round().astype(np.int64))
    degree = min(degree, len(at) - 1)
    place = np.linspace(-1, 1, length) if length > 1 else np.zeros(1)
    basis = chebyshev.chebvander(place, degree)
    some, values = basis[at], lines[:, at].astype(np.float64)
    kept = np.ones(values.shape)
    damping = 1e-6 * len(at) * np.eye(degree + 1)
    for _ in range(_ROUNDS):
        normal = np.einsum("ls,sa,sb->lab", kept, some, some, optimize=True) + damping
        right = (kept * values) @ some
        fit = np.linalg.solve(normal, right[:, :, None])[:, :, 0]
        residue = values - fit @ some.T
        number = np.maximum(kept.sum(axis=1), 1)
        deviation = np.sqrt((kept * residue**2).sum(axis=1) / number)
        kept = (residue >= -_OUTLIER * np.maximum(deviation, 1.0)[:, None]).astype(np.float64)
    return np.asarray(fit @ basis.T, np.float32)
