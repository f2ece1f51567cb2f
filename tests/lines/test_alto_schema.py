"""ALTO that is written keeps to the schema: what alto-4-4.xsd says of the elements that we write.

The table below was read in the schema (altoxml/schema, v4/alto-4-4.xsd): children in their order,
how often, attributes and their types. The schema itself is not part of docbin; tests with whole
schemas of ALTO 4 are in test_published_readers.py.
"""

import re
from dataclasses import dataclass, field
from xml.etree import ElementTree as Tree

import numpy as np
import pytest

from docbin.lines.formats import LinesOfPage, encode
from docbin.protocols import TextLine

SPACE = "{http://www.loc.gov/standards/alto/ns-v4#}"
NUMBER = r"[-+]?\d+(\.\d+)?"
NAME = r"[A-Za-z_][\w.-]*"
TEXT = r"(?s).*"


@dataclass(frozen=True)
class Rule:
    """A regular expression of the children's names, each with a space, and of each attribute."""

    children: str = ""
    required: dict[str, str] = field(default_factory=dict)
    optional: dict[str, str] = field(default_factory=dict)
    text: bool = False


PLACE = dict.fromkeys(("HEIGHT", "WIDTH", "HPOS", "VPOS"), NUMBER)
BLOCKS = "((TextBlock|Illustration|GraphicalElement|ComposedBlock) )*"
RULES = {
    "alto": Rule("(Description )?(Styles )?(Tags )?(ReadingOrder )?Layout ", {},
                 {"SCHEMAVERSION": TEXT}),
    "Description": Rule("MeasurementUnit (sourceImageInformation )?(OCRProcessing )*"
                        "(Processing )*"),
    "MeasurementUnit": Rule(text=True),
    "sourceImageInformation": Rule("(fileName )?(fileIdentifier )*(documentIdentifier )*"),
    "fileName": Rule(text=True),
    "Layout": Rule("(Page )+"),
    "Page": Rule("(TopMargin )?(LeftMargin )?(RightMargin )?(BottomMargin )?(PrintSpace )?",
                 {"ID": NAME, "PHYSICAL_IMG_NR": NUMBER}, {"HEIGHT": NUMBER, "WIDTH": NUMBER}),
    "PrintSpace": Rule(f"(Shape )?{BLOCKS}", {}, {"ID": NAME, **PLACE}),
    "TextBlock": Rule("(Shape )?(TextLine )*", {"ID": NAME}, PLACE),
    "TextLine": Rule("(Shape )?(String (SP )?)+(HYP )?", {},
                     {"ID": NAME, "BASELINE": TEXT, **PLACE}),
    "Shape": Rule("(Polygon|Ellipse|Circle) "),
    "Polygon": Rule("", {"POINTS": TEXT}),
    "String": Rule("(Shape )?(ALTERNATIVE )*(Glyph )*", {"CONTENT": TEXT}, {"ID": NAME, **PLACE}),
}  # fmt: skip


def faults(element: Tree.Element) -> list[str]:
    """What in a tree breaks the rules, in words."""
    name = element.tag.removeprefix(SPACE)
    if not element.tag.startswith(SPACE) or name not in RULES:
        return [f"{element.tag} is unknown"]
    rule, found = RULES[name], []
    children = "".join(child.tag.removeprefix(SPACE) + " " for child in element)
    if not re.fullmatch(rule.children, children):
        found.append(f"{name} holds {children}")
    known = rule.required | rule.optional
    found += [f"{name} lacks {key}" for key in rule.required if key not in element.attrib]
    found += [
        f"{name} {key}={value!r}"
        for key, value in element.attrib.items()
        if not re.fullmatch(known.get(key, "(?!)"), value)
    ]
    if not rule.text and (element.text or "").strip():
        found.append(f"{name} holds text")
    return found + [fault for child in element for fault in faults(child)]


def document(count: int, text: str = "") -> LinesOfPage:
    lines = []
    for order in range(count):
        top = 20.0 + 30 * order
        box = np.array([[-3, top], [180.4, top + 1], [180, top + 22], [12, top + 21]])
        lines.append(TextLine(box, box[[3, 2]], 0.8, order, order // 2, text))
    return LinesOfPage(200, 150, lines, "a & b.png", 1, (300, 300), None)


@pytest.mark.parametrize("pages", [[document(0)], [document(4)], [document(3, "a < b")]])
def test_what_is_written_keeps_the_rules_of_the_schema(pages: list[LinesOfPage]) -> None:
    root = Tree.fromstring(encode("alto", pages))
    assert faults(root) == []
    names = [x.attrib["ID"] for x in root.iter() if "ID" in x.attrib]
    assert len(names) == len(set(names))
    assert [x.text for x in root.iter(f"{SPACE}MeasurementUnit")] == ["pixel"]


def test_the_rules_find_faults() -> None:
    written = encode("alto", [document(2)]).decode()
    for good, bad in (
        ('PHYSICAL_IMG_NR="1"', ""),
        ("Shape>", "Form>"),
        ('CONTENT=""', 'WORDS=""'),
        ('HPOS="0"', 'HPOS="left"'),
    ):
        changed = written.replace(good, bad)
        assert changed != written
        assert faults(Tree.fromstring(changed))
