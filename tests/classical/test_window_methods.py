"""The window methods against their formulas by hand, and against other libraries."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from docbin import registry
from docbin.errors import SettingError
from docbin.page import Page

VAL = Path(__file__).resolve().parents[3] / "shared/data/binarization/val"

# One page of 3 x 3 under a window of 3: its centre sees all nine pixels. Threshold by hand for the
# centre, from the others being 200 and the centre g: the largest g that is ink.
#   n = 9, S = 1600 + g, m = S/9, D = 9 (8 * 200^2 + g^2) - S^2 = 8 (200 - g)^2, s = sqrt(D)/9
HAND: list[tuple[str, dict[str, Any], int]] = [
    # m - 0.2 s: at g = 199, m = 199.889, s = 0.314, T = 199.83; at 200 there is no contrast
    ("niblack", {"k": -0.2}, 199),
    # m (0.8 + 0.2 s / 128): at 157, m = 195.22, s = 13.514, T = 160.30; at 160, m = 195.56,
    # s = 12.571, T = 160.29; at 161, m = 195.67, s = 12.257, T = 160.28
    ("sauvola", {"k": 0.2, "R": 128.0}, 160),
    # M = g, and R = s of the whole page or of a corner or edge window, whichever is largest: a
    # corner sees 4 pixels, one of them g: s = sqrt(3) (200 - g) / 4 against sqrt(8) (200 - g) / 9
    # at the centre, so s / R = 0.7258 and T = m - 0.1371 (m - g) > g whenever m > g
    ("wolf", {"k": 0.5}, 199),
    # m - 0.2 sqrt((Q - m^2) / 9), Q = 320000 + g^2: at 159, m = 195.444, T = 158.50 < 159;
    # at 158, m = 195.333, Q = 344964, T = 158.41
    ("nick", {"k": -0.2}, 158),
    # m (1 + 2 exp(-10 m / 255) + 0.25 (s / 127.5 - 1)): at 153, m = 194.778, exp = 0.000481,
    # s = 14.771, T = 151.91; at 151, m = 194.556, s = 15.399, T = 151.98; at 152, T = 151.95
    ("phansalkar", {}, 151),
    # d = (g - m)/255, m (1 + 0.2 (d/(1-d) - 1)): at 152, m = 194.667, d = -0.1673,
    # T = 194.667 (0.8 - 0.2 * 0.1433) = 150.15; at 151, m = 194.556, d = -0.1708, T = 149.97;
    # at 150, d = -0.1743, m = 194.444, T = 149.78; at 149, m = 194.333, d = -0.1778, T = 149.60
    ("singh", {"k": 0.2}, 149),
    # |d|/(1 - |d|) instead: at 167, m = 196.333, |d| = 0.1150, T = 162.17; at 163, m = 195.889,
    # |d| = 0.1290, T = 162.51; at 162, m = 195.778, |d| = 0.1325, T = 162.60
    ("singh", {"k": 0.2, "absolute": True}, 162),
    # (200 + m)/2 (0.8 + 0.2 s / 128): at 163, m = 195.889, s = 11.628, T = 161.95;
    # at 162, m = 195.778, s = 11.942, T = 162.00 (197.889 * 0.818660 = 162.004)
    ("wan", {"k": 0.2, "R": 128.0}, 162),
    # 0.85 m: at 166, m = 196.222, T = 166.79; at 167, m = 196.333, T = 166.88
    ("bradley", {"t": 0.15}, 166),
    # 200 - g > 25: (200 + g) / 2 > g always; else grey <= 100 never: 174 is the last
    ("bernsen", {}, 174),
]


def patch(g: int) -> NDArray[np.uint8]:
    pixels = np.full((3, 3), 200, np.uint8)
    pixels[1, 1] = g
    return pixels


@pytest.mark.parametrize(
    ("name", "settings", "last"), HAND, ids=lambda v: v if isinstance(v, str) else ""
)
def test_threshold_by_hand(name: str, settings: dict[str, Any], last: int) -> None:
    method = registry.create(name, {"window": 3, **settings})
    ink = [g for g in range(100, 201) if method(Page(patch(g)))[1, 1]]
    assert ink == list(range(100, last + 1))


def test_doxapy_singh_has_lost_its_deviation() -> None:
    """At 150 the paper's T is 149.78: paper. doxapy 0.9.2 has T = 0.8 m = 155.56: ink."""
    doxapy = pytest.importorskip("doxapy")
    page = patch(150)
    settings = {"window": 3, "k": 0.2}
    assert not registry.create("singh", settings)(Page(page))[1, 1]
    assert doxapy_ink(doxapy, "TRSINGH", page, settings)[1, 1]


def doxapy_ink(
    doxapy: Any, algorithm: str, gray: NDArray[np.uint8], settings: dict[str, Any]
) -> NDArray[np.bool_]:
    binarization = doxapy.Binarization(getattr(doxapy.Binarization.Algorithms, algorithm))
    binarization.initialize(gray)
    out = np.empty_like(gray)
    binarization.to_binary(out, settings)
    return np.asarray(out == 0)


# name, ours, doxapy's name and settings, every how manieth page (doxapy takes seconds for some)
PEERS: list[tuple[str, dict[str, Any], str, dict[str, Any], int]] = [
    ("niblack", {}, "NIBLACK", {"window": 75, "k": -0.2}, 3),
    ("sauvola", {}, "SAUVOLA", {"window": 75, "k": 0.2}, 3),
    ("wolf", {}, "WOLF", {"window": 51, "k": 0.5}, 3),
    ("nick", {}, "NICK", {"window": 75, "k": -0.2}, 3),
    ("isauvola", {}, "ISAUVOLA", {"window": 75, "k": 0.2}, 8),
    ("wan", {}, "WAN", {"window": 75, "k": 0.2}, 16),
    ("bataineh", {}, "BATAINEH", {}, 3),
    ("bernsen", {}, "BERNSEN", {"window": 75, "threshold": 100, "contrast-limit": 25}, 16),
    ("bradley", {"window": 75, "t": 0.2}, "TRSINGH", {"window": 75, "k": 0.2}, 3),
    # doxapy leaves the paper's deviation out: test_contrast.py, by hand
    ("su", {"spread": 0.0}, "SU", {"window": 9, "minN": 9}, 16),
]


@pytest.mark.parametrize(
    ("name", "ours", "algorithm", "theirs", "every"),
    PEERS,
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_agrees_with_doxapy(
    name: str, ours: dict[str, Any], algorithm: str, theirs: dict[str, Any], every: int
) -> None:
    doxapy = pytest.importorskip("doxapy")
    paths = sorted(VAL.glob("*/images/*"))[::every]
    if not paths:
        pytest.skip("the competition pages are not here")
    import cv2

    method = registry.create(name, ours)
    differ = total = 0
    for path in paths:
        page = Page(np.ascontiguousarray(cv2.imread(str(path))[..., ::-1]))
        gray = np.array(page.gray)
        differ += np.count_nonzero(method(page) != doxapy_ink(doxapy, algorithm, gray, theirs))
        total += gray.size
    assert differ <= 0.0005 * total


@pytest.mark.parametrize("window", [15, 75])
def test_equals_scikit_image_away_from_the_edge(window: int) -> None:
    from skimage.filters import threshold_niblack, threshold_sauvola

    generator = np.random.default_rng(4)
    gray = generator.integers(0, 256, (200, 180), np.uint8)
    gray[50:150] = np.where(generator.random((100, 180)) < 0.2, 30, 220)
    inner = np.s_[window:-window, window:-window] if window == 15 else np.s_[75:-75, 75:-75]
    for name, level in (
        ("sauvola", threshold_sauvola(gray, window, k=0.2, r=128)),
        ("niblack", threshold_niblack(gray, window, k=0.2)),
    ):
        ink = registry.create(name, {"window": window})(Page(gray))
        assert np.array_equal(ink[inner], (gray <= level)[inner])


def test_threads_change_nothing() -> None:
    gray = np.random.default_rng(9).integers(0, 256, (90, 70), np.uint8)
    for name in ("sauvola", "wolf", "wan", "bernsen", "feng", "isauvola", "bradley"):
        one, three = (registry.create(name, {"threads": t})(Page(gray)) for t in (1, 3))
        assert np.array_equal(one, three), name


def test_isauvola_drops_what_has_no_edge_and_keeps_what_has() -> None:
    gray = np.full((120, 120), 220, np.uint8)
    gray[20:24, 20:90] = 40  # a stroke
    y, x = np.mgrid[:120, :120]
    stain = 100 * np.exp(-((y - 80) ** 2 + (x - 70) ** 2) / 400)  # soft, as dark as Sauvola's ink
    page = Page((gray - np.where(gray == 220, stain, 0)).astype(np.uint8))
    sauvola, kept = registry.create("sauvola")(page), registry.create("isauvola")(page)
    assert sauvola[80, 70]
    assert not kept[80, 70]
    assert kept[22, 50]


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("sauvola", {"window": 4}, "sauvola: window must be odd and at least 3, got 4"),
        ("sauvola", {"window": 1}, "sauvola: window must be odd and at least 3, got 1"),
        ("isauvola", {"window": "wide"}, "isauvola: window must be odd pixels or inches"),
        ("bradley", {"window": 10}, "bradley: window must be odd"),
        ("wolf", {"window": "0in"}, "wolf: window must be odd pixels or inches"),
        ("sauvola", {"k": 1.5}, "sauvola: k must be -1 to 1, got 1.5"),
        ("niblack", {"k": "nan"}, "niblack: k must be -1 to 1, got nan"),
        ("sauvola", {"R": 0}, "sauvola: R must be 1 to 1000, got 0"),
        ("bradley", {"t": 0}, "bradley: t must be 0.001 to 1, got 0"),
        ("bernsen", {"level": 256}, "bernsen: level must be 0 to 255, got 256"),
        ("nick", {"threads": 0}, "nick: threads must be at least 1, got 0"),
        ("feng", {"reach": 0}, "feng: reach must be 1 to 100, got 0"),
    ],
)
def test_bad_settings_say_what_would_do(name: str, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingError, match=message.replace(".", r"\.")):
        registry.create(name, settings)
