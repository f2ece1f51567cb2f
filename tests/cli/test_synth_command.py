"""docbin synth: pages, ink, PAGE-XML and JSON that agree, and mistakes that are sentences."""

import json
from pathlib import Path
from xml.etree import ElementTree as Tree

import cv2
import pytest

from docbin.cli import main
from docbin.lines.formats.page_xml import SPACE

SMALL = ["--pages", "2", "--seed", "3", "--width", "260", "--height", "220", "--dpi", "72", "-q"]


def test_everything_is_written_and_agrees(tmp_path: Path) -> None:
    assert main(["synth", str(tmp_path / "a"), *SMALL]) == 0
    assert main(["synth", str(tmp_path / "b"), *SMALL]) == 0
    records = json.loads((tmp_path / "a/pages.json").read_text("utf-8"))
    assert len(records) == 2
    for record in records:
        image, truth = (tmp_path / "a" / p / f"{record['name']}.png" for p in ("images", "gt"))
        assert image.read_bytes() == (tmp_path / "b/images" / image.name).read_bytes()
        page, ink = cv2.imread(str(image)), cv2.imread(str(truth), cv2.IMREAD_GRAYSCALE)
        assert page is not None
        assert ink is not None
        assert page.shape[:2] == ink.shape == (record["height"], record["width"])
        assert set(ink.ravel().tolist()) <= {0, 255}
        xml = Tree.parse(tmp_path / "a/page" / f"{record['name']}.xml").getroot()
        found = xml.findall(f".//{{{SPACE}}}TextLine/{{{SPACE}}}TextEquiv/{{{SPACE}}}Unicode")
        assert [line.text for line in found] == [line["text"] for line in record["lines"]]
        marked = [e.get("custom") for e in xml.iter() if (e.get("id") or "").startswith("region")]
        assert marked == [f"kind:{region['kind']}" for region in record["regions"]]


def test_first_pages_do_not_depend_on_how_many(tmp_path: Path) -> None:
    main(["synth", str(tmp_path / "two"), *SMALL])
    main(["synth", str(tmp_path / "one"), *SMALL, "--pages", "1"])
    one = (tmp_path / "one/images/0.png").read_bytes()
    assert one == (tmp_path / "two/images/0.png").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--pages", "0"], 2, "--pages must be at least 1"),
        (["--seed", "-4"], 2, "--seed must not be negative"),
        (["--width", "0"], 2, "at least 1 x 1"),
        (["--dpi", "-3"], 2, "dpi must be above 0"),
    ],
)
def test_mistakes_are_sentences(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int,
    message: str,
) -> None:  # fmt: skip
    assert main(["synth", str(tmp_path / "out"), *SMALL, *arguments]) == code
    assert message in capsys.readouterr().err


def test_a_file_in_the_way(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "taken").write_text("")
    assert main(["synth", str(tmp_path / "taken"), *SMALL]) == 4
    assert "cannot make this folder" in capsys.readouterr().err
    assert main(["synth", str(tmp_path / "out"), *SMALL]) == 0
    assert main(["synth", str(tmp_path / "out"), *SMALL]) == 4
    assert main(["synth", str(tmp_path / "out"), *SMALL, "--overwrite"]) == 0


def test_typescripts_alone(tmp_path: Path) -> None:
    out = tmp_path / "typed"
    args = ["--pages", "2", "--width", "300", "--height", "260", "--dpi", "72", "--typescripts"]
    assert main(["synth", str(out), "-q", *args]) == 0
    drafts = [page["draft"] for page in json.loads((out / "pages.json").read_text())]
    assert [draft["layout"] for draft in drafts] == ["typescript"] * 2
