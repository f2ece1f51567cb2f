"""PAGE-XML: text regions with their lines, polygons, baselines and the reading order.

Format: PAGE content schema 2019-07-15 (PRImA; C. Clausner et al., The PAGE format, ICPR 2010).
"""

from collections.abc import Sequence
from xml.etree import ElementTree as Tree

import numpy as np

from docbin.lines.formats import LinesOfPage
from docbin.lines.formats.geometry import blocks, box, points_text
from docbin.lines.formats.xml_text import xml_text

__all__ = ["CREATED", "SPACE", "encode", "start"]

SPACE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"
CREATED = "1970-01-01T00:00:00"
"""Fixed, so that the same page gives the same file."""


def start(name: str, width: int, height: int, created: str = CREATED) -> tuple[Tree.Element, ...]:
    """Return the root and the Page element of a new file."""
    root = Tree.Element("PcGts", xmlns=SPACE)
    metadata = Tree.SubElement(root, "Metadata")
    for tag, text in (("Creator", "docbin"), ("Created", created), ("LastChange", created)):
        Tree.SubElement(metadata, tag).text = text
    size = {"imageFilename": xml_text(name), "imageWidth": str(width), "imageHeight": str(height)}
    return root, Tree.SubElement(root, "Page", size)


def encode(pages: Sequence[LinesOfPage]) -> bytes:
    """Return the PAGE-XML of one page, UTF-8."""
    (page,) = pages
    root, element = start(page.name, page.width, page.height)
    found = list(blocks(page.lines))
    if found:
        order = Tree.SubElement(element, "ReadingOrder")
        group = Tree.SubElement(order, "OrderedGroup", id="order")
        for index, (number, _) in enumerate(found):
            Tree.SubElement(
                group, "RegionRefIndexed", index=str(index), regionRef=f"block{number}"
            )  # fmt: skip
    for number, lines in found:
        region = Tree.SubElement(element, "TextRegion", id=f"block{number}")
        left, top, right, bottom = box(lines, page)
        corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], float)
        Tree.SubElement(region, "Coords", points=points_text(corners, page))
        for line in lines:
            row = Tree.SubElement(region, "TextLine", id=f"line{line.order}")
            score = f"{min(max(line.score, 0.0), 1.0):.4f}"
            Tree.SubElement(row, "Coords", points=points_text(line.polygon, page), conf=score)
            Tree.SubElement(row, "Baseline", points=points_text(line.baseline, page))
            if line.text:
                equivalent = Tree.SubElement(row, "TextEquiv")
                Tree.SubElement(equivalent, "Unicode").text = xml_text(line.text)
    Tree.indent(root)
    return bytes(Tree.tostring(root, encoding="utf-8", xml_declaration=True))
