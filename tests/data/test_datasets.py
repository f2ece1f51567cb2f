"""Manifests are well formed; folders pair as archives unpack; what is wrong is said."""

from pathlib import Path

import numpy as np
import pytest

from docbin.data.dibco import check, open_dataset, open_globs, read_truth
from docbin.data.fingerprint import hash_gray, hash_truth
from docbin.data.manifest import load_manifest, manifest_names, parse_manifest
from docbin.errors import DatasetError, UnknownNameError
from docbin.imageio import read, write

GRAY = np.full((40, 60), 220, np.uint8)
GRAY[10:20, 10:50] = 40
INK = GRAY < 128

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "binarization"


def put(path: Path, image: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, image)


@pytest.mark.parametrize("name", manifest_names())
def test_manifest_is_well_formed(name: str) -> None:
    manifest = load_manifest(name)
    assert manifest.title
    assert manifest.licence
    assert manifest.layout
    assert manifest.homepage.startswith("http") or not manifest.verified
    assert not manifest.count or len(manifest.pages) <= manifest.count
    for entry in manifest.pages.values():
        assert min(entry.size) > 0
        assert all(len(h) in (0, 16) for h in (entry.pixels, entry.truth))


def test_every_contest_year_is_there() -> None:
    years = ["2009", "2010", "2011", "2012", "2013", "2014", "2016", "2017", "2018", "2019"]
    others = {"bickley", "phibd2012", "nabuco", "smadi", "cuper", "lrde", "dkds"}
    assert set(manifest_names()) == {f"dibco{year}" for year in years} | others


def test_unknown_dataset_lists_the_known() -> None:
    with pytest.raises(UnknownNameError, match=r"did you mean 'dibco2011'.*dkds"):
        load_manifest("dibco2O11")


@pytest.mark.parametrize(
    ("text", "said"),
    [("title = 1 2", "x: "), ('title = "a"', "missing"), ("surprise = 1", "surprise")],
)
def test_damaged_manifest_is_said(text: str, said: str) -> None:
    with pytest.raises(DatasetError, match=said):
        parse_manifest("x", text)


@pytest.mark.parametrize(
    ("image", "truth"),
    [
        ("images/H01.png", "gt/H01.png"),
        ("H01.png", "H01_gt.png"),
        ("HW1.png", "HW1_GT.tiff"),
        ("OriginalImages/HW01.png", "GTimages/HW01_estGT.tiff"),
        ("Test_images-printed/P01.png", "DIBCO2009-GT-Test-images_printed/P01.png"),
        ("dataset/1.bmp", "gt/1_gt.bmp"),
        ("Dataset/1.bmp", "GT/1_GT.bmp"),
        ("Original/P1.png", "Ground_Truth/P1.png"),
        ("5.png", "5GT.png"),
    ],
)
def test_pages_pair_as_archives_unpack(tmp_path: Path, image: str, truth: str) -> None:
    for name, value in ((image, GRAY), (truth, INK)):
        path = (tmp_path / name).with_suffix(".png")
        put(path, value)
    dataset = open_dataset(tmp_path)
    assert [(p.image.stem, p.truth.stem) for p in dataset.pairs] == [
        (Path(image).stem, Path(truth).stem)
    ]
    assert dataset.unpaired == ()


def test_same_names_in_two_folders_pair_within_them(tmp_path: Path) -> None:
    for part in ("a", "b"):
        put(tmp_path / part / "images" / "1.png", GRAY)
        put(tmp_path / part / "gt" / "1.png", INK)
    pairs = open_dataset(tmp_path).pairs
    assert [p.name for p in pairs] == ["a/1", "b/1"]
    assert all(p.image.parent.parent == p.truth.parent.parent for p in pairs)


def test_pictures_without_partner_are_named(tmp_path: Path) -> None:
    put(tmp_path / "images" / "1.png", GRAY)
    put(tmp_path / "gt" / "1.png", INK)
    put(tmp_path / "images" / "2.png", GRAY)
    put(tmp_path / "gt" / "3.png", INK)
    dataset = open_dataset(tmp_path)
    assert [path.name for path in dataset.unpaired] == ["3.png", "2.png"]
    assert len([p for p in check(dataset) if "no partner" in p]) == 2


def test_nothing_to_pair_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no page with its truth"):
        open_dataset(tmp_path)
    with pytest.raises(DatasetError, match="not a folder"):
        open_dataset(tmp_path / "nowhere")
    with pytest.raises(DatasetError, match="no file matches"):
        open_globs(str(tmp_path / "*.png"), str(tmp_path / "*.tif"))


def test_one_truth_for_two_pages_is_refused(tmp_path: Path) -> None:
    put(tmp_path / "a" / "1.png", GRAY)
    put(tmp_path / "b" / "1.png", GRAY)
    put(tmp_path / "gt" / "1.png", INK)
    with pytest.raises(DatasetError, match="2 pages are called 1"):
        open_dataset(tmp_path)


def test_globs_pair_by_name(tmp_path: Path) -> None:
    put(tmp_path / "x" / "1.png", GRAY)
    put(tmp_path / "y" / "1-gt.png", INK)
    dataset = open_globs(str(tmp_path / "x" / "*"), str(tmp_path / "y" / "*"))
    assert [p.name for p in dataset.pairs] == ["1"]


def test_check_says_what_is_wrong(tmp_path: Path) -> None:
    put(tmp_path / "images" / "inverted.png", GRAY)
    put(tmp_path / "gt" / "inverted.png", ~INK)
    put(tmp_path / "images" / "small.png", GRAY)
    put(tmp_path / "gt" / "small.png", INK[:30])
    put(tmp_path / "images" / "gray.png", GRAY)
    soft = np.where(INK, 0, 255).astype(np.uint8)
    soft[9, 10:50] = 120
    put(tmp_path / "gt" / "gray.png", soft)
    put(tmp_path / "images" / "blank.png", GRAY)
    put(tmp_path / "gt" / "blank.png", np.zeros_like(INK))
    problems = "\n".join(check(open_dataset(tmp_path)))
    assert "inverted: its truth looks inverted, 83 % is ink" in problems
    assert "small: page is 60 x 40, its truth 60 x 30" in problems
    assert "gray: grey truth" in problems
    assert "blank: its truth has no ink" in problems


def test_check_compares_with_the_manifest(tmp_path: Path) -> None:
    put(tmp_path / "images" / "1.png", GRAY)
    put(tmp_path / "gt" / "1.png", INK)
    head = 'title="t"\ncount=2\nhomepage=""\nverified=false\nlicence="l"\nlayout="l"\n[pages]\n'
    good = f'pixels="{hash_gray(GRAY).hex()}", truth="{hash_truth(INK).hex()}"'
    text = head + "1 = {size=[60,40], " + good + "}\n2 = {size=[1,1]}\n"
    said = check(open_dataset(tmp_path, manifest=parse_manifest("x", text)))
    assert said == ["2: is missing", "1 pages found, the owner publishes 2"]
    for entry, problem in (
        ("{size=[61,40]}", "should be 61 x 40"),
        ('{size=[60,40], truth="0011223344556677"}', "its truth is not the one"),
        ('{size=[60,40], pixels="0011223344556677"}', "its pixels are not those"),
    ):
        manifest = parse_manifest("x", head + "1 = " + entry)
        assert any(problem in p for p in check(open_dataset(tmp_path, manifest=manifest)))


def test_grey_truth_takes_the_manifests_threshold(tmp_path: Path) -> None:
    gray = np.array([[0, 100, 200, 230, 255]], np.uint8).repeat(3, axis=0)
    put(tmp_path / "t.png", gray)
    ink, said = read_truth(tmp_path / "t.png", load_manifest("bickley"))
    assert ink[0].tolist() == [True, True, True, False, False]
    assert "below 224" in said[0]
    ink, said = read_truth(tmp_path / "t.png")
    assert ink[0].tolist() == [True, True, False, False, False]


@pytest.mark.skipif(not DATA.is_dir(), reason="needs the shared pages")
@pytest.mark.parametrize("name", ["dibco2011", "dibco2009"])
def test_manifest_knows_the_real_pages(name: str) -> None:
    path = next(DATA.glob(f"*/{name}"))
    assert check(open_dataset(path, manifest=load_manifest(name))) == []


def test_written_pages_read_back(tmp_path: Path) -> None:
    put(tmp_path / "ink.png", INK)
    assert np.array_equal(next(read(tmp_path / "ink.png")).gray < 128, INK)
