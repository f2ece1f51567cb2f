"""Resolution: by dpi, by letters, and not where letters are large enough."""

from collections.abc import Callable

import pytest

from docbin.page import Gray, Page
from docbin.prepare import Resolution


@pytest.mark.parametrize(("dpi", "size"), [(150.0, (2480, 3508)), (600.0, (620, 877))])
def test_resolution_by_dpi(
    dpi: float, size: tuple[int, int], text: Callable[..., Gray], page: Callable[..., Page]
) -> None:
    result = Resolution(300)(page(text(), dpi))
    assert (result.page.width, result.page.height) == size
    assert result.page.dpi == (300, 300)
    assert result.geometry.original == (1240, 1754)


def test_resolution_by_letters_and_square_pixels(
    text: Callable[..., Gray], page: Callable[..., Page]
) -> None:
    measured = Resolution(300)(page(text(), None))
    assert measured.page.dpi == (300, 300)
    assert 1.5 < measured.page.width / 1240 < 3
    fax = Resolution(200)(Page(text()[::2].copy(), (150, 75)))
    assert fax.page.dpi == (200, 200)
    assert fax.page.width / fax.page.height == pytest.approx(1240 / 1754, rel=0.01)
    assert Resolution(160)(page(text())).verdict.status == "left unchanged"


def test_letters_of_moderate_size_are_spared(
    text: Callable[..., Gray], page: Callable[..., Page]
) -> None:
    before = page(text())
    result = Resolution(300, least=140)(before)
    assert result.verdict.status == "left unchanged"
    assert result.page is before
    assert Resolution(300, least=160)(before).page.width == 2480
