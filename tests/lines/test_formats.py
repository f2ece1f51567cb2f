"""Every format holds every line, in order, in pixels of the page."""

import dataclasses
import json
from xml.etree import ElementTree as Tree

import cv2
import numpy as np
import pytest

from docbin.errors import UnknownNameError
from docbin.lines.formats import FORMATS, LinesOfPage, encode
from docbin.protocols import TextLine

PAGE_SPACE = "{http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15}"
ALTO_SPACE = "{http://www.loc.gov/standards/alto/ns-v4#}"
HTML = "{http://www.w3.org/1999/xhtml}"


def made_lines() -> list[TextLine]:
    lines = []
    for order in range(5):
        top = 20.4 + 30 * order
        polygon = np.array([[-3.0, top], [410.0, top], [410.0, top + 20], [-3.0, top + 20]])
        lines.append(
            TextLine(polygon, polygon[[3, 2]] - [0, 5], 0.875, order, order // 3, "a < b & c")
        )
    return lines


def made_page(lines: list[TextLine] | None = None, number: int = 1) -> LinesOfPage:
    lines = made_lines() if lines is None else lines
    pixels = np.full((200, 400, 3), 240, np.uint8)
    return LinesOfPage(400, 200, lines, 'scan "1" & co.png', number, (300, 300), pixels)


def points(text: str) -> np.ndarray:  # type: ignore[type-arg]
    return np.array([pair.split(",") for pair in text.split()], int)


def test_page_xml_has_regions_lines_baselines_and_order() -> None:
    root = Tree.fromstring(encode("page", [made_page()]))
    regions = root.findall(f".//{PAGE_SPACE}TextRegion")
    order = [r.get("regionRef") for r in root.iter(f"{PAGE_SPACE}RegionRefIndexed")]
    assert order == [region.get("id") for region in regions]
    rows = root.findall(f".//{PAGE_SPACE}TextLine")
    assert [row.get("id") for row in rows] == [f"line{i}" for i in range(5)]
    for row in rows:
        coords, base = row.find(f"{PAGE_SPACE}Coords"), row.find(f"{PAGE_SPACE}Baseline")
        assert coords is not None
        assert base is not None
        corners = points(coords.get("points", ""))
        assert corners.min() >= 0
        assert (corners <= [399, 199]).all()
        assert coords.get("conf") == "0.8750"
        assert len(points(base.get("points", ""))) == 2
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", ["page", "alto", "hocr"])
def test_a_name_that_xml_cannot_hold_is_escaped(name: str) -> None:
    line = dataclasses.replace(made_lines()[0], text="bell\a")
    page = dataclasses.replace(made_page([line]), name="\x1b\udcff&.png")
    text = encode(name, [page]).decode()
    Tree.fromstring(text.split("?>", 1)[1])
    assert r"\x1b\udcff&amp;.png" in text
    assert r"bell\x07" in text


def test_alto_has_a_string_a_polygon_and_a_box_for_every_line() -> None:
    root = Tree.fromstring(encode("alto", [made_page(), made_page(number=2)]))
    assert len(root.findall(f".//{ALTO_SPACE}Page")) == 2
    rows = root.findall(f".//{ALTO_SPACE}TextLine")
    assert len(rows) == 10
    for row in rows:
        left, top, width, height = (int(row.get(k, "")) for k in ("HPOS", "VPOS", "WIDTH",
                                                                 "HEIGHT"))  # fmt: skip
        corners = points(row.find(f"{ALTO_SPACE}Shape/{ALTO_SPACE}Polygon").get("POINTS"))  # type: ignore[union-attr,arg-type]
        assert [left, top] == corners.min(0).tolist()
        assert [left + width - 1, top + height - 1] == corners.max(0).tolist()
        string = row.find(f"{ALTO_SPACE}String")
        assert string is not None
        assert string.get("CONTENT") == "a < b & c"
    ids = [e.get("ID") for e in root.iter() if e.get("ID")]
    assert len(ids) == len(set(ids))


def test_hocr_is_well_formed_with_boxes_and_baselines() -> None:
    text = encode("hocr", [made_page()]).decode("utf-8")
    root = Tree.fromstring(text.partition("?>")[2].partition(">")[2])  # without the doctype
    rows = [e for e in root.iter(f"{HTML}span") if e.get("class") == "ocr_line"]
    assert len(rows) == 5
    fields = dict(part.strip().split(" ", 1) for part in rows[0].get("title", "").split(";"))
    assert fields["bbox"] == "0 20 400 41"
    slope, below = map(float, fields["baseline"].split())
    assert slope == pytest.approx(0, abs=1e-6)
    assert below == pytest.approx(35.4 - 41, abs=0.06)
    assert float(fields["x_size"]) == pytest.approx(20, abs=0.5)


def test_coco_and_json_hold_the_same_polygons() -> None:
    coco = json.loads(encode("coco", [made_page(), made_page(number=2)]))
    plain = json.loads(encode("json", [made_page(), made_page(number=2)]))
    assert [image["id"] for image in coco["images"]] == [1, 2]
    lines = [line for page in plain["pages"] for line in page["lines"]]
    assert len(coco["annotations"]) == len(lines) == 10
    for annotation, row in zip(coco["annotations"], lines, strict=True):
        assert annotation["segmentation"][0] == list(np.ravel(row["polygon"]))
        assert annotation["area"] == pytest.approx(413 * 20)
        assert annotation["bbox"][2:] == [413, 20]


def test_the_picture_is_the_page_with_colour_on_it() -> None:
    data = np.frombuffer(encode("picture", [made_page()]), np.uint8)
    picture = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert picture.shape == (200, 400, 3)
    assert (np.ptp(picture.astype(int), axis=2) > 60).sum() > 400


@pytest.mark.parametrize("name", FORMATS)
def test_a_page_without_lines_is_a_file_too(name: str) -> None:
    assert encode(name, [made_page([])])


@pytest.mark.parametrize("name", [n for n, f in FORMATS.items() if not f.whole])
def test_a_format_of_one_page_refuses_two(name: str) -> None:
    with pytest.raises(ValueError, match="one page"):
        encode(name, [made_page(), made_page()])


def test_an_unknown_format_is_told_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match="hocr"):
        encode("word", [made_page()])
