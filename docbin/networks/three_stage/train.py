"""Train one network of the three-stage family into a folder, and save its weights.

Roles: `single` (colour, the whole task at once), `channel` (one of grey, red, green, blue, drawn at
random for every crop), `channel_gray` and so on (that channel only: the published four generators),
`local` (the merged channel maps), `global` (the whole page at 512 x 512).
"""

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import torch
from torch import Tensor, nn

from docbin.data.fingerprint import Fingerprints
from docbin.data.page_crops import PageCrops, TrainingPage
from docbin.errors import SettingError
from docbin.networks.plan import Batch, Plan, Player
from docbin.networks.three_stage.build import (
    AnyConfig,
    AnyGenerator,
    architecture,
    build_generator,
    load_channels,
    load_generator,
)
from docbin.networks.three_stage.discriminator import Discriminator, DiscriminatorConfig
from docbin.networks.three_stage.encoder import load_imagenet
from docbin.networks.three_stage.fusion import fit_fusion
from docbin.networks.three_stage.generator import GeneratorConfig
from docbin.networks.three_stage.held import held_maps, score_held
from docbin.networks.three_stage.losses import critic_loss, dice_loss, ink_loss
from docbin.networks.three_stage.pipeline import Networks
from docbin.networks.three_stage.samples import check_crops, draw_batch, smooth, split
from docbin.networks.three_stage.stages import CHANNELS
from docbin.networks.three_stage.unetpp import UnetPlusPlus
from docbin.networks.three_stage.warm import warm_start
from docbin.networks.training import Trainer
from docbin.networks.weights import GENERATORS, read_weights, save_weights

__all__ = ["ROLES", "Job", "train", "warm_fingerprints"]

log = logging.getLogger(__name__)

ROLES = ("single", "channel", *(f"channel_{name}" for name in CHANNELS), "local", "global")


@dataclass(frozen=True)
class Job:
    """What to train: a role, its generator, and its batches.

    `batch` crops of `size` pixels; `adversarial` weight of the critic's opinion beside 2 BCE + Dice
    (0: no critic; the published 1 beside 50 BCE is 0.04 here); `every` steps of the critic for one
    of the generator (published: 1 for the channels, 5 for local and global); `channel_weights` for
    the local role, a channel network's file or a folder of four. With `local_weights` too, the
    global role ends by fitting the weighted fusion on the held pages.
    """

    role: str = "single"
    config: AnyConfig = field(default_factory=GeneratorConfig)
    batch: int = 8
    size: int = 256
    wavelet: bool = False
    adversarial: float = 0.0
    every: int = 1
    channel_weights: Path | None = None
    local_weights: Path | None = None

    def __post_init__(self) -> None:
        multiple, channels = self.config.multiple, self.config.channels
        check_crops(self.role, ROLES, self.batch, self.size, multiple=multiple, channels=channels)
        if not 0 <= self.adversarial < math.inf or self.every < 1:
            raise SettingError("train: adversarial must not be negative and every at least 1")
        if self.every > 1 and not self.adversarial:
            raise SettingError("train: every counts the critic's steps: give adversarial too")
        if self.role == "local" and self.channel_weights is None:
            raise SettingError("train: the local role needs the channel network's weights")
        if self.local_weights is not None and (
            self.role != "global" or self.channel_weights is None
        ):
            raise SettingError(
                "train: local weights are for the global role, beside the channel network's"
            )


class PageTask:
    """A generator and, with an adversarial term, a critic, on the batches of a job."""

    def __init__(self, job: Job, seed: int = 1) -> None:
        torch.manual_seed(seed)
        self.job = job
        self.generator = build_generator(job.config)
        self.critic = (
            Discriminator(DiscriminatorConfig(job.config.channels)) if job.adversarial else None
        )
        self.channels: dict[str, AnyGenerator] = {}
        if job.role == "local" and job.channel_weights is not None:
            self.channels = load_channels(job.channel_weights)

    @property
    def players(self) -> tuple[Player, ...]:
        """The critic moves first, as published, and is no part of what is shipped."""
        own = Player("generator", self.generator, every=self.job.every)
        if self.critic is None:
            return (own,)
        return (Player("critic", self.critic, rate=0.1, averaged=False), own)

    def loss(self, player: str, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        """Return the player's loss on crops, views and ink, each (n, c, h, w) in 0..1."""
        crops, truth = self._merged(batch["crop"], batch["view"]), batch["ink"]
        if player == "critic" and self.critic is not None:
            with torch.no_grad():
                fake = torch.sigmoid(self.generator(crops, batch["view"]).logits.float())
            loss = critic_loss(self.critic, crops, truth, fake)
            return loss, {"critic": float(loss.detach())}
        logits = self.generator(crops, batch["view"]).logits.float()
        loss = ink_loss(logits, truth)
        figures = {
            "loss": float(loss.detach()),
            "dice": float(dice_loss(logits.detach(), truth)),
        }
        if self.critic is not None:
            score = self.critic(crops, torch.sigmoid(logits)).float().mean()
            loss = loss - self.job.adversarial * score
            figures["score"] = float(score.detach())
        return loss, figures

    def _merged(self, crops: Tensor, views: Tensor) -> Tensor:
        """Stage 2's output for crops (n, 3, h, w): one pass of each frozen channel network."""
        if not self.channels:
            return crops
        found = []
        for number, (x, view) in enumerate(zip(split(crops), split(views), strict=True)):
            net = self.channels[CHANNELS[number]]
            seen = smooth(x) if self.job.wavelet and number else x
            with torch.no_grad():
                found.append(1 - torch.sigmoid(net(seen, view).logits.float()))
        return torch.cat([(color + found[0]) / 2 for color in found[1:]], 1)


def warm_fingerprints(path: Path) -> Fingerprints:
    """Return the pages that a weight file to start from was trained on: they stay trained on."""
    pages = read_weights(path, *GENERATORS).pages
    return Fingerprints.from_json(pages) if pages else Fingerprints()


def train(
    job: Job,
    pages: list[TrainingPage],
    held: list[TrainingPage],
    plan: Plan,
    folder: Path,
    *,
    resume: bool = False,
    warm: Path | None = None,
    encoder: Path | None = None,
    fingerprints: str = "",
    device: str = "cpu",
) -> Path:
    """Train a job within its plan; return the weight file, ROLE.safetensors in `folder`.

    `resume` goes on from the folder's checkpoint; `warm` starts from a weight file, as far as it
    fits, instead of from chance; `encoder` is a file of ImageNet weights for a U-Net++. Pages in
    `held` are never trained on: their mean F-measure is a curve, and pictures of three of them are
    written beside it.
    """
    task = PageTask(job, plan.seed)
    if encoder is not None and isinstance(task.generator, UnetPlusPlus):
        load_imagenet(task.generator.encoder, encoder)
    if warm is not None:
        warm_start(task.generator, read_weights(warm, *GENERATORS), warm)
    for module in (task.generator, task.critic, *task.channels.values()):
        if module is not None:
            module.to(device)
    crops = PageCrops(pages, size=job.size)

    def watch(averages: Mapping[str, nn.Module]) -> dict[str, float]:
        net = cast(AnyGenerator, averages["generator"])
        return score_held(job.role, net, task.channels, held, folder, wavelet=job.wavelet)

    trainer = Trainer(
        task,
        lambda step: draw_batch(crops, job.role, job.batch, plan.seed, step, wavelet=job.wavelet),
        plan,
        folder,
        watch=watch if held else None,
        device=device,
    )
    if resume and not trainer.resume():
        log.info("no checkpoint in %s: starting afresh", folder)
    trainer.run()
    path = folder / f"{job.role}.safetensors"
    notes = {"role": job.role, "minutes": f"{trainer.seconds / 60:.1f}", "steps": str(trainer.step)}
    net = cast(AnyGenerator, trainer.averages["generator"])
    if job.local_weights is not None and job.channel_weights is not None and held:
        networks = Networks(
            channels=load_channels(job.channel_weights),
            local=load_generator(job.local_weights),
            whole=net,
        )
        notes["fusion"] = fit_fusion(
            held_maps(networks, held, job.wavelet), seed=plan.seed
        ).to_text()
    save_weights(path, architecture(job.config), job.config, net, pages=fingerprints, notes=notes)
    trainer.check_saved()
    return path
