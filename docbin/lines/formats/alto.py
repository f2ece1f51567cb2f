"""ALTO: blocks, lines, polygons and baselines, in pixels.

Format: ALTO 4.4 (Library of Congress, ALTO XML schema). A line of the schema holds at least one
String; what is not read yet has an empty CONTENT.
"""

from collections.abc import Sequence
from xml.etree import ElementTree as Tree

from docbin.lines.formats import LinesOfPage
from docbin.lines.formats.geometry import blocks, box, points_text
from docbin.lines.formats.xml_text import xml_text
from docbin.protocols import TextLine

__all__ = ["encode"]

SPACE = "http://www.loc.gov/standards/alto/ns-v4#"


def encode(pages: Sequence[LinesOfPage]) -> bytes:
    """Return the ALTO of a document, UTF-8."""
    root = Tree.Element("alto", xmlns=SPACE, SCHEMAVERSION="4.4")
    description = Tree.SubElement(root, "Description")
    Tree.SubElement(description, "MeasurementUnit").text = "pixel"
    source = Tree.SubElement(description, "sourceImageInformation")
    Tree.SubElement(source, "fileName").text = xml_text(pages[0].name) if pages else ""
    layout = Tree.SubElement(root, "Layout")
    for item in pages:
        _page(layout, item)
    Tree.indent(root)
    return bytes(Tree.tostring(root, encoding="utf-8", xml_declaration=True))


def _page(layout: Tree.Element, page: LinesOfPage) -> None:
    name = f"page{page.number}"
    element = Tree.SubElement(
        layout, "Page", ID=name, PHYSICAL_IMG_NR=str(page.number), WIDTH=str(page.width),
        HEIGHT=str(page.height),
    )  # fmt: skip
    whole = {"HPOS": "0", "VPOS": "0", "WIDTH": str(page.width), "HEIGHT": str(page.height)}
    space = Tree.SubElement(element, "PrintSpace", whole)
    for number, lines in blocks(page.lines):
        block = Tree.SubElement(
            space, "TextBlock", {"ID": f"{name}_block{number}", **_place(lines, page)}
        )
        for line in lines:
            row = Tree.SubElement(
                block,
                "TextLine",
                {
                    "ID": f"{name}_line{line.order}",
                    **_place([line], page),
                    "BASELINE": points_text(line.baseline, page),
                },
            )
            shape = Tree.SubElement(row, "Shape")
            Tree.SubElement(shape, "Polygon", POINTS=points_text(line.polygon, page))
            Tree.SubElement(row, "String", {"CONTENT": xml_text(line.text), **_place([line], page)})


def _place(lines: Sequence[TextLine], page: LinesOfPage) -> dict[str, str]:
    left, top, right, bottom = box(lines, page)
    sides = {"HPOS": left, "VPOS": top, "WIDTH": right - left + 1, "HEIGHT": bottom - top + 1}
    return {key: str(value) for key, value in sides.items()}
