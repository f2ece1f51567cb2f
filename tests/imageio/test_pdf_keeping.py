"""A prepared PDF stays its document: sizes, text where it was on the page, links, bookmarks."""

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pytest

from docbin import imageio
from docbin.cli import main
from docbin.data.synthetic import Draft, draw

WIDE, HIGH = 1000, 1400


@cache
def scan(angle: float = 0.0) -> np.ndarray:
    page = draw(Draft(seed=3, width=WIDE, height=HIGH, dpi=120, layout="book", points=11))
    gray = np.asarray(page.pixels[:, :, 1], np.uint8)
    matrix = cv2.getRotationMatrix2D(((WIDE - 1) / 2, (HIGH - 1) / 2), angle, 1.0)
    return np.asarray(cv2.warpAffine(gray, matrix, (WIDE, HIGH), borderValue=255), np.uint8)


def document(path: Path, angles: tuple[float, ...], rotate: int = 0) -> Path:
    """Pages of scans with the word MARK, invisible, at their upper left; a bookmark, a link."""
    pages = [np.rot90(scan(angle), rotate // 90) for angle in angles]
    plain = path.with_suffix(".plain.pdf")
    imageio.write(plain, [np.ascontiguousarray(page) for page in pages], dpi=(120, 120))
    with pikepdf.open(plain) as pdf:
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1,
                                  BaseFont=pikepdf.Name.Helvetica)  # fmt: skip
        for page in pdf.pages:
            page.obj.Resources["/Font"] = pikepdf.Dictionary(F1=font)
            page.contents_add(b"BT 3 Tr /F1 20 Tf 100 600 Td (MARK) Tj ET")
            page.obj.Annots = pikepdf.Array([pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link,
                Rect=[100, 600, 160, 620],
                A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.org"))])  # fmt: skip
            if rotate:
                page.obj.Rotate = rotate
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem("Last", len(angles) - 1))
        pdf.docinfo["/Title"] = "A book"
        pdf.save(path)
    return path


def mark(path: Path, number: int = 0) -> tuple[float, float]:
    """The middle of the M of MARK, in points of the page's own space."""
    pdf = pdfium.PdfDocument(path)
    try:
        page = pdf[number]
        text = page.get_textpage()
        assert "MARK" in text.get_text_range()
        left, bottom, right, top = text.get_charbox(text.get_text_range().index("MARK"))
        return (left + right) / 2, (bottom + top) / 2
    finally:
        pdf.close()


def test_sizes_text_links_and_bookmarks_stay(tmp_path: Path) -> None:
    source = document(tmp_path / "in.pdf", (0.0, 0.0))
    out = tmp_path / "out.pdf"
    assert main(["prepare", str(source), "-o", str(out), "--for", "archive"]) == 0
    with pikepdf.open(source) as before, pikepdf.open(out) as after:
        assert len(after.pages) == 2
        for old, new in zip(before.pages, after.pages, strict=True):
            assert [float(v) for v in new.mediabox] == pytest.approx(
                [float(v) for v in old.mediabox], abs=0.01
            )
            (image,) = new.obj.Resources.XObject.values()
            assert "CCITTFaxDecode" in str(image.Filter)
        assert str(after.docinfo["/Title"]) == "A book"
        with after.open_outline() as outline:
            assert outline.root[0].title == "Last"
            assert outline.root[0].destination[0].objgen == after.pages[1].obj.objgen
    assert mark(out) == pytest.approx(mark(source), abs=0.05)
    (first, _) = imageio.read(out)
    assert first.dpi == (120, 120)


def test_text_and_links_turn_with_a_skewed_page(tmp_path: Path) -> None:
    source = document(tmp_path / "in.pdf", (3.0,))
    out = tmp_path / "out.pdf"
    command = ["prepare", str(source), "-o", str(out), "--steps", "deskew", "--result", "gray"]
    assert main(command) == 0
    x, y = np.array(mark(source)) - (300, 420)
    angle = np.radians(-3.0)
    there = x * np.cos(angle) - y * np.sin(angle) + 300, x * np.sin(angle) + y * np.cos(angle) + 420
    assert mark(out) == pytest.approx(there, abs=1.5)
    with pikepdf.open(out) as pdf:
        left, low, _, _ = (float(v) for v in pdf.pages[0].Annots[0].Rect)
    assert (left, low) == pytest.approx(mark(out), abs=12)


def test_rotated_and_cropped_pages(tmp_path: Path) -> None:
    source = document(tmp_path / "in.pdf", (0.0,), rotate=90)
    out = tmp_path / "out.pdf"
    command = ["prepare", str(source), "-o", str(out), "--steps", "crop", "-m", "otsu"]
    assert main([*command, "--set", "crop.margin=0"]) == 0
    (before,) = imageio.read(source)
    (after,) = imageio.read(out)
    ys, xs = np.nonzero(before.gray < 128)
    assert (after.height, after.width) == pytest.approx((np.ptp(ys) + 1, np.ptp(xs) + 1), abs=3)
    left, top = xs.min() * 0.6, ys.min() * 0.6  # points
    x, y = mark(source)
    below = before.height * 0.6 - top - after.height * 0.6
    x, y = y, before.height * 0.6 - x  # as shown, turned clockwise
    assert mark(out) == pytest.approx((x - left, y - below), abs=2.5)


def test_a_pages_own_unit_stays(tmp_path: Path) -> None:
    source, out = document(tmp_path / "plain.pdf", (0.0,)), tmp_path / "out.pdf"
    with pikepdf.open(source) as pdf:
        pdf.pages[0].obj.UserUnit = 2
        pdf.save(tmp_path / "in.pdf")
    command = ["prepare", str(tmp_path / "in.pdf"), "-o", str(out), "--steps", "crop", "-m", "otsu"]
    assert main(command) == 0
    for path in (tmp_path / "in.pdf", out):
        assert next(imageio.read(path)).dpi == pytest.approx((60, 60), abs=0.01)


def test_split_page_becomes_two(tmp_path: Path) -> None:
    double = np.concatenate([scan(), scan()], axis=1)
    source = tmp_path / "in.pdf"
    imageio.write(source, double, dpi=(120, 120))
    out = tmp_path / "out.pdf"
    assert main(["prepare", str(source), "-o", str(out), "--steps", "split", "-m", "otsu"]) == 0
    with pikepdf.open(out) as pdf:
        assert len(pdf.pages) == 2
        widths = [float(page.mediabox[2]) for page in pdf.pages]
    assert sum(widths) == pytest.approx(2 * WIDE * 0.6, abs=0.1)


def test_mixed_sizes_and_a_drawn_page(tmp_path: Path) -> None:
    source = document(tmp_path / "in.pdf", (0.0,))
    with pikepdf.open(source, allow_overwriting_input=True) as pdf:
        pdf.add_blank_page(page_size=(300, 200))
        pdf.pages[1].contents_add(b"0 0 0 rg 50 50 100 40 re f")
        pdf.save(source)
    out = tmp_path / "out.pdf"
    assert main(["prepare", str(source), "-o", str(out), "--for", "archive"]) == 0
    with pikepdf.open(out) as pdf:
        assert [float(v) for v in pdf.pages[1].mediabox] == pytest.approx([0, 0, 300, 200], abs=0.2)


@pytest.mark.parametrize(
    ("box", "value", "size"),
    [("CropBox", [20, 20, 20, 20], (600, 840)), ("CropBox", [-90, -90, 9000, 9000], (600, 840)),
     ("CropBox", [300, 840, 600, 0], (300, 840)), ("MediaBox", [0, 0, 0, 0], (612, 792))],
)  # fmt: skip
def test_boxes_that_hold_nothing_or_too_much(
    box: str, value: list[int], size: tuple[int, int], tmp_path: Path
) -> None:
    source = document(tmp_path / "in.pdf", (0.0,))
    with pikepdf.open(source, allow_overwriting_input=True) as pdf:
        pdf.pages[0].obj["/" + box] = pikepdf.Array(value)
        pdf.save(source)
    out = tmp_path / "out.pdf"
    command = ["prepare", str(source), "-o", str(out), "--steps", "none", "--dpi", "120"]
    assert main(command) == 0
    with pikepdf.open(out) as pdf:
        assert [float(v) for v in pdf.pages[0].mediabox] == pytest.approx([0, 0, *size], abs=0.3)


def test_encrypted_and_damaged_documents_are_refused(tmp_path: Path) -> None:
    source = document(tmp_path / "in.pdf", (0.0,))
    locked = tmp_path / "locked.pdf"
    with pikepdf.open(source) as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(user="secret", owner="secret"))
    cut = tmp_path / "cut.pdf"
    cut.write_bytes(source.read_bytes()[:20_000])
    for path in (locked, cut):
        out = tmp_path / "out.pdf"
        assert main(["prepare", str(path), "-o", str(out), "--for", "archive"]) == 3
        assert not out.exists()
