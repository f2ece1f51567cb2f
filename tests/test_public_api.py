"""What `import docbin` gives, and what it costs."""

import importlib
import importlib.metadata
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import docbin
from docbin.errors import ArrayError, InputError, UnknownNameError, UsageError
from docbin.page import Page

PACKAGE = Path(docbin.__file__).parent


def test_all_is_sorted_and_present() -> None:
    assert docbin.__all__ == sorted(docbin.__all__)
    assert all(hasattr(docbin, name) for name in docbin.__all__)


@pytest.mark.parametrize(
    "name",
    [
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.name != "__main__.py" and path.name != "augment.py" and "networks" not in path.parts
    ],
)
def test_every_module_has_what_its_all_names(name: str) -> None:
    module = importlib.import_module(name)  # that the names are sorted is ruff's to say
    assert all(hasattr(module, item) for item in getattr(module, "__all__", []))


def test_version_is_the_installed_one() -> None:
    assert docbin.__version__ == importlib.metadata.version("docbin")


def test_import_is_light() -> None:
    heavy = ["cv2", "skimage", "scipy", "torch", "PIL", "rich", "pywt", "pypdfium2", "argparse"]
    script = f"import sys, docbin; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_binarize_takes_what_people_have(tmp_path: Path) -> None:
    from PIL import Image

    gray = np.full((40, 50), 220, np.uint8)
    gray[10:20, 10:40] = 30
    ink = docbin.binarize(gray, "otsu")
    path = tmp_path / "page.png"
    docbin.write(path, gray, dpi=300)
    rgb = np.repeat(gray[:, :, None], 3, axis=2)
    for value in (rgb, Image.fromarray(gray), Image.fromarray(rgb), path, str(path),
                  path.read_bytes(), next(docbin.read(path))):  # fmt: skip
        np.testing.assert_array_equal(docbin.binarize(value, "otsu"), ink)


def test_written_ink_comes_back(tmp_path: Path) -> None:
    ink = np.zeros((31, 45), bool)
    ink[3:20, 5:9] = True
    docbin.write(tmp_path / "ink.tiff", [ink, ~ink], dpi=(204, 98))
    first, second = docbin.read(tmp_path / "ink.tiff")
    assert first.dpi == (204, 98)
    np.testing.assert_array_equal(first.gray < 128, ink)
    np.testing.assert_array_equal(second.gray < 128, ~ink)
    with pytest.raises(UsageError, match="2 pages"):
        docbin.binarize(tmp_path / "ink.tiff", "otsu")


@pytest.mark.parametrize(
    "value",
    [
        np.zeros((4, 4), np.float32),
        np.full((4, 4), np.nan),
        np.zeros((4, 4), np.int64),
        np.zeros((0, 4), np.uint8),
        np.zeros(4, np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((2, 4, 4, 3), np.uint8),
        [[1, 2], [3, 4]],
        None,
    ],
)
def test_what_is_no_page_is_refused(value: object) -> None:
    with pytest.raises(ArrayError):
        docbin.binarize(value, "otsu")


@pytest.mark.parametrize("dpi", [300, (300,), (0, 300), (-1, 1), (float("nan"), 300), "ab"])
def test_a_dpi_that_is_none_is_refused(dpi: object) -> None:
    with pytest.raises(ArrayError, match="dpi"):
        Page(np.zeros((2, 2), np.uint8), dpi)  # type: ignore[arg-type]


def test_unknown_names_list_the_known_ones() -> None:
    page = np.zeros((4, 4), np.uint8)
    with pytest.raises(UnknownNameError, match=r"did you mean 'sauvola'.*otsu"):
        docbin.binarize(page, "sauvolla")
    with pytest.raises(UnknownNameError, match=r"known: .*window"):
        docbin.binarize(page, "sauvola", windw=3)
    with pytest.raises(UnknownNameError):
        docbin.binarize(page, "nosuchpackage.module:Class")


def test_missing_file_is_a_sentence() -> None:
    with pytest.raises(InputError, match="nowhere"):
        docbin.binarize("nowhere.png", "otsu")
