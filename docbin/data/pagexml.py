"""PAGE-XML of a made page: its lines with polygon, baseline and text, its regions, its order.

Format: PAGE content schema 2019-07-15 (PRImA; C. Clausner et al., The PAGE format, ICPR 2010).
"""

from xml.etree import ElementTree as Tree

import numpy as np
from numpy.typing import NDArray

from docbin.data.sheet import Sheet
from docbin.lines.formats.page_xml import CREATED, start

__all__ = ["page_xml"]

REGIONS = {"table": "TableRegion", "picture": "ImageRegion", "frame": "SeparatorRegion"}


def page_xml(sheet: Sheet, image_name: str, *, created: str = CREATED) -> bytes:
    """Write PAGE-XML, UTF-8; ``created`` is fixed so that the same page gives the same file."""
    root, page = start(image_name, sheet.width, sheet.height, created)
    lines = sorted(sheet.lines, key=lambda line: line.order)
    if lines:
        order = Tree.SubElement(page, "ReadingOrder")
        group = Tree.SubElement(order, "OrderedGroup", id="order")
        Tree.SubElement(group, "RegionRefIndexed", index="0", regionRef="text")
    for number, region in enumerate(sheet.regions):
        # Seals, stamps and signatures have no region of their own in PAGE.
        tag = REGIONS.get(region.kind, "CustomRegion")
        element = Tree.SubElement(page, tag, id=f"region{number}", custom=f"kind:{region.kind}")
        Tree.SubElement(element, "Coords", points=_points(region.polygon, sheet))
    if lines:
        block = Tree.SubElement(page, "TextRegion", id="text")
        corners = np.concatenate([line.polygon for line in lines])
        (left, top), (right, bottom) = corners.min(0), corners.max(0)
        box = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
        Tree.SubElement(block, "Coords", points=_points(box, sheet))
        for line in lines:
            element = Tree.SubElement(
                block, "TextLine", id=f"line{line.order}", custom=f"kind:{line.kind}"
            )
            Tree.SubElement(element, "Coords", points=_points(line.polygon, sheet))
            Tree.SubElement(element, "Baseline", points=_points(line.baseline, sheet))
            equivalent = Tree.SubElement(element, "TextEquiv")
            Tree.SubElement(equivalent, "Unicode").text = line.text
    Tree.indent(root)
    return bytes(Tree.tostring(root, encoding="utf-8", xml_declaration=True))


def _points(polygon: NDArray[np.float64], sheet: Sheet) -> str:
    limit = [sheet.width - 1, sheet.height - 1]
    return " ".join(f"{x},{y}" for x, y in np.clip(np.rint(polygon), 0, limit).astype(int))
