"""Train one network of the three-stage family into a folder, and save its weights.

Roles: `single` (colour, the whole task at once), `channel` (one of grey, red, green, blue, drawn at
random for every crop), `local` (the merged channel maps), `global` (the whole page at 512 x 512).
With `wavelet` the channels are Haar-smoothed as published, and a colour channel's truth also holds
what is darker than 0.30 of the patch's brightest value.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from docbin.data.page_crops import PageCrop, PageCrops, TrainingPage
from docbin.errors import ModelError, SettingError
from docbin.networks.three_stage.discriminator import Discriminator, DiscriminatorConfig
from docbin.networks.three_stage.generator import Generator, GeneratorConfig
from docbin.networks.three_stage.losses import critic_loss, dice_loss, ink_loss
from docbin.networks.three_stage.pipeline import (
    CHANNELS,
    GLOBAL,
    Networks,
    page_probability,
    page_view,
    run_network,
    whole_probability,
)
from docbin.networks.three_stage.warm import warm_start
from docbin.networks.training import Batch, Plan, Player, Trainer
from docbin.networks.weights import THREE_STAGE, load_into, read_weights, save_weights
from docbin.tiles import Tiling
from docbin.wavelet import smooth_channel

__all__ = ["ROLES", "Job", "channel_target", "load_generator", "train"]

log = logging.getLogger(__name__)

ROLES = ("single", "channel", "local", "global")


@dataclass(frozen=True)
class Job:
    """What to train: a role, its generator, and its batches.

    `batch` crops of `size` pixels; `adversarial` weight of the critic's opinion (0: no critic);
    `channel_weights` the channel network's file, for the local role.
    """

    role: str = "single"
    config: GeneratorConfig = field(default_factory=GeneratorConfig)
    batch: int = 8
    size: int = 256
    wavelet: bool = False
    adversarial: float = 0.0
    channel_weights: Path | None = None

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise SettingError(f"train: role must be one of {', '.join(ROLES)}, got {self.role!r}")
        if self.batch < 1 or self.size % self.config.multiple:
            raise SettingError(
                f"train: size must be a multiple of {self.config.multiple} and batch at least 1, "
                f"got {self.size} and {self.batch}"
            )
        if (self.role == "channel") != (self.config.channels == 1):
            raise SettingError("train: the channel role has 1 channel, the others 3")
        if self.role == "local" and self.channel_weights is None:
            raise SettingError("train: the local role needs the channel network's weights")


class PageTask:
    """A generator and, with an adversarial term, a critic, on the batches of a job."""

    def __init__(self, job: Job, seed: int = 1) -> None:
        torch.manual_seed(seed)
        self.job = job
        self.generator = Generator(job.config).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.critic = (
            Discriminator(DiscriminatorConfig(job.config.channels)) if job.adversarial else None
        )
        self.channel = (
            load_generator(job.channel_weights) if job.channel_weights is not None else None
        )

    @property
    def players(self) -> tuple[Player, ...]:
        """The critic moves first, as published, and is no part of what is shipped."""
        own = Player("generator", self.generator)
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
        """Stage 2's output for crops (n, 3, h, w): four passes of the frozen channel network."""
        if self.channel is None:
            return crops
        planes = zip(_planes(crops), _planes(views), strict=True)
        with torch.no_grad():
            gray, *colors = (
                1 - torch.sigmoid(self.channel(x, v).logits.float()) for x, v in planes
            )
        return torch.cat([(color + gray) / 2 for color in colors], 1)


def train(
    job: Job,
    pages: list[TrainingPage],
    held: list[TrainingPage],
    plan: Plan,
    folder: Path,
    *,
    resume: bool = False,
    warm: Path | None = None,
    fingerprints: str = "",
    device: str = "cpu",
) -> Path:
    """Train a job within its plan; return the weight file, ROLE.safetensors in `folder`.

    `resume` goes on from the folder's checkpoint; `warm` starts from a weight file, as far as it
    fits, instead of from chance. Pages in `held` are never trained on: their mean F-measure is a curve, and pictures of
    three of them are written beside it.
    """
    task = PageTask(job, plan.seed)
    if warm is not None:
        warm_start(task.generator, read_weights(warm, THREE_STAGE), warm)
    for module in (task.generator, task.critic, task.channel):
        if module is not None:
            module.to(device)
    crops = PageCrops(pages, size=job.size)

    def watch(averages: Mapping[str, nn.Module]) -> dict[str, float]:
        return _score(job, cast(Generator, averages["generator"]), task.channel, held, folder)

    trainer = Trainer(
        task,
        lambda step: _batch(job, crops, plan.seed, step),
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
    net = trainer.averages["generator"]
    save_weights(path, THREE_STAGE, job.config, net, pages=fingerprints, notes=notes)
    return path


def load_generator(path: Path) -> Generator:
    """Build a generator from its weight file, ready for inference."""
    file = read_weights(path, THREE_STAGE)
    settings: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in file.config.items()
    }
    try:
        net = Generator(GeneratorConfig(**settings))
    except (TypeError, SettingError) as error:
        raise ModelError(f"{path}: its config builds no generator: {error}") from error
    load_into(net, file, path)
    return net.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def channel_target(smooth: NDArray[Any], ink: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The published truth of a Haar-smoothed colour channel: ink, and all that is nearly black.

    True where there is ink or where the channel is at most 0.30 of the patch's brightest value.
    """
    return ink | (smooth <= 0.30 * float(smooth.max()))


def _planes(pixels: Tensor) -> list[Tensor]:
    """(n, 3, h, w) to grey, red, green, blue, each (n, 1, h, w)."""
    luma = pixels.new_tensor([0.299, 0.587, 0.114])[None, :, None, None]
    return [(pixels * luma).sum(1, keepdim=True), *torch.chunk(pixels, 3, 1)]


def _batch(job: Job, crops: PageCrops, seed: int, step: int) -> Batch:
    """The batch of a step: a function of seed and step alone."""
    samples = []
    for number in range(job.batch):
        rng = np.random.default_rng([seed, step, number])
        crop = crops.draw_page(rng, GLOBAL) if job.role == "global" else crops.draw(rng)
        samples.append(_sample(job, crop, rng))
    pixels, views, inks = zip(*samples, strict=True)
    return {"crop": _stack(pixels), "view": _stack(views), "ink": _stack(inks)}


def _sample(
    job: Job, crop: PageCrop, rng: np.random.Generator
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    pixels, view, ink = crop.pixels, crop.view, crop.ink
    if job.role == "channel":
        channel = int(rng.integers(4))
        pixels, view = _plane(pixels, channel), _plane(view, channel)
        if job.wavelet and channel:
            smooth = smooth_channel(pixels[..., 0])
            pixels, ink = smooth[..., None], channel_target(smooth, ink)
    return pixels, view, np.where(ink, np.uint8(255), np.uint8(0))[..., None]


def _plane(pixels: NDArray[Any], channel: int) -> NDArray[Any]:
    if channel:
        return pixels[..., channel - 1 : channel]
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY))[..., None]


def _stack(arrays: tuple[NDArray[Any], ...]) -> Tensor:
    tensor = torch.from_numpy(np.stack(arrays)).permute(0, 3, 1, 2).float().div_(255)
    return tensor.contiguous(memory_format=torch.channels_last)


def _score(
    job: Job, net: Generator, channel: Generator | None, held: list[TrainingPage], folder: Path
) -> dict[str, float]:
    """Mean F-measure on the held pages; pictures of the first three."""
    scores = []
    for number, page in enumerate(held):
        ink = _ink(job, net, channel, page.pixels)
        hits = float((ink & page.ink).sum())
        scores.append(200 * hits / max(1.0, float(ink.sum() + page.ink.sum())))
        if number < 3:
            picture = np.where(ink, np.uint8(0), np.uint8(255))
            cv2.imwrite(str(folder / f"sample{number}.png"), picture)
    return {"f_measure": float(np.mean(scores))}


def _ink(
    job: Job, net: Generator, channel: Generator | None, pixels: NDArray[np.uint8]
) -> NDArray[np.bool_]:
    view, tiling = page_view(pixels), Tiling()
    if job.role == "global":
        found = whole_probability(net, pixels)
    elif job.role == "channel":  # on grey, which every page has
        found = run_network(net, _plane(pixels, 0), _plane(view, 0), tiling)
    elif channel is not None:
        networks = Networks(channels=dict.fromkeys(CHANNELS, channel), local=net)
        found = page_probability(networks, pixels, tiling, form="two-stage", fusion="local")
    else:
        found = run_network(net, pixels, view, tiling)
    return found > 0.5
