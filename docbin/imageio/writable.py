"""What may be written: the arrays a format holds, and a resolution."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docbin.errors import ArrayError, SettingError, UsageError
from docbin.imageio.formats import Format
from docbin.imageio.resolution import Dpi

__all__ = ["check_image", "checked_dpi"]


def check_image(image: object, form: Format) -> NDArray[Any]:
    """Return an image as encoders take it, or say why the format cannot hold it."""
    if not isinstance(image, np.ndarray):
        raise ArrayError(f"a numpy array is needed, got {type(image).__name__}")
    if image.dtype == np.bool_:
        fits = image.ndim == 2
    elif image.dtype == np.uint8:
        fits = image.ndim == 2 or (image.ndim == 3 and image.shape[2] == 3)
    else:
        raise ArrayError(f"ink must be bool and grey uint8, got {image.dtype}; convert it first")
    if not fits or 0 in image.shape:
        raise ArrayError(f"a page must have shape (h, w) or (h, w, 3), got {image.shape}")
    if image.dtype == np.bool_ and not form.ink:
        raise UsageError(f"{form.name} would blur ink; choose png, tiff or pdf")
    return np.ascontiguousarray(image)


def checked_dpi(dpi: tuple[float, float] | float | None) -> Dpi | None:
    """Return a resolution as (horizontal, vertical), or say why it is none."""
    if dpi is None:
        return None
    pair = (dpi, dpi) if isinstance(dpi, int | float | np.number) else tuple(dpi)
    if len(pair) != 2 or not all(math.isfinite(v) and 0 < v <= 1e6 for v in pair):
        raise SettingError(f"write: dpi must be two numbers above 0, or None, got {dpi}")
    return float(pair[0]), float(pair[1])
