"""Make degraded pages with exact truth: PNG pages, PNG ink, PAGE-XML lines, one JSON.

examples:
  docbin synth pages --pages 20 --seed 1
  docbin synth pages --pages 5 --seed 7 --width 2480 --height 3508 --dpi 300
  docbin synth eval --frozen synthetic-eval-1

OUT/images/PAGE.png is the page, OUT/gt/PAGE.png its ink (black on white), OUT/page/PAGE.xml its
lines and regions, OUT/pages.json what was drawn and which layers were laid on it. A page depends
on the seed and its number only.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from docbin import imageio
from docbin.cli.checks import check_seed
from docbin.data.degrade import LAYERS
from docbin.data.frozen import FROZEN, frozen_pages
from docbin.data.pagexml import page_xml
from docbin.data.sheet import Sheet
from docbin.data.synthetic import random_page, random_typescript
from docbin.errors import SettingError

__all__ = ["configure", "run"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("out", metavar="OUT", type=Path, help="folder for pages and truth")
    parser.add_argument("--pages", type=int, default=10, metavar="N", help="how many (default 10)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="which ones (default 0)")
    parser.add_argument("--width", type=int, metavar="PX", help="default: drawn by chance")
    parser.add_argument("--height", type=int, metavar="PX", help="default: drawn by chance")
    parser.add_argument("--dpi", type=float, metavar="DPI", help="default: drawn by chance")
    parser.add_argument("--typescripts", action="store_true", help="typewritten pages only")
    parser.add_argument("--frozen", choices=FROZEN, help="write a frozen set instead")
    parser.add_argument("--overwrite", action="store_true", help="replace files that exist")
    parser.add_argument("-q", "--quiet", action="store_true", help="say nothing but errors")


def run(args: argparse.Namespace) -> None:
    """Draw the pages and write them, one after the other."""
    if args.pages < 1:
        raise SettingError(f"--pages must be at least 1, got {args.pages}")
    check_seed(args.seed)
    for part in ("images", "gt", "page"):
        imageio.make_folder(args.out / part)
    records = []
    for name, sheet, record in _frozen(args.frozen) if args.frozen else _random(args):
        _write(args.out, name, sheet, overwrite=args.overwrite)
        size = {"width": sheet.width, "height": sheet.height, "dpi": sheet.dpi}
        records.append(
            {"name": name, **size, **record, "lines": _lines(sheet), "regions": _regions(sheet)}
        )
        if not args.quiet:
            print(f"{name}: {sheet.width} x {sheet.height}, {len(sheet.lines)} lines")
    with imageio.atomic(args.out / "pages.json", overwrite=args.overwrite) as path:
        path.write_text(json.dumps(records, indent=1, ensure_ascii=False), "utf-8")


Drawn = Iterator[tuple[str, Sheet, dict[str, Any]]]


def _random(args: argparse.Namespace) -> Drawn:
    digits = len(str(args.pages - 1))
    draw = random_typescript if args.typescripts else random_page
    for number in range(args.pages):
        draft, sheet, layers = draw(
            [args.seed, number], width=args.width, height=args.height, dpi=args.dpi
        )
        names = {kind: name for name, kind in LAYERS.items()}
        strengths = {names[type(step)]: step.strength for step in layers}
        yield f"{number:0{digits}}", sheet, {"draft": asdict(draft), "layers": strengths}


def _frozen(name: str) -> Drawn:
    for page in frozen_pages(name):
        yield page.name, page.sheet, {"layers": page.layers}


def _write(out: Path, name: str, sheet: Sheet, *, overwrite: bool) -> None:
    imageio.write(out / "images" / f"{name}.png", sheet.pixels, dpi=sheet.dpi, overwrite=overwrite)
    imageio.write(out / "gt" / f"{name}.png", sheet.ink, dpi=sheet.dpi, overwrite=overwrite)
    with imageio.atomic(out / "page" / f"{name}.xml", overwrite=overwrite) as path:
        path.write_bytes(page_xml(sheet, f"../images/{name}.png"))


def _lines(sheet: Sheet) -> list[dict[str, Any]]:
    return [
        {"order": line.order, "kind": line.kind, "text": line.text,
         "polygon": line.polygon.round(1).tolist(), "baseline": line.baseline.round(1).tolist()}
        for line in sheet.lines
    ]  # fmt: skip


def _regions(sheet: Sheet) -> list[dict[str, Any]]:
    return [
        {"kind": region.kind, "polygon": region.polygon.round(1).tolist()}
        for region in sheet.regions
    ]
