"""hOCR: pages, areas, paragraphs and lines in HTML, with boxes, baselines and polygons.

Format: hOCR 1.2 (T. Breuel, K. Baierer). A baseline is a slope and an offset from the box's lower
left corner; `poly` is the line's outline.
"""

from collections.abc import Sequence
from html import escape

import numpy as np

from docbin.lines.formats import LinesOfPage
from docbin.lines.formats.geometry import blocks, box, on_page
from docbin.lines.formats.xml_text import xml_text
from docbin.lines.outline import outline
from docbin.protocols import TextLine

__all__ = ["encode"]

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" \
"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
 <head>
  <title>{title}</title>
  <meta http-equiv="Content-Type" content="text/html;charset=utf-8" />
  <meta name="ocr-system" content="docbin" />
  <meta name="ocr-capabilities" content="ocr_page ocr_carea ocr_par ocr_line" />
 </head>
 <body>
"""


def encode(pages: Sequence[LinesOfPage]) -> bytes:
    """Return the hOCR of a document, UTF-8 and well-formed XML."""
    title = escape(xml_text(pages[0].name) if pages else "")
    parts = [HEAD.format(title=title), *map(_page, pages), " </body>\n</html>\n"]
    return "".join(parts).encode("utf-8")


def _page(page: LinesOfPage) -> str:
    name = f"page_{page.number}"
    image = xml_text(page.name).replace('"', "_")
    title = escape(
        f'image "{image}"; bbox 0 0 {page.width} {page.height}; ppageno {page.number - 1}', True
    )
    rows = [f'  <div class="ocr_page" id="{name}" title="{title}">\n']
    for number, lines in blocks(page.lines):
        place = "bbox {} {} {} {}".format(*_box(lines, page))
        rows.append(f'   <div class="ocr_carea" id="{name}_block{number}" title="{place}">\n')
        rows.append(f'    <p class="ocr_par" id="{name}_par{number}" title="{place}">\n')
        for line in lines:
            mark, title = f"{name}_line{line.order}", _title(line, page)
            text = escape(xml_text(line.text))
            rows.append(f'     <span class="ocr_line" id="{mark}" title="{title}">{text}</span>\n')
        rows.append("    </p>\n   </div>\n")
    rows.append("  </div>\n")
    return "".join(rows)


def _box(lines: Sequence[TextLine], page: LinesOfPage) -> tuple[int, int, int, int]:
    """Left, top, right, bottom, the last two exclusive, as hOCR's boxes are."""
    left, top, right, bottom = box(lines, page)
    return left, top, right + 1, bottom + 1


def _title(line: TextLine, page: LinesOfPage) -> str:
    left, top, right, bottom = _box([line], page)
    x, y = line.baseline.T
    slope, offset = (0.0, float(y.mean()))
    if np.ptp(x) > 1:
        slope, offset = (float(v) for v in np.polyfit(x - left, y, 1))
    corners = " ".join(str(v) for v in on_page(line.polygon, page).ravel().tolist())
    size = outline(line.polygon).height
    return (
        f"bbox {left} {top} {right} {bottom}; baseline {slope:.4f} {offset - bottom:.1f}; "
        f"x_size {size:.1f}; poly {corners}"
    )
