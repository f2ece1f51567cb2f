"""The part of ``docbin train`` that is about binarized generators."""

import argparse
from pathlib import Path

from docbin.cli.networks import network_module
from docbin.cli.streams import show
from docbin.cli.training_pages import add_page_arguments, training_pages

__all__ = ["configure", "run"]

ROLES = ("single", "channel", "local", "global")
FIRST = "first"
"""Folder of the first step within --out."""
FIRST_STEP = 0.3
"""Share of the budget in which activations alone are binary."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``docbin train binarized``."""
    add_page_arguments(parser)
    parser.add_argument("--out", type=Path, required=True, help="folder for weights and curves")
    budget = parser.add_mutually_exclusive_group(required=True)
    budget.add_argument("--minutes", type=float, help="budget of both steps by the clock")
    budget.add_argument("--steps", type=int, help="budget of both steps in batches")
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint in --out")
    parser.add_argument("--teacher", type=Path, help="weights of a full-precision generator")
    parser.add_argument(
        "--warm",
        type=Path,
        help="binarized weights to start from, trained or packed ones: step two only",
    )
    parser.add_argument("--role", default="single", choices=ROLES)
    parser.add_argument("--channel", type=Path, help="packed channel network (local)")
    parser.add_argument("--wavelet", action="store_true", help="Haar-smooth the channels")
    parser.add_argument("--estimator", default="reactnet", help="of the gradients of signs")
    parser.add_argument(
        "--bases", type=int, default=1, help="signs a weight is the sum of (default 1)"
    )
    parser.add_argument(
        "--evolving", action="store_true", help="fade all bases but the first halfway, for export"
    )
    parser.add_argument(
        "--salient",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="channels kept at 8 bits: to measure, export refuses them",
    )
    parser.add_argument(
        "--fixed-signs",
        action="store_true",
        help="learn all but the signs of the weights: short trainings from --warm",
    )
    parser.add_argument("--soften", type=float, default=1.0, help="weight of the teacher's ink")
    parser.add_argument("--attend", type=float, default=0.1, help="weight of the teacher's maps")
    parser.add_argument("--rate", type=float, default=2e-3, help="top learning rate (default 2e-3)")
    parser.add_argument("--batch", type=int, default=8, help="crops a step (default 8)")
    parser.add_argument("--size", type=int, default=256, help="side of a crop (default 256)")
    parser.add_argument(
        "--compile",
        action="store_true",
        help="fuse what is between the convolutions: twice as fast, needs a C++ compiler",
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.set_defaults(train=run)


def run(args: argparse.Namespace) -> None:
    """Train a binarized generator: activations first, then weights."""
    train, generator = network_module("binarized.train"), network_module("binarized.generator")
    planning, weights = network_module("plan"), network_module("weights")
    latent = network_module("binarized.latent")
    from docbin.data.fingerprint import Fingerprints, merge

    channels, context = 1 if args.role == "channel" else 3, {}
    if args.role == "global":
        context = {"context": ()}
    config = generator.BinarizedConfig(
        channels=channels,
        estimator=args.estimator,
        bases=args.bases,
        evolving=args.evolving,
        salient=args.salient,
        **context,
    )
    files = [latent.warm_weights(args.warm)] if args.warm else []
    if args.teacher:  # what the teacher was trained on, the student learns from too
        files.append(weights.read_weights(args.teacher, *weights.GENERATORS))
    before = merge([Fingerprints.from_json(file.pages) for file in files if file.pages])
    used, held, marks = training_pages(args, before)
    warm, path = args.warm, args.out
    steps = [(False, 1.0)] if args.warm else [(True, FIRST_STEP), (False, 1 - FIRST_STEP)]
    for real_weights, share in steps:
        job = train.StudentJob(
            role=args.role,
            config=config,
            batch=args.batch,
            size=args.size,
            teacher=args.teacher,
            soften=args.soften,
            attend=args.attend,
            real_weights=real_weights,
            fixed_signs=args.fixed_signs and not real_weights,
            compile=args.compile,
            channel=args.channel,
            wavelet=args.wavelet,
        )
        count = max(1, round(args.steps * share)) if args.steps is not None else None
        plan = planning.Plan(
            minutes=args.minutes * share if count is None else None,
            steps=count,
            warmup=100 if count is None else max(1, min(100, count // 10)),
            rate=args.rate,
            decay=0.01 if real_weights else 0.0,
            seed=args.seed + (not real_weights),
        )
        folder = args.out / FIRST if real_weights else args.out
        done = folder / f"{args.role}.safetensors"
        if not (args.resume and real_weights and done.exists()):
            train.train_step(
                job, used, held, plan, folder, resume=args.resume, warm=warm, fingerprints=marks
            )
        warm = path = done
    show(f"{path}: trained on {len(used)} pages")
