"""Train a text detector into a folder, and save its weights."""

import copy
import itertools
import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from docbin.errors import DatasetError, SettingError
from docbin.networks.dbnet.crops import Crop, StoredPage, draw_crop
from docbin.networks.dbnet.losses import db_loss
from docbin.networks.dbnet.network import DBNet, DBNetConfig
from docbin.networks.dbnet.targets import SHRINK
from docbin.networks.plan import Batch, Plan, Player
from docbin.networks.training import Trainer
from docbin.networks.weights import load_into, read_weights, save_weights

__all__ = ["ARCHITECTURE", "Job", "make_batch", "train"]

log = logging.getLogger(__name__)

ARCHITECTURE = "dbnet"
LARGEST_VARIANCE = 256.0


@dataclass(frozen=True)
class Job:
    """What to train: the network's shape and its batches.

    `batch` crops of `size` pixels; `shrink` the r of the targets; `ink_share` of the crops are ink,
    the others grey.
    """

    config: DBNetConfig = field(default_factory=DBNetConfig)
    batch: int = 6
    size: int = 384
    shrink: float = SHRINK
    ink_share: float = 0.4

    def __post_init__(self) -> None:
        if self.batch < 1 or self.size < 32 or self.size % 32:
            raise SettingError(
                "train: size must be a multiple of 32 and batch at least 1, "
                f"got {self.size} and {self.batch}"
            )
        if not 0 < self.shrink < 1 or not 0 <= self.ink_share <= 1:
            raise SettingError("train: shrink must lie between 0 and 1, and ink_share in 0..1")


class DetectorTask:
    """One player, the detector."""

    def __init__(self, job: Job, seed: int = 1) -> None:
        torch.manual_seed(seed)
        self.net = DBNet(job.config).to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    @property
    def players(self) -> tuple[Player, ...]:
        """The detector."""
        return (Player("detector", self.net),)

    def loss(self, player: str, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        """Return the loss of DB on a batch of crops and targets, each (n, 1, h, w)."""
        logits, threshold = self.net(batch["pixels"])
        names = ("shrunk", "mask", "threshold", "border")
        with torch.autocast(logits.device.type, enabled=False):
            parts = db_loss(logits.float(), threshold.float(), *(batch[name] for name in names))
        figures = {name: float(part.detach()) for name, part in parts._asdict().items()}
        return parts.total, figures


def train(
    job: Job,
    pages: Sequence[StoredPage],
    plan: Plan,
    folder: Path,
    *,
    resume: bool = False,
    warm: Path | None = None,
    fingerprints: str = "",
    device: str = "cpu",
) -> Path:
    """Train within the plan; return the weight file, dbnet.safetensors in `folder`.

    It is written at every checkpoint too. `resume` goes on from the folder's checkpoint; `warm`
    starts from a weight file instead of from chance.
    """
    if not pages or sum(page.weight for page in pages) <= 0:
        raise DatasetError("train: there is no page to train on")
    task = DetectorTask(job, plan.seed)
    if warm is not None:
        load_into(task.net, read_weights(warm, ARCHITECTURE), warm)
    task.net.to(device)
    path = folder / "dbnet.safetensors"

    def keep(averages: Mapping[str, nn.Module]) -> dict[str, float]:
        notes = {"shrink": str(job.shrink), "steps": str(trainer.step)}
        notes["minutes"] = f"{trainer.seconds / 60:.1f}"
        net = within_half(averages["detector"])
        save_weights(path, ARCHITECTURE, job.config, net, pages=fingerprints, notes=notes)
        return {}

    trainer = Trainer(
        task, lambda step: make_batch(job, pages, plan.seed, step), plan, folder, keep, device
    )
    if resume and not trainer.resume():
        log.info("no checkpoint in %s: starting afresh", folder)
    trainer.run()
    trainer.check_saved()
    return path


def within_half(net: nn.Module) -> nn.Module:
    """Return a copy that says the same with no batch norm's variance too large for fp16.

    A convolution that is normed may be divided by any number: its mean and deviation are divided
    too, and what leaves the norm stays. The heads' first ones need it: nothing norms the neck.
    """
    net = copy.deepcopy(net)
    for layers in net.modules():
        if not isinstance(layers, nn.Sequential):
            continue
        for convolution, norm in itertools.pairwise(layers):
            if not isinstance(norm, nn.BatchNorm2d) or norm.running_var is None:
                continue
            largest = float(norm.running_var.max())
            if largest > LARGEST_VARIANCE and norm.running_mean is not None:
                part = 2.0 ** -math.ceil(math.log2(largest / LARGEST_VARIANCE) / 2)
                with torch.no_grad():
                    convolution.weight.mul_(part)  # type: ignore[operator,union-attr]
                    norm.running_mean.mul_(part)
                    norm.running_var.mul_(part**2)
    return net


def make_batch(job: Job, pages: Sequence[StoredPage], seed: int, step: int) -> Batch:
    """Make the batch of a step: a function of seed and step alone."""
    shares = np.array([page.weight for page in pages])
    shares = shares / shares.sum()
    crops: list[Crop] = []
    for number in range(job.batch):
        rng = np.random.default_rng([seed, step, number])
        page, other = (pages[int(i)] for i in rng.choice(len(pages), 2, p=shares))
        crops.append(draw_crop(rng, page, other, job.size, job.ink_share))
    pixels = torch.from_numpy(np.stack([crop.pixels for crop in crops]))[:, None].float() / 255
    # One channel is contiguous both ways: say which, or every layer would be asked to guess.
    pixels = pixels.repeat(1, job.config.channels, 1, 1).to(memory_format=torch.channels_last)
    targets = zip(*(crop.targets for crop in crops), strict=True)
    names = ("shrunk", "mask", "threshold", "border")
    batch = {
        name: torch.from_numpy(np.stack(maps))[:, None]
        for name, maps in zip(names, targets, strict=True)
    }
    return {"pixels": pixels, **batch}
