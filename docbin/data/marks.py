"""Marks: a perceptual signature of a page that survives re-encoding, greying, scaling, cropping.

A mark is a SIFT keypoint (Lowe, "Distinctive Image Features from Scale-Invariant Keypoints", 2004)
cut down to nine bytes: where it lies on the page, its size, its direction, and 48 signs of Walsh-
Hadamard sums of its descriptor. The 16 kept for a page are those that come back after the page is
scaled and compressed, one to each part of it. Beside them goes a coarse map: 24 x 24 cells, a bit
each, whether the cell is lighter than its surroundings. Three marks found in another image propose
a similarity transform (scale, quarter turn, shift); the image laid over the page by it is a copy,
or a part, when the coarse maps agree.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docbin.page import Gray

__all__ = ["Marks", "check_signature", "covers", "find_marks", "likeness", "signature"]

KEPT = 16
LONG_SIDE = 1024
BITS = 48
BYTES = 9  # a mark: x, y, size and direction, 48 signs
SIDE = 24  # cells of the coarse map, each way
HEAD = 4 + SIDE * SIDE // 8
LEAST = 3
SHARE = 0.4
MOST_BITS = 10
TOLERANCE = 0.012
PAIRS = 150
TRIED = 8
LEAST_SEEN = 0.15
ALIKE = 0.85
ALIKE_FEW = 0.93
CANDIDATES = 6000


@dataclass(frozen=True, eq=False)
class Marks:
    """All marks of an image: position and size in pixels, direction in turns, signs of 48 sums."""

    height: int
    width: int
    points: NDArray[np.float64]  # (n, 2) x, y
    sizes: NDArray[np.float64]  # (n,)
    turns: NDArray[np.float64]  # (n,) 0..1
    bits: NDArray[np.bool_]  # (n, 48)
    strengths: NDArray[np.float64]  # (n,)

    def __len__(self) -> int:
        return len(self.sizes)

    def take(self, index: NDArray[np.intp]) -> "Marks":
        """Return the marks of an index array."""
        return Marks(
            self.height,
            self.width,
            self.points[index],
            self.sizes[index],
            self.turns[index],
            self.bits[index],
            self.strengths[index],
        )


def find_marks(gray: Gray, *, long_side: int = LONG_SIDE) -> Marks:
    """Find the marks of a grey image, looked at no larger than `long_side`."""
    import cv2

    height, width = gray.shape
    scale = min(1.0, long_side / max(height, width))
    small = gray
    if scale < 1.0:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        small = np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8)
    low, high = np.percentile(small, [1, 99])
    if high - low < 3:  # a blank sheet has nothing to know it by
        return _none_found(height, width)
    stretched = np.clip((small - low) * (255.0 / (high - low)), 0, 255).astype(np.uint8)
    sift = cv2.SIFT_create(contrastThreshold=0.015, edgeThreshold=12)  # type: ignore[attr-defined]
    found, descriptors = sift.detectAndCompute(stretched, None)
    if not found:
        return _none_found(height, width)
    strongest = np.argsort([-k.response for k in found], kind="stable")[:CANDIDATES]
    keypoints = [found[i] for i in strongest]
    factor = np.array([width / small.shape[1], height / small.shape[0]])
    return Marks(
        height,
        width,
        np.array([k.pt for k in keypoints]) * factor,
        np.array([k.size for k in keypoints]) * factor.mean(),
        np.array([k.angle / 360.0 for k in keypoints]) % 1.0,
        descriptors[strongest] @ _hadamard().T > 0,
        np.array([k.response for k in keypoints], np.float64),
    )


def signature(gray: Gray) -> bytes:
    """Return the page's size, its coarse map, its most lasting marks: 76 + 9 n bytes, n <= 16."""
    height, width = gray.shape
    marks = find_marks(gray)
    kept = marks.take(_lasting(gray, marks)) if len(marks) else marks
    largest = max(height, width)  # only the proportion matters: 16 bits are enough for any page
    head = np.array([height, width]) * min(1.0, 65535 / largest)
    values, _ = _cells(gray, np.array([[width / SIDE, 0, 0], [0, height / SIDE, 0]]))
    coarse = np.packbits(values > 0).tobytes()
    packed = b"".join(_pack(kept, i) for i in range(len(kept)))
    return bytes(np.maximum(1, head).astype("<u2").tobytes() + coarse + packed)


def check_signature(stored: bytes) -> None:
    """Raise ValueError where `stored` cannot be a signature."""
    if len(stored) < HEAD or (len(stored) - HEAD) % BYTES:
        raise ValueError(f"a signature has {HEAD} + {BYTES} n bytes, got {len(stored)}")


def covers(stored: bytes, gray: Gray, image: Marks) -> bool:
    """Whether an image, with its marks, shows the page of a signature or a part of it."""
    return likeness(stored, gray, image) >= 1.0


def likeness(stored: bytes, gray: Gray, image: Marks) -> float:
    """Return the best agreement of the coarse maps over the transforms the marks propose.

    It is a share of what is asked: `ALIKE` of the map, `ALIKE_FEW` where only three marks fit.
    """
    page, coarse = _unpack(stored)
    if len(page) < LEAST or len(image) < LEAST:
        return 0.0
    signs = np.where(page.bits, 1.0, -1.0) @ np.where(image.bits, 1.0, -1.0).T
    distance = (BITS - signs) / 2
    which, where = np.nonzero(distance <= MOST_BITS)
    close = np.argsort(distance[which, where], kind="stable")[:PAIRS]
    best = 0.0
    for fitting, slope, shift in _transforms(page, image, which[close], where[close]):
        to_cells = np.array(
            [[slope.real, -slope.imag, shift.real], [slope.imag, slope.real, shift.imag]]
        ) @ np.diag([page.width / SIDE, page.height / SIDE, 1.0])
        values, seen = _cells(gray, to_cells)
        if seen.mean() < LEAST_SEEN:
            continue
        weights = np.abs(values) * seen
        total = float(weights.sum())
        if total > 0:
            agreement = float(weights[(values > 0) == coarse].sum()) / total
            best = max(best, agreement / (ALIKE if fitting > LEAST else ALIKE_FEW))
    return best


def _transforms(
    page: Marks, image: Marks, which: NDArray[np.intp], where: NDArray[np.intp]
) -> list[tuple[int, complex, complex]]:
    """Return (marks carried, a, b) of similarities z -> a z + b, page to image, best first."""
    axes = np.array([1, 1j])
    source, target = page.points[which] @ axes, image.points[where] @ axes
    every = page.points @ axes
    ratio = np.log2(image.sizes[where] / page.sizes[which])
    turn = (image.turns[where] - page.turns[which]) % 1.0
    tolerance = TOLERANCE * max(page.height, page.width)
    corners = np.array([0, image.width, image.width + 1j * image.height, 1j * image.height])
    found: list[tuple[int, complex, complex]] = []
    for i in range(len(which)):
        near = np.abs(ratio - ratio[i]) < 0.6
        near &= np.abs((turn - turn[i] + 0.5) % 1.0 - 0.5) < 0.12
        near &= which != which[i]
        others = np.flatnonzero(near & (np.abs(source - source[i]) > 4 * tolerance))
        if len(np.unique(which[others])) < LEAST - 1:
            continue
        slopes = (target[others] - target[i]) / (source[others] - source[i])
        angle = np.angle(slopes) / (2 * np.pi)
        fits = np.abs(np.log2(np.abs(slopes) + 1e-9) - ratio[i]) < 0.6
        fits &= np.abs((angle - turn[i] + 0.5) % 1.0 - 0.5) < 0.12
        fits &= np.abs((4 * angle + 0.5) % 1.0 - 0.5) < 0.12  # scans lie straight: quarter turns
        same = np.flatnonzero(near)
        for slope in slopes[fits]:
            back = source[i] + (target[same] - target[i]) / slope
            hits = np.append(same[np.abs(back - source[same]) < tolerance], i)
            marks, first = np.unique(which[hits], return_index=True)
            if len(marks) < LEAST:
                continue
            z, y = source[hits[first]], target[hits[first]]
            centre, middle = z.mean(), y.mean()
            a = complex(np.vdot(z - centre, y - middle) / np.vdot(z - centre, z - centre))
            b = complex(middle - a * centre)
            frame = (corners - b) / a
            shown = (every.real >= frame.real.min()) & (every.real <= frame.real.max())
            shown &= (every.imag >= frame.imag.min()) & (every.imag <= frame.imag.max())
            if len(marks) >= SHARE * shown.sum():
                found.append((len(marks), a, b))
    found.sort(key=lambda item: -item[0])
    return found[:TRIED]


def _cells(
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
            result[i] = max(0.0, 1.0 - best / MOST_BITS)
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


def _unpack(stored: bytes) -> tuple[Marks, NDArray[np.bool_]]:
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


def _none_found(height: int, width: int) -> Marks:
    empty = np.zeros(0)
    bits = np.zeros((0, BITS), np.bool_)
    return Marks(height, width, np.zeros((0, 2)), empty, empty, bits, empty)


def _hadamard() -> NDArray[np.float32]:
    """Return rows 1 to 48 of the 128 x 128 Sylvester-Hadamard matrix: each sums to zero."""
    matrix = np.ones((1, 1), np.float32)
    while len(matrix) < 128:
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    return matrix[1:49]
