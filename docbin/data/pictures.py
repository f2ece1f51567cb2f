"""Printed pictures, all of them ink on paper: engravings of lines, halftones of dots.

A picture starts as a field of tones with a few shaded bodies in it. An engraver's lines swell where
it is dark and cross where it is darkest; a screen's dots grow until they merge.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from docbin.data.fields import Bytes, smooth

__all__ = ["draw_picture"]

Floats = NDArray[Any]


def draw_picture(shape: tuple[int, int], pitch: float, rng: np.random.Generator) -> Bytes:
    """Draw coverage (h, w), 255 full ink, with lines or dots ``pitch`` pixels apart."""
    pitch = max(pitch, 3.0)
    tones = _tones(shape, rng)
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    waver = smooth(shape, 0.4 * max(shape), rng).astype(np.float32) * (3 * pitch / 255)
    if rng.random() < 0.7:
        angle = float(rng.uniform(0, np.pi))
        cover = _lines(x, y + waver, tones, pitch, angle)
        crossed = _lines(x + waver, y, 1.6 * tones - 0.75, pitch, angle + 1.1)
        cover = np.maximum(cover, crossed)
    else:
        cover = _dots(x, y, tones, pitch, float(rng.uniform(0.2, 1.3)))
    picture: Bytes = np.rint(cover * 255).astype(np.uint8)
    if rng.random() < 0.6:
        rim = max(round(0.35 * pitch), 1)
        picture[:rim] = picture[-rim:] = 255
        picture[:, :rim] = picture[:, -rim:] = 255
    return picture


def _tones(shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    """Darkness 0..1: clouds above, ground below, two to five bodies lit from one side."""
    height, width = shape
    y, x = np.mgrid[:height, :width].astype(np.float32)
    y, x = y / height, x / width
    clouds = smooth(shape, 0.3 * max(shape), rng).astype(np.float32) / 255
    horizon = float(rng.uniform(0.4, 0.8))
    tones = 0.35 * clouds + np.where(y > horizon, 0.3, 0.0).astype(np.float32)
    light = float(rng.choice([-1.0, 1.0]))
    for _ in range(int(rng.integers(2, 6))):
        middle_x, middle_y = float(rng.uniform(0.1, 0.9)), float(rng.uniform(0.3, 0.9))
        reach_x, reach_y = float(rng.uniform(0.06, 0.3)), float(rng.uniform(0.1, 0.4))
        across, down = (x - middle_x) / reach_x, (y - middle_y) / reach_y
        inside = np.abs(across) ** 3 + np.abs(down) ** 3 < 1
        shade = 0.5 + 0.4 * light * across + 0.15 * down
        tones = np.where(inside, shade + 0.15 * clouds, tones)
    result: Floats = np.clip(tones, 0.02, 0.92).astype(np.float32)
    return result


def _lines(x: Floats, y: Floats, tones: Floats, pitch: float, angle: float) -> Floats:
    phase = (x * np.float32(np.sin(angle)) + y * np.float32(np.cos(angle))) / np.float32(pitch)
    away = np.abs(phase - np.rint(phase)) * 2  # 0 on a line's middle, 1 between two
    result: Floats = np.clip((tones - away) * np.float32(pitch / 2) + 0.5, 0, 1)
    return np.where(tones > 0.04, result, 0)


def _dots(x: Floats, y: Floats, tones: Floats, pitch: float, angle: float) -> Floats:
    turn = np.float32(2 * np.pi / pitch)
    one = (x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle))) * turn
    two = (y * np.float32(np.cos(angle)) - x * np.float32(np.sin(angle))) * turn
    screen = 0.5 - (np.cos(one) + np.cos(two)) / 4
    result: Floats = np.clip((tones - screen) * np.float32(pitch / 2) + 0.5, 0, 1)
    return result
