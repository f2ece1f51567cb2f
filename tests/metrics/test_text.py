"""Errors of recognised text, by tables of plain loops and by what they must not mind."""

import numpy as np
import pytest

from docbin.metrics.text import edit_distance, unordered_distance

LINES = ["La victoire", "Elle me dit : qu'as-tu fait", "pour", "mériter de vivre encore ?"]


def plain(a: str, b: str) -> int:
    """Levenshtein's distance, cell by cell."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row, above = [i], row
        for j, y in enumerate(b, 1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (x != y)))
    return row[-1]


@pytest.mark.parametrize("seed", range(20))
def test_edit_distance_is_that_of_plain_loops(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = ("".join(rng.choice(list("abc "), rng.integers(0, 30))) for _ in range(2))
    assert edit_distance(a, b) == plain(a, b)


def test_order_costs_nothing_where_lines_are_read_well() -> None:
    backwards = " ".join(reversed(LINES))
    assert unordered_distance(backwards, LINES) == 0
    assert edit_distance(backwards, " ".join(LINES)) > 30


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        ("", sum(map(len, LINES))),
        (" ".join(LINES), 0),
        (" ".join(LINES[1:]), len(LINES[0])),
        (" ".join(LINES) + " xx z", 3),
        (" ".join(LINES).replace("victoire", "vic oire"), 1),
        (" ".join([LINES[0], LINES[3], LINES[1]]), len("pour")),
        ("La victoire Elle me dit : qu'as-tu fait mériter de pour vivre encore ?", 5 + 4),
    ],
)
def test_each_kind_of_error_counts(text: str, errors: int) -> None:
    assert unordered_distance(text, LINES) == errors


def test_a_line_takes_its_own_place_and_not_one_in_a_longer_line() -> None:
    """The short line lies in the long one, too, which is read with an error."""
    assert unordered_distance("a fair day at sea fair", ["fair", "a fair day at sea"]) == 0
    assert unordered_distance("a fair day ut sea fair", ["fair", "a fair day at sea"]) == 1


def test_lines_of_nothing_are_left_out() -> None:
    assert unordered_distance("", ["", "  "]) == 0
    assert unordered_distance("ab", []) == 2
    assert unordered_distance("", ["ab"]) == 2


@pytest.mark.parametrize("seed", range(10))
def test_no_more_than_all_missing_and_all_too_much(seed: int) -> None:
    rng = np.random.default_rng(seed)
    text = "".join(rng.choice(list("abcd "), 60))
    lines = ["".join(rng.choice(list("abcd "), rng.integers(1, 20))) for _ in range(5)]
    kept = sum(len(line.strip()) for line in lines)
    assert unordered_distance(text, lines) <= kept + len(text.replace(" ", ""))
