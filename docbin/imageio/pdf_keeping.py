"""New pictures for a PDF that stays what it was: text layer, links, bookmarks, metadata.

A page's pictures and drawings are replaced by one image. Its text stays, invisible, and so do its
links; both move with the page where that was turned, cut or split. A page keeps its size on paper
as far as its pixels do. Bookmarks lead to the same page objects as before, and what the document
says of itself is left as it is.

Points are 1/72 inch, or that times the page's /UserUnit, y upward. A page as shown differs from its
user space by its box and /Rotate (ISO 32000-1, 8.3.2.3 and 7.7.3.3).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pikepdf
from pikepdf import Array, Dictionary, Name

from docbin.errors import InputError
from docbin.imageio.pdf_saving import save_document
from docbin.imageio.pdf_shown import Shown, inherited

__all__ = ["Placement", "keep_document"]

_SHOWS = frozenset({"Tj", "TJ", "'", '"'})
_TEXT = _SHOWS | frozenset({"BT", "ET", "Tc", "Tw", "Tz", "TL", "Tf", "Ts", "Td", "TD", "Tm", "T*"})
_KEPT = _TEXT | frozenset({"q", "Q", "cm", "BMC", "BDC", "EMC", "MP", "DP"})
_DEPTH = 8  # forms within forms
_BOXES = ("/CropBox", "/TrimBox", "/BleedBox", "/ArtBox", "/Rotate", "/Thumb")


@dataclass(frozen=True)
class Placement:
    """Where a new picture belongs.

    `number` is the page it was made of, from 1; `to_original` takes x, y of its pixels to those of
    that page as it was read, two rows of an affine map; sizes are (width, height) in pixels.
    """

    number: int
    to_original: Sequence[Sequence[float]]
    size: tuple[int, int]
    original: tuple[int, int]


def keep_document(
    source: Path | BinaryIO,
    pictures: Path,
    placements: Sequence[Placement],
    target: Path,
    metadata: Mapping[str, str],
) -> None:
    """Write `source` to `target` with the images of `pictures`, a PDF of one a page, in its pages.

    `placements` says of each picture, in order, which page it is for. A page with none is an error.
    """
    try:
        opened = pikepdf.open(source)
    except pikepdf.PdfError as error:  # what PDFium forgave
        name = source if isinstance(source, Path) else "the PDF"
        raise InputError(f"{name}: damaged ({error}); copy or export it again") from error
    with opened as document, pikepdf.open(pictures) as new:
        if {placed.number for placed in placements} != set(range(1, len(document.pages) + 1)):
            raise InputError("the PDF has pages that were not read; export it again")
        originals = list(document.pages)
        for index, placed in enumerate(placements):
            page = originals[placed.number - 1]
            first = index == 0 or placements[index - 1].number != placed.number
            if first:
                shown = Shown.of(page)
                content = _invisible_text(document, page)
            else:
                page = pikepdf.Page(document.make_indirect(_copied(page.obj)))
                if "/Annots" in page.obj:
                    del page.obj["/Annots"]
                document.pages.insert(index, page)
            image = document.copy_foreign(_only_image(new.pages[index]))
            _lay(document, page, image, placed, shown, content)
        if metadata:
            told = "; ".join(f"{key}: {value}" for key, value in metadata.items())
            document.docinfo[Name("/Docbin")] = told
        document.remove_unreferenced_resources()
        with target.open("wb") as file:
            save_document(
                document, file, deterministic_id=not document.is_encrypted, encryption=False
            )


def _lay(
    document: pikepdf.Pdf,
    page: pikepdf.Page,
    image: Any,
    placed: Placement,
    shown: Shown,
    content: tuple[bytes, Any],
) -> None:
    """Make the picture the page, and move what stays of it along."""
    (a, b, c), (d, e, f) = placed.to_original
    across, down = shown.width / placed.original[0], shown.height / placed.original[1]
    # Points to a pixel of the picture: as many as its pixels cover of the page.
    x = ((a * across) ** 2 + (d * down) ** 2) ** 0.5
    y = ((b * across) ** 2 + (e * down) ** 2) ** 0.5
    width, height = placed.size[0] * x, placed.size[1] * y
    # Pixel centres of the picture from points of the new page, and so on to the page as shown.
    to_pixel = pikepdf.Matrix(1 / x, 0, 0, -1 / y, -0.5, height / y - 0.5)
    to_original = pikepdf.Matrix(a, d, b, e, c, f)
    to_shown = pikepdf.Matrix(across, 0, 0, -down, across / 2, shown.height - down / 2)
    back = to_pixel @ to_original @ to_shown
    move = shown.from_user @ back.inverse()
    text, resources = content
    xobjects = _copied(resources.get("/XObject", Dictionary()))
    xobjects[Name("/DocbinPage")] = image
    own = _copied(resources)
    own[Name("/XObject")] = xobjects
    drawn = f"q {_numbers((width, 0, 0, height, 0, 0))} cm /DocbinPage Do Q\n".encode()
    kept = f"q {_numbers(move.shorthand)} cm\n".encode() + text + b"\nQ\n" if text else b""
    page.obj["/Contents"] = document.make_stream(drawn + kept)
    page.obj["/Resources"] = own
    page.obj["/MediaBox"] = Array([0, 0, round(width, 4), round(height, 4)])
    for key in _BOXES:
        if key in page.obj:
            del page.obj[key]
    page.obj["/Rotate"] = 0  # of its own: it may have inherited another
    page.obj["/CropBox"] = page.obj["/MediaBox"]
    for annotation in page.obj.get("/Annots", []):
        _move(annotation, move)


def _move(annotation: Any, move: pikepdf.Matrix) -> None:
    for key in ("/Rect", "/QuadPoints"):
        if key in annotation:
            values = [float(v) for v in annotation[key]]
            points = [move.transform(p) for p in zip(values[::2], values[1::2], strict=False)]
            if key == "/Rect":
                xs, ys = [p[0] for p in points], [p[1] for p in points]
                points = [(min(xs), min(ys)), (max(xs), max(ys))]
            annotation[key] = Array([round(v, 4) for point in points for v in point])


def _numbers(values: Sequence[float]) -> str:
    return " ".join(f"{value:.6f}".rstrip("0").rstrip(".") for value in values)


def _only_image(page: pikepdf.Page) -> Any:
    (image,) = (item for _, item in _items(page.obj["/Resources"]["/XObject"]))
    return image


def _items(dictionary: Any) -> list[tuple[str, Any]]:
    return [(str(key), dictionary[key]) for key in dictionary.keys()]  # noqa: SIM118


def _copied(dictionary: Any) -> Any:
    return Dictionary(dict(_items(dictionary)))


def _invisible_text(document: pikepdf.Pdf, page: pikepdf.Page) -> tuple[bytes, Any]:
    """Return the page's text without any drawing, and the resources it needs."""
    try:
        return _kept(document, page, inherited(page, "/Resources", Dictionary()), 0)
    except pikepdf.PdfError:  # a content stream that cannot be parsed has no text to keep
        return b"", Dictionary()


def _kept(document: pikepdf.Pdf, holder: Any, resources: Any, depth: int) -> tuple[bytes, Any]:
    xobjects = resources.get("/XObject", Dictionary())
    forms = Dictionary()
    instructions: list[Any] = []
    shows = False
    for instruction in pikepdf.parse_content_stream(holder):
        operator = str(instruction.operator)
        if operator == "Do" and depth < _DEPTH:
            name = str(instruction.operands[0])
            form = _form(document, xobjects.get(name), resources, depth)
            if form is not None:
                forms[name] = form
                instructions.append(instruction)
                shows = True
        elif operator in _KEPT:
            shows = shows or operator in _SHOWS
            instructions.append(instruction)
            if operator == "BT":
                instructions.append(([3], pikepdf.Operator("Tr")))
    if not shows:
        return b"", Dictionary()
    kept = Dictionary()
    for key in ("/Font", "/Properties"):
        if key in resources:
            kept[key] = resources[key]
    kept[Name("/XObject")] = forms
    return pikepdf.unparse_content_stream(instructions), kept


def _form(document: pikepdf.Pdf, form: Any, outer: Any, depth: int) -> Any:
    """Return a copy of a form with nothing but its text, None when it has none."""
    if form is None or form.get("/Subtype") != "/Form":
        return None
    text, resources = _kept(document, form, form.get("/Resources", outer), depth + 1)
    if not text:
        return None
    copy = document.make_stream(text)
    for key in ("/Type", "/Subtype", "/BBox", "/Matrix", "/OC", "/StructParents"):
        if key in form:
            copy[key] = form[key]
    copy[Name("/Resources")] = resources
    return copy
