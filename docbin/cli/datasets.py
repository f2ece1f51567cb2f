"""List the datasets docbin knows, check a folder that should hold one, write truths' weights.

examples:
  docbin datasets list
  docbin datasets list dibco2011
  docbin datasets check dibco2011 ~/data/DIBCO2011
  docbin datasets check mine ~/data/mine
  docbin datasets weights ~/data/mine/gt/*.png -o weights/
"""

import argparse
from pathlib import Path

from docbin.cli.streams import say, show
from docbin.errors import DatasetError

__all__ = ["configure", "run"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="list the datasets, or say all about one")
    listing.add_argument("name", nargs="?", help="the dataset to describe")
    listing.set_defaults(action=_list)
    checking = actions.add_parser("check", help="say what is wrong with a folder of pages")
    checking.add_argument("name", help="a dataset of the list, or any name for pages of your own")
    checking.add_argument("path", type=Path, help="the folder as its archive unpacks")
    checking.set_defaults(action=_check)
    weighing = actions.add_parser(
        "weights", help="write the pixel weights of pseudo-F as the contests' tool does"
    )
    weighing.add_argument("truth", type=Path, nargs="+", help="pictures of ground truth")
    weighing.add_argument(
        "-o", "--output", type=Path, required=True, help="folder for *_RWeights.dat, *_PWeights.dat"
    )
    weighing.add_argument("--overwrite", action="store_true", help="replace files that exist")
    weighing.set_defaults(action=_weights)


def run(args: argparse.Namespace) -> None:
    """List, check or weigh."""
    args.action(args)


def _list(args: argparse.Namespace) -> None:
    from rich.console import Console
    from rich.table import Table

    from docbin.data.manifest import load_manifest, manifest_names

    console = Console()
    if args.name:
        manifest = load_manifest(args.name)
        address = manifest.homepage or "not known"
        seen = "" if manifest.verified else " (not verified)"
        rows = {
            "title": manifest.title,
            "pages": str(manifest.count or "not known"),
            "owner's page": address + seen,
            "archives": "\n".join(manifest.archives),
            "licence": manifest.licence,
            "files": manifest.layout,
            "truth": f"{manifest.ink} is ink, below {manifest.threshold} is black",
            "known pages": str(len(manifest.pages)),
            "notes": manifest.notes,
        }
        table = Table(show_header=False, box=None)
        for key, value in rows.items():
            if value:
                table.add_row(key, value)
        console.print(table)
        return
    table = Table("name", "pages", "what")
    table.add_column("where its owner publishes it", overflow="fold")
    for name in manifest_names():
        manifest = load_manifest(name)
        seen = "" if manifest.verified else " (not verified)"
        address = manifest.homepage + seen if manifest.homepage else "not known"
        table.add_row(name, str(manifest.count or "?"), manifest.title, address)
    console.print(table)


def _check(args: argparse.Namespace) -> None:
    from docbin.data.dibco import check, open_dataset
    from docbin.data.manifest import load_manifest, manifest_names

    manifest = load_manifest(args.name) if args.name in manifest_names() else None
    dataset = open_dataset(args.path, name=args.name, manifest=manifest)
    problems = check(dataset)
    for problem in problems:
        show(problem)
    if manifest is None:
        show(f"{args.name} is not in docbin's list: sizes and contents were not compared")
    if problems:
        raise DatasetError(f"{args.name}: {len(problems)} problems in {len(dataset.pairs)} pages")
    show(f"{args.name}: {len(dataset.pairs)} pages, all as they should be")


def _weights(args: argparse.Namespace) -> None:
    from docbin.imageio import make_folder
    from docbin.metrics import read_ink, stroke_weights, write_weights

    stems = [path.stem for path in args.truth]
    for stem in stems:
        if stems.count(stem) > 1:
            raise DatasetError(f"two truths are called {stem}: weigh them into two folders")
    make_folder(args.output)
    for path in args.truth:
        ink, notes = read_ink(path, "truth")
        for note in notes:
            say(f"warning: {path}: {note}")
        names = (args.output / f"{path.stem}_{letter}Weights.dat" for letter in "RP")
        write_weights(stroke_weights(ink), *names, overwrite=args.overwrite)
        show(f"{path.stem}: {ink.shape[1]} x {ink.shape[0]}")
