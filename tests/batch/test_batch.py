"""Jobs to outcomes: what survives, and what is left behind."""

import importlib
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from docbin import imageio
from docbin.batch import Job, Recipe, plan, run
from docbin.batch.detect import LineRecipe
from docbin.batch.pool import WorkerLost, share
from docbin.page import Page

METHODS = '''
import os
import time
import warnings
from dataclasses import dataclass
import numpy as np

@dataclass(frozen=True)
class Dark:
    """Ink is darker than mid-grey; some shades are trouble."""

    def __call__(self, page):
        shade = int(page.gray[0, 0])
        if shade == 200:
            raise ZeroDivisionError("a bug of the method")
        if shade == 201:
            os.kill(os.getpid(), 9)
        if shade == 202:
            time.sleep(60)
        if shade == 203:
            return page.gray
        return page.gray < 128


@dataclass(frozen=True)
class KilledWriting:
    """A detector of nothing, whose process is killed when it writes of a page of shade 201."""

    def __call__(self, page):
        if int(page.gray[0, 0]) == 201:
            os.fsync = lambda _: os.kill(os.getpid(), 9)
        return []


def fail(item):
    return item / 0


def warn(item):
    warnings.warn("odd" if item % 2 else "even")
    return item


def die_on_two(item):
    if item == 2:
        os.kill(os.getpid(), 9)
    return item
'''


@pytest.fixture
def method(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "trouble_method.py").write_text(METHODS)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delitem(sys.modules, "trouble_method", raising=False)
    return "trouble_method:Dark"


def scan(path: Path, shade: int = 220) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    gray = np.full((20, 30), shade, np.uint8)
    gray[5:9, 5:20] = 10
    imageio.write(path, gray, dpi=(300, 300))
    return path


def planned(inputs: list[Path], out: Path, if_exists: str = "refuse") -> list[Job]:
    return plan([str(i) for i in inputs], str(out), format_of="png", if_exists=if_exists)[0]


@pytest.mark.parametrize("begun", [False, True])
def test_a_result_that_appears_meanwhile_is_kept(
    tmp_path: Path, begun: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes may fill one folder with --skip-existing."""
    source, target = scan(tmp_path / "a.png"), tmp_path / "out.png"
    (job,), _ = plan([str(source)], str(target), format_of="png", if_exists="skip")
    if begun:
        created = Recipe.create

        def late(recipe: Recipe) -> Callable[[Page], NDArray[Any]]:
            target.write_bytes(b"the other's")
            return created(recipe)

        monkeypatch.setattr(Recipe, "create", late)
    else:
        target.write_bytes(b"the other's")
    (outcome,) = run(Recipe("otsu"), [job])
    assert outcome.status == "skipped"
    assert target.read_bytes() == b"the other's"


@pytest.mark.parametrize("workers", [1, 2])
def test_a_batch_survives_its_worst_pages(tmp_path: Path, method: str, workers: int) -> None:
    shades = {"good.png": 220, "bug.png": 200, "wrong.png": 203, "last.png": 221}
    if workers > 1:
        shades["killed.png"] = 201
    for name, shade in shades.items():
        scan(tmp_path / "in" / name, shade)
    (tmp_path / "in" / "text.png").write_text("this is no picture")
    jobs = planned([tmp_path / "in"], tmp_path / "out")
    outcomes = {o.source.name: o for o in run(Recipe(method), jobs, workers)}
    assert {name for name, o in outcomes.items() if o.status == "done"} == {"good.png", "last.png"}
    assert "ZeroDivisionError" in str(outcomes["bug.png"].error)
    assert "must return a bool array" in str(outcomes["wrong.png"].error)
    assert outcomes["text.png"].error_type == "InputError"
    if workers > 1:
        assert "SIGKILL" in str(outcomes["killed.png"].error)
    left = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert left == ["good.png", "last.png"]


def test_a_killed_detection_leaves_nothing(tmp_path: Path, method: str) -> None:
    (tmp_path / "in").mkdir()
    for name, shades in {"a.tif": (220,), "b.tif": (220, 201)}.items():
        with imageio.open_writer(tmp_path / "in" / name) as writer:
            for shade in shades:
                writer.add(np.full((40, 50), shade, np.uint8), None)
    jobs, _ = plan([str(tmp_path / "in")], str(tmp_path / "out"), format_of={}, suffix=".xml")
    killed = method.replace("Dark", "KilledWriting")
    outcomes = {o.source.name: o for o in run(LineRecipe(killed), jobs, 2)}
    assert outcomes["a.tif"].status == "done"
    assert "SIGKILL" in str(outcomes["b.tif"].error)
    left = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert left == ["a.xml", "b-0001.xml"]


def test_leaving_early_ends_the_workers(tmp_path: Path, method: str) -> None:
    jobs = planned([scan(tmp_path / f"in/{i}.png", 202 if i else 220) for i in range(4)],
                   tmp_path / "out")  # fmt: skip
    outcomes = run(Recipe(method), jobs, 2)
    assert next(outcomes).status == "done"
    outcomes.close()
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["0.png"]


def test_same_bytes_whatever_the_jobs(tmp_path: Path) -> None:
    for i in range(3):
        scan(tmp_path / f"in/{i}.png", 180 + i)
    results = []
    for workers in (1, 2):
        jobs = planned([tmp_path / "in"], tmp_path / f"out{workers}")
        assert {o.status for o in run(Recipe("otsu"), jobs, workers)} == {"done"}
        results.append([job.target.read_bytes() for job in jobs])
    assert results[0] == results[1]


@pytest.mark.parametrize("threads", [1, 3])
def test_pages_of_one_file_stay_in_order(tmp_path: Path, threads: int) -> None:
    pages = []
    for i in range(7):
        page = np.full((20, 30), 230, np.uint8)
        page[:, i * 4 : i * 4 + 2] = 20
        pages.append(page)
    imageio.write(tmp_path / "in.tiff", pages, dpi=(300, 300))
    jobs = [Job(tmp_path / "in.tiff", tmp_path / "out.tiff")]
    (outcome,) = run(Recipe("otsu", threads=threads), jobs, threads)
    assert [note.number for note in outcome.pages] == list(range(1, 8))
    for i, page in enumerate(imageio.read(tmp_path / "out.tiff")):
        np.testing.assert_array_equal(page.gray < 128, pages[i] < 128)


def function_named(name: str) -> Callable[[int], float]:
    function: Callable[[int], float] = getattr(importlib.import_module("trouble_method"), name)
    return function


def test_a_bug_in_shared_work_keeps_its_traceback(method: str) -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        list(share(function_named("fail"), [1, 2, 3], 2))
    assert "in fail" in "".join(caught.value.__notes__)


def test_warnings_of_workers_are_issued_here_once(method: str) -> None:
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("default")
        assert sorted(share(function_named("warn"), [1, 2, 3, 4], 2)) == [1, 2, 3, 4]
    assert sorted(str(one.message) for one in heard) == ["even", "odd"]


def test_share_replaces_the_dead(method: str) -> None:
    results = list(share(function_named("die_on_two"), [1, 2, 3, 4, 5], 2))
    lost = [result for result in results if isinstance(result, WorkerLost)]
    assert [worker.item for worker in lost] == [2]
    assert sorted(r for r in results if isinstance(r, int)) == [1, 3, 4, 5]
