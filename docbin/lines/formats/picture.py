"""A picture of the page with its lines: outlines, baselines, and the order in numbers."""

from collections.abc import Sequence

import cv2
import numpy as np

from docbin.errors import OutputError
from docbin.lines.formats import LinesOfPage

__all__ = ["encode"]

BLOCK_COLORS = ((200, 30, 30), (20, 110, 200), (20, 140, 60), (190, 110, 0), (140, 40, 170))
"""RGB, by turns, one a block."""
BASELINE = (0, 150, 0)
_SHIFT = 3


def encode(pages: Sequence[LinesOfPage]) -> bytes:
    """Return a PNG of one page, RGB."""
    (item,) = pages
    if item.pixels is None:
        raise ValueError("a picture needs the pixels of the page")
    canvas = item.pixels.copy()
    heights = [float(np.ptp(line.polygon[:, 1])) for line in item.lines]
    size = float(np.median(heights)) if heights else 20.0
    width = max(1, round(size / 16))
    scale = max(size / 45, 0.3)
    for line in item.lines:
        color = BLOCK_COLORS[line.block % len(BLOCK_COLORS)]
        for points, closed, shade in (
            (line.polygon, True, color),
            (line.baseline, False, BASELINE),
        ):
            fixed = np.rint(points * (1 << _SHIFT)).astype(np.int32)
            cv2.polylines(canvas, [fixed], closed, shade, width, cv2.LINE_AA, _SHIFT)
        start = line.baseline[0]
        at = (int(max(start[0] - size, 0)), int(start[1]))
        thick = max(1, round(scale * 1.5))
        cv2.putText(
            canvas, str(line.order + 1), at, cv2.FONT_HERSHEY_SIMPLEX, scale, color, thick,
            cv2.LINE_AA,
        )  # fmt: skip
    done, data = cv2.imencode(".png", canvas[..., ::-1])
    if not done:
        raise OutputError(f"{item.name}: the picture cannot be encoded")
    return data.tobytes()
