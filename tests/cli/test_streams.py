"""Standard streams in whatever state: closed, full, unread, of an encoding without our letters."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from docbin import imageio

DOCBIN = f"{shlex.quote(sys.executable)} -m docbin"
BINARIZE = f"{DOCBIN} binarize page.png -m otsu"


def shell(line: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    env = {**os.environ, **environment}
    if "PYTHONUNBUFFERED" not in environment:
        env.pop("PYTHONUNBUFFERED", None)  # what is left in a buffer fails at the very end
    words = ["bash", "-c", f"set -o pipefail; {line}"]
    return subprocess.run(words, cwd=folder, env=env, capture_output=True, timeout=120)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    gray = np.full((40, 60), 220, np.uint8)
    gray[5:9, 5:20] = 10
    imageio.write(tmp_path / "page.png", gray)
    return tmp_path


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        (f"{DOCBIN} binarize - -o out.png <&-", 2, "standard input is closed"),
        (f"{BINARIZE} -o - >&-", 2, "standard output is closed"),
        (f"{BINARIZE} -o - >/dev/full", 4, "standard output: No space left"),
        (f"{DOCBIN} info page.png >/dev/full", 4, "standard output: No space left"),
        (f"{DOCBIN} --help >/dev/full", 4, "standard output: No space left"),
        (f"PYTHONUNBUFFERED=1 {DOCBIN} info --help >/dev/full", 4, "standard output: No space"),
        (f"{DOCBIN} methods | head -1", 0, ""),
    ],
)
def test_a_stream_that_cannot_be_used_is_a_sentence(
    line: str, code: int, words: str, folder: Path
) -> None:
    ended = shell(line, folder)
    told = ended.stderr.decode()
    assert ended.returncode == code, told
    assert words in told
    assert len(told.splitlines()) == bool(words)
    assert [path.name for path in folder.iterdir()] == ["page.png"]


@pytest.mark.parametrize("elsewhere", ["2>&-", "2>/dev/full", "2> >(true)"])
@pytest.mark.parametrize(
    "line", ["docbin nosuchcommand", "docbin info --wrong", "docbin.cli.ocrd --wrong"]
)
def test_wrong_usage_has_its_code_whoever_listens(line: str, elsewhere: str, folder: Path) -> None:
    ended = shell(f"{shlex.quote(sys.executable)} -m {line} {elsewhere}", folder)
    assert (ended.returncode, ended.stdout) == (2, b"")


@pytest.mark.parametrize("elsewhere", ["2>&-", "2>/dev/full", "2> >(true)", "<&- >&- 2>&-"])
def test_the_work_is_done_whoever_listens(elsewhere: str, folder: Path) -> None:
    ended = shell(f"{BINARIZE} -o out.png {elsewhere}", folder)
    assert (ended.returncode, ended.stdout) == (0, b"")
    (page,) = imageio.read(folder / "out.png")
    assert page.gray.min() == 0


@pytest.mark.parametrize("jobs", [1, 2])
def test_of_a_damaged_file_its_sentence_is_all_that_is_said(jobs: int, folder: Path) -> None:
    with imageio.open_writer(folder / "whole.tif") as writer:
        for _ in range(3):
            writer.add(np.zeros((40, 60), np.uint8), None)
    data = (folder / "whole.tif").read_bytes()
    (folder / "cut.tif").write_bytes(data[: len(data) // 2])
    command = f"{DOCBIN} binarize cut.tif page.png -o out -m otsu --jobs {jobs}"
    ended = shell(command, folder, PYTHONWARNINGS="default")
    told = ended.stderr.decode().splitlines()
    assert ended.returncode == 8
    assert len(told) == 4, told  # a line a file, and the list of what failed
    assert sum("cut.tif: damaged or cut short" in line for line in told) == 2


def test_names_cannot_command_the_terminal(folder: Path) -> None:
    for name in ("\x1b[31mred", "\u202egnp", "bell\a", "two\nlines"):
        (folder / f"{name}.png").write_bytes((folder / "page.png").read_bytes())
    (folder / "no\npage.png").write_bytes(b"")
    ended = shell(f"{DOCBIN} binarize . -o out -m otsu", folder)
    told = ended.stderr.decode()
    assert ended.returncode == 8, told
    assert len(told.splitlines()) == 8  # a line a file, and the list of what failed
    assert not any(character in told for character in "\x1b\u202e\a")
    for name in (r"\x1b[31mred", r"\u202egnp", r"two\nlines", r"no\npage"):
        assert f"{name}.png" in told
    assert len(list((folder / "out").iterdir())) == 5


@pytest.mark.parametrize("options", ["", " --json"])
def test_names_in_results_cannot_command_the_terminal(options: str, folder: Path) -> None:
    names = ["\x1b[31mred.png", "\x9b31m.png", "\u202egnp.png", "two\nlines.png"]
    for name in names:
        (folder / name).write_bytes((folder / "page.png").read_bytes())
    ended = shell(f"{DOCBIN} info .{options}", folder)
    told = ended.stdout.decode()
    assert ended.returncode == 0, ended.stderr
    assert not any(character in told for character in "\x1b\x9b\u202e")
    if options:
        assert sorted(row["path"] for row in json.loads(told)) == sorted([*names, "page.png"])
    else:
        assert len(told.splitlines()) == 10


def test_letters_that_an_encoding_lacks(folder: Path) -> None:
    (folder / "page.png").rename(folder / "ä\udcff.png")
    ended = shell(f"{DOCBIN} info *.png", folder, PYTHONIOENCODING="ascii")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith(b"\\xe4\\udcff.png: PNG")


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    "work", ["binarize page.png more.png -o out -m", "evaluate --no-pseudo -d set -m"]
)
def test_a_warning_is_a_sentence_without_code(work: str, jobs: int, folder: Path) -> None:
    (folder / "careful.py").write_text(
        "import dataclasses, warnings\n"
        "@dataclasses.dataclass(frozen=True)\n"
        "class Careful:\n"
        "    def __call__(self, page):\n"
        "        warnings.warn('this page is odd')\n"
        "        return page.gray < 128\n"
    )
    data = (folder / "page.png").read_bytes()
    pairs = [f"set/{kind}/{number}.png" for kind in ("images", "gt") for number in (1, 2)]
    for name in ("more.png", *pairs):
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_bytes(data)
    line = f"{DOCBIN} {work} careful:Careful --jobs {jobs} --quiet"
    ended = shell(line, folder, PYTHONPATH=".")
    assert (ended.returncode, ended.stderr.decode()) == (0, "docbin: this page is odd\n")
