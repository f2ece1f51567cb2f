"""The signature of a page: what of it is kept to know copies by, 76 to 508 bytes.

Kept are 48 marks (`docbin.data.marks`), nine bytes each, so that a quarter of the page still holds
a dozen: those that come back after the page is scaled and compressed, one to each part of it.
Beside them goes a coarse map: 24 x 24 cells, a bit each, whether the cell is lighter than its
surroundings.
"""

import numpy as np
from numpy.typing import NDArray

from docbin.data.marks import LONG_SIDE, Marks, find_marks
from docbin.page import Gray

__all__ = ["SIDE", "cells", "check_signature", "signature", "unpack"]

KEPT = 48
BYTES = 9  # a mark: x, y, size and direction, 48 signs
SIDE = 24  # cells of the coarse map, each way
HEAD = 4 + SIDE * SIDE // 8
CLOSE = 10  # signs that may differ for a mark to have come back


def signature(gray: Gray) -> bytes:
    """Return the page's size, its coarse map, its most lasting marks: 76 + 9 n bytes, n <= 48."""
    height, width = gray.shape
    marks = find_marks(gray)
    kept = marks.take(_lasting(gray, marks)) if len(marks) else marks
    largest = max(height, width)  # only the proportion matters: 16 bits are enough for any page
    head = np.array([height, width]) * min(1.0, 65535 / largest)
    values, _ = cells(gray, np.array([[width / SIDE, 0, 0], [0, height / SIDE, 0]]))
    coarse = np.packbits(values > 0).tobytes()
    packed = b"".join(_pack(kept, i) for i in range(len(kept)))
    return bytes(np.maximum(1, head).astype("<u2").tobytes() + coarse + packed)


def check_signature(stored: bytes) -> None:
    """Raise ValueError where `stored` cannot be a signature."""
    if len(stored) < HEAD or (len(stored) - HEAD) % BYTES:
        raise ValueError(f"a signature has {HEAD} + {BYTES} n bytes, got {len(stored)}")


def unpack(stored: bytes) -> tuple[Marks, NDArray[np.bool_]]:
    """Return the marks and the coarse map (SIDE, SIDE) of a signature."""
    height, width = (int(n) for n in np.frombuffer(stored[:4], "<u2"))
    coarse = np.unpackbits(np.frombuffer(stored[4:HEAD], np.uint8)).astype(np.bool_)
    rows = np.frombuffer(stored[HEAD:], np.uint8).reshape(-1, BYTES)
    octaves = np.asarray(rows[:, 2] >> 4, np.float64) / 2.0 - 10
    size = np.asarray(np.exp2(octaves) * max(height, width), np.float64)
    points = np.asarray((rows[:, :2] + 0.5) / 256.0 * (width, height), np.float64)
    bits = np.unpackbits(rows[:, 3:], axis=1).astype(np.bool_)
    turns = (rows[:, 2] & 15) / 16.0
    marks = Marks(height, width, points, size, turns, bits, np.ones(len(rows)))
    return marks, coarse.reshape(SIDE, SIDE)


def cells(
    gray: Gray, to_cells: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return (SIDE, SIDE) how much lighter each cell of the page is than those around it.

    ``to_cells`` (2, 3) carries cell coordinates to pixels of the image; cells it does not show are
    False in the second array and 0 in the first.
    """
    import cv2

    fine = 4  # samples a cell, each way
    step = np.abs(np.linalg.det(to_cells[:, :2])) ** 0.5 / fine  # pixels a sample
    image = np.asarray(gray, np.uint8)
    shrink = min(1.0, 1.5 / max(step, 1e-6))
    if shrink < 1.0:
        size = (max(1, round(gray.shape[1] * shrink)), max(1, round(gray.shape[0] * shrink)))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    scale = np.array([image.shape[1] / gray.shape[1], image.shape[0] / gray.shape[0]])
    samples = np.empty((2, 3))
    samples[:, :2] = to_cells[:, :2] / fine
    samples[:, 2] = to_cells[:, :2] @ [0.5 / fine, 0.5 / fine] + to_cells[:, 2]
    samples *= scale[:, None]
    samples[:, 2] -= 0.5
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    canvas = (SIDE * fine, SIDE * fine)
    warped = cv2.warpAffine(image, samples, canvas, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    ones = np.ones(image.shape, np.float32)
    inside = cv2.warpAffine(ones, samples, canvas, flags=flags, borderMode=cv2.BORDER_CONSTANT)
    means = np.asarray(warped, np.float64).reshape(SIDE, fine, SIDE, fine).mean((1, 3))
    seen = np.asarray(inside).reshape(SIDE, fine, SIDE, fine).mean((1, 3)) > 0.9
    around = cv2.blur(means * seen, (7, 7), borderType=cv2.BORDER_CONSTANT)
    share = cv2.blur(seen.astype(np.float64), (7, 7), borderType=cv2.BORDER_CONSTANT)
    return np.where(seen, means - around / np.maximum(share, 1e-9), 0.0), seen


def _lasting(gray: Gray, marks: Marks) -> NDArray[np.intp]:
    """Choose the marks that come back after scaling and compression, spread over the page."""
    import cv2

    height, width = gray.shape
    working = min(1.0, LONG_SIDE / max(height, width))
    score = np.zeros(len(marks))
    for scale, quality in [(0.5, 40), (0.7, 75), (1.0, 30), (1.4, 60)]:
        size = (max(8, round(width * working * scale)), max(8, round(height * working * scale)))
        changed = np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8)
        packed = cv2.imencode(".jpg", changed, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        again = find_marks(
            np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8), long_side=4096
        )
        score += _returned(marks, again)
    score += marks.strengths / (marks.strengths.max() + 1e-9)  # breaks ties
    return _spread(marks, score)


def _returned(marks: Marks, again: Marks) -> NDArray[np.float64]:
    """Return 0..1 for each mark: how well the changed page has it in its place."""
    if len(again) == 0:
        return np.zeros(len(marks))
    factor = np.array([marks.width / again.width, marks.height / again.height])
    near = 0.006 * max(marks.height, marks.width)
    order = np.argsort(again.points[:, 0] * factor[0])
    points = (again.points * factor)[order]
    bits = again.bits[order]
    result = np.zeros(len(marks))
    first = np.searchsorted(points[:, 0], marks.points[:, 0] - near)
    last = np.searchsorted(points[:, 0], marks.points[:, 0] + near)
    for i, (a, b) in enumerate(zip(first, last, strict=True)):
        hits = np.flatnonzero(np.abs(points[a:b, 1] - marks.points[i, 1]) < near) + a
        if len(hits):
            best = (bits[hits] != marks.bits[i]).sum(1).min()
            result[i] = max(0.0, 1.0 - best / CLOSE)
    return result


def _spread(marks: Marks, score: NDArray[np.float64]) -> NDArray[np.intp]:
    """Take the best mark, then the best far from it, and so on, with ever less distance asked."""
    chosen: list[int] = []
    order = np.argsort(-score, kind="stable")
    apart = np.sqrt(marks.height * marks.width / KEPT)
    while len(chosen) < min(KEPT, len(marks)) and apart > 1:
        for i in order:
            taken = marks.points[chosen]
            if len(chosen) and np.hypot(*(taken - marks.points[i]).T).min() < apart:
                continue
            chosen.append(int(i))
            if len(chosen) == KEPT:
                break
        apart *= 0.8
    return np.array(chosen, np.intp)


def _pack(marks: Marks, i: int) -> bytes:
    x, y = marks.points[i] / (marks.width, marks.height) * 255.999
    octave = np.log2(marks.sizes[i] / max(marks.height, marks.width)) + 10  # 1/1024 of the page: 0
    size = int(np.clip(np.round(octave * 2), 0, 15))
    turn = round(marks.turns[i] * 16) % 16
    bits = np.packbits(marks.bits[i]).tobytes()
    return bytes([int(np.clip(x, 0, 255)), int(np.clip(y, 0, 255)), size << 4 | turn]) + bits
