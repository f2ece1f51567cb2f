"""Curves of a training: every figure as a column of a CSV file and a line of a picture."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np

from docbin.errors import OutputError

__all__ = ["write_curves"]

PANEL = (160, 480)  # height, width of one figure's panel
MARGIN = 24


def write_curves(folder: Path, rows: Sequence[Mapping[str, float]]) -> None:
    """Write curves.csv and curves.png into `folder`: one panel a figure, over the steps."""
    names = list(dict.fromkeys(key for row in rows for key in row))
    with (folder / "curves.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows(rows)
    figures = [name for name in names if name not in ("step", "minutes")]
    if not figures:
        return
    panels = [_panel(name, [(r["step"], r[name]) for r in rows if name in r]) for name in figures]
    done, code = cv2.imencode(".png", np.vstack(panels))
    if not done:
        raise OutputError(f"{folder / 'curves.png'}: the picture could not be encoded")
    (folder / "curves.png").write_bytes(code.tobytes())


def _panel(
    name: str, points: list[tuple[float, float]]
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    height, width = PANEL
    panel = np.full((height, width, 3), 255, np.uint8)
    xs, ys = (np.array(axis, float) for axis in zip(*points, strict=True))
    ok = np.isfinite(ys)
    xs, ys = xs[ok], ys[ok]
    if not len(ys):
        return panel
    low, high = float(ys.min()), float(ys.max())
    span_x, span_y = max(float(np.ptp(xs)), 1e-9), max(high - low, 1e-9)
    px = MARGIN + (xs - xs[0]) / span_x * (width - 2 * MARGIN)
    py = height - MARGIN - (ys - low) / span_y * (height - 2 * MARGIN)
    line = np.stack([px, py], 1).round().astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(panel, [line], False, (180, 90, 0), 2, cv2.LINE_AA)
    words = f"{name}: last {ys[-1]:.4g}, from {low:.4g} to {high:.4g}"
    cv2.putText(
        panel, words, (MARGIN, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (0, 0, 0), 1, cv2.LINE_AA
    )
    return panel
