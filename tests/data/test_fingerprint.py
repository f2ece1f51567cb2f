"""The leak guard: copies are recognised, other pages are not."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from docbin.data.fingerprint import (
    Fingerprints,
    Trained,
    fingerprint,
    fingerprint_all,
    merge,
)
from docbin.errors import ModelError
from docbin.page import Page


def drawn(seed: int, height: int = 500, width: int = 700) -> NDArray[np.uint8]:
    """A page of scribbled words on stained paper."""
    rng = np.random.default_rng(seed)
    stain = cv2.resize(rng.normal(215, 14, (7, 9)), (width, height), interpolation=cv2.INTER_CUBIC)
    page = np.clip(stain, 0, 255).astype(np.uint8)
    for y in range(40, height - 20, 36):
        x = int(rng.integers(15, 60))
        while x < width - 60:
            steps = rng.integers((-8, -14), (21, 15), (int(rng.integers(5, 10)), 2))
            points = np.array([x, y]) + np.cumsum(steps, axis=0)
            points[:, 1] = np.clip(points[:, 1], y - 16, y + 10)
            cv2.polylines(page, [points.astype(np.int32)], False, int(rng.integers(30, 90)), 2)
            x = int(points[:, 0].max()) + int(rng.integers(10, 30))
    return page


@pytest.fixture(scope="module")
def known() -> Fingerprints:
    pages = [(f"set/{seed}", Page(drawn(seed)), drawn(seed) < 110) for seed in range(3)]
    return Fingerprints(tuple(fingerprint(*page) for page in pages))


def compressed(gray: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    packed = cv2.imencode(".jpg", gray, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)


def halved(gray: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(gray, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))


@pytest.mark.parametrize(
    "change",
    [
        lambda gray: compressed(gray, 40),
        lambda gray: np.ascontiguousarray(gray[50:450, 40:600]),
        lambda gray: compressed(np.ascontiguousarray(gray[100:, 100:]), 60),
        lambda gray: np.ascontiguousarray(gray[:250, 350:]),
        lambda gray: np.ascontiguousarray(gray[250:, :350]),
        lambda gray: np.asarray(cv2.resize(gray, None, fx=1.5, fy=1.5)),
        halved,
        lambda gray: np.ascontiguousarray(np.rot90(gray)),
        lambda gray: (255 * (gray / 255.0) ** 0.7).astype(np.uint8),
    ],
    ids=[
        "jpeg",
        "crop",
        "crop and jpeg",
        "quarter",
        "other quarter",
        "enlarged",
        "halved",
        "turned",
        "brighter",
    ],
)
def test_altered_copy_is_recognised(known: Fingerprints, change: object) -> None:
    altered = change(drawn(1))  # type: ignore[operator]
    leak = known.find("mine", Page(altered))
    assert leak is not None
    assert (leak.trained_as, leak.by) == ("set/1", "likeness")


def test_other_pages_are_not_recognised(known: Fingerprints) -> None:
    for seed in range(10, 16):
        assert known.find("other", Page(drawn(seed)), drawn(seed) < 110) is None


def on_board(page: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The page photographed on a dark board with a worn edge, the same for every page."""
    rng = np.random.default_rng(77)
    height, width = page.shape
    board = np.full((height + 180, width + 220), 25, np.uint8)
    for _ in range(400):
        at = rng.integers(0, board.shape[::-1])
        cv2.circle(board, at.tolist(), int(rng.integers(2, 9)), int(rng.integers(10, 160)), -1)
    board[90:-90, 110:-110] = page
    return cv2.GaussianBlur(board, (3, 3), 0).astype(np.uint8)


@pytest.fixture(scope="module")
def photographed() -> Fingerprints:
    return Fingerprints((fingerprint("set/leaf", Page(on_board(drawn(40)))),))


@pytest.mark.parametrize("seed", [41, 42, 43])
def test_another_page_on_the_same_board_is_not_recognised(
    photographed: Fingerprints, seed: int
) -> None:
    assert photographed.find("next", Page(on_board(drawn(seed)))) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda gray: gray[:-1],
        lambda gray: compressed(gray, 30),
        halved,
        lambda gray: compressed(halved(gray), 40),
        lambda gray: np.ascontiguousarray(gray[40:-60, 60:-40]),
        lambda gray: slightly_turned(gray, 1.0),
    ],
    ids=[
        "cut",
        "jpeg",
        "halved",
        "halved and jpeg",
        "crop",
        "slightly turned",
    ],
)
def test_copy_of_a_page_on_a_board_is_recognised(
    photographed: Fingerprints, change: object
) -> None:
    altered = change(on_board(drawn(40)))  # type: ignore[operator]
    leak = photographed.find("mine", Page(altered))
    assert leak is not None
    assert leak.by == "likeness"


def slightly_turned(gray: NDArray[np.uint8], degrees: float) -> NDArray[np.uint8]:
    height, width = gray.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return np.asarray(cv2.warpAffine(gray, matrix, (width, height), borderValue=25), np.uint8)


def test_blank_page_and_blank_truth_are_nobodys(known: Fingerprints) -> None:
    blank = Page(np.full((500, 700), 255, np.uint8))
    with_blank = Fingerprints((*known.pages, fingerprint("blank", blank, blank.gray < 1)))
    assert with_blank.find("white", Page(np.full((500, 700), 250, np.uint8))) is None
    assert with_blank.find("no ink", Page(drawn(20)), np.zeros((500, 700), bool)) is None


def test_colour_copy_of_a_grey_page_has_the_same_pixels(known: Fingerprints) -> None:
    leak = known.find("rgb", Page(np.repeat(drawn(2)[:, :, None], 3, axis=2)))
    assert leak is not None
    assert leak.by == "pixels"
    assert str(leak) == "rgb: the same pixels as training page set/2"


def test_another_photograph_with_the_same_truth_is_caught(known: Fingerprints) -> None:
    leak = known.find("band", Page(drawn(30)), drawn(0) < 110)
    assert leak is not None
    assert (leak.trained_as, leak.by) == ("set/0", "truth")


def test_json_round_trip_is_small_ascii(known: Fingerprints) -> None:
    text = known.to_json()
    assert text.isascii()
    assert len(text) / len(known) < 760
    assert Fingerprints.from_json(text) == known
    assert merge([known, Fingerprints.from_json(text)]) == known


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"fingerprints":2,"pages":[]}',
        '{"fingerprints":1,"pages":[["a","?","",""]]}',
        '{"fingerprints":1,"pages":[["a","",""]]}',
        '{"fingerprints":1,"pages":[["a","","","AAAA"]]}',
        '{"fingerprints":1,"pages":7}',
    ],
)
def test_damaged_list_is_a_model_error(text: str) -> None:
    with pytest.raises(ModelError, match="training pages"):
        Fingerprints.from_json(text)


def test_trained_methods_are_told_by_their_method(known: Fingerprints) -> None:
    class Learned:
        def trained_on(self) -> Fingerprints:
            return known

    assert isinstance(Learned(), Trained)
    assert not isinstance(object(), Trained)


def test_a_start_keeps_its_pages_and_they_are_not_taken_twice(
    known: Fingerprints, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = []

    def counted(name: str, page: Page, truth: NDArray[np.bool_] | None) -> object:
        taken.append(name)
        return fingerprint(name, page, truth)

    monkeypatch.setattr("docbin.data.fingerprint.fingerprint", counted)
    old, changed = drawn(1), drawn(2) // 2
    pages = [
        ("set/1", Page(old), old < 110),
        ("set/2", Page(changed), drawn(2) < 110),
        ("set/9", Page(drawn(9)), drawn(9) < 110),
    ]
    every = fingerprint_all(pages, known)
    assert taken == ["set/2", "set/9"]
    assert [page.name for page in every.pages] == ["set/0", "set/1", "set/2", "set/2", "set/9"]
    assert len(fingerprint_all(pages[2:])) == 1
