"""Files that tests of reading share."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

GRAY = np.random.default_rng(7).integers(0, 256, (120, 90), np.uint8)


@pytest.fixture
def encoded() -> Callable[..., bytes]:
    """The page as a file of one of Pillow's formats."""

    def encode(form: str, **options: object) -> bytes:
        held = io.BytesIO()
        Image.fromarray(GRAY).save(held, form, **options)
        return held.getvalue()

    return encode
