"""The official tool's figures and weight files, where the shared data is at hand."""

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from docbin.metrics import Scores, Weights, evaluate, stroke_weights

FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "metrics"
GOLDEN = FOLDER / "golden.csv"
ROWS = list(csv.DictReader(GOLDEN.read_text().splitlines())) if GOLDEN.exists() else []
PAGES = sorted({row["page"] for row in ROWS})

needs_data = pytest.mark.skipif(not ROWS, reason="the shared golden data is not here")


def read(name: str) -> NDArray[np.uint8]:
    image = cv2.imread(str(FOLDER / f"{name}.png"), cv2.IMREAD_GRAYSCALE)
    assert image is not None
    return np.asarray(image, np.uint8)


def official_weights(page: str) -> Weights:
    with np.load(FOLDER / f"{page}_weights.npz") as maps:
        return Weights(maps["recall"], maps["precision"])


def differences(scores: Scores, row: dict[str, str]) -> dict[str, float]:
    names = set(row) - {"page", "prediction", "drd"}
    return {name: abs(getattr(scores, name) - float(row[name])) for name in names}


@needs_data
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['page']}-{row['prediction']}")
def test_figures_equal_the_official_ones(row: dict[str, str]) -> None:
    ink, truth = read(f"{row['page']}_{row['prediction']}"), read(f"{row['page']}_gt")
    given = evaluate(ink, truth, weights=official_weights(row["page"]))
    assert max(differences(given, row).values()) < 1e-6
    assert given.drd == pytest.approx(float(row["drd"]), rel=2e-4)
    own = evaluate(ink, truth, official_rounding=True)
    assert own.pseudo_f_measure == pytest.approx(float(row["pseudo_f_measure"]), abs=1e-6)
    assert own.drd == pytest.approx(float(row["drd"]), abs=1e-8)


@needs_data
@pytest.mark.parametrize("page", PAGES)
def test_weight_maps_equal_the_official_ones(page: str) -> None:
    ours, official = stroke_weights(read(f"{page}_gt")), official_weights(page)
    assert np.array_equal(ours.precision, official.precision)
    assert np.array_equal(ours.recall, official.recall)
