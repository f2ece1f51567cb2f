"""K-means: cluster the page's colours; the darkest cluster is ink.

James MacQueen, "Some Methods for Classification and Analysis of Multivariate Observations", 1967;
starting centres after David Arthur, Sergei Vassilvitskii, "k-means++: The Advantages of Careful
Seeding", 2007.

Centres are found on the page's colours gathered in cells of 8 levels a side (each cell keeps the
exact mean of its pixels), so the cost hardly depends on the page; every pixel then goes to its
nearest centre.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from docbin.errors import SettingError
from docbin.page import Ink, Page

__all__ = ["KMeans", "Space", "cluster"]

Space: TypeAlias = Literal["rgb", "lab", "gray"]
_ITERATIONS = 100
_LIGHTNESS = {"rgb": [0.299, 0.587, 0.114], "lab": [1.0, 0.0, 0.0]}


@dataclass(frozen=True)
class KMeans:
    """Cluster the colours of the page and call the darkest cluster ink."""

    k: int = 2
    space: Space = "rgb"
    seed: int = 0

    SETTINGS: ClassVar[dict[str, str]] = {
        "k": "2 to 16: clusters; more make the ink cluster darker and thinner",
        "space": "rgb, lab (8-bit CIELAB) or gray: where distances are taken",
        "seed": "0 or more: draws the starting centres",
    }
    PAPER: ClassVar[str] = (
        "J. MacQueen, Some Methods for Classification and Analysis of Multivariate Observations, "
        "5th Berkeley Symposium, 1967"
    )

    def __post_init__(self) -> None:
        if not 2 <= self.k <= 16:
            raise SettingError(f"kmeans: k must be 2 to 16, got {self.k}")
        if self.space not in ("rgb", "lab", "gray"):
            raise SettingError(f"kmeans: space must be rgb, lab or gray, got {self.space!r}")
        if self.seed < 0:
            raise SettingError(f"kmeans: seed must be 0 or more, got {self.seed}")

    def __call__(self, page: Page, /) -> Ink:
        """Return the ink of the page; a page of one colour has none."""
        labels, centers = cluster(page, self.k, self.space, np.random.default_rng(self.seed))
        if len(centers) < 2:
            return np.zeros((page.height, page.width), np.bool_)
        weights = _LIGHTNESS[self.space] if centers.shape[1] == 3 else [1.0]
        ink: Ink = labels == np.uint8(np.argmin(centers @ np.array(weights)))
        return ink


def cluster(
    page: Page, k: int, space: Space, random: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Return the cluster of every pixel, (h, w) uint8, and the centres, (clusters, channels).

    There are fewer clusters than `k` when the page has fewer colours.
    """
    pixels = _in_space(page, space)
    colors, weights = _cells(pixels)
    centers = _lloyd(colors, weights, _spread(colors, weights, min(k, len(colors)), random))
    # Nearest centre c of x: the greatest x.c - |c|^2 / 2.
    flat = pixels.reshape(-1, pixels.shape[2])
    labels = np.zeros(len(flat), np.uint8)
    rows = 1 << 20  # pixels at a time: bounds the scores to k x 4 MiB
    weight = centers.T.astype(np.float32)
    bias = (-(centers**2).sum(axis=1) / 2).astype(np.float32)
    for start in range(0, len(flat), rows):
        score = flat[start : start + rows].astype(np.float32) @ weight + bias
        labels[start : start + rows] = score.argmax(axis=1)
    return labels.reshape(pixels.shape[:2]), centers


def _in_space(page: Page, space: Space) -> NDArray[np.uint8]:
    """Return the pixels as (h, w, channels); a grey page has one channel in any space."""
    if space == "gray" or not page.is_color:
        return page.gray[:, :, None]
    if space == "rgb":
        return page.rgb
    import cv2

    return np.asarray(cv2.cvtColor(page.rgb, cv2.COLOR_RGB2LAB), np.uint8)


def _cells(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Gather the pixels in cells; return the mean colour of each and its number of pixels."""
    channels = pixels.shape[2]
    code: NDArray[np.uint16] = np.zeros(pixels.shape[:2], np.uint16)
    bits = 5 if channels == 3 else 8
    for c in range(channels):
        code = ((code << bits) | (pixels[:, :, c] >> (8 - bits))).astype(np.uint16)
    flat = code.reshape(-1)
    weights = np.bincount(flat)
    used = np.flatnonzero(weights)
    sums = [np.bincount(flat, weights=pixels[:, :, c].reshape(-1)) for c in range(channels)]
    return np.stack([s[used] / weights[used] for s in sums], axis=1), weights[used]


def _spread(
    colors: NDArray[np.float64],
    weights: NDArray[np.int64],
    k: int,
    random: np.random.Generator,
) -> NDArray[np.float64]:
    """Draw `k` centres, each with a chance that grows with its distance from those drawn."""
    chosen = [int(random.choice(len(colors), p=weights / weights.sum()))]
    nearest = np.full(len(colors), np.inf)
    for _ in range(k - 1):
        nearest = np.minimum(nearest, ((colors - colors[chosen[-1]]) ** 2).sum(axis=1))
        chance = nearest * weights
        chosen.append(int(random.choice(len(colors), p=chance / chance.sum())))
    return colors[chosen]


def _lloyd(
    colors: NDArray[np.float64], weights: NDArray[np.int64], centers: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Move the centres to the means of their colours until none moves."""
    before = None
    for _ in range(_ITERATIONS):
        distance = ((colors[:, None, :] - centers[None, :, :]) ** 2).sum(axis=2)
        nearest = distance.argmin(axis=1)
        if before is not None and np.array_equal(nearest, before):
            break
        before = nearest
        number = np.bincount(nearest, weights, len(centers))
        means = [np.bincount(nearest, weights * channel, len(centers)) for channel in colors.T]
        moved = np.stack(means, axis=1) / np.maximum(number, 1)[:, None]
        centers = np.where(number[:, None] > 0, moved, centers)
    return centers
