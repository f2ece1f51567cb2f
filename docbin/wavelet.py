"""Haar sub-bands of a channel and their normalisation.

One level of the Haar transform (A. Haar, "Zur Theorie der orthogonalen Funktionensysteme", 1910),
LL = (a + b + c + d) / 2 of every 2 x 2 pixels. The three-stage method (R.-Y. Ju, Y.-S. Lin, Y. Jin,
C.-C. Chen, C.-T. Chien, J.-S. Chiang, "Three-stage binarization of color document images based on
discrete wavelet transform and generative adversarial networks", 2024) keeps LL alone, stretches it
to 0..255 over the patch and enlarges it again.

A departure: a patch whose LL spans less than `FLAT` levels is not stretched, because stretching
blank paper turns its grain into ink.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["FLAT", "haar_ll", "smooth_channel"]

FLAT = 16.0
"""Span of LL, in grey levels, below which a patch counts as blank."""


def haar_ll(channel: NDArray[Any]) -> NDArray[np.float32]:
    """Return the LL band as mean grey: (h, w) to float32 (ceil(h/2), ceil(w/2)), 0..255.

    An odd side is continued by its last row or column.
    """
    import pywt

    padded = np.pad(channel, [(0, n % 2) for n in channel.shape], mode="edge")
    ll, _ = pywt.dwt2(padded.astype(np.float32), "haar")
    mean: NDArray[np.float32] = np.asarray(ll / 2, np.float32)  # LL is twice the mean of the four
    return mean


def smooth_channel(channel: NDArray[Any]) -> NDArray[np.uint8]:
    """Return LL stretched to 0..255 and enlarged (bicubic) to the channel's size, uint8."""
    import cv2

    band = haar_ll(channel)
    low, high = float(band.min()), float(band.max())
    if high - low >= FLAT:
        band = (band - low) * np.float32(255 / (high - low))
    height, width = channel.shape
    size = (width + width % 2, height + height % 2)
    large = cv2.resize(band, size, interpolation=cv2.INTER_CUBIC)[:height, :width]
    result: NDArray[np.uint8] = np.rint(np.clip(large, 0, 255)).astype(np.uint8)
    return result
