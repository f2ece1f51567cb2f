import numpy as np
from numpy.typing import NDArray

def targets() -> list[str]: ...
def active_target() -> str: ...
def use_target(name: str) -> bool: ...
def requested_target_problem() -> str: ...
def words_from_planes(planes: NDArray[np.uint8], words: NDArray[np.uint64]) -> None: ...
def planes_from_words(words: NDArray[np.uint64], planes: NDArray[np.uint8]) -> None: ...
def distortion(
    ink: NDArray[np.bool_], truth: NDArray[np.bool_]
) -> tuple[int, int, int, int, int, int]: ...
def distortion_single(
    ink: NDArray[np.bool_], truth: NDArray[np.bool_], weights: NDArray[np.float32]
) -> float: ...
def weighted_sums(
    ink: NDArray[np.bool_],
    truth: NDArray[np.bool_],
    recall: NDArray[np.float64],
    precision: NDArray[np.float64],
) -> tuple[float, float, float, float]: ...
def stroke_weighted_sums(
    ink: NDArray[np.bool_], truth: NDArray[np.bool_]
) -> tuple[float, float, float, float]: ...
def contour_distances(ink: NDArray[np.bool_], truth: NDArray[np.bool_]) -> tuple[float, float]: ...
def thin(ink: NDArray[np.bool_], lee_chen: bool, skeleton: NDArray[np.bool_]) -> None: ...
def stroke_weights(
    truth: NDArray[np.bool_],
    recall: NDArray[np.float64],
    precision: NDArray[np.float64],
) -> None: ...
def turned(
    pixels: NDArray[np.uint8],
    across: NDArray[np.int32],
    row: NDArray[np.int32],
    down: NDArray[np.int32],
    rows: NDArray[np.int32],
    fill: NDArray[np.uint8],
    out: NDArray[np.uint8],
) -> None: ...
def window_threshold(
    gray: NDArray[np.uint8],
    formula: int,
    settings: tuple[float, float, float, float],
    plane: NDArray[np.uint8] | None,
    side: int,
    out: NDArray[np.uint8],
    packed: bool,
    threads: int,
) -> None: ...
def window_moments(
    gray: NDArray[np.uint8],
    side: int,
    mean: NDArray[np.float32],
    deviation: NDArray[np.float32],
    threads: int,
) -> None: ...
def window_max_variance(gray: NDArray[np.uint8], side: int, threads: int) -> float: ...
def window_extremes(
    gray: NDArray[np.uint8],
    side: int,
    low: NDArray[np.uint8] | None,
    high: NDArray[np.uint8] | None,
    contrast: NDArray[np.uint8] | None,
    threads: int,
) -> None: ...
def window_bernsen(
    gray: NDArray[np.uint8],
    side: int,
    limit: int,
    fallback: int,
    out: NDArray[np.uint8],
    packed: bool,
    threads: int,
) -> None: ...
def xnor_sums(
    signs: NDArray[np.uint8], weights: NDArray[np.uint8], out: NDArray[np.int32]
) -> None: ...
def xnor_signs(
    signs: NDArray[np.uint8],
    weights: NDArray[np.uint8],
    threshold: NDArray[np.int32],
    flip: NDArray[np.uint8],
    out: NDArray[np.uint8],
) -> None: ...
def xnor_unit(
    stream: NDArray[np.int32],
    weights: NDArray[np.uint8],
    bias: NDArray[np.int32],
    positive: NDArray[np.int32],
    negative: NDArray[np.int32],
    threshold: NDArray[np.int32],
    next_threshold: NDArray[np.int32],
    digits: int,
    bits: int,
    following: NDArray[np.uint8],
) -> None: ...
def xnor_plan_counts(weights: NDArray[np.uint8], inputs: int) -> list[int]: ...
def area_view(pixels: NDArray[np.uint8], view: NDArray[np.uint8]) -> None: ...

class Network:
    def __init__(self, page_channels: int, bits: int, digits: int) -> None: ...
    def add_convolution(
        self,
        source: int,
        weight: NDArray[np.int16],
        bias: NDArray[np.int32],
        shift: NDArray[np.uint8],
        limit: int,
    ) -> int: ...
    def add_unit(
        self,
        source: int,
        weight: NDArray[np.uint8],
        bias: NDArray[np.int32],
        positive: NDArray[np.int32],
        negative: NDArray[np.int32],
        threshold: NDArray[np.int32],
    ) -> int: ...
    def add_pool(self, source: int, interleave: bool) -> int: ...
    def add_up(self, source: int, interleave: bool) -> int: ...
    def add_add(self, source: int, other: int) -> int: ...
    def add_head(
        self,
        source: int,
        weight: NDArray[np.int16],
        bias: NDArray[np.int32],
        shift: NDArray[np.uint8],
    ) -> int: ...
    def run(
        self,
        pixels: NDArray[np.uint8],
        folded: list[tuple[int, NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]],
        threads: int,
        band: int,
        column: int,
        logits: NDArray[np.int16],
    ) -> None: ...

def ink_by_edges(
    gray: NDArray[np.uint8],
    edge: NDArray[np.uint8],
    side: int,
    least: int,
    spread: float,
    out: NDArray[np.uint8],
) -> None: ...
def block_means(gray: NDArray[np.uint8], factor: int, means: NDArray[np.uint8]) -> None: ...
def group4(ink: NDArray[np.uint8]) -> bytes: ...
def histogram(gray: NDArray[np.uint8], counts: NDArray[np.int64]) -> None: ...
def small_parts(ink: NDArray[np.uint8], side: int, out: NDArray[np.uint8]) -> None: ...
def keep_touched(
    ink: NDArray[np.uint8], seeds: NDArray[np.uint8], out: NDArray[np.uint8]
) -> None: ...
def dark_boxes(gray: NDArray[np.uint8], level: int) -> NDArray[np.int32]: ...
def keep_reaching(
    values: NDArray[np.int16], weak: int, strong: int, out: NDArray[np.uint8]
) -> None: ...
def luma(rgb: NDArray[np.uint8], gray: NDArray[np.uint8]) -> None: ...
def part_boxes(ink: NDArray[np.uint8]) -> NDArray[np.int32]: ...
def png_unfilter(rows: NDArray[np.uint8], step: int, pixels: NDArray[np.uint8]) -> bool: ...
def edge_power(
    gray: NDArray[np.uint8], power: NDArray[np.int32]
) -> tuple[float, float, float, float]: ...
def edge_ink(
    gray: NDArray[np.uint8],
    power: NDArray[np.int32],
    windows: tuple[tuple[int, float], tuple[int, float]],
    mean: float,
    wide: NDArray[np.uint8],
    near: NDArray[np.uint8],
) -> None: ...
def paper_depth(
    gray: NDArray[np.uint8],
    ink: NDArray[np.uint8],
    paper: tuple[tuple[int, float], tuple[int, float]],
    depth: tuple[tuple[int, float], tuple[int, float]],
    share: float,
    background: NDArray[np.int32],
    below: NDArray[np.float32] | None,
    level: NDArray[np.uint8],
) -> None: ...
def enlarged_ink(
    gray: NDArray[np.uint8],
    level: NDArray[np.uint8],
    near: NDArray[np.uint8],
    out: NDArray[np.uint8],
) -> None: ...
def sharpened(gray: NDArray[np.uint8], out: NDArray[np.uint8]) -> None: ...
def keep_edged(
    ink: NDArray[np.uint8],
    first: NDArray[np.uint8],
    power: NDArray[np.int32],
    known: float,
    apart: float,
    out: NDArray[np.uint8],
) -> None: ...

class EdgeParts:
    def __init__(
        self,
        first: NDArray[np.uint8],
        second: NDArray[np.uint8],
        power: NDArray[np.int32],
    ) -> None: ...
    def shape(self) -> tuple[int, int]: ...
    def lengths(self) -> NDArray[np.int64]: ...
    def gradients(self) -> NDArray[np.float64]: ...
    def at_end(self) -> NDArray[np.uint8]: ...
    def noise(self) -> float: ...
    def paint(self, keep: NDArray[np.uint8], out: NDArray[np.uint8]) -> None: ...

class GridCut:
    def __init__(self, excess: NDArray[np.int32]) -> None: ...
    def raise_costs(self, right: NDArray[np.uint16], down: NDArray[np.uint16]) -> bool: ...
    def solve(self) -> None: ...
    def ink(self, out: NDArray[np.uint8]) -> None: ...

class FixedLayer:
    def __init__(
        self,
        kind: str,
        weight: NDArray[np.int16],
        bias: NDArray[np.int32],
        shift: int,
        low: int,
        high: int,
    ) -> None: ...

def fixed_convolve(
    layer: FixedLayer,
    values: NDArray[np.int16],
    skip: NDArray[np.int16] | None,
    out: NDArray[np.int16],
) -> None: ...
def fixed_down(layer: FixedLayer, values: NDArray[np.int16], out: NDArray[np.int16]) -> None: ...
def fixed_up(layer: FixedLayer, values: NDArray[np.int16], out: NDArray[np.int16]) -> None: ...
def fixed_logits(layer: FixedLayer, values: NDArray[np.int16], out: NDArray[np.int16]) -> None: ...
def fixed_film(
    values: NDArray[np.int16], gain: NDArray[np.int16], offset: NDArray[np.int32], high: int
) -> None: ...
