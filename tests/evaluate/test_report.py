"""The report is one file, escapes what it is given, stays small, and sorts in a browser."""

import re
import shutil
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest

from docbin.evaluate import PageScore, summarize
from docbin.evaluate.pictures import FALSE, MISSED, draw, overlay
from docbin.evaluate.report import as_html
from docbin.metrics import evaluate
from docbin.page import Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def scored() -> list[PageScore]:
    truth = np.zeros((48, 64), bool)
    truth[10:30, 10:50] = True
    scores: list[PageScore] = []
    for page, rows in (("p1", 9), ("p2", 3), ("p10", 6)):
        for method, shift in (("<b>bold</b>", 0), ("plain", 2)):
            ink = np.roll(truth, rows + shift, axis=0)
            gray = np.where(truth, np.uint8(60), np.uint8(230))
            pictures = draw(Page(gray), truth, ink)
            notes = ("grey & <odd>",) if page == "p2" else ()
            result = evaluate(ink, truth)
            scores.append(PageScore("set", page, method, result, notes, pictures=pictures))
    return scores


def html(budget: int = 10**7) -> str:
    scores = scored()
    return as_html(scores, summarize(scores, np.random.default_rng(0)), budget=budget)


def test_report_needs_no_other_file_and_escapes_names() -> None:
    text = html()
    assert not re.search(r'(src|href)="(?!data:|#)', text)
    assert "<b>bold" not in text
    assert "grey &amp; &lt;odd&gt;" in text


def test_worst_pages_come_first() -> None:
    assert re.findall(r'<section id="page-set-(\w+)"', html()) == ["p1", "p10", "p2"]


def test_full_file_drops_pictures_not_figures() -> None:
    text = html(budget=0)
    assert "<img" not in text
    assert "3 further pages have figures only" in text
    assert text.count("<tr><td") == html().count("<tr><td")


def test_overlay_shows_each_kind_of_error() -> None:
    truth = np.array([[True, True, False, False]])
    ink = np.array([[True, False, True, False]])
    colours = [tuple(int(c) for c in pixel) for pixel in overlay(truth, ink)[0]]
    assert colours == [(60, 60, 60), MISSED, FALSE, (255, 255, 255)]


def test_large_pages_are_drawn_small() -> None:
    truth = np.zeros((2000, 100), bool)
    pictures = draw(Page(np.full(truth.shape, 255, np.uint8)), truth, truth)
    image = cv2.imdecode(np.frombuffer(pictures.errors, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    assert image.shape == (900, 45, 3)


@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")
def test_report_in_a_browser(tmp_path: Path) -> None:
    # Sort the pages by F, worst last, then read the order back from the rendered document.
    press = (
        "const t=document.querySelector('#pages');t.tHead.rows[0].cells[2].click();"
        "const f=[...t.tBodies[0].rows].map(r=>r.cells[2].textContent).join(' ');"
        "t.tHead.rows[0].cells[0].click();"
        "const n=[...t.tBodies[0].rows].map(r=>r.cells[0].textContent).join(' ');"
        "const w=document.documentElement.scrollWidth<=window.innerWidth;"
        "Promise.all([...document.images].map(i=>{i.loading='eager';return i.decode()})).then("
        "()=>{const p=[...document.images].every(i=>i.naturalWidth>0);"
        "document.title=f+'|'+n+'|'+p+'|'+w})"
    )
    text = html().replace("</body>", f"<script>{press}</script></body>")
    (tmp_path / "report.html").write_text(text, "utf-8")
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    command += ["--window-size=600,900", "--virtual-time-budget=10000"]
    command += ["--disable-background-networking", f"--user-data-dir={tmp_path / 'profile'}"]
    done = subprocess.run(
        [*command, f"file://{tmp_path / 'report.html'}"],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found = re.search(r"<title>(.*?)\|(.*?)\|(.*?)\|(.*?)</title>", done.stdout)
    assert found is not None
    values = [float(x) for x in found[1].split()]
    assert values == sorted(values, reverse=True)
    assert values[0] > values[-1]
    assert found[2].split() == ["set/p1"] * 2 + ["set/p2"] * 2 + ["set/p10"] * 2  # not as text
    assert found[3] == "true"  # every picture inside is one
    assert found[4] == "true"  # tables scroll, the document does not
    assert found[3] == "true"
