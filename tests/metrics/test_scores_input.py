"""What is taken for scores: arrays of any kind, files, batches, weight files; what is refused."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from docbin.errors import ArrayError, InputError, OutputError
from docbin.imageio import write
from docbin.metrics import (
    Scores,
    Weights,
    evaluate,
    evaluate_all,
    read_weights,
    stroke_weights,
    write_weights,
)

Bits = NDArray[np.bool_]


def test_both_encodings_and_any_layout_score_the_same(
    bar: tuple[Bits, Bits],
) -> None:
    ink, truth = bar
    scores = evaluate(ink, truth)
    as_bytes = [np.where(image, 0, 255).astype(np.uint8) for image in (ink, truth)]
    assert evaluate(*as_bytes) == scores
    assert evaluate(np.asfortranarray(ink), truth[:, ::-1][:, ::-1]) == scores


def test_batches_pair_up_or_fail(
    bar: tuple[Bits, Bits],
) -> None:
    ink, truth = bar
    one = evaluate(ink, truth)
    both: list[Scores] = evaluate_all(np.stack([ink, truth]), np.stack([truth, truth]))
    assert both == [one, evaluate(truth, truth)]
    assert evaluate_all(iter([ink]), [truth], pseudo=False)[0].drd == one.drd
    with pytest.raises(ArrayError, match="page 2"):
        evaluate_all([ink, ink], [truth])


@pytest.mark.parametrize(
    ("ink", "truth", "message"),
    [
        (np.zeros((4, 5), np.bool_), np.zeros((5, 4), np.bool_), "5 x 4 pixels but truth is 4 x 5"),
        (np.zeros((4, 5), np.bool_), np.full((4, 5), 128, np.uint8), "truth is grey: 20 of 20"),
        (
            np.zeros((4, 5, 3), np.uint8),
            np.zeros((4, 5), np.bool_),
            "prediction has shape .* a colour picture",
        ),
        (
            np.zeros((4, 5), np.uint8) + 1,
            np.zeros((4, 5), np.bool_),
            "which is ink is anybody's guess",
        ),
        (np.zeros((4, 5)), np.zeros((4, 5), np.bool_), "float64"),
        (np.zeros((0, 5), np.bool_), np.zeros((0, 5), np.bool_), "a pixel"),
        ([[True]], np.zeros((1, 1), np.bool_), "numpy array or a path, got list"),
    ],
)
def test_bad_pictures_are_refused(
    ink: NDArray[np.generic], truth: NDArray[np.generic], message: str
) -> None:
    with pytest.raises(ArrayError, match=message):
        evaluate(ink, truth)


def test_weight_files_come_back_as_written(bar: tuple[Bits, Bits], tmp_path: Path) -> None:
    _, truth = bar
    weights = stroke_weights(truth)
    recall, precision = tmp_path / "RWeights.dat", tmp_path / "PWeights.dat"
    write_weights(weights, recall, precision)
    again = read_weights(recall, precision, (16, 24))
    assert np.array_equal(again.recall, weights.recall)
    assert np.array_equal(again.precision, weights.precision)
    with pytest.raises(InputError, match="384 weights"):
        read_weights(recall, precision, (16, 25))
    precision.write_text("0.5 half")
    with pytest.raises(InputError, match="not a weight file"):
        read_weights(recall, precision, (16, 24))
    with pytest.raises(InputError, match=r"missing\.dat"):
        read_weights(tmp_path / "missing.dat", precision, (16, 24))


def test_weight_files_are_not_replaced_unasked(bar: tuple[Bits, Bits], tmp_path: Path) -> None:
    _, truth = bar
    recall, precision = tmp_path / "R.dat", tmp_path / "P.dat"
    write_weights(stroke_weights(truth), recall, precision)
    assert recall.read_text("ascii").splitlines()[0] == "0.000000 " * 24
    before = recall.read_bytes()
    with pytest.raises(OutputError, match="exists"):
        write_weights(stroke_weights(truth[:-1]), recall, precision)
    assert recall.read_bytes() == before
    recall.write_text("0" * 100_000)
    with pytest.raises(InputError, match="too large for a truth of 16 x 24"):
        read_weights(recall, precision, (16, 24))


def test_files_score_as_their_arrays_do(bar: tuple[Bits, Bits], tmp_path: Path) -> None:
    ink, truth = bar
    write(tmp_path / "ink.tif", ink)
    write(tmp_path / "truth.png", truth)
    scores = evaluate(ink, truth)
    assert evaluate(tmp_path / "ink.tif", str(tmp_path / "truth.png")) == scores
    assert evaluate(ink, tmp_path / "truth.png") == scores
    pages = [tmp_path / "ink.tif", truth]
    assert evaluate_all(pages, [truth, tmp_path / "truth.png"])[0] == scores
    maps, own = stroke_weights(tmp_path / "truth.png"), stroke_weights(truth)
    assert np.array_equal(maps.recall, own.recall)
    write(tmp_path / "gray.png", np.where(ink, np.uint8(30), np.uint8(200)))
    with pytest.warns(UserWarning, match=r"gray\.png: grey prediction: scored after threshold"):
        assert evaluate(tmp_path / "gray.png", truth) == scores
    with pytest.raises(InputError, match=r"none\.png"):
        evaluate(tmp_path / "none.png", truth)
    write(tmp_path / "two.tif", [ink, ink])
    with pytest.raises(InputError, match="holds 2 pages"):
        evaluate(tmp_path / "two.tif", truth)


def test_foreign_weights_are_refused(
    bar: tuple[Bits, Bits],
) -> None:
    ink, truth = bar
    with pytest.raises(ArrayError, match="made from this truth"):
        evaluate(ink, truth, weights=stroke_weights(truth[:-1]))
    with pytest.raises(ArrayError, match="not negative"):
        Weights(np.full((2, 2), -1.0), np.zeros((2, 2)))
    with pytest.raises(ArrayError, match="must have the truth's shape"):
        Weights(np.zeros((2, 2)), np.zeros((2, 3)))
