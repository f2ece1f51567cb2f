"""The part of ``docbin train`` that is about text detectors."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docbin.cli.masses import parse_masses
from docbin.cli.networks import network_module
from docbin.cli.streams import show
from docbin.errors import DatasetError, UsageError

if TYPE_CHECKING:
    from docbin.data.line_sets import LinePage

__all__ = ["configure", "run"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``docbin train dbnet``."""
    parser.add_argument(
        "--data", type=Path, required=True,
        help="folder of SET/STEM.json with STEM.jpg (or SET/train/...)",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, required=True, help="folder for weights and curves")
    parser.add_argument("--minutes", type=float, required=True, help="budget of the whole training")
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint in --out")
    parser.add_argument("--warm", type=Path, help="weight file to start from")
    parser.add_argument("--mass", default="", help="share of a set in the draw, SET=X, by commas")
    parser.add_argument("--made", type=int, default=0, help="made pages in the set 'made'")
    parser.add_argument("--backbone", default="page", help="page, resnet18 or resnet50")
    parser.add_argument("--fusion", default="none", help="none (DB) or scale-spatial (DB++)")
    parser.add_argument("--channels", type=int, default=1, help="1: ink and grey; 3: colour too")
    parser.add_argument("--inner", type=int, default=64, help="channels of the neck (default 64)")
    parser.add_argument("--head", type=int, default=32, help="channels of the heads (default 32)")
    parser.add_argument("--shrink", type=float, default=0.7, help="r of the targets (default 0.7)")
    parser.add_argument("--ink", type=float, default=0.4, help="share of ink crops (default 0.4)")
    parser.add_argument("--batch", type=int, default=6, help="crops a step (default 6)")
    parser.add_argument("--size", type=int, default=384, help="side of a crop (default 384)")
    parser.add_argument("--rate", type=float, default=2e-3, help="learning rate at its top")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.set_defaults(train=run)


def run(args: argparse.Namespace) -> None:
    """Train a text detector, and write it as the ONNX file that `docbin detect` runs."""
    from docbin import imageio
    from docbin.data.line_sets import line_fingerprints

    train, network = _module("train"), _module("network")
    plan = network_module("plan").Plan(minutes=args.minutes, seed=args.seed, rate=args.rate)
    job = train.Job(
        config=network.DBNetConfig(
            args.channels, args.backbone, args.inner, args.head, args.fusion
        ),
        batch=args.batch,
        size=args.size,
        shrink=args.shrink,
        ink_share=args.ink,
    )
    sources, pages = _pages(args, job)
    path = train.train(
        job, pages, plan, args.out, resume=args.resume, warm=args.warm, device=args.device
    )
    marks = line_fingerprints(sources).to_json()
    onnx = path.with_suffix(".onnx")
    with imageio.atomic(onnx, overwrite=True) as partial:
        partial.write_bytes(_module("export").export(path, {"pages": marks}))
    show(f"{onnx}: trained on {len(pages)} pages; run it with --set weights={onnx}")


def _pages(args: argparse.Namespace, job: Any) -> "tuple[list[LinePage], list[Any]]":
    """Find the pages of every set and load them with the share of its set; then the made ones."""
    from docbin.data.line_sets import find_line_pages

    crops = _module("crops")
    masses = parse_masses(args.mass)
    if args.made < 0:
        raise UsageError(f"--made must not be negative, got {args.made}")
    if not args.data.is_dir():
        raise DatasetError(f"{args.data}: no such folder; check the name")
    folders = {folder.name: folder for folder in sorted(args.data.iterdir()) if folder.is_dir()}
    unknown = sorted(set(masses) - set(folders) - {"made"})
    if unknown:
        raise DatasetError(f"--mass {unknown[0]}: no such set in {args.data}")
    used: list[LinePage] = []
    pages = []
    for name, folder in folders.items():
        inner = folder / "train"
        sources = find_line_pages(inner if inner.is_dir() else folder, name)
        share = masses.get(name, 1.0) / len(sources)
        if share <= 0:
            continue
        used += sources
        pages += [crops.stored_file(s, shrink=job.shrink, weight=share) for s in sources]
    if not used:
        raise DatasetError(
            f"{args.data}: no page is left to train on; need SET/STEM.json with STEM.jpg"
        )
    share = masses.get("made", 1.0) / max(args.made, 1)
    pages += [crops.made(n, shrink=job.shrink, weight=share) for n in range(args.made)]
    return used, pages


def _module(name: str) -> Any:
    return network_module(f"dbnet.{name}")
