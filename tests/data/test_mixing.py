"""Made and marked pages in training: exact truth, stated shares, the same from the same seed."""

import numpy as np
import pytest

from docbin.data.mixing import made_pages, marked_pages, mix
from docbin.data.page_crops import PageCrops, Strengths, TrainingPage
from docbin.errors import SettingError


def page(name: str, weight: float = 1.0, shade: int = 210) -> TrainingPage:
    ink = np.zeros((240, 320), np.bool_)
    ink[30:-30:18, 20:-20] = True
    ink[31:-30:18, 20:-20] = True
    pixels = np.where(ink[..., None], 40, shade).astype(np.uint8).repeat(3, axis=2)
    return TrainingPage(name, pixels, ink, weight)


def test_made_pages_depend_on_seed_and_number() -> None:
    few, more, other = made_pages(2, seed=5), made_pages(3, seed=5), made_pages(1, seed=6)
    assert [p.name for p in more] == ["made/0", "made/1", "made/2"]
    for one, same in zip(few, more, strict=False):
        np.testing.assert_array_equal(one.pixels, same.pixels)
        np.testing.assert_array_equal(one.ink, same.ink)
    assert more[0].pixels.shape != other[0].pixels.shape
    for made in more:
        assert made.pixels.shape == (*made.ink.shape, 3)
        assert made.pixels.dtype == np.uint8


def test_ink_of_made_pages_is_darker_than_their_paper() -> None:
    for made in made_pages(6, seed=1):
        if made.ink.any():
            green = made.pixels[..., 1].astype(np.float64)
            assert green[made.ink].mean() < green[~made.ink].mean()


def test_marks_change_pixels_but_add_no_ink() -> None:
    source = page("set/a")
    before = source.pixels.copy()
    sizes, darker = set(), 0
    for marked in marked_pages([source], 16, seed=2):
        assert marked.name == "set/a"
        assert marked.ink.sum() <= source.ink.sum()
        sizes.add(marked.ink.shape)
        darker += bool((marked.pixels[~marked.ink] < 150).any())
    assert len(sizes) > 2  # boards and book edges make the page grow
    assert darker > 12
    np.testing.assert_array_equal(source.pixels, before)


def test_a_camera_changes_pixels_only() -> None:
    pytest.importorskip("albumentations")
    plain, seen = made_pages(2, seed=3), made_pages(2, seed=3, photometric=1.0)
    assert any((a.pixels != b.pixels).any() for a, b in zip(plain, seen, strict=True))
    for a, b in zip(plain, seen, strict=True):
        np.testing.assert_array_equal(a.ink, b.ink)
    again = made_pages(2, seed=3, photometric=1.0)
    np.testing.assert_array_equal(seen[1].pixels, again[1].pixels)


def test_marked_pages_follow_the_weights() -> None:
    pages = [page("set/never", 0.0), page("set/often", 3.0), page("set/seldom", 1.0)]
    names = [p.name for p in marked_pages(pages, 60, seed=0)]
    assert "set/never" not in names
    assert names.count("set/often") > names.count("set/seldom") > 0


def test_crops_come_in_the_stated_share() -> None:
    real = [page("set/a", 0.2), page("set/b", 0.7)]
    pages = mix(real, [page("made/0", shade=120), page("made/1", shade=120)], 0.25)
    weights = {p.name: p.weight for p in pages}
    assert weights["set/a"] == 0.2
    assert weights["made/0"] == pytest.approx(0.9 / 3 / 2)
    crops = PageCrops(pages, size=32, strengths=Strengths(*(0.0,) * 10))
    rng = np.random.default_rng(0)
    from_made = sum(int(np.percentile(crops.draw(rng).pixels, 90)) < 165 for _ in range(400))
    assert from_made == pytest.approx(100, abs=26)  # three deviations


def test_no_share_and_impossible_ones() -> None:
    real, made = [page("set/a")], [page("made/0")]
    assert mix(real, made, 0) == real
    for share in (-0.1, 1.0, float("nan")):
        with pytest.raises(SettingError, match="share"):
            mix(real, made, share)
    with pytest.raises(SettingError, match="weight above 0"):
        mix(real, [], 0.5)
    with pytest.raises(SettingError, match="at least one page"):
        marked_pages([], 3)
    with pytest.raises(SettingError, match="negative"):
        made_pages(-1)
    with pytest.raises(SettingError, match="weight above 0"):
        marked_pages([page("set/a", 0.0)], 1)
