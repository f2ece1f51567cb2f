"""Reading order: columns, headings, notes beside the text, tables, slanted pages."""

import numpy as np
import pytest

from docbin.lines.order import arrange
from docbin.protocols import TextLine


def line(left: float, top: float, width: float, height: float, text: str) -> TextLine:
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]]) + np.array([left, top])
    return TextLine(corners, corners[[3, 2]], text=text)


def turned(lines: list[TextLine], degrees: float) -> list[TextLine]:
    turn = np.deg2rad(degrees)
    frame = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return [TextLine(x.polygon @ frame, x.baseline @ frame, text=x.text) for x in lines]


def columns(count: int, rows: int, left: float = 100, top: float = 200) -> list[TextLine]:
    return [
        line(left + c * 450, top + r * 30, 400, 24, f"{chr(97 + c)}{r}")
        for c in range(count)
        for r in range(rows)
    ]


def read(lines: list[TextLine], seed: int = 1) -> list[str]:
    mixed = [lines[i] for i in np.random.default_rng(seed).permutation(len(lines))]
    found = arrange(mixed)
    assert [x.order for x in found] == list(range(len(lines)))
    assert [x.block for x in found] == sorted(x.block for x in found)
    return [x.text for x in found]


@pytest.mark.parametrize("degrees", [0, 3, -4])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_columns_are_read_one_after_the_other(count: int, degrees: float) -> None:
    lines = columns(count, 12)
    assert read(turned(lines, degrees)) == [x.text for x in lines]


@pytest.mark.parametrize("width", [850, 500, 200])
def test_a_heading_over_two_columns_comes_first(width: float) -> None:
    heading = line(525 - width / 2, 120, width, 40, "heading")
    foot = line(420, 700, 210, 24, "foot")
    lines = [heading, *columns(2, 12), foot]
    assert read(lines) == [x.text for x in lines]


def test_a_heading_between_columns_parts_them() -> None:
    upper, lower = columns(2, 6, top=100), columns(2, 6, top=500)
    lines = [*upper, line(150, 380, 750, 40, "middle"), *lower]
    assert read(lines) == [x.text for x in lines]


def test_notes_in_the_margin_do_not_break_the_text() -> None:
    text = [line(300, 100 + 30 * r, 600, 24, f"t{r}") for r in range(20)]
    left = [line(60, 220 + 26 * r, 150, 18, f"l{r}") for r in range(3)]
    right = [line(960, 400 + 26 * r, 150, 18, f"r{r}") for r in range(4)]
    found = read([*text, *left, *right])
    body = [i for i, name in enumerate(found) if name.startswith("t")]
    assert body == list(range(body[0], body[0] + 20))
    for side in "lr":
        assert [n for n in found if n.startswith(side)] == [
            x.text for x in (left if side == "l" else right)
        ]


def test_pieces_of_one_row_are_read_from_left_to_right() -> None:
    lines = [line(100 + 160 * c, 100 + 30 * r, 120, 22, f"{r}{c}") for r in range(5) for c in
             range(3)]  # fmt: skip
    assert read(lines) == [x.text for x in lines]


def test_a_page_of_short_pieces_is_read_row_by_row() -> None:
    lines = [
        line(200 - w / 2, 20 + 26 * r, w, 20, f"{r} head") for r, w in enumerate((150, 90, 120, 60))
    ]
    for row, (left, width) in enumerate(((20, 120), (20, 60), (150, 90), (20, 40), (20, 90)), 4):
        top = 20 + 26 * row + 14 * (row > 6)
        lines += [
            line(left, top, width, 20, f"{row} item"),
            line(350, top + 1, 50, 20, f"{row} sum"),
        ]
    lines.append(line(140, 400, 110, 20, "thanks"))
    assert read(lines) == [x.text for x in lines]
    assert [x.block for x in arrange(lines)] == [0] * (len(lines) - 1) + [1]


def test_a_paragraph_is_one_block_and_a_far_one_another() -> None:
    lines = [*columns(1, 5), *columns(1, 5, top=800)]
    assert [x.block for x in arrange(lines)] == [0] * 5 + [1] * 5


def test_nothing_and_one_line() -> None:
    assert arrange([]) == []
    assert read([line(0, 0, 10, 5, "only")]) == ["only"]


def test_lines_on_top_of_each_other_are_all_kept() -> None:
    lines = [line(10, 10, 100, 20, str(i)) for i in range(6)]
    assert sorted(read(lines)) == [str(i) for i in range(6)]


def test_thousands_of_lines_are_compared_row_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    from docbin.lines import order

    rows = 0
    shared = order._shared

    def counted(boxes: np.ndarray, i: int) -> np.ndarray:
        nonlocal rows
        rows += 1
        return shared(boxes, i)

    monkeypatch.setattr(order, "_shared", counted)
    rng = np.random.default_rng(0)
    count = 1_500
    lines = [
        line(x, y, 80 + x % 50, 12, str(i))  # no page of pieces
        for i, (x, y) in enumerate(rng.integers(0, 5_000, (count, 2)).tolist())
    ]
    assert len(arrange(lines)) == count
    assert rows <= 5 * count  # not a multiple of pairs
