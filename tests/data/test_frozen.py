"""Frozen sets: complete manifests, a page that comes out as frozen, and fonts that are missed."""

import pytest

from docbin.data import frozen
from docbin.data.degrade import LAYERS
from docbin.data.fonts import BUILT_IN, FONTS
from docbin.data.frozen import FROZEN, digest, frozen_pages, make, missing_fonts
from docbin.errors import DatasetError, MissingDependencyError, UnknownNameError


@pytest.mark.parametrize("name", FROZEN)
def test_manifest_is_complete(name: str) -> None:
    entries = frozen._manifest(name)["page"]
    assert len({entry["name"] for entry in entries}) == len(entries) >= 20
    for entry in entries:
        assert set(entry["layers"]) <= set(LAYERS)
        assert entry["font"] == BUILT_IN or entry["font"] in FONTS
        assert len(entry["pixels"]) == len(entry["ink"]) == 64


@pytest.mark.parametrize("name", FROZEN)
def test_page_is_the_same_twice_and_a_change_is_noticed(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if missing_fonts(name):
        pytest.skip(f"fonts of {name} are not installed")
    manifest = frozen._manifest(name)
    entry = min(manifest["page"], key=lambda e: e["width"] * e["height"])
    sheet = make(entry)
    assert digest(sheet.pixels) == digest(make(entry).pixels)
    assert sheet.lines
    changed = {"page": [dict(entry, pixels="0" * 64)]}
    monkeypatch.setattr(frozen, "_manifest", lambda name: changed)
    with pytest.raises(DatasetError, match="different on this machine"):
        next(frozen_pages(name))
    page = next(frozen_pages(name, verify=False))
    assert page.text.count("\n") == len(page.sheet.lines) - 1


def test_missing_fonts_are_named_with_their_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docbin.data.fonts._files", dict)
    frozen.load_font.cache_clear()
    with pytest.raises(MissingDependencyError, match=r"apt-get install .*fonts-linuxlibertine"):
        next(frozen_pages("synthetic-ocr-1"))
    frozen.load_font.cache_clear()


def test_unknown_set_lists_the_known() -> None:
    with pytest.raises(UnknownNameError, match="synthetic-eval-1"):
        next(frozen_pages("synthetic-eval-9"))
