"""Candidates on datasets: right scores, bad input said, leaks refused."""

import json
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from docbin.data.dibco import Dataset, open_dataset
from docbin.data.fingerprint import Fingerprints, fingerprint
from docbin.errors import DatasetError, InputError, LeakError, SettingError, UsageError
from docbin.evaluate import (
    Method,
    compare,
    evaluate_paths,
    finished,
    rank_sums,
    run,
    summarize,
)
from docbin.evaluate.candidates import extra_files
from docbin.evaluate.tables import as_csv, as_json, as_latex, as_markdown
from docbin.imageio import write
from docbin.metrics import evaluate
from docbin.page import Ink, Page


@dataclass(frozen=True)
class Threshold:
    at: int = 128

    def __call__(self, page: Page, /) -> Ink:
        return page.gray < self.at


@dataclass(frozen=True)
class Learned:
    pages: Fingerprints

    def __call__(self, page: Page, /) -> Ink:
        return page.gray < 128

    def trained_on(self) -> Fingerprints:
        return self.pages


def page_of(seed: int) -> tuple[NDArray[np.uint8], Ink]:
    rng = np.random.default_rng(seed)
    ink = np.zeros((64, 96), bool)
    for row in range(8, 56, 12):
        ink[row : row + 4, 8 : 40 + seed * 9] = True
    gray = np.where(ink, 70, 190) + rng.normal(0, 30, ink.shape)
    return np.clip(gray, 0, 255).astype(np.uint8), ink


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    for seed in range(4):
        gray, ink = page_of(seed)
        for folder, image in (("images", gray), ("gt", ink)):
            path = tmp_path / "set" / folder / f"p{seed}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            write(path, image)
    return open_dataset(tmp_path / "set")


def predictions(folder: Path, **changes: NDArray[np.generic]) -> Path:
    folder.mkdir()
    for seed in range(4):
        image = changes.get(f"p{seed}", page_of(seed)[1])
        write(folder / f"p{seed}.png", image)
    return folder


def test_scores_are_those_of_the_metrics(dataset: Dataset) -> None:
    scores = run([Method("a", Threshold()), Method("b", Threshold(100))], [dataset])
    assert [(s.page, s.candidate) for s in scores[:3]] == [("p0", "a"), ("p0", "b"), ("p1", "a")]
    for seed in range(4):
        gray, ink = page_of(seed)
        for score, at in zip(scores[2 * seed :], (128, 100), strict=False):
            assert astuple(score.scores) == pytest.approx(astuple(evaluate(gray < at, ink)))


def test_finished_predictions_equal_the_method_that_made_them(
    dataset: Dataset, tmp_path: Path
) -> None:
    made = {f"p{seed}": page_of(seed)[0] < 128 for seed in range(4)}
    candidate = finished(predictions(tmp_path / "tool", **made), [dataset])
    assert candidate.label == "tool"
    ours = run([Method("a", Threshold()), candidate], [dataset])
    for a, b in zip(ours[::2], ours[1::2], strict=True):
        assert astuple(a.scores) == pytest.approx(astuple(b.scores))
    assert all(s.notes == () for s in ours)


def test_workers_give_the_same_scores(dataset: Dataset) -> None:
    from docbin.registry import create

    methods = [Method("otsu", create("otsu"))]
    for two, one in zip(run(methods, [dataset], jobs=2), run(methods, [dataset]), strict=True):
        assert (two.page, two.candidate, two.notes) == (one.page, one.candidate, one.notes)
        assert astuple(two.scores) == pytest.approx(astuple(one.scores))


def test_means_pooled_f_and_intervals(dataset: Dataset) -> None:
    scores = run([Method("a", Threshold(110))], [dataset], pseudo=False)
    (summary,) = summarize(scores, np.random.default_rng(1))
    f, p, r = (
        np.array([getattr(s.scores, name) for s in scores])
        for name in ("f_measure", "precision", "recall")
    )
    assert summary.mean["f_measure"] == pytest.approx(f.mean())
    expected = 2 * p.mean() * r.mean() / (p.mean() + r.mean())
    assert summary.pooled_f == pytest.approx(expected)
    low, high = summary.interval["f_measure"]
    assert f.min() <= low < f.mean() < high <= f.max()
    assert summary.rank_sum is None
    assert np.isnan(summary.mean["pseudo_f_measure"])


def test_rank_sum_counts_and_equal_values_share(dataset: Dataset) -> None:
    good, bad = Method("good", Threshold(128)), Method("bad", Threshold(60))
    same = Method("same", Threshold(128))
    sums = rank_sums(run([good, bad, same], [dataset]))
    assert sums == {"good": 16, "same": 16, "bad": 48}


def test_comparison_of_a_method_with_itself_and_with_a_worse(dataset: Dataset) -> None:
    scores = run([Method("a", Threshold()), Method("b", Threshold(60))], [dataset])
    rng = np.random.default_rng(0)
    same = compare(scores, "a", "a", rng)
    assert (same.difference, same.wins, same.ties, same.p_value) == (0, 0, 4, 1)
    other = compare(scores, "a", "b", rng)
    assert other.difference > 0
    assert other.wins == 4
    assert other.interval[0] > 0
    assert 0.08 < other.p_value < 0.17  # 2 of 16 sign patterns are as extreme
    assert compare(scores, "a", "b", rng, metric="drd").wins == 4
    with pytest.raises(UsageError, match="scored: a, b"):
        compare(scores, "a", "c", rng)


def test_missing_and_extra_predictions(dataset: Dataset, tmp_path: Path) -> None:
    folder = predictions(tmp_path / "tool")
    write(folder / "cover.png", page_of(0)[1])
    assert [f.name for f in extra_files(finished(folder, [dataset]))] == ["cover.png"]
    (folder / "p2.png").unlink()
    with pytest.raises(DatasetError, match="set/p2"):
        finished(folder, [dataset])
    with pytest.raises(DatasetError, match="not a folder"):
        finished(tmp_path / "nowhere", [dataset])


def test_prediction_of_another_size_is_refused(dataset: Dataset, tmp_path: Path) -> None:
    small = page_of(1)[1][:, :50]
    candidate = finished(predictions(tmp_path / "tool", p1=small), [dataset])
    with pytest.raises(InputError, match="tool on set/p1: prediction is 50 x 64 but truth is 96"):
        run([candidate], [dataset])


def test_grey_colour_and_inverted_predictions_are_said(dataset: Dataset, tmp_path: Path) -> None:
    grey = np.where(page_of(0)[1], 100, 250).astype(np.uint8)
    colour = np.repeat(grey[:, :, None], 3, axis=2).copy()
    colour[:5, :5] = (255, 200, 255)
    folder = predictions(tmp_path / "tool", p0=grey, p1=~page_of(1)[1])
    write(folder / "p2.png", colour, overwrite=True)
    scores = run([finished(folder, [dataset])], [dataset])
    notes = {s.page: " ".join(s.notes) for s in scores}
    assert "grey prediction: scored after thresholding" in notes["p0"]
    assert scores[0].scores.f_measure == 100
    assert "looks inverted: F" in notes["p1"]
    assert scores[1].scores.f_measure < 1  # said, never turned round
    assert "colour prediction" in notes["p2"]
    assert notes["p3"] == ""


def test_jpeg_prediction_is_said(tmp_path: Path) -> None:
    _, ink = page_of(0)
    write(tmp_path / "t.png", ink)
    write(tmp_path / "p.jpg", np.where(ink, 0, 255).astype(np.uint8))
    scores, notes = evaluate_paths(tmp_path / "p.jpg", tmp_path / "t.png")
    assert any("JPEG" in note for note in notes)
    assert scores.f_measure > 95


def test_page_and_truth_of_different_sizes_are_refused(dataset: Dataset, tmp_path: Path) -> None:
    write(tmp_path / "set" / "gt" / "p0.png", page_of(0)[1][:40], overwrite=True)
    with pytest.raises(DatasetError, match="set/p0: page is 96 x 64 but its truth is 96 x 40"):
        run([Method("a", Threshold())], [dataset])


def test_nothing_or_the_same_name_twice_is_refused(dataset: Dataset) -> None:
    with pytest.raises(SettingError, match="at least one"):
        run([], [dataset])
    with pytest.raises(SettingError, match="given twice"):
        run([Method("a", Threshold()), Method("a", Threshold(1))], [dataset])
    with pytest.raises(SettingError, match="jobs"):
        run([Method("a", Threshold())], [dataset], jobs=0)


def test_training_pages_are_refused_and_marked(dataset: Dataset) -> None:
    gray, ink = page_of(2)
    learned = Learned(Fingerprints((fingerprint("train/x", Page(gray), ink),)))
    methods = [Method("learned", learned), Method("plain", Threshold())]
    with pytest.raises(LeakError, match=r"learned on set/p2: the same pixels as .*train/x"):
        run(methods, [dataset])
    scores = run(methods, [dataset], allow_leak=True)
    assert [(s.page, s.candidate) for s in scores if s.leaked] == [("p2", "learned")]
    summaries = summarize(scores, np.random.default_rng(0))
    assert [s.leaked for s in summaries] == [True, False]
    markdown = as_markdown(summaries).splitlines()
    leaked, plain = (next(x for x in markdown if f"| {n}" in x) for n in ("learned", "plain"))
    assert leaked.count("†") == leaked.count("|") - 3  # all but dataset and pages
    assert "†" not in plain
    assert "not a test result" in markdown[-1]


def test_tables_hold_every_figure(dataset: Dataset) -> None:
    scores = run([Method("a_b&c", Threshold()), Method("b", Threshold(90))], [dataset])
    rng = np.random.default_rng(0)
    summaries = summarize(scores, rng)
    rows = as_csv(scores).splitlines()
    assert len(rows) == 9
    value = json.loads(as_json(scores, summaries, [compare(scores, "a_b&c", "b", rng)]))
    assert value["pages"][0]["scores"]["f_measure"] == scores[0].scores.f_measure
    assert value["comparisons"][0]["pages"] == 4
    latex = as_latex(summaries)
    assert "a\\_b\\&c" in latex
    body = [line for line in latex.splitlines() if line.endswith("\\\\")]
    assert len({line.count(" & ") for line in body}) == 1


def test_perfect_pages_print_as_words(dataset: Dataset, tmp_path: Path) -> None:
    scores = run([finished(predictions(tmp_path / "perfect"), [dataset])], [dataset])
    summaries = summarize(scores, np.random.default_rng(0))
    assert json.loads(as_json(scores, summaries))["pages"][0]["scores"]["psnr"] == "inf"
    assert "| inf |" in as_markdown(summaries)
