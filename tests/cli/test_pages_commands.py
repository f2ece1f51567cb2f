"""The commands as a person meets them: what is printed, what is written, the exit code."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from docbin import imageio
from docbin.cli import COMMANDS, main

Scan = Callable[..., Path]


def test_file_to_file_with_report(
    scan: Scan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = scan(tmp_path / "scan.png")
    out, report = tmp_path / "clean.tiff", tmp_path / "report.json"
    code = main(["binarize", str(source), "-o", str(out), "-m", "sauvola", "--set", "window=15",
                 "--report", str(report)])  # fmt: skip
    assert code == 0
    (page,) = imageio.read(out)
    assert (page.width, page.height, page.dpi) == (60, 40, (300, 300))
    told = json.loads(report.read_text("utf-8"))
    assert told["Method"] == "sauvola"
    assert told["Settings"]["window"] in (15, "15")
    assert told["files"][0]["status"] == "done"
    streams = capsys.readouterr()
    assert streams.out == ""
    assert "1 file done, 1 page" in streams.err


def test_provenance_is_in_the_file(scan: Scan, tmp_path: Path) -> None:
    from PIL import Image

    main(["binarize", str(scan(tmp_path / "a.png")), "-o", str(tmp_path / "b.png"), "-m", "otsu"])
    with Image.open(tmp_path / "b.png") as image:
        assert image.mode == "1"
        assert image.info["Method"] == "otsu"
        assert image.info["Software"].startswith("docbin ")


def test_pipe_to_pipe(scan: Scan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = scan(tmp_path / "a.png").read_bytes()
    received = io.BytesIO()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(received))
    assert main(["binarize", "-", "-o", "-", "-m", "otsu"]) == 0
    (page,) = imageio.read(received.getvalue())
    assert page.gray.min() == 0


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["nowhere.png", "-o", "out"], 3, "no such file"),
        (["{scan}", "-o", "out", "-m", "sauvolla"], 2, "did you mean 'sauvola'"),
        (["{scan}", "-o", "out", "--set", "windw=3"], 2, "known: "),
        (["{scan}", "-o", "out", "-m", "sauvola", "--set", "window=4"], 2, "odd"),
        (["{scan}", "-o", "out", "--set", "window"], 2, "key=value"),
        (["{scan}", "-o", "{scan}", "--overwrite"], 2, "never overwritten"),
        (["{scan}", "-o", "out", "--jobs", "0"], 2, "--jobs"),
        (["{scan}", "-o", "out", "--jobs", "5000"], 2, "--jobs"),
        (["{scan}", "-o", "out", "--dpi", "nan"], 2, "--dpi"),
        (["{scan}", "-o", "out", "--max-pixels", "100"], 3, "pixels"),
        (["{scan}", "-o", "x.pdf", "--format", "tiff"], 2, "x.tiff"),
        (["{text}", "-o", "out"], 3, "text.png"),
        (["{text}", "{scan}", "-o", "out"], 8, "1 of 2 files failed"),
        (["{pages}", "-o", "out.png"], 2, "p.tiff: has 2 pages, png holds one"),
        (["{pages}", "-o", "out", "--format", "png"], 2, "--format tiff"),
        (["-", "{scan}", "-o", "out"], 2, "one document"),
        (["{pages}", "-o", "-"], 2, "p.tiff: has 2 pages, png holds one"),
        (["{folder}", "-o", "out"], 3, "no images"),
        (["{scan}", "-o", "{text}/sub/x.png"], 4, ""),
        (["{scan}", "-o", "out", "--report", "no/such/folder/r.json"], 4, "r.json"),
        (["{scan}", "-o", "out", "--report", "{scan}"], 2, "--report"),
        (["{scan}", "-o", "-", "--report", "{scan}"], 2, "--report"),
        (["{scan}", "-o", "out.png", "--report", "out.png"], 2, "--report"),
        (["{scan}", "-o", "out.gif"], 2, ".png"),
        (["{scan}", "{pages}", "-o", "out.tiff"], 2, "name a folder"),
        (["{scan}", "-o", "out.jpg"], 2, "jpeg would blur ink"),
        (["{folder}", "-o", "out", "--format", "jpeg"], 2, "jpeg would blur ink"),
        (["", "-o", "out"], 2, "no name"),
        (["{scan}", "-o", ""], 2, "no name"),
        (["x" * 300 + ".png", "-o", "out"], 3, "too long"),
        (["{scan}", "-o", "x" * 300 + ".png"], 4, "too long"),
        (["{scan}", "-o", "out", "-m", ":"], 2, "package.module:Class"),
        (["{scan}", "-o", "out", "-m", "soft-ink"], 2, "docbin clean -m"),
        (["{scan}", "-o", "out", "--dpi", "5"], 2, "--dpi"),
    ],
)
def test_mistakes_are_sentences(
    scan: Scan,
    arguments: list[str],
    code: int,
    sentence: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "text.png").write_text("no picture")
    places = {"{scan}": scan(tmp_path / "scan.png"), "{pages}": scan(tmp_path / "p.tiff", 2)}
    places |= {"{text}": tmp_path / "text.png", "{folder}": tmp_path / "folder"}
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    words = []
    for word in arguments:
        for key, path in places.items():
            word = word.replace(key, str(path))
        words.append(word)
    assert main(["binarize", *words]) == code
    message = capsys.readouterr().err
    assert sentence in message
    assert "Traceback" not in message
    assert {path: path.read_bytes() for path in before} == before
    assert list(tmp_path.rglob("*.part")) == []


def test_a_place_for_results_that_cannot_be_is_told_once(
    scan: Scan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a.png", "b.png"):
        scan(tmp_path / "in" / name)
    (tmp_path / "file").touch()
    assert main(["binarize", str(tmp_path / "in"), "-o", str(tmp_path / "file" / "out")]) == 4
    told = capsys.readouterr().err
    assert "file above it is a file" in told
    assert len(told.splitlines()) == 1


def test_every_command_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    for command in COMMANDS:
        with pytest.raises(SystemExit) as ended:
            main([command, "--help"])
        assert ended.value.code == 0
        assert "examples:" in capsys.readouterr().out


def test_methods_and_info(scan: Scan, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["methods"]) == 0
    listed = capsys.readouterr().out
    assert main(["methods", "--json"]) == 0
    for method in json.loads(capsys.readouterr().out):
        assert method["name"] in listed
        assert method["paper"]
    assert main(["methods", "sauvola"]) == 0
    assert "window" in capsys.readouterr().out
    assert main(["info", str(scan(tmp_path / "p.tiff", 3))]) == 0
    told = capsys.readouterr().out
    assert "pages: 3" in told
    assert "page 2: 60 x 40" in told
    assert main(["methods", "nope"]) == 2


def test_a_report_of_any_name_is_json_and_gives_the_name_back(scan: Scan, tmp_path: Path) -> None:
    source = scan(tmp_path / "in/a.png")
    odd = source.with_name(os.fsdecode(b"\xff\n\xc3\xa4.png"))
    source.rename(odd)
    report = tmp_path / "report.json"
    words = ["binarize", str(odd.parent), "-o", str(tmp_path / "out"), "-m", "otsu"]
    assert main([*words, "--report", str(report)]) == 0
    (told,) = json.loads(report.read_bytes())["files"]
    assert (told["source"], told["status"]) == (str(odd), "done")


@pytest.mark.parametrize(
    ("number", "jobs"), [(signal.SIGINT, "1"), (signal.SIGTERM, "1"), (signal.SIGHUP, "2")]
)
def test_interrupt_leaves_nothing_partial(
    scan: Scan, tmp_path: Path, number: int, jobs: str
) -> None:
    code = (
        "import time\nfrom dataclasses import dataclass\n\n@dataclass(frozen=True)\nclass Slow:\n"
        "    def __call__(self, page):\n        open('started', 'w').close()\n"
        "        time.sleep(120)\n        return page.gray < 128\n"
    )
    (tmp_path / "slow_method.py").write_text(code)
    for i in range(3):
        scan(tmp_path / f"in/{i}.png")
    command = [sys.executable, "-m", "docbin", "binarize", "in", "-o", "out",
               "-m", "slow_method:Slow", "--jobs", jobs]  # fmt: skip
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    process = subprocess.Popen(
        command, cwd=tmp_path, env=env, stderr=subprocess.PIPE, text=True,
        # nohup and shells' & start tests with a signal ignored, which a child would inherit
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
    )  # fmt: skip
    while not (tmp_path / "started").exists() and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(number)
    _, message = process.communicate(timeout=60)
    assert process.returncode == 128 + number, message
    assert "interrupted" in message
    assert list((tmp_path / "out").rglob("*")) == []
