"""Train a binarized generator from a full-precision teacher, in two steps.

First the activations are binary and the weights real, then both are binary (Z. Liu et al.,
"ReActNet", 2020): a run each, the second from the first's average. The student learns the truth,
the teacher's probability (G. Hinton, O. Vinyals, J. Dean, "Distilling the Knowledge in a Neural
Network", 2015), and where the teacher's decoder is active (S. Zagoruyko, N. Komodakis, "Paying
More Attention to Attention", 2017), on the crops of `docbin.networks.three_stage.samples`.
"""

import copy
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from docbin.data.page_crops import PageCrops
from docbin.data.training_pages import TrainingPage
from docbin.errors import ModelError, SettingError
from docbin.networks.binarized.generator import BinarizedConfig, BinarizedGenerator
from docbin.networks.binarized.latent import revive_view, settle, warm_weights
from docbin.networks.binarized.layers import BinaryConv2d
from docbin.networks.binarized.merged import Merger
from docbin.networks.plan import Batch, Plan, Player
from docbin.networks.precision import autocast
from docbin.networks.three_stage.build import AnyGenerator, load_generator
from docbin.networks.three_stage.held import score_held
from docbin.networks.three_stage.losses import dice_loss, ink_loss
from docbin.networks.three_stage.samples import check_crops, draw_batch
from docbin.networks.three_stage.warm import warm_start
from docbin.networks.training import Trainer
from docbin.networks.weight_file import config_settings
from docbin.networks.weights import BINARIZED, load_into, read_weights, save_weights

__all__ = ["BINARIZED", "StudentJob", "advance", "load_binarized", "recalibrate", "train_step"]

log = logging.getLogger(__name__)

ROLES = ("single", "channel", "local", "global")


@dataclass(frozen=True)
class StudentJob:
    """What to train: a role of the three-stage family, a binarized generator, its teacher.

    `batch` crops of `size` pixels; `soften` and `attend` weigh the teacher's probability and its
    maps beside the truth; `real_weights` is the first of the two steps; with `fixed_signs` all is
    learned but the signs of the weights, for short trainings; `compile` lets torch write C++ for
    what is between the convolutions, which is twice as fast and needs a compiler. The local role
    is shown the merged maps of `channel`, a packed network's file, with `wavelet` of smoothed
    colours.
    """

    role: str = "single"
    config: BinarizedConfig = field(default_factory=BinarizedConfig)
    batch: int = 8
    size: int = 256
    teacher: Path | None = None
    soften: float = 1.0
    attend: float = 0.1
    real_weights: bool = False
    fixed_signs: bool = False
    compile: bool = False
    channel: Path | None = None
    wavelet: bool = False

    def __post_init__(self) -> None:
        multiple, channels = self.config.multiple, self.config.channels
        check_crops(self.role, ROLES, self.batch, self.size, multiple=multiple, channels=channels)
        if min(self.soften, self.attend) < 0:
            raise SettingError("train: soften and attend must not be negative")
        if (self.role == "local") != (self.channel is not None):
            raise SettingError(
                "train: the local role, and no other, needs a packed channel network"
            )


class StudentTask:
    """A student, and its teacher when there is one."""

    def __init__(self, job: StudentJob, seed: int = 1) -> None:
        torch.manual_seed(seed)
        self.job = job
        net = BinarizedGenerator(job.config)
        self.generator = net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        for module in self.generator.modules():
            if isinstance(module, BinaryConv2d):
                module.real = job.real_weights
                module.weight.requires_grad_(not job.fixed_signs)
        self.teacher = load_generator(job.teacher) if job.teacher is not None else None
        self._student: Any = self.generator
        self._teacher: Any = self.teacher
        if job.compile:
            self._student = torch.compile(self.generator, dynamic=False)
            self._teacher = torch.compile(self.teacher, dynamic=False) if self.teacher else None

    def advance(self, share: float) -> None:
        """Tell the estimators that move over the training how much of it is done, 0 to 1."""
        advance(self.generator, share)

    @property
    def players(self) -> tuple[Player, ...]:
        """The student alone learns."""
        return (Player("generator", self.generator),)

    def loss(self, player: str, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        """Return the student's loss on crops, views and ink, each (n, c, h, w) in 0..1."""
        crop, view, truth = batch["crop"], batch["view"], batch["ink"]
        found = self._student(crop, view)
        logits = found.logits.float()
        loss = ink_loss(logits, truth)
        figures = {
            "loss": float(loss.detach()),
            "dice": float(dice_loss(logits.detach(), truth)),
        }
        if self._teacher is not None:
            with torch.no_grad():
                taught = self._teacher(crop, view)
            belief = torch.sigmoid(taught.logits.float())
            cross = functional.binary_cross_entropy_with_logits(logits, belief)
            far = maps_loss(found.maps, taught.maps)
            loss = loss + self.job.soften * 2 * cross + self.job.attend * far
            figures |= {"teacher": float(cross.detach()), "maps": float(far.detach())}
        return loss, figures


def advance(net: nn.Module, share: float) -> None:
    """Tell a network's layers how much of the training is done, 0 to 1."""
    for module in net.modules():
        if isinstance(module, BinaryConv2d):
            module.share.fill_(min(1.0, share))


def attention(maps: Tensor) -> Tensor:
    """Return where maps (n, c, h, w) are active: (n, h w) of unit length."""
    return functional.normalize(maps.float().square().mean(1).flatten(1), dim=1)


def maps_loss(student: Sequence[Tensor], teacher: Sequence[Tensor]) -> Tensor:
    """Return how far the attentions are apart, summed over the sizes that both have, a crop."""
    taught = {maps.shape[2:]: attention(maps) for maps in teacher}
    gaps = [
        (attention(maps) - taught[maps.shape[2:]]).square().sum() / len(maps)
        for maps in student
        if maps.shape[2:] in taught
    ]
    return torch.stack(gaps).sum() if gaps else student[0].new_zeros(())


def recalibrate(net: nn.Module, batches: list[Batch]) -> None:
    """Measure the batch norms' means and deviations again: an average of weights has others.

    The signs of averaged weights are not the average of signs, so the statistics that were
    averaged beside them do not fit.
    """
    norms = [m for m in net.modules() if isinstance(m, nn.BatchNorm2d)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # a plain mean over the batches
    net.train()
    with torch.no_grad(), autocast("cpu"):
        for batch in batches:
            net(batch["crop"], batch["view"])
    net.eval()
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum


def train_step(
    job: StudentJob,
    pages: list[TrainingPage],
    held: list[TrainingPage],
    plan: Plan,
    folder: Path,
    *,
    resume: bool = False,
    warm: Path | None = None,
    fingerprints: str = "",
) -> Path:
    """Train one step within its plan; return the weight file, ROLE.safetensors in `folder`."""
    task = StudentTask(job, plan.seed)
    crops = PageCrops(pages, size=job.size)
    merger = Merger(job.channel, wavelet=job.wavelet) if job.channel is not None else None

    def drawn(seed: int, step: int) -> Batch:
        batch = draw_batch(crops, job.role, job.batch, seed, step, wavelet=job.wavelet)
        return batch if merger is None else merger.batch(batch)

    still = [drawn(plan.seed + 1000, n) for n in range(24)]
    if warm is not None:
        file = warm_weights(warm)
        warm_start(task.generator, file, warm)
        if "packed" in file.notes:
            settle(task.generator, still[:6])
        if revive_view(task.generator, still):
            log.warning("%s: its view says the same of every page; it starts afresh", warm)

    def watch(averages: Mapping[str, nn.Module]) -> dict[str, float]:
        net = copy.deepcopy(averages["generator"])
        advance(net, 1.0)
        recalibrate(net, still)
        if merger is not None:
            return merger.score(cast(AnyGenerator, net), held)
        return score_held(job.role, cast(AnyGenerator, net), {}, held, folder, wavelet=job.wavelet)

    trainer = Trainer(
        task,
        lambda step: drawn(plan.seed, step),
        plan,
        folder,
        watch=watch if held else None,
        advance=task.advance,
    )
    if resume and not trainer.resume():
        log.info("no checkpoint in %s: starting afresh", folder)
    trainer.run()
    net = trainer.averages["generator"]
    advance(net, 1.0)
    recalibrate(net, still)
    path = folder / f"{job.role}.safetensors"
    notes = {
        "role": job.role,
        "step": "activations" if job.real_weights else "activations and weights",
        "minutes": f"{trainer.seconds / 60:.1f}",
        "steps": str(trainer.step),
    }
    save_weights(path, BINARIZED, job.config, net, pages=fingerprints, notes=notes)
    trainer.check_saved()
    return path


def load_binarized(path: Path) -> BinarizedGenerator:
    """Build a binarized generator from its latent weights, ready for inference or export."""
    file = read_weights(path, BINARIZED)
    try:
        net = BinarizedGenerator(BinarizedConfig(**config_settings(file.config)))
    except (TypeError, SettingError) as error:
        raise ModelError(f"{path}: its config builds no binarized generator: {error}") from error
    load_into(net, file, path)
    advance(net, 1.0)
    return net.eval()
