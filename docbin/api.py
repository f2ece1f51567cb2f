"""The public functions: numpy in, numpy out, and files at either end."""

import os
from collections.abc import Iterable, Iterator
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias, cast

from docbin.registry import DEFAULT_DETECTOR, DEFAULT_METHOD

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from docbin.page import Gray, Ink, Page
    from docbin.protocols import TextLine

    PageLike: TypeAlias = Page | NDArray[Any] | str | PathLike[str] | bytes | Any

__all__ = ["binarize", "clean", "crops", "despeckle", "detect", "methods", "read", "write"]


def read(
    source: "str | PathLike[str] | bytes | BinaryIO",
    *,
    dpi: float = 300,
    max_pixels: int | None = None,
) -> "Iterator[Page]":
    """Iterate over the pages of an image, a multi-page TIFF or a PDF, one at a time.

    `dpi` is for PDF pages that are drawn rather than one image. A page of more than `max_pixels`
    (default 300 million) raises PageTooLargeError; what is no page raises InputError.
    """
    from docbin import imageio

    limit = imageio.MAX_PIXELS if max_pixels is None else max_pixels
    if isinstance(source, PathLike):
        source = os.fspath(source)
    return imageio.read(source, dpi=dpi, max_pixels=limit)


def binarize(page: "PageLike", method: str = DEFAULT_METHOD, **settings: Any) -> "Ink":
    """Return the ink of one page: (h, w) bool, True where there is ink.

    `page` is a Page, a uint8 array (h, w) grey or (h, w, 3) RGB, a PIL image, or the path of a file
    of one page. An OpenCV image is BGR: pass ``image[..., ::-1]``. `method` is a name from
    `methods()` or ``package.module:Class``; `settings` are its own, which ``docbin methods NAME``
    lists.

    Raises ArrayError for what is no page, InputError for a file that cannot be read, UsageError for
    one of several pages, UnknownNameError and SettingError for names and settings,
    MissingDependencyError where a method needs a package that is not there.

    >>> import numpy as np
    >>> page = np.full((60, 80), 230, np.uint8)
    >>> page[20:40, 30:34] = 40
    >>> int(binarize(page, "otsu").sum())
    80
    """
    from docbin import registry
    from docbin.protocols import checked

    one = _one_page(page)
    return checked(registry.create(method, settings)(one), one, method, "ink")


def clean(page: "PageLike", method: str = "soft-ink", **settings: Any) -> "Gray":
    """Return one page cleaned: (h, w) uint8, 0 black to 255 white, or RGB (h, w, 3).

    `method` is a cleaner, or a trained binarizer, whose probability of ink is the grey: black ink
    on white. Takes and raises what `binarize` does.
    """
    from docbin import registry
    from docbin.protocols import checked

    one = _one_page(page)
    return checked(registry.create_cleaner(method, settings)(one), one, method, "gray")


def despeckle(ink: "Ink", specks: float = 0.5, holes: float = 0.0) -> "Ink":
    """Return the ink without specks up to `specks` strokes, with holes up to `holes` filled.

    `ink` is (h, w) bool and stays as it is. Sizes are sides of bounding boxes in stroke widths of
    this page, 0 to 5; nothing larger changes. Raises SettingError for other sizes, ArrayError for
    what is no ink.
    """
    from docbin.classical.despeckle import despeckle as without_specks

    return without_specks(ink, specks, holes)


def detect(
    page: "PageLike", method: str = DEFAULT_DETECTOR, *, ink: str | None = None, **settings: Any
) -> "list[TextLine]":
    """Return the lines of text of one page in reading order, in pixels of the page.

    With `ink`, the name of a binarization method, the page is binarized first and the detector sees
    the ink. `settings` are the detector's: `docbin methods dbnet` lists them. Takes and raises what
    `binarize` does.
    """
    from docbin import registry
    from docbin.page import as_page

    detector = registry.create_detector(method, settings)
    found = _one_page(page)
    if ink is not None:
        found = as_page(registry.create(ink)(found))
    return detector(found)


def crops(
    page: "PageLike", lines: "Iterable[TextLine]", *, height: int | None = None, margin: float = 0.1
) -> "list[NDArray[np.uint8]]":
    """Return each line cut out of the page, straight and level: (h, w) or (h, w, 3) uint8.

    `height` of the crops in pixels, 1 to 32,000, None as high as on the page; `margin` around the
    line as a share of its height. Raises SettingError for other numbers, UsageError for what are no
    lines.
    """
    from docbin.lines.rectify import crop_lines

    return crop_lines(_one_page(page), lines, height=height, margin=margin)


def methods() -> list[str]:
    """Return the names of the binarization methods; `docbin methods NAME` describes one."""
    from docbin import registry

    return list(registry.METHODS)


def write(
    path: "str | PathLike[str]",
    images: "NDArray[np.bool_] | NDArray[np.uint8] | Iterable[NDArray[Any]]",
    *,
    dpi: float | tuple[float, float] | None = None,
    format: str | None = None,  # noqa: A002
    overwrite: bool = False,
) -> None:
    """Write ink (bool) or grey (uint8), one page or several, whole or not at all.

    Arrays are (h, w) or (h, w, 3); a Page brings its own dpi unless `dpi` is given, one number or
    (horizontal, vertical). `format` is png, tiff, pdf or jpeg, by `path`'s suffix unless given; of
    these tiff and pdf hold several pages. Raises OutputExistsError for a file that stands unless
    `overwrite`, OutputError where it cannot be written, ArrayError for what is no picture,
    UsageError for several pages in a format of one.
    """
    from docbin import imageio

    pair = (float(dpi), float(dpi)) if isinstance(dpi, int | float) else dpi
    imageio.write(os.fspath(path), images, dpi=pair, format=format, overwrite=overwrite)


def _one_page(value: "PageLike") -> "Page":
    from docbin.page import as_page

    if isinstance(value, str | PathLike | bytes):
        return _only_page_of(value)
    if hasattr(value, "getbands") and hasattr(value, "mode"):  # a PIL image, without importing PIL
        from docbin import imageio

        return imageio.from_pil(value)
    return as_page(cast("Page | NDArray[Any]", value))


def _only_page_of(source: "str | PathLike[str] | bytes") -> "Page":
    from docbin.errors import UsageError

    pages = read(source)
    page = next(pages)
    if page.source is not None and page.source.count > 1:
        name = "this document" if isinstance(source, bytes) else Path(source)
        raise UsageError(
            f"{name}: has {page.source.count} pages; loop over docbin.read(...) and binarize each"
        )
    return page
