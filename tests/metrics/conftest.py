"""Pages that tests of scores share."""

import numpy as np
import pytest
from numpy.typing import NDArray

Bits = NDArray[np.bool_]


@pytest.fixture
def bar() -> tuple[Bits, Bits]:
    """A bar five pixels wide and a prediction that misses its middle and invents one pixel."""
    truth = np.zeros((16, 24), np.bool_)
    truth[5:10, 4:20] = True
    ink = truth.copy()
    ink[7, 12] = False
    ink[2, 12] = True
    return ink, truth
