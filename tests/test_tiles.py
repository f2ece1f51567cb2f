"""Tiles: every pixel is covered, what is stitched is what was cut, any page size."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docbin.errors import SettingError
from docbin.tiles import Tiling

sides = st.integers(1, 40)


@settings(max_examples=15, deadline=None)
@given(sides, sides, st.integers(1, 33), st.sampled_from([0.0, 0.1, 0.5, 0.9]))
def test_identity_is_stitched_back(height: int, width: int, size: int, overlap: float) -> None:
    image = np.random.default_rng(height * 71 + width).random((height, width, 2))
    for blend in ("window", "minimum"):
        tiling = Tiling(size, overlap, blend)  # type: ignore[arg-type]
        back = tiling.run(image, lambda tiles: tiles[..., 1].astype(np.float32))
        assert back.shape == (height, width)
        assert np.allclose(back, image[..., 1], atol=1e-5)


def test_tiles_come_together_in_their_order() -> None:
    seen: list[int] = []

    def work(tiles: np.ndarray) -> np.ndarray:
        seen.append(len(tiles))
        return tiles.astype(np.float32)

    image = np.random.default_rng(0).integers(0, 256, (50, 70))
    together = Tiling(20, 0.1).run(image, work, batch=5)
    assert seen == [5, 5, 2]
    for threads in (1, 3):
        assert np.array_equal(Tiling(20, 0.1).run(image, work, threads), together)


def test_overlap_is_a_share_of_the_tile() -> None:
    lefts = sorted({tile.left for tile in Tiling(100, 0.1).tiles(100, 1000)})
    assert lefts[0] == 0
    assert lefts[-1] == 900
    assert max(np.diff(lefts)) <= 90
    assert len(lefts) == 11  # a stride of a tenth would take 91


def test_tiles_are_no_larger_than_covering_the_page_takes() -> None:
    tiles = list(Tiling(100, 0.0).tiles(80, 150))
    assert [(tile.left, tile.height, tile.width) for tile in tiles] == [(0, 80, 75), (75, 80, 75)]
    work = sum(t.height * t.width for t in Tiling(768, 0.075, multiple=16).tiles(3508, 2480))
    assert work < 1.2 * 3508 * 2480


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 5000), st.integers(1, 900), st.integers(1, 64), st.integers(1, 80))
def test_tiles_share_what_was_asked(length: int, size: int, multiple: int, least: int) -> None:
    tiling = Tiling(size, 0.1, multiple=multiple, least=least)
    tiles = list(tiling.tiles(1, length))
    side = tiles[0].width
    assert side % multiple == 0
    assert least <= side < max(size, least) + multiple
    assert tiles[0].left == 0
    assert tiles[-1].left + side >= length
    steps = np.diff([tile.left for tile in tiles])
    assert (steps <= max(1, np.ceil(side * 0.9))).all()


def test_minimum_takes_the_smallest_view() -> None:
    values = iter([0.75, 0.25])
    tiling = Tiling(4, 0.5, "minimum")
    out = tiling.run(np.zeros((4, 6)), lambda tiles: np.full((1, 4, 4), next(values), np.float32))
    assert out[0].tolist() == [0.75, 0.75, 0.25, 0.25, 0.25, 0.25]


def test_window_mixes_smoothly() -> None:
    values = iter([0.0, 1.0])
    out = Tiling(16, 0.5).run(
        np.zeros((16, 24)), lambda tiles: np.full((1, 16, 16), next(values), np.float32)
    )
    assert out[0, 0] == 0
    assert out[0, -1] == 1
    assert (np.diff(out[0]) >= 0).all()
    assert np.diff(out[0]).max() < 0.3


@pytest.mark.parametrize("bad", [{"size": 0}, {"overlap": 1.0}, {"blend": "mean"}, {"multiple": 0}])
def test_bad_settings(bad: dict[str, object]) -> None:
    with pytest.raises(SettingError, match="tiles: "):
        Tiling(**bad)  # type: ignore[arg-type]
