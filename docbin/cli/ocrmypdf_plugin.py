"""A plug-in of OCRmyPDF: its pages cleaned by docbin before they are read, or shown clean as well.

Installed with docbin (entry point group ``ocrmypdf``) and silent until asked:

    ocrmypdf --docbin-ocr scan.pdf out.pdf            # only what Tesseract sees
    ocrmypdf --docbin-page --deskew scan.pdf out.pdf  # the page becomes ink, G4 or JBIG2

OCRmyPDF turns and straightens pages itself (--rotate-pages, --deskew); the plug-in changes the
pixels only, never their number or resolution, so that the text layer lies where the text is.
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from docbin.page import Page

F = TypeVar("F", bound=Callable[..., Any])

__all__ = ["add_options", "filter_ocr_image", "filter_page_image"]

GRAY, INK = "legible", "xnor"


def hookimpl(function: F) -> F:
    """Mark a hook, where there is somebody to be a plug-in of."""
    try:
        from ocrmypdf import hookimpl as mark
    except ImportError:
        return function
    marked: F = mark(function)
    return marked


@hookimpl
def add_options(parser: argparse.ArgumentParser) -> None:
    """Add --docbin-ocr and --docbin-page to OCRmyPDF's options."""
    group = parser.add_argument_group("docbin", "clean pages before they are read")
    group.add_argument(
        "--docbin-ocr", action="store_true", help="let the OCR engine see pages cleaned by docbin"
    )
    group.add_argument(
        "--docbin-page",
        action="store_true",
        help="make the pages of the result ink, black on white; needs --deskew, --clean-final, "
        "--remove-background or --force-ocr, as without them OCRmyPDF leaves pages alone",
    )


@hookimpl
def filter_ocr_image(page: Any, image: Any) -> Any:
    """Return the image cleaned to grey, as large and at the resolution it had."""
    if not _asked(page, "docbin_ocr"):
        return image
    from docbin import imageio, registry

    cleaned = registry.create_cleaner(GRAY)(imageio.from_pil(image))
    return imageio.to_pil(cleaned, image.info.get("dpi"))


@hookimpl
def filter_page_image(page: Any, image_filename: Path) -> Path:
    """Write the page as ink beside the given image; its size on paper stays."""
    if not _asked(page, "docbin_page"):
        return image_filename
    from docbin import imageio, registry

    original: Page = next(imageio.read(image_filename))
    ink = registry.create(INK)(original)
    written = image_filename.with_name(f"{image_filename.stem}.docbin.png")
    imageio.write(written, ink, dpi=original.dpi, overwrite=True)
    return written


def _asked(page: Any, option: str) -> bool:
    options = page.options
    extra = getattr(options, "extra_attrs", None) or {}
    return bool(extra.get(option, False) or getattr(options, option, False))
