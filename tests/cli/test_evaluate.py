"""docbin evaluate and docbin datasets, as typed."""

import json
from pathlib import Path

import numpy as np
import pytest

from docbin.cli import main
from docbin.imageio import write
from docbin.metrics import read_weights, stroke_weights


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for name in ("one", "two"):
        for seed in range(2):
            ink = np.zeros((50, 70), bool)
            ink[10 + 3 * seed : 30, 10:60] = True
            gray = np.where(ink, np.uint8(50), np.uint8(200))
            for folder, image in (("images", gray), ("gt", ink)):
                path = tmp_path / "data" / name / folder / f"{seed}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                write(path, image)
    return tmp_path / "data"


def test_methods_on_two_datasets_with_every_output(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outputs = {name: tmp_path / f"out.{name}" for name in ("csv", "json", "markdown", "latex")}
    outputs["report"] = tmp_path / "out.html"
    words = [f"--{name}={path}" for name, path in outputs.items()]
    command = ["evaluate", "-m", "otsu", "-m", "mine=sauvola:window=15,k=0.3", "-d", str(data)]
    assert main([*command, *words, "--compare", "otsu", "mine", "--pages"]) == 0
    shown = capsys.readouterr().out
    assert "100.00" in shown
    assert "otsu minus mine, f_measure" in shown
    value = json.loads(outputs["json"].read_text())
    assert [s["dataset"] for s in value["summaries"]] == ["one", "one", "two", "two", "all", "all"]
    assert {s["method"] for s in value["summaries"]} == {"otsu", "mine"}
    assert outputs["csv"].read_text().count("\n") == 9
    assert outputs["report"].read_text().startswith("<!DOCTYPE html>")
    assert main([*command, *words]) == 4
    assert "--overwrite" in capsys.readouterr().err
    assert main([*command, *words, "--overwrite", "-q"]) == 0


def test_names_of_pages_are_no_markup(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in (data / "one/images", data / "one/gt"):
        (folder / "0.png").rename(folder / "[red]two\nlines\x1b.png")
    (data / "one").rename(data / "a\nb")
    table = data / "out.md"
    command = ["evaluate", "-m", "otsu", "-d", str(data / "a\nb"), "--pages", "--no-pseudo"]
    assert main([*command, "--markdown", str(table)]) == 0
    assert r"a\nb/[red]two\nlines\x1b" in capsys.readouterr().out
    assert "| a b | otsu |" in table.read_text()


def test_predictions_warn_of_extra_files(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "tool"
    folder.mkdir()
    for name in ("0", "1", "cover"):
        write(folder / f"{name}.png", np.zeros((50, 70), bool))
    assert main(["evaluate", "-p", str(folder), "-d", str(data / "one")]) == 0
    seen = capsys.readouterr()
    assert "1 predictions belong to no page" in seen.err
    assert "tool" in seen.out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([], 2, "nothing to score"),
        (["-m", "otsu"], 2, "say which pages"),
        (["-m", "otsu", "--images", "a"], 2, "go together"),
        (["-m", "ottsu", "-d", "DATA"], 2, "did you mean 'otsu'"),
        (["-m", "sauvola:window", "-d", "DATA"], 2, "KEY=VALUE"),
        (["-m", "sauvola:window=4", "-d", "DATA"], 2, "odd"),
        (["-m", "otsu", "-d", "DATA/nowhere"], 7, "not a folder"),
        (["-p", "DATA/one/gt", "-d", "DATA"], 7, "has no folder one"),
        (["-m", "otsu", "-m", "otsu", "-d", "DATA"], 2, "given twice"),
        (["-m", "otsu", "-d", "DATA", "-d", "DATA/one"], 2, "called one"),
        (["-m", "otsu", "-d", ""], 2, "names no folder"),
        (["-m", "otsu", "-d", "DATA", "--seed", "-1"], 2, "--seed"),
        (["-m", "otsu", "-d", "DATA", "--json", "DATA/no/x.json"], 4, "no folder"),
        (["-m", "otsu", "-d", "DATA", "--json", "DATA/x", "--csv", "DATA/x"], 2, "--csv too"),
        (["-m", "otsu", "-d", "DATA", "--csv", "DATA/one/gt/0.png"], 4, "add --overwrite"),
        (
            ["-m", "otsu", "-d", "DATA", "--csv", "DATA/one/gt/0.png", "--overwrite"],
            4,
            "never overwritten",
        ),
    ],
)
def test_mistakes_are_a_sentence(
    data: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int, said: str
) -> None:
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    assert main(["evaluate", *(w.replace("DATA", str(data)) for w in words)]) == code
    seen = capsys.readouterr()
    assert said in seen.err
    assert seen.out == ""  # told before anything is scored
    assert {path: path.read_bytes() for path in data.rglob("*") if path.is_file()} == before


def test_datasets_list_and_check(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["datasets", "list"]) == 0
    told = capsys.readouterr().out
    assert "dibco2019" in told
    assert "…" not in told
    assert main(["datasets", "list", "bickley"]) == 0
    assert "below 224 is black" in capsys.readouterr().out
    assert main(["datasets", "check", "mine", str(data / "one")]) == 0
    assert "2 pages, all as they should be" in capsys.readouterr().out
    assert main(["datasets", "check", "dibco2011", str(data / "one")]) == 7
    seen = capsys.readouterr()
    assert "HW1: is missing" in seen.out
    assert "problems in 2 pages" in seen.err


def test_weights_of_truths_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    truth = np.full((20, 30), 255, np.uint8)
    truth[5:9, 4:20] = 0
    write(tmp_path / "H01_gt.png", truth < 128)
    command = ["datasets", "weights", str(tmp_path / "H01_gt.png"), "-o", str(tmp_path / "out")]
    assert main(command) == 0
    assert capsys.readouterr().out == "H01_gt: 30 x 20\n"
    names = [tmp_path / "out" / f"H01_gt_{letter}Weights.dat" for letter in "RP"]
    again = read_weights(*names, (20, 30))
    assert np.array_equal(again.recall, stroke_weights(truth).recall)
    assert main(command) == 4
    assert "exists" in capsys.readouterr().err
    assert main([*command, "--overwrite"]) == 0
    assert main([*command[:3], *command[2:]]) == 7
