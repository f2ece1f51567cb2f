"""The NumPy twin of the binarized network's layers: the specification, bit for bit.

Everything is integer, so every target gives the same ink. Three kinds of values travel:

- *bands*: integers (B, h, w), the page in a Haar packet basis;
- *stream*: integers (C, h, w) in two's complement of at most 16 bits, the real-valued residual
  stream in fixed point (the network's own unit; only signs and the last layer look at it);
- *signs*: booleans (C, h, w), True means -1; outside the page every sign is +1.

Binary convolution: XNOR-Net (Rastegari, Ordonez, Redmon, Farhadi, 2016); sign(0) = +1.
Residual unit with shifted sign and RPReLU: ReActNet (Liu, Shen, Savvides, Cheng, 2020); identity
around every binary convolution: Bi-Real Net (Liu, Wu, Luo, Yang, Liu, Cheng, 2018).
"""

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "add",
    "apply_gain",
    "binary_convolution",
    "binary_signs",
    "convolution",
    "haar_bands",
    "pixel_shuffle",
    "pool",
    "power_digits",
    "probability_table",
    "residual_unit",
    "signs_below",
    "up",
]

GAIN_ONE = 1 << 12  # gains are fixed point with 12 fractional bits
LOGIT_ONE = 1 << 8  # logits are fixed point with 8 fractional bits
LOGIT_LIMIT = 2048  # clamped to -8.0 <= logit < 8.0

Ints = NDArray[np.integer]
Bits = NDArray[np.bool_]


def binary_convolution(signs: Bits, weights: Bits) -> NDArray[np.int32]:
    """Convolve +-1 with +-1: dot = N - 2 popcount(x XOR w), stride 1, +1 padding.

    `signs` (C, h, w) and `weights` (O, C, k, k), True = -1, k 1 or 3. Returns int32 (O, h, w).
    Cross-correlation, as in every network library. |dot| <= N = C k k.
    """
    out, channels, k, _ = weights.shape
    _, height, width = signs.shape
    pad = k // 2
    padded = np.pad(signs, ((0, 0), (pad, pad), (pad, pad)))  # False is +1
    x = np.where(padded, -1, 1).astype(np.int32)
    w = np.where(weights, -1, 1).astype(np.int32)
    dot = np.zeros((out, height, width), np.int32)
    for dy in range(k):
        for dx in range(k):
            view = x[:, dy : dy + height, dx : dx + width].reshape(channels, -1)
            dot += (w[:, :, dy, dx] @ view).reshape(out, height, width)
    return dot


def binary_signs(sums: Ints, thresholds: Ints, flips: Bits) -> Bits:
    """Return the next layer's signs: (sum < threshold) XOR flip, a threshold and flip a channel.

    A folded batch normalisation s dot + t >= 0 is, for s > 0, dot >= ceil(-t / s) without flip;
    for s < 0 it is dot < floor(-t / s) + 1 with flip.
    """
    return np.asarray((sums < thresholds[:, None, None]) ^ flips[:, None, None])


def power_digits(
    gains: Ints, digits: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Expand each gain into its `digits` best signed powers of two, greedily.

    `gains` (C,) in units of 1/4096. A digit is the power of two nearest to what is left (a tie
    goes to the smaller one); when nothing is left, the digit is absent (sign 0).
    Returns (signs -1/0/+1, exponents, values): the first two (C, digits), the exponent relative
    to 1.0 (so -12 is 1/4096), and values (C,): the gain that is really used, in 1/4096.
    """
    rest = np.asarray(gains, np.int64).copy()
    signs = np.zeros((rest.size, digits), np.int64)
    exponents = np.zeros((rest.size, digits), np.int64)
    for d in range(digits):
        magnitude = np.abs(rest)
        some = magnitude > 0
        floor = np.zeros_like(rest)
        floor[some] = np.array([int(m).bit_length() - 1 for m in magnitude[some]], np.int64)
        floor += some & (2 * magnitude > 3 * (1 << floor))
        signs[:, d] = np.sign(rest)
        exponents[:, d] = np.where(some, floor - 12, 0)
        rest -= np.sign(rest) * np.where(some, 1 << floor, 0)
    values = np.asarray(gains, np.int64) - rest
    return signs, exponents, values


def apply_gain(u: Ints, gains: Ints, digits: int) -> NDArray[np.int64]:
    """Multiply channel c of `u` (C, h, w) by gains[c] / 4096: sum of sign floor(u 2**exponent)."""
    signs, exponents, _ = power_digits(gains, digits)
    u = np.asarray(u, np.int64)
    total = np.zeros(u.shape, np.int64)
    for d in range(digits):
        e = exponents[:, d, None, None]
        shifted = np.where(e >= 0, u << np.maximum(e, 0), u >> np.maximum(-e, 0))
        total += signs[:, d, None, None] * shifted
    return total


def signs_below(stream: Ints, thresholds: Ints) -> Bits:
    """Return sign(stream + shift) as bits: True (-1) where stream < threshold = -shift."""
    return np.asarray(stream < np.asarray(thresholds)[:, None, None])


def residual_unit(
    stream: Ints,
    weights: Bits,
    bias: Ints,
    positive: Ints,
    negative: Ints,
    threshold: Ints,
    *,
    digits: int,
) -> NDArray[np.int64]:
    """Run one residual unit: stream + RPReLU(scale dot + shift), all of it in integers.

    x = sign(stream - threshold); dot = x * w; u = floor((dot + bias) / 2);
    result = stream + (u positive if u >= 0 else u negative), the gains (in 1/4096 of a stream unit
    for one u) as in `apply_gain`. `bias`, `positive`, `negative`, `threshold` are (C,) integers,
    `weights` (C, C, k, k). A folded batch normalisation s dot + t, s > 0 (negate the weights if
    it is not), with RPReLU shift g is bias = (t + g) / s, positive = 2 s, negative = 2 s slope.
    """
    dot = binary_convolution(signs_below(stream, threshold), weights).astype(np.int64)
    u = (dot + np.asarray(bias, np.int64)[:, None, None]) >> 1
    branch = np.where(u >= 0, apply_gain(u, positive, digits), apply_gain(u, negative, digits))
    return np.asarray(np.asarray(stream, np.int64) + branch)


def haar_bands(page: NDArray[np.uint8]) -> NDArray[np.int16]:
    """Return the 2-level Haar packet of the inverted page (white is 0): (16 c, h / 4, w / 4).

    `page` (h, w) or (h, w, c) uint8, both sides multiples of 4. One level of a 2x2 block
    [[p, q], [r, s]] is, unnormalised: a = p+q+r+s, b = p-q+r-s, c = p+q-r-s, d = p-q-r+s. Band
    16 channel + 4 i + j is step j of the second level on band i of the first. |band| <= 4080.
    Haar (1910); wavelet packets: Coifman, Meyer, Wickerhauser (1992).
    """
    planes = page[..., None] if page.ndim == 2 else page
    values = 255 - planes.astype(np.int16).transpose(2, 0, 1)

    def level(x: NDArray[np.int16]) -> NDArray[np.int16]:
        p, q, r, s = x[:, ::2, ::2], x[:, ::2, 1::2], x[:, 1::2, ::2], x[:, 1::2, 1::2]
        bands = np.stack([p + q + r + s, p - q + r - s, p + q - r - s, p - q - r + s], axis=1)
        return np.asarray(bands.reshape(-1, *bands.shape[2:]))

    return level(level(values))


def convolution(
    values: Ints, weight: Ints, bias: Ints, shift: Ints, limit: int, *, stride: int = 1
) -> NDArray[np.int64]:
    """Convolve integers 3x3 with zero padding, then shift with rounding and clamp.

    `values` (I, h, w); `weight` (O, I, 3, 3) int16, `bias` (O,) int32, `shift` (O,) at least 1:
    clamp((sum + bias + 2**(shift-1)) >> shift, -limit, limit). The sums stay within 32 bits
    (checked when a file is loaded). Returns (O, ceil(h / stride), ceil(w / stride)).
    """
    channels, height, width = values.shape
    padded = np.pad(np.asarray(values, np.int64), ((0, 0), (1, 1), (1, 1)))
    total = np.zeros((weight.shape[0], -(-height // stride), -(-width // stride)), np.int64)
    for dy in range(3):
        for dx in range(3):
            view = padded[:, dy : dy + height : stride, dx : dx + width : stride]
            taps = np.asarray(weight[:, :, dy, dx], np.float64)  # exact below 2**53
            flat = taps @ view.reshape(channels, -1).astype(np.float64)
            total += flat.astype(np.int64).reshape(total.shape)
    s = np.asarray(shift, np.int64)[:, None, None]
    total = (total + np.asarray(bias, np.int64)[:, None, None] + (1 << (s - 1))) >> s
    return np.asarray(np.clip(total, -limit, limit))


def pool(stream: Ints, *, interleave: bool) -> NDArray[np.int64]:
    """Average 2x2 with rounding, (a + b + c + d + 2) >> 2, and double the channels.

    (C, h, w), even sides, to (2 C, h / 2, w / 2). Output channel i copies i // 2 when
    `interleave`, else i % C.
    """
    s = np.asarray(stream, np.int64)
    mean = (s[:, ::2, ::2] + s[:, ::2, 1::2] + s[:, 1::2, ::2] + s[:, 1::2, 1::2] + 2) >> 2
    return np.repeat(mean, 2, axis=0) if interleave else np.concatenate([mean, mean])


def up(stream: Ints, *, interleave: bool) -> NDArray[np.int64]:
    """Average two halves of the channels, (a + b + 1) >> 1, and repeat each pixel 2x2.

    (C, h, w) to (C / 2, 2 h, 2 w). The pairs are (2 i, 2 i + 1) when `interleave`, else
    (i, i + C / 2).
    """
    s = np.asarray(stream, np.int64)
    half = s.shape[0] // 2
    a, b = (s[::2], s[1::2]) if interleave else (s[:half], s[half:])
    return np.repeat(np.repeat((a + b + 1) >> 1, 2, axis=1), 2, axis=2)


def add(first: Ints, second: Ints) -> NDArray[np.int64]:
    """Add two streams of one shape; that the sum fits is proved when a file is loaded."""
    return np.asarray(np.asarray(first, np.int64) + np.asarray(second, np.int64))


def pixel_shuffle(values: Ints, factor: int) -> Ints:
    """Spread (factor**2, h, w) over (h factor, w factor); channel factor dy + dx."""
    _, height, width = values.shape
    blocks = values.reshape(factor, factor, height, width).transpose(2, 0, 3, 1)
    return blocks.reshape(height * factor, width * factor)


def probability_table() -> NDArray[np.float32]:
    """Sigmoid of the logits -2048 .. 2047 (in 1/256), rounded to 1/65536: the same everywhere."""
    logits = np.arange(-LOGIT_LIMIT, LOGIT_LIMIT, dtype=np.float64) / LOGIT_ONE
    return (np.rint(65536.0 / (1.0 + np.exp(-logits))) / 65536.0).astype(np.float32)
