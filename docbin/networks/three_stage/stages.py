"""The steps between the networks of a three-stage pipeline, without torch.

What the float and the packed pipeline have in common: splitting a page into channels, its view, the
Haar stage, merging the channels' maps, and when the global network has a say.
"""

from collections.abc import Callable, Mapping
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from docbin.data.training_pages import VIEW
from docbin.native.network import PackedNetwork, area_view
from docbin.wavelet import smooth_channel

__all__ = [
    "CHANNELS",
    "GLOBAL",
    "has_whole",
    "merge_channels",
    "packed_channels",
    "page_view",
    "smooth_tile",
    "split_channels",
    "twin_channels",
    "whole_map",
]

Array = NDArray[np.float32]

CHANNELS = ("gray", "red", "green", "blue")
GLOBAL = 512
"""Side of the page for the global network."""


def split_channels(rgb: NDArray[np.uint8]) -> dict[str, NDArray[np.uint8]]:
    """Stage 1: (h, w, 3) to four channels (h, w, 1)."""
    gray = np.asarray(cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2GRAY), np.uint8)
    planes = (gray, rgb[..., 0], rgb[..., 1], rgb[..., 2])
    return {name: plane[..., None] for name, plane in zip(CHANNELS, planes, strict=True)}


def twin_channels(planes: Mapping[str, NDArray[np.uint8]], wavelet: bool) -> dict[str, str]:
    """Name the first channel that shows a network the same pixels: all four on a grey page.

    With the Haar stage, which grey does not pass, a colour's twin is a colour.
    """
    twins: dict[str, str] = {}
    for name, plane in planes.items():
        known = [n for n in twins if not wavelet or (n == "gray") == (name == "gray")]
        twins[name] = next((n for n in known if np.array_equal(planes[n], plane)), name)
    return twins


def page_view(pixels: NDArray[Any]) -> NDArray[Any]:
    """Reduce a page (h, w, c) to its view (128, 128, c) by exact area averages."""
    return area_view(pixels, VIEW).transpose(1, 2, 0)


def smooth_tile(tile: NDArray[Any]) -> NDArray[Any]:
    """Haar-smooth a tile (h, w, 1) of a channel, as the published training does."""
    return smooth_channel(tile[..., 0])[..., None]


def merge_channels(probabilities: Mapping[str, Array]) -> NDArray[np.uint8]:
    """Stage 2's end: mean of each colour's map and grey's, as pixels (h, w, 3), ink black."""
    gray = probabilities["gray"]
    merged = np.stack([(probabilities[c] + gray) / 2 for c in CHANNELS[1:]], axis=2)
    result: NDArray[np.uint8] = np.rint((1 - merged) * 255).astype(np.uint8)
    return result


def packed_channels(
    network: PackedNetwork,
    rgb: NDArray[np.uint8],
    seen: NDArray[np.uint8],
    *,
    wavelet: bool,
    threads: int,
) -> dict[str, Array]:
    """Stages 1 and 2 on a packed network: the map of every channel of a page, or of a part.

    `seen` (h', w', 3) is the page that steers the network, or its view. A network on colour reads a
    channel as a grey page.
    """
    planes, views = split_channels(rgb), split_channels(seen)
    found: dict[str, Array] = {}
    for name, twin in twin_channels(planes, wavelet).items():
        if twin in found and np.array_equal(views[name], views[twin]):
            found[name] = found[twin]
            continue
        plane = planes[name]
        shown = smooth_tile(plane) if wavelet and name != "gray" else plane
        found[name] = network(shown, seen=views[name], threads=threads)
    return found


def whole_map(rgb: NDArray[np.uint8], network: Callable[[NDArray[np.uint8]], Array]) -> Array:
    """Stage 3, global branch: the page at 512 x 512 through a network and back, float32 (h, w)."""
    height, width = rgb.shape[:2]
    size = (GLOBAL, GLOBAL)
    small = cv2.resize(np.ascontiguousarray(rgb), size, interpolation=cv2.INTER_AREA)
    found = network(np.asarray(small, np.uint8))
    large = cv2.resize(found, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large, np.float32)


def has_whole(height: int, width: int) -> bool:
    """Whether the global network sees such a page; small and long ones are left to the local."""
    return max(height, width) >= GLOBAL and max(height, width) <= 6 * min(height, width)
