"""Training crops of pages with known lines: grey or ink, at text heights around the network's own.

A page is kept once, as grey and as Sauvola's ink, reduced so that its lines are at most
`STORED` pixels high. A crop picks a line, draws the height it shall have, and cuts a square with a
small turn and stretch; then paper, light, noise and another page's show-through are laid over grey
crops, and a soft blur over ink.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from docbin.classical.sauvola import Sauvola
from docbin.data.line_sets import LinePage, LineTruth
from docbin.data.synthetic import random_page, random_typescript
from docbin.networks.dbnet.targets import Targets, TextArea, draw_targets, text_area
from docbin.page import Page

__all__ = ["HEIGHTS", "Crop", "StoredPage", "draw_crop", "made", "store", "stored_file"]

STORED = 28.0
HEIGHTS = (13.0, 34.0)
"""Line heights of crops, pixels, drawn log-uniformly; the network reads pages at 18."""

Array = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class StoredPage:
    """A page in memory: grey and ink (255 paper, 0 ink), (h, w) uint8, and its text areas."""

    name: str
    gray: Array
    ink: Array
    areas: tuple[TextArea, ...]
    paper: int
    weight: float = 1.0


@dataclass(frozen=True, eq=False)
class Crop:
    """A crop (h, w) uint8 and its targets."""

    pixels: Array
    targets: Targets


def store(
    name: str, page: Page, lines: Sequence[LineTruth], *, shrink: float, weight: float = 1.0
) -> StoredPage:
    """Reduce a page to the stored scale and work out its text areas."""
    areas = [text_area(line.polygon, shrink=shrink, ignore=line.ignore) for line in lines]
    heights = [area.height for area in areas if not area.ignore]
    height = float(np.median(heights)) if heights else STORED
    scale = min(1.0, STORED / max(height, 1.0))
    window = max(15, int(min(page.gray.shape) / 40) | 1)
    ink = np.where(Sauvola(window=window)(page), np.uint8(0), np.uint8(255))
    gray, ink = (_reduced(a, scale) for a in (page.gray, ink))
    if scale < 1.0:
        areas = [
            text_area(line.polygon * scale, shrink=shrink, ignore=line.ignore) for line in lines
        ]
    return StoredPage(name, gray, ink, tuple(areas), int(np.percentile(gray, 75)), weight)


def stored_file(source: LinePage, *, shrink: float, weight: float) -> StoredPage:
    """Store a page of a set."""
    return store(source.name, source.page(), source.lines, shrink=shrink, weight=weight)


def made(number: int, *, shrink: float, weight: float) -> StoredPage:
    """Store made page `number`, every second one a typescript: its lines are known exactly."""
    kind = random_typescript if number % 2 else random_page
    sheet = kind([7, number], dpi=150)[1]
    lines = [LineTruth(line.polygon, line.text) for line in sheet.lines]
    return store(f"made/{number}", Page(sheet.pixels), lines, shrink=shrink, weight=weight)


def draw_crop(
    rng: np.random.Generator, page: StoredPage, other: StoredPage, size: int, ink_share: float
) -> Crop:
    """Draw one crop of size x size; `other` is the page whose ink may show through."""
    matrix = _placement(rng, page, size)
    ink = bool(rng.random() < ink_share)
    pixels = _cut(page.ink if ink else page.gray, matrix, size, 255 if ink else page.paper)
    if ink:
        if rng.random() < 0.3:
            pixels = np.asarray(
                cv2.GaussianBlur(pixels, (0, 0), float(rng.uniform(0.3, 0.8))), np.uint8
            )
        if rng.random() < 0.15:
            specks = rng.random((size, size)) < 10 ** rng.uniform(-4, -2)
            pixels = np.where(specks, np.uint8(0), pixels)
    else:
        through = None
        if rng.random() < 0.15:
            through = _cut(other.ink[:, ::-1], _placement(rng, other, size), size, 255)
        pixels = _photographed(rng, pixels, through)
    return Crop(np.ascontiguousarray(pixels), draw_targets(page.areas, matrix, (size, size)))


def _placement(rng: np.random.Generator, page: StoredPage, size: int) -> NDArray[np.float64]:
    """Draw where a crop lies: (2, 3), page to crop."""
    height, width = page.gray.shape
    lines = [area for area in page.areas if not area.ignore]
    at, text = rng.uniform([0, 0], [width, height]), STORED * 0.7
    if lines:
        line = lines[int(rng.integers(len(lines)))]
        text = line.height
        if rng.random() < 0.85:
            corner = rng.integers(len(line.polygon), size=2)
            share = rng.random()
            at = line.polygon[corner[0]] * share + line.polygon[corner[1]] * (1 - share)
    wanted = float(np.exp(rng.uniform(*np.log(HEIGHTS))))
    scale = float(np.clip(wanted / max(text, 1.0), 0.2, 2.5))
    kind = rng.random()
    angle = rng.normal(0, 1.5) if kind < 0.85 else rng.uniform(-10, 10)
    if kind > 0.98:
        angle += 90 * int(rng.choice([-1, 1]))
    stretch = float(np.exp(rng.normal(0, 0.08)))
    turn = np.deg2rad(angle)
    linear = scale * np.array(
        [[np.cos(turn) * stretch, -np.sin(turn)], [np.sin(turn) * stretch, np.cos(turn)]]
    )
    target = rng.uniform(0.1, 0.9, 2) * size
    return np.hstack([linear, (target - linear @ at)[:, None]])


def _cut(image: Array, matrix: NDArray[np.float64], size: int, paper: int) -> Array:
    """Resample a crop; reduced by area first, so that thin strokes do not fall between samples."""
    scale = float(abs(np.linalg.det(matrix[:, :2]))) ** 0.5
    if scale < 0.95:
        corners = np.array([[0, 0], [size, 0], [0, size], [size, size]], np.float64)
        inverse = np.linalg.inv(matrix[:, :2])
        points = (corners - matrix[:, 2]) @ inverse.T
        low = np.maximum(np.floor(points.min(0)).astype(int) - 2, 0)
        high = np.minimum(np.ceil(points.max(0)).astype(int) + 2, image.shape[::-1])
        if (high - low > 1).all():
            part = image[low[1] : high[1], low[0] : high[0]]
            sides = np.maximum(np.rint((high - low) * scale).astype(int), 1)
            step = (high - low) / sides  # pixels of the page a pixel of the reduced part
            small = cv2.resize(part, (int(sides[0]), int(sides[1])), interpolation=cv2.INTER_AREA)
            image = np.asarray(small, np.uint8)
            # A reduced pixel centre c lies at low + (c + 0.5) step - 0.5 on the page.
            start = low + 0.5 * step - 0.5
            matrix = np.hstack(
                [matrix[:, :2] * step, (matrix[:, :2] @ start + matrix[:, 2])[:, None]]
            )
    out = cv2.warpAffine(image, matrix, (size, size), flags=cv2.INTER_LINEAR, borderValue=paper)
    return np.asarray(out, np.uint8)


def _photographed(rng: np.random.Generator, pixels: Array, through: Array | None) -> Array:
    """Lay show-through, light, tone, blur and noise over a grey crop."""
    x: NDArray[Any] = pixels.astype(np.float32) / 255
    if through is not None:
        veil = cv2.GaussianBlur(through, (0, 0), float(rng.uniform(0.6, 2.0)))
        x *= 1 - float(rng.uniform(0.1, 0.45)) * (1 - veil.astype(np.float32) / 255)
    if rng.random() < 0.3:
        grid = rng.uniform(0.55, 1.05, (4, 4)).astype(np.float32)
        x *= cv2.resize(grid, x.shape[::-1], interpolation=cv2.INTER_CUBIC)
    if rng.random() < 0.7:
        np.clip(x, 0, 1, out=x)
        x = x ** float(np.exp(rng.normal(0, 0.3)))
        x = float(rng.uniform(0, 0.15)) + float(rng.uniform(0.5, 1.0)) * x
    if rng.random() < 0.2:
        x = cv2.GaussianBlur(x, (0, 0), float(rng.uniform(0.4, 1.2)))
    if rng.random() < 0.4:
        noise: NDArray[Any] = rng.standard_normal(x.shape, np.float32)
        x = x + noise * float(rng.uniform(0.005, 0.06))
    if rng.random() < 0.03:
        x = 1 - x
    return np.rint(np.clip(x, 0, 1) * 255).astype(np.uint8)


def _reduced(image: Array, scale: float) -> Array:
    if scale >= 1.0:
        return image
    sides = [max(1, round(n * scale)) for n in image.shape[::-1]]
    return np.asarray(cv2.resize(image, sides, interpolation=cv2.INTER_AREA), np.uint8)
