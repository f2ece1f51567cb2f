"""JSON: everything that is known of every line."""

import json
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from docbin.lines.formats import LinesOfPage
from docbin.protocols import TextLine

__all__ = ["encode"]


def encode(pages: Sequence[LinesOfPage]) -> bytes:
    """Return UTF-8: {"pages": [{"image", "number", "width", "height", "dpi", "lines"}]}."""
    value = {
        "pages": [
            {
                "image": item.name,
                "number": item.number,
                "width": item.width,
                "height": item.height,
                "dpi": item.dpi,
                "lines": [_line(line) for line in item.lines],
            }
            for item in pages
        ]
    }
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _line(line: TextLine) -> dict[str, object]:
    row: dict[str, object] = {
        "order": line.order,
        "block": line.block,
        "score": round(line.score, 4),
        "polygon": _points(line.polygon),
        "baseline": _points(line.baseline),
    }
    return {**row, "text": line.text} if line.text else row


def _points(points: NDArray[np.float64]) -> list[list[float]]:
    return [[round(float(x), 1), round(float(y), 1)] for x, y in points]
