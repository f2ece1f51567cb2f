"""Where the leaf ends: dark boards, torn corners, the leaves of a book. None of it is ink.

Boards and book edges lie beyond the paper, so these layers give the sheet a margin: the page
grows, and its lines and regions move with it.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from docbin.data.degrade.layer import Layer
from docbin.data.fields import Bytes, absorb, blurred, mix, paper, smooth
from docbin.data.sheet import Sheet

__all__ = ["BookEdge", "DarkBoard", "TornCorner", "grow"]

Margins = tuple[int, int, int, int]
"""Top, bottom, left, right, in pixels."""


def grow(sheet: Sheet, margins: Margins) -> Sheet:
    """Give the sheet margins of black that hold no ink."""
    top, bottom, left, right = margins
    pad = ((top, bottom), (left, right))
    shift = np.array([left, top], np.float64)
    lines = tuple(
        replace(line, polygon=line.polygon + shift, baseline=line.baseline + shift)
        for line in sheet.lines
    )
    regions = tuple(replace(region, polygon=region.polygon + shift) for region in sheet.regions)
    pixels = cv2.copyMakeBorder(
        sheet.pixels, top, bottom, left, right, cv2.BORDER_CONSTANT, value=(0, 0, 0)
    )
    return replace(
        sheet, pixels=pixels, ink=np.pad(sheet.ink, pad),
        valid=np.pad(sheet.valid, pad, constant_values=True), lines=lines, regions=regions,
    )  # fmt: skip


def rough_outline(shape: tuple[int, int], margins: Margins, wild: float,
                  rng: np.random.Generator) -> Bytes:  # fmt: skip
    """Draw the paper as 255 inside margins whose edge wavers by ``wild`` pixels."""
    height, width = shape
    top, bottom, left, right = margins
    inside = np.zeros(shape, np.uint8)
    count = 40
    along = np.linspace(0, 1, count)
    jitter = np.cumsum(rng.normal(0, wild / 4, (4, count)), axis=1)
    jitter -= np.linspace(0, 1, count) * jitter[:, -1:]
    tilt = rng.normal(0, wild, 8)
    # A side of the picture without a margin is not an edge of the paper: keep clear of it.
    t, b = (top if top else -4 * wild - 9), (height - bottom if bottom else height + 4 * wild + 9)
    lf, r = (left if left else -4 * wild - 9), (width - right if right else width + 4 * wild + 9)
    corners = np.array([[lf, t], [r, t], [r, b], [lf, b]]) + tilt.reshape(4, 2)
    sides = []
    for side in range(4):
        start, stop = corners[side], corners[(side + 1) % 4]
        points = start + (stop - start) * along[:, None]
        points[:, 1 - side % 2] += jitter[side]
        sides.append(points)
    outline = np.rint(np.concatenate(sides)).astype(np.int32)
    cv2.fillPoly(inside, [outline], 255, cv2.LINE_AA)
    return inside


def some_margins(sheet: Sheet, low: float, high: float, rng: np.random.Generator) -> Margins:
    """Draw margins on one to four sides, as shares of the longer side."""
    reach = max(sheet.ink.shape)
    chosen = rng.random(4) < float(rng.choice([0.3, 0.6, 1.0]))
    if not chosen.any():
        chosen[int(rng.integers(0, 4))] = True
    sizes = rng.uniform(low, high, 4) * reach * chosen
    top, bottom, left, right = (int(np.ceil(v)) for v in sizes)
    return top, bottom, left, right


@dataclass(frozen=True)
class DarkBoard(Layer):
    """The scanner's lid, a black card or a wooden table lies beyond the paper's edge."""

    def apply(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Grow the page by a board and draw the paper's wavering edge and its shadow."""
        margins = some_margins(sheet, 0.01, 0.02 + 0.13 * self.strength, rng)
        grown = grow(sheet, margins)
        shape = (grown.height, grown.width)
        level = float(rng.choice([3, 12, 30, 60, 110]))
        tone = np.array(level * rng.uniform(0.75, 1.25, 3) if rng.random() < 0.5 else [level] * 3)
        board = np.empty_like(grown.pixels)
        board[:] = np.clip(tone, 0, 255)
        pattern = cv2.convertScaleAbs(paper(shape, rng), alpha=float(rng.uniform(0.1, 0.9)))
        board = absorb(board, pattern, (0, 0, 0))
        wild = float(rng.uniform(0.3, 3)) * grown.stroke * (0.3 + self.strength)
        inside = rough_outline(shape, margins, wild, rng)
        # Nothing of the paper may fill the band between the old rectangle and the new edge.
        page = np.zeros(shape, np.uint8)
        page[margins[0] : shape[0] - margins[1], margins[2] : shape[1] - margins[3]] = 255
        inside = np.asarray(blurred(cv2.min(inside, page), 0.8))
        cast = blurred(255 - inside, float(rng.uniform(1, 4)) * grown.stroke)
        pixels = absorb(grown.pixels, cv2.convertScaleAbs(cast, alpha=0.5), (60, 50, 40))
        return replace(grown, pixels=mix(board, pixels, inside), ink=grown.ink & (inside > 127))


@dataclass(frozen=True)
class BookEdge(Layer):
    """The other leaves of the book show as thin stripes along one side."""

    def apply(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Grow the page by a stack of leaf edges on the left or right, or at the bottom."""
        side = int(rng.choice([1, 2, 3], p=[0.2, 0.4, 0.4]))
        wide = int(np.ceil(float(rng.uniform(0.02, 0.03 + 0.07 * self.strength))
                           * max(sheet.ink.shape)))  # fmt: skip
        margins = [0, 0, 0, 0]
        margins[side] = wide
        grown = grow(sheet, (margins[0], margins[1], margins[2], margins[3]))
        shape = (grown.height, grown.width)
        length = shape[1] if side == 1 else shape[0]
        # Each leaf: a light band and a dark line, wavering along the length.
        leaves = rng.integers(40, 256, wide).astype(np.uint8)
        if rng.random() < 0.7:
            leaves = blurred(leaves[None], float(rng.uniform(0.4, 2)))[0]
        waver = smooth((1, length), 0.3 * length, rng)[0].astype(np.float32) / 255 * wide * 0.25
        rows = np.arange(wide, dtype=np.float32)[:, None] + waver[None]
        stripes = leaves[np.clip(rows, 0, wide - 1).astype(np.intp)]
        if side != 1:
            stripes = np.ascontiguousarray(stripes.T)
        slab = np.repeat(stripes[:, :, None], 3, 2)
        tone = np.median(sheet.pixels[::9, ::9].reshape(-1, 3), axis=0) / 255
        slab = np.clip(slab * tone, 0, 255).astype(np.uint8)
        pixels = grown.pixels.copy()
        if side == 1:
            pixels[shape[0] - wide :] = slab
        elif side == 2:
            pixels[:, :wide] = slab
        else:
            pixels[:, shape[1] - wide :] = slab
        return replace(grown, pixels=pixels)


@dataclass(frozen=True)
class TornCorner(Layer):
    """A corner or a piece of an edge is torn away; a board or white shows in its place."""

    def apply(self, sheet: Sheet, rng: np.random.Generator) -> Sheet:
        """Cut a ragged piece off, rim it with torn fibre, and take its ink out of the truth."""
        shape = (sheet.height, sheet.width)
        lost: Bytes = np.zeros(shape, np.uint8)
        reach = (0.04 + 0.16 * self.strength) * max(shape)
        for _ in range(int(rng.integers(1, 3))):
            corner = np.array([rng.integers(0, 2) * shape[1], rng.integers(0, 2) * shape[0]])
            if rng.random() < 0.3:
                axis = int(rng.integers(0, 2))
                corner[axis] = int(rng.uniform(0, shape[1 - axis]))
            angles = np.sort(rng.uniform(0, 2 * np.pi, 14))
            radii = reach * rng.uniform(0.4, 1.0, 14)
            points = corner + np.stack([np.cos(angles), np.sin(angles)], 1) * radii[:, None]
            cv2.fillPoly(lost, [np.rint(points).astype(np.int32)], 255)
        lost = blurred(lost, min(2 * sheet.stroke, reach / 6))
        rough = smooth(shape, 2.5 * sheet.stroke, rng)
        field = cv2.addWeighted(lost, 1.0, rough, 0.4, -50)
        gone = np.asarray(blurred((field > 127).view(np.uint8) * 255, 0.7))
        rim = cv2.convertScaleAbs(blurred(gone, 0.8 * sheet.stroke), alpha=0.6)
        board = np.empty_like(sheet.pixels)
        board[:] = int(rng.choice([4, 25, 70, 130, 240]))
        board = absorb(board, cv2.convertScaleAbs(paper(shape, rng), alpha=0.4), (0, 0, 0))
        fibre = float(rng.choice([90, 245]))
        torn = mix(sheet.pixels, np.full_like(sheet.pixels, int(fibre)), rim)
        return replace(sheet, pixels=mix(torn, board, gone), ink=sheet.ink & (gone < 128))
