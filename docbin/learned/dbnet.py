"""Find lines of text with a trained detector: DB, run by OpenCV, without torch.

    text height   a first look at the page, at a scale that its letters suggest, finds how high the
                  lines are; unless that is near enough to what the network reads best (about
                  `TEXT_HEIGHT` pixels) the page is brought there, and that look counts unless it
                  loses much; a page of short pieces is always seen again, larger
    map           docbin.learned.text_map: the network, in tiles on a large page
    regions       docbin.learned.boxes, docbin.learned.short_pieces, docbin.learned.side_by_side
    lines         docbin.lines: baselines, joining and splitting, blocks and reading order

M. Liao, Z. Wan, C. Yao, K. Chen, X. Bai, "Real-time Scene Text Detection with Differentiable
Binarization" (2020).
"""

from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from docbin.classical.sauvola import Sauvola
from docbin.data.fingerprint import Fingerprints
from docbin.errors import SettingError
from docbin.learned.boxes import Region, find_regions, scaled
from docbin.learned.runtime import ENGINES, Engine
from docbin.learned.short_pieces import without_doubtful
from docbin.learned.side_by_side import cut_side_by_side
from docbin.learned.text_map import (
    Network,
    open_detector,
    probability_map,
    seen,
    shipped,
)
from docbin.learned.text_scale import first_scale, in_short_pieces, wanted_height, written
from docbin.lines.baseline import baseline
from docbin.lines.joining import joined, split_at_gaps
from docbin.lines.order import arrange
from docbin.page import Page
from docbin.protocols import TextLine

__all__ = ["DB"]

TEXT_HEIGHT = 18.0
NEAR_ENOUGH = (0.78, 1.3)
"""Shares of the wanted scale within which the first look is the last. Close lines may be seen as
large as others: another look would cost more than it brings."""
LARGER = 1.25
"""How much larger than others a page of short pieces (a receipt, a form) is seen the second time:
single characters are found and columns of a row come apart. 156 of 175 training receipts are such
pages: F .893 to .901."""
LEAST_AGAIN = 0.85
"""Part of the first look's text that the second must hold: lines that run together are fewer."""
MOST_LOOKED_AT = 10_000_000
"""Pixels of a look: a newspaper of 400 x 600 mm with lines 3 mm apart takes 9 million; what is
found on noise may ask for hundreds."""


@dataclass(frozen=True)
class DB:
    """Find lines of text on grey, colour or ink."""

    threshold: float = 0.25
    score: float = 0.5
    unclip: float = 0.7
    shape: Literal["polygon", "rectangle"] = "polygon"
    join: float = 0.0
    split: float = 0.0
    text_height: float | None = None
    engine: Engine = "auto"
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
        "engine": "opencv, onnxruntime, or auto: onnxruntime where it is installed",
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
        if self.engine not in ENGINES:
            raise SettingError(
                f"dbnet: engine must be one of {', '.join(ENGINES)}, got {self.engine!r}"
            )
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
        pieces = [region.edges for region in regions]
        for edges, members in joined(pieces, self.join):
            score = float(np.mean([regions[i].score for i in members]))
            parts = split_at_gaps(ink, edges, self.split) if self.split > 0 else [edges]
            for part in parts:
                whole = len(members) == 1 and len(parts) == 1
                polygon = regions[members[0]].polygon if whole else part.polygon
                lines.append(TextLine(polygon, baseline(ink, part), score))
        return arrange(lines)

    def regions(self, page: Page) -> list[Region]:
        """Return what the network finds, in pixels of the page, neither joined nor ordered.

        A page is looked at three times at most, one of short pieces the last time larger. Where the
        text's height is not given, a look takes `MOST_LOOKED_AT` pixels at most.
        """
        network = self._network()
        if self.text_height is not None:
            return self._found(network, page, TEXT_HEIGHT / self.text_height)
        most = (MOST_LOOKED_AT / (page.width * page.height)) ** 0.5
        scale = first_scale(page, TEXT_HEIGHT)
        looked = self._found(network, page, scale)
        if not looked and 2 * scale <= most:  # text too small to be seen at all
            scale *= 2
            looked = self._found(network, page, scale)
        if not looked:
            return []
        height, best = wanted_height(looked, TEXT_HEIGHT)
        wanted = min(best / height, most)
        least = NEAR_ENOUGH[0] * min(1.0, best / TEXT_HEIGHT)
        near = least <= wanted / scale <= NEAR_ENOUGH[1]
        if in_short_pieces(looked):
            wanted = min(LARGER * (scale if near else wanted), most)
        elif near:
            return looked
        again = self._found(network, page, wanted)
        return again if written(again) > LEAST_AGAIN * written(looked) else looked

    def probability(self, page: Page, scale: float = 1.0) -> NDArray[np.float32]:
        """Return the probability of the inside of text, float32, on the page resized by `scale`."""
        network = self._network()
        return probability_map(network, seen(network, page, scale))

    def trained_on(self) -> Fingerprints:
        """Return the training pages' fingerprints."""
        pages = self._network().pages
        return Fingerprints.from_json(pages) if pages else Fingerprints()

    def _found(self, network: Network, page: Page, scale: float) -> list[Region]:
        pixels = seen(network, page, scale)
        probability = probability_map(network, pixels)
        found = find_regions(
            probability,
            shrink=network.shrink,
            threshold=self.threshold,
            score=self.score,
            unclip=self.unclip,
            rectangles=self.shape == "rectangle",
        )
        gray = Page(pixels).gray
        found = cut_side_by_side(without_doubtful(found, gray), probability, gray)
        sides = np.array([page.width, page.height], np.float64)
        step = sides / probability.shape[::-1]
        return scaled(found, step, sides - 1)

    def _network(self) -> Network:
        if self.weights:
            return open_detector(Path(self.weights), self.engine)
        return shipped(self.engine)
