"""Random fields and the three ways they change a page: absorb, mix, grain.

Everything works on uint8 with OpenCV, so that a page of a megapixel costs a millisecond or two a
layer. Noise is drawn once in a process and read at random offsets.
"""

from functools import lru_cache
from typing import Any, TypeAlias, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Bytes", "Color", "absorb", "blobs", "blurred", "grain", "mix", "paper", "smooth"]

Bytes: TypeAlias = NDArray[Any]
"""uint8 always; OpenCV's types promise less than it keeps."""

Color: TypeAlias = tuple[float, float, float]

T = TypeVar("T", bound=np.generic)

BANK = 1024


@lru_cache(maxsize=1)
def _white_bank() -> NDArray[np.int16]:
    """(BANK, BANK) Gaussian noise of deviation 64."""
    rng = np.random.default_rng(20_011)
    return np.clip(rng.normal(0, 64, (BANK, BANK)), -255, 255).astype(np.int16)


@lru_cache(maxsize=1)
def _paper_bank() -> Bytes:
    """(BANK, BANK) paper grain round 128: fibres, clouds and felt marks, wrapping at the edges."""
    rng = np.random.default_rng(20_012)
    total = np.zeros((BANK, BANK), np.float32)
    for sigma_x, sigma_y, weight in ((0.8, 0.8, 1.0), (2.5, 1.0, 0.7), (1.0, 2.5, 0.5),
                                     (5.0, 5.0, 0.6), (18.0, 18.0, 0.8)):  # fmt: skip
        noise = rng.normal(0, 1, (BANK, BANK)).astype(np.float32)
        pad = 64
        wrapped = cv2.copyMakeBorder(noise, pad, pad, pad, pad, cv2.BORDER_WRAP)
        soft = cv2.GaussianBlur(wrapped, (0, 0), sigma_x, sigmaY=sigma_y)[pad:-pad, pad:-pad]
        total += weight * soft / float(soft.std())
    total *= 40 / float(total.std())
    return np.clip(128 + total, 0, 255).astype(np.uint8)


def _window(bank: NDArray[T], shape: tuple[int, int], rng: np.random.Generator) -> NDArray[T]:
    """Read a window of a bank at a random offset, repeating it where the page is larger."""
    height, width = shape
    top, left = (int(v) for v in rng.integers(0, BANK, 2))
    rows = np.arange(top, top + height) % BANK
    columns = np.arange(left, left + width) % BANK
    window: NDArray[T] = bank[rows][:, columns]
    return window


def smooth(shape: tuple[int, int], cell: float, rng: np.random.Generator) -> Bytes:
    """Draw a smooth field, (h, w) uint8 over 0..255, whose bumps are about ``cell`` pixels wide."""
    height, width = shape
    grid = rng.integers(0, 256, (int(height / cell) + 4, int(width / cell) + 4), np.uint8)
    # Read from inside the grid, so that no edge of it lies on the page.
    scale = 1 / cell
    shift = rng.random(2) + 1
    matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]], np.float32)
    # The inverse map in one call: resize cannot start between two grid points.
    if cell >= 16:
        quarter = (max(width // 4, 1), max(height // 4, 1))
        small = matrix.copy()
        small[0, 0] = scale * width / quarter[0]
        small[1, 1] = scale * height / quarter[1]
        coarse = cv2.warpAffine(grid, small, quarter, flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
                                borderMode=cv2.BORDER_REFLECT)  # fmt: skip
        return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR))
    return np.asarray(
        cv2.warpAffine(grid, matrix, (width, height),
                       flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
                       borderMode=cv2.BORDER_REFLECT)
    )  # fmt: skip


def blurred(image: Bytes, sigma: float) -> Bytes:
    """Blur by a Gaussian; a wide one is done at a reduced size, where it costs little."""
    if sigma <= 0:
        return image
    reduce = 1 << max(int(np.log2(max(sigma, 1) / 1.2)), 0)
    height, width = image.shape[:2]
    if reduce == 1 or min(height, width) < 4 * reduce:
        return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma))
    size = (width // reduce, height // reduce)
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), sigma / reduce)
    return np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR))


def blobs(
    shape: tuple[int, int], cell: float, share: float, rng: np.random.Generator, *, edge: float = 24
) -> Bytes:
    """Draw soft-edged blobs that cover about ``share`` of the page, (h, w) uint8, 255 inside.

    ``edge`` is how many of the field's 256 levels the rim takes: small is a hard rim.
    """
    field = cv2.addWeighted(smooth(shape, cell, rng), 0.7, smooth(shape, cell / 3, rng), 0.3, 0)
    level = float(np.quantile(field[::8, ::8], 1 - share))
    ramp = np.clip((np.arange(256) - level) / edge, 0, 1) * 255
    return np.asarray(cv2.LUT(field, ramp.astype(np.uint8)))


def absorb(pixels: Bytes, amount: Bytes, color: Color) -> Bytes:
    """Lay a transparent colour over the page: light is absorbed, dark things stay dark.

    ``amount`` is (h, w) uint8, 255 where the layer is full; ``color`` is what white turns into.
    """
    ramp = np.arange(256, dtype=np.float32)[:, None] / 255
    gain = 255 * (1 - ramp * (1 - np.asarray(color, np.float32)[None] / 255))
    table = np.clip(np.rint(gain), 0, 255).astype(np.uint8)[None]  # (1, 256, 3)
    gains = cv2.LUT(cv2.merge([amount, amount, amount]), table)
    return np.asarray(cv2.multiply(pixels, gains, scale=1 / 255))


def mix(pixels: Bytes, over: Bytes, amount: Bytes) -> Bytes:
    """Blend ``over``, (h, w, 3), onto the page where ``amount``, (h, w) uint8, is above 0."""
    weight = amount.astype(np.float32) * np.float32(1 / 255)
    return np.asarray(cv2.blendLinear(over, pixels, weight, 1 - weight))


def grain(shape: tuple[int, int], sigma: float, rng: np.random.Generator) -> NDArray[np.int16]:
    """Draw white Gaussian noise of deviation ``sigma``, (h, w) int16."""
    noise = _window(_white_bank(), shape, rng)
    scaled: NDArray[np.int16] = np.rint(noise * np.float32(sigma / 64)).astype(np.int16)
    return scaled


def paper(shape: tuple[int, int], rng: np.random.Generator) -> Bytes:
    """Draw paper grain, (h, w) uint8 round 128 with deviation 40."""
    return _window(_paper_bank(), shape, rng)
