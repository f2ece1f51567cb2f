"""Find lines of text with a trained detector: DB, run by OpenCV, without torch.

    text height   a first look at the page, its longer side `LOOK` pixels, finds how high the lines
                  are; unless that is near enough to `TEXT_HEIGHT` pixels, which the network was
                  trained around, the page is brought there, and of the two the one with more text
                  counts
    tiles         a page larger than one tile is cut into overlapping ones and the probability maps
                  are stitched, so a seam cuts no line; memory does not grow with the page
    regions       docbin.learned.boxes
    lines         docbin.lines: baselines, joining and splitting, blocks and reading order

M. Liao, Z. Wan, C. Yao, K. Chen, X. Bai, "Real-time Scene Text Detection with Differentiable
Binarization" (2020). The page is reduced by area: strokes that fall between samples are lost.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files
from math import isfinite
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from docbin.classical.sauvola import Sauvola
from docbin.data.fingerprint import Fingerprints
from docbin.errors import ModelError, SettingError
from docbin.learned.boxes import Region, find_regions
from docbin.learned.onnx_file import read_onnx
from docbin.lines.baseline import baseline
from docbin.lines.joining import joined, split_at_gaps
from docbin.lines.order import arrange
from docbin.lines.outline import outline
from docbin.page import Gray, Page
from docbin.protocols import TextLine
from docbin.tiles import Tiling

__all__ = ["DB", "KIND"]

KIND = "docbin-dbnet"
LOOK = 1200
TEXT_HEIGHT = 28.0
NEAR_ENOUGH = (0.65, 1.45)
"""Shares of the wanted text height at which the first look is the last."""
TILE, OVERLAP = 1024, 0.125
MOST_ENLARGED = 3.0


class _Network(NamedTuple):
    """A loaded model."""

    net: Any
    channels: int
    shrink: float
    pages: str


@dataclass(frozen=True)
class DB:
    """Find lines of text on grey, colour or ink."""

    threshold: float = 0.3
    score: float = 0.5
    unclip: float = 0.85
    shape: Literal["polygon", "rectangle"] = "polygon"
    join: float = 0.0
    split: float = 0.0
    text_height: float | None = None
    weights: str = ""

    PAPER: ClassVar[str] = (
        "Liao, Wan, Yao, Chen, Bai, Real-time Scene Text Detection with Differentiable "
        "Binarization, AAAI 2020"
    )
    SETTINGS: ClassVar[dict[str, str]] = {
        "threshold": "probability above which a pixel is text, 0 to 1",
        "score": "least mean probability of a line, 0 to 1; lower finds more",
        "unclip": "how far lines are grown, 1: as far as they were shrunk in training",
        "shape": "polygon follows the line, rectangle has four corners",
        "join": "pieces of one row are merged over gaps up to this many line heights; 0: never",
        "split": "lines are cut at gaps of more than this many line heights; 0: never",
        "text_height": "height of the lines on the page in pixels; none: measured",
        "weights": "ONNX file of another detector, from docbin train dbnet; empty: the shipped one",
    }

    def __post_init__(self) -> None:
        for name in ("threshold", "score"):
            if not 0 < getattr(self, name) < 1:
                raise SettingError(
                    f"dbnet: {name} must lie between 0 and 1, got {getattr(self, name)}"
                )
        for name, low, high in (("unclip", 0.1, 5.0), ("join", 0.0, 100.0), ("split", 0.0, 100.0)):
            value = getattr(self, name)
            if not low <= value <= high:
                raise SettingError(f"dbnet: {name} must lie in {low:g}..{high:g}, got {value}")
        if self.shape not in ("polygon", "rectangle"):
            raise SettingError(f"dbnet: shape must be polygon or rectangle, got {self.shape!r}")
        height = self.text_height
        if height is not None and not (isfinite(height) and 1 <= height <= 10_000):
            raise SettingError(f"dbnet: text_height must lie in 1..10000, got {height}")

    def __call__(self, page: Page, /) -> list[TextLine]:
        """Return the lines of the page in reading order."""
        regions = self.regions(page)
        if not regions:
            return []
        ink = Sauvola(window=max(15, min(page.gray.shape) // 40 | 1))(page)
        lines: list[TextLine] = []
        pieces = [outline(region.polygon) for region in regions]
        for edges, members in joined(pieces, self.join):
            score = float(np.mean([regions[i].score for i in members]))
            parts = split_at_gaps(ink, edges, self.split) if self.split > 0 else [edges]
            for part in parts:
                whole = len(members) == 1 and len(parts) == 1
                polygon = regions[members[0]].polygon if whole else part.polygon
                lines.append(TextLine(polygon, baseline(ink, part), score))
        return arrange(lines)

    def regions(self, page: Page) -> list[Region]:
        """Return what the network finds, in pixels of the page, neither joined nor ordered."""
        network = self._network()
        if self.text_height is not None:
            return self._found(network, page, TEXT_HEIGHT / self.text_height)
        scale = min(1.0, LOOK / max(page.width, page.height))
        looked = self._found(network, page, scale)
        if not looked and scale < 1:  # text too small to be seen at all
            scale = min(1.0, 2.5 * scale)
            looked = self._found(network, page, scale)
        if not looked:
            return []
        wanted = TEXT_HEIGHT / text_height(looked)
        if scale * NEAR_ENOUGH[0] <= wanted <= scale * NEAR_ENOUGH[1]:
            return looked
        again = self._found(network, page, wanted)
        return max(looked, again, key=_written)  # lines that run together are fewer

    def probability(self, page: Page, scale: float = 1.0) -> NDArray[np.float32]:
        """Return the probability of the inside of text, float32, on the page resized by `scale`."""
        return _probability(self._network(), page, _sides(page, scale))

    def trained_on(self) -> Fingerprints:
        """Return the training pages' fingerprints."""
        pages = self._network().pages
        return Fingerprints.from_json(pages) if pages else Fingerprints()

    def _found(self, network: _Network, page: Page, scale: float) -> list[Region]:
        sides = _sides(page, scale)
        found = find_regions(
            _probability(network, page, sides),
            shrink=network.shrink,
            threshold=self.threshold,
            score=self.score,
            unclip=self.unclip,
            rectangles=self.shape == "rectangle",
        )
        step = np.array([page.width / sides[0], page.height / sides[1]])
        limit = np.array([page.width - 1, page.height - 1], np.float64)
        return [
            Region(np.clip((region.polygon + 0.5) * step - 0.5, 0, limit), region.score)
            for region in found
        ]

    def _network(self) -> _Network:
        if self.weights:
            return _open(Path(self.weights))
        return _shipped()


def _written(regions: list[Region]) -> float:
    """How much text was found: the lengths of the regions by their scores."""
    return sum(outline(region.polygon).length * region.score for region in regions)


def text_height(regions: list[Region]) -> float:
    """Return the height of a page's text, pixels: the median of its regions, long ones first.

    Small text is seen taller than it is, and lines run together; the distance from line to line, of
    which no height is more, is seen right.
    """
    edges = [outline(region.polygon) for region in regions]
    heights = np.array([line.height for line in edges])
    lengths = np.array([line.length for line in edges])
    by_height = np.argsort(heights)
    total = np.cumsum(lengths[by_height])
    height = float(heights[by_height[int(np.searchsorted(total, total[-1] / 2))]])
    return max(min(height, _pitch([region.polygon for region in regions])), 1.0)


def _pitch(polygons: list[NDArray[np.float64]]) -> float:
    """The median distance from a line to the nearest one beneath it; infinite without any."""
    boxes = np.array([[*p.min(0), *p.max(0)] for p in polygons])
    left, top, right, bottom = boxes.T
    middle = (top + bottom) / 2
    shared = np.minimum(right[:, None], right) - np.maximum(left[:, None], left)
    width = right - left
    beneath = (shared > 0.5 * np.minimum(width[:, None], width)) & (middle > middle[:, None] + 1)
    distance = np.where(beneath, middle - middle[:, None], np.inf).min(1)
    distance = distance[np.isfinite(distance)]
    return float(np.median(distance)) if len(distance) > 2 else float("inf")


def _sides(page: Page, scale: float) -> tuple[int, int]:
    """Width and height of the page as the network is to see it."""
    scale = min(scale, MOST_ENLARGED)
    return max(1, round(page.width * scale)), max(1, round(page.height * scale))


def _probability(network: _Network, page: Page, sides: tuple[int, int]) -> NDArray[np.float32]:
    """The map (h, w) of the page resized to `sides` (w, h)."""
    pixels: NDArray[Any] = page.gray if network.channels == 1 else page.rgb
    if sides != (page.width, page.height):
        how = cv2.INTER_AREA if sides[0] < page.width else cv2.INTER_LINEAR
        pixels = np.asarray(cv2.resize(pixels, sides, interpolation=how))
    height, width = pixels.shape[:2]
    paper = np.percentile(page.gray[::8, ::8], 75)

    def work(tile: NDArray[Any]) -> NDArray[np.float32]:
        return _run(network, tile, paper)

    if height * width <= TILE * TILE * 1.5 and max(height, width) <= 4 * TILE:
        return work(pixels)
    return Tiling(TILE, OVERLAP).run(pixels, work)


def _run(network: _Network, pixels: Gray, paper: float) -> NDArray[np.float32]:
    """Run the network on one tile, filled up with paper to sides that are multiples of 32."""
    height, width = pixels.shape[:2]
    fill = ((0, -height % 32), (0, -width % 32), *(((0, 0),) if pixels.ndim == 3 else ()))
    full = np.pad(pixels, fill, constant_values=np.uint8(paper))
    planes = full[None] if full.ndim == 2 else full.transpose(2, 0, 1)
    network.net.setInput(planes[None].astype(np.float32) * np.float32(4 / 255) - np.float32(2))
    found = network.net.forward()[0, 0]
    return np.ascontiguousarray(found[:height, :width])


@lru_cache(maxsize=1)
def _shipped() -> _Network:
    with as_file(files("docbin.models") / "dbnet" / "dbnet.onnx") as path:
        return _open(path)


@lru_cache(maxsize=4)
def _open(path: Path) -> _Network:
    data, notes = read_onnx(path, KIND)
    try:
        net = cv2.dnn.readNetFromONNX(np.frombuffer(data, np.uint8))
        channels = int(json.loads(notes["config"])["channels"])
        shrink = float(notes["shrink"])
    except (cv2.error, KeyError, ValueError, TypeError) as error:
        raise ModelError(f"{path}: OpenCV cannot build this detector: {error}") from error
    return _Network(net, channels, shrink, notes.get("pages", ""))
