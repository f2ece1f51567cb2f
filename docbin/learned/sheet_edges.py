"""The edges of sheets: faint lines along the rim of a scan that are no writing.

A sheet on another, or on a lid as light as itself, shows its edge as a line. A trained network
takes it for a rule, and an engine that meets rules around the page looks for columns and pictures.
Rules that were drawn are as dark as the writing and stay; edges are fainter.
"""

import numpy as np

from docbin.page import Gray, Ink

__all__ = ["without_sheet_edges"]

_RIM = 0.12  # of a side: how far from the edge of the scan an edge of a sheet may lie
_LENGTH = 0.15  # of a side: what is shorter is not taken for one
_THICK = 0.12  # of its length
_FAINT = 0.65  # of the contrast that the rest of the ink has


def without_sheet_edges(ink: Ink, flat: Gray) -> Ink:
    """Return the ink without the edges of sheets; `flat` is the page divided by its paper."""
    import cv2

    height, width = ink.shape
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(ink.view(np.uint8), connectivity=8)
    area = boxes[:, cv2.CC_STAT_AREA].astype(np.float64)
    across, down = boxes[:, cv2.CC_STAT_WIDTH], boxes[:, cv2.CC_STAT_HEIGHT]
    length = np.maximum(across, down).astype(np.float64)
    long = (across >= _LENGTH * width) | (down >= _LENGTH * height)
    # What goes around a corner is as long as both sides of its box.
    long &= area <= _THICK * length * (across + down)
    long[0] = False
    if not long.any():
        return ink
    rim = np.ones(ink.shape, np.bool_)
    y, x = round(_RIM * height), round(_RIM * width)
    rim[y : height - y, x : width - x] = False
    dark = (255 - flat[ink]).astype(np.float64)
    label = labels[ink]
    inside = np.bincount(label, ~rim[ink], minlength=area.size)
    contrast = np.bincount(label, dark, minlength=area.size) / np.maximum(area, 1)
    rest = ~long[label]
    if not rest.any():
        return ink
    usual = float(np.median(dark[rest]))
    edges = long & (inside <= 0.02 * area) & (contrast < _FAINT * usual)
    return ink & ~edges[labels] if edges.any() else ink
