"""Short pieces among lines: page numbers stay, initials and stains go."""

import numpy as np
import pytest

from docbin.learned.boxes import find_regions
from docbin.learned.short_pieces import without_doubtful

Map = np.ndarray


def page(length: int) -> tuple[Map, Map]:
    """A map of twelve lines, and their ink."""
    found = np.zeros((330, 400), np.float32)
    gray = np.full(found.shape, 230, np.uint8)
    for i in range(12):
        found[20 + 25 * i : 30 + 25 * i, 40 : 40 + length] = 0.95
        gray[18 + 25 * i : 32 + 25 * i, 40 : 40 + length : 3] = 40
    return found, gray


def put(both: tuple[Map, Map], left: int, score: float, ink: int, height: int = 10) -> None:
    """A short piece in the first row, and its ink."""
    found, gray = both
    top = 25 - height // 2
    found[top : top + height, left : left + 15] = score
    gray[top : top + height, left : left + 15 : 3] = ink


def kept(both: tuple[Map, Map]) -> int:
    found, gray = both
    return len(without_doubtful(find_regions(found, shrink=0.7), gray))


@pytest.mark.parametrize(("length", "count"), [(250, 12), (30, 13)])
def test_a_weak_piece_beside_a_line_is_text_among_short_ones_only(length: int, count: int) -> None:
    both = page(length)
    put(both, 18, 0.66, 40)  # an initial, or a number before an entry
    assert kept(both) == count


@pytest.mark.parametrize(
    ("score", "ink", "count"), [(0.67, 150, 13), (0.6, 150, 12), (0.6, 40, 13), (0.52, 40, 12)]
)
def test_alone_it_may_be_weaker_and_weaker_still_where_its_ink_is_dark(
    score: float, ink: int, count: int
) -> None:
    both = page(250)
    put(both, 370, score, ink)
    assert kept(both) == count


def test_alone_it_is_nearly_as_high_as_the_lines() -> None:
    both = page(250)
    put(both, 370, 0.9, 40, height=5)
    regions = without_doubtful(find_regions(both[0], shrink=0.7), both[1])
    usual = float(np.median([region.edges.height for region in regions]))
    (number,) = (region for region in regions if region.polygon[:, 0].min() > 330)
    assert 0.85 * usual < number.edges.height < 1.05 * usual
    middle = number.polygon.mean(0)
    assert abs(middle[1] - 24.5) < 2


def test_nothing_is_nothing() -> None:
    assert without_doubtful([], np.zeros((9, 9), np.uint8)) == []
