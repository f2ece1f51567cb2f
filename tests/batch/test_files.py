"""What a person names to jobs: what is planned, and what is refused before anything is done."""

import os
from pathlib import Path

import numpy as np
import pytest

from docbin import imageio
from docbin.batch import Job, Recipe, plan, run
from docbin.errors import InputError, OutputError, UsageError


def scan(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    imageio.write(path, np.full((20, 30), 220, np.uint8), dpi=(300, 300))
    return path


def planned(inputs: list[Path], out: Path, if_exists: str = "refuse") -> list[Job]:
    return plan([str(i) for i in inputs], str(out), format_of="png", if_exists=if_exists)[0]


def test_a_folders_tree_is_mirrored(tmp_path: Path) -> None:
    for name in ("a.png", "deep/er/b.png", ".hidden/c.png", "out/old.png"):
        scan(tmp_path / "in" / name)
    (tmp_path / "in" / "notes.txt").write_text("no image")
    out = tmp_path / "in" / "out"
    jobs = planned([tmp_path / "in"], out, "overwrite")
    assert [job.target for job in jobs] == [out / "a.png", out / "deep/er/b.png"]


def test_one_file_may_name_its_result(tmp_path: Path) -> None:
    source = scan(tmp_path / "a.png")
    assert planned([source], tmp_path / "b.png") == [Job(source, tmp_path / "b.png")]
    assert planned([tmp_path / "*.png"], tmp_path / "b.png") == [Job(source, tmp_path / "b.png")]
    assert planned([source], tmp_path / "b") == [Job(source, tmp_path / "b" / "a.png")]


def test_skip_and_refuse(tmp_path: Path) -> None:
    source, done = scan(tmp_path / "in/a.png"), scan(tmp_path / "out/a.png")
    with pytest.raises(OutputError, match="--skip-existing"):
        planned([source], done.parent)
    jobs, standing = plan([str(source)], str(done.parent), format_of="png", if_exists="skip")
    assert (jobs, standing) == ([], [Job(source, done, keep=True)])


def test_two_inputs_for_one_output(tmp_path: Path) -> None:
    first, second = scan(tmp_path / "a.png"), scan(tmp_path / "a.jpg")
    with pytest.raises(UsageError, match="both be written"):
        planned([first, second], tmp_path / "out")


def test_all_inputs_for_one_output_are_counted(tmp_path: Path) -> None:
    for name in ("a.png", "a.jpg", "b.png", "b.jpg", "b.tiff", "c.png"):
        scan(tmp_path / "in" / name)
    with pytest.raises(UsageError, match=r"a\.jpg and .*a\.png .*, and 2 more such pairs: write"):
        plan([str(tmp_path / "in")], str(tmp_path / "out"), format_of="png")


def test_output_equal_to_input(tmp_path: Path) -> None:
    source = scan(tmp_path / "a.png")
    before = source.read_bytes()
    link = tmp_path / "link.png"
    os.link(source, link)
    for target in (source, link):
        with pytest.raises(UsageError, match="never overwritten"):
            planned([source], target, "overwrite")
    with pytest.raises(UsageError, match="never overwritten"):
        planned([source], tmp_path, "overwrite")
    assert source.read_bytes() == before


@pytest.mark.parametrize("name", ["missing.png", "nothing*.png", "empty"])
def test_nothing_to_do_is_an_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"no such file|no file matches|no images"):
        planned([tmp_path / name], tmp_path / "out")


def test_what_stands_in_a_folder_and_is_no_page(tmp_path: Path) -> None:
    good = scan(tmp_path / "in/good.png")
    gone = tmp_path / "in/gone.png"
    gone.symlink_to(tmp_path / "nowhere.png")
    os.mkfifo(tmp_path / "in/pipe.png")  # would keep its reader waiting
    jobs = planned([tmp_path / "in"], tmp_path / "out")
    assert [job.source for job in jobs] == [gone, good]
    first, second = run(Recipe("otsu"), jobs)
    assert "link to nothing" in str(first.error)
    assert second.status == "done"


def test_linked_folders_are_searched_once(tmp_path: Path) -> None:
    for name in ("in/a.png", "in/vol1/b.png", "in/.kept/c.png", "store/vol2/d.png", "above.png"):
        scan(tmp_path / name)
    links = {"vol2": "store/vol2", "again": "store/vol2", "one": "in/vol1", "three": "in/.kept"}
    for link, to in {**links, "ring": "in", "up": ".", "done": "out"}.items():
        (tmp_path / "in" / link).symlink_to(tmp_path / to)
    (tmp_path / "store/vol2/ring").symlink_to(tmp_path / "store/vol2")
    scan(tmp_path / "out/result.png")
    jobs = planned([tmp_path / "in"], tmp_path / "out")
    found = [job.source.relative_to(tmp_path / "in").as_posix() for job in jobs]
    assert found == ["a.png", "vol1/b.png", "again/d.png", "three/c.png"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_a_folder_that_cannot_be_looked_into_is_told_of(tmp_path: Path) -> None:
    scan(tmp_path / "in/a.png")
    closed = scan(tmp_path / "in/closed/b.png").parent
    closed.chmod(0)
    try:
        jobs = planned([tmp_path / "in"], tmp_path / "out")
        outcomes = list(run(Recipe("otsu"), jobs))
        with pytest.raises(InputError, match="no permission"):
            planned([closed / "b.png"], tmp_path / "other")
        with pytest.raises(InputError, match="no permission"):
            planned([closed], tmp_path / "other")
    finally:
        closed.chmod(0o700)
    assert [outcome.status for outcome in outcomes] == ["done", "failed"]
    assert "no permission to look into" in str(outcomes[1].error)
