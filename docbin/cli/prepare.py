"""Prepare raw scans for an OCR engine or an archive: upright, straight, borders off, clean.

Steps: orientation, borders, split (double pages), seals, shading, deskew, dewarp (bent lines),
despeckle, crop, resolution. One that is not sure leaves the page as it is and says so in the
report, beside the way back to the original's pixels.

examples:
  docbin prepare scans/ -o out/ --for tesseract --jobs 2 --report report.json
  docbin prepare book.pdf -o book-clean.pdf --for archive
  docbin prepare scan.jpg -o straight.png --steps deskew,crop --set crop.margin=10
  docbin prepare photo.jpg -o flat.png --steps deskew,dewarp
  docbin prepare scan.jpg -o clean.png --for kraken --keep-everything
  docbin prepare --list
"""

import argparse
import dataclasses
from collections.abc import Sequence
from typing import Any

from docbin.batch import Recipe
from docbin.batch.parts import PARTS
from docbin.batch.presets import PRESETS, Preset, preset
from docbin.cli.console import parse_assignments
from docbin.cli.pages import add_page_arguments, run_recipe
from docbin.cli.streams import say
from docbin.errors import UsageError
from docbin.prepare import STEPS, Split, Step, keeping, named_steps
from docbin.settings import parse_settings, settings_of

__all__ = ["configure", "run"]


class _List(argparse.Action):
    """--list prints and ends, as --help does."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        print("presets:")
        for name, chosen in PRESETS.items():
            print(f"  {name:<12}{chosen.about}")
        print("steps, in this order unless --steps says otherwise:")
        for name, step in STEPS.items():
            print(f"  {name:<12}{(step.__doc__ or '').strip().splitlines()[0]}")
            for setting in settings_of(step):
                print(f"    --set {name}.{setting.name}={setting.default}   {setting.doc}")
        parser.exit()


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("--list", nargs=0, action=_List, help="list the presets and the steps")
    parser.add_argument("--for", dest="preset", default="tesseract", choices=list(PRESETS),
                        help="what the pages are for (default: %(default)s)")  # fmt: skip
    parser.add_argument("--steps", metavar="A,B,...",
                        help="only these steps, in this order; none for no step")  # fmt: skip
    parser.add_argument("--result", choices=("ink", "gray", "page"),
                        help="what comes out: ink, clean grey, or the page's own pixels "
                        "(default: by --for; page with --steps)")  # fmt: skip
    parser.add_argument("--keep-everything", action="store_true",
                        help="take nothing off: no border filled, nothing cut")  # fmt: skip
    add_page_arguments(parser, None)


def run(args: argparse.Namespace) -> None:
    """Prepare every input."""
    chosen = preset(args.preset)
    recipe = _recipe(args, chosen)
    formats = {".pdf": "pdf", ".tif": "tiff", ".tiff": "tiff", "": chosen.format}
    if recipe.kind != chosen.kind and args.steps is not None:
        formats[""] = "png"
    splits = any(isinstance(step, Split) for step in recipe.steps)
    outcomes = run_recipe(args, recipe, formats, PARTS if splits else ())
    if args.quiet:
        return
    for outcome in outcomes:
        for page in outcome.pages:
            for verdict in page.verdicts or ():
                if verdict.status in ("uncertain", "blank", "too coarse"):
                    number = f" page {page.source}" if len(outcome.pages) > 1 else ""
                    say(f"{outcome.source}{number}: {verdict.step}: {verdict.status}, "
                        f"{verdict.reason}")  # fmt: skip


def _recipe(args: argparse.Namespace, chosen: Preset) -> Recipe:
    settings = parse_assignments(args.set)
    of_method = {key: value for key, value in settings.items() if "." not in key}
    of_steps = {key: value for key, value in settings.items() if "." in key}
    steps: Sequence[Step] = chosen.steps
    if args.steps is not None:
        names = [name.strip() for name in args.steps.split(",") if name.strip()]
        steps = () if names == ["none"] else named_steps(names)
        if not names:
            raise UsageError(f"--steps names no step: choose from {', '.join(STEPS)}, or none")
    steps = _set(steps, of_steps)
    if args.keep_everything:
        steps = keeping(steps)
    kind = args.result or ("page" if args.steps is not None else chosen.kind)
    if args.method is not None and kind == "page":
        kind = "ink"
    recipe = dataclasses.replace(chosen, kind=kind).recipe()
    return dataclasses.replace(
        recipe, method=args.method or recipe.method, steps=tuple(steps), settings=of_method
    )


def _set(steps: Sequence[Step], settings: dict[str, str]) -> list[Step]:
    """Return the steps with settings such as crop.margin=10."""
    given: dict[str, dict[str, str]] = {}
    for key, value in settings.items():
        name, _, field = key.partition(".")
        if name not in STEPS or not any(type(step) is STEPS[name] for step in steps):
            raise UsageError(f"--set {key}={value}: there is no step {name!r} here")
        given.setdefault(name, {})[field] = value
    result: list[Step] = []
    for step in steps:
        name = next(name for name, kind in STEPS.items() if kind is type(step))
        fields = parse_settings(type(step), name, given.get(name, {}))
        result.append(dataclasses.replace(step, **fields))  # type: ignore[type-var]
    return result
