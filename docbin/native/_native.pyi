import numpy as np
from numpy.typing import NDArray

def targets() -> list[str]: ...
def active_target() -> str: ...
def use_target(name: str) -> bool: ...
def requested_target_problem() -> str: ...
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
def thin(ink: NDArray[np.bool_], lee_chen: bool, skeleton: NDArray[np.bool_]) -> None: ...
def stroke_weights(
    truth: NDArray[np.bool_],
    recall: NDArray[np.float64],
    precision: NDArray[np.float64],
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
