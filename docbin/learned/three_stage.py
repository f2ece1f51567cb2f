"""The three-stage wavelet GAN and its kin as a binarizer.

R.-Y. Ju, Y.-S. Lin, Y. Jin, C.-C. Chen, C.-T. Chien, J.-S. Chiang, "Three-stage binarization of
color document images based on discrete wavelet transform and generative adversarial networks"
(2024). The stages are in ``docbin.networks.three_stage.pipeline``. Compact generators run in fixed
point (``docbin.native.fixed``), without torch and with the same ink on every processor; with
``engine="torch"``, and for generators of the published shape, in torch. What the networks expect is
writing as it is at 100 to 300 dpi: a page that says it has more than 400 dpi is reduced to 300 for
them and their probability enlarged again; so is one that says less, or nothing, but whose letters
are taller than on any training page.
"""

import functools
import importlib.resources
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from docbin.data.fingerprint import Fingerprints, merge
from docbin.errors import MissingDependencyError, ModelError, SettingError
from docbin.learned.working import (
    Scale,
    check_levels,
    check_scale,
    enlarged,
    is_blank,
    keep_strong,
    working_factor,
    working_rgb,
)
from docbin.learned.xnor import check_threads, threads_for
from docbin.page import Ink, Page
from docbin.tiles import Tiling

__all__ = ["ThreeStage"]


@dataclass(frozen=True)
class ThreeStage:
    """Binarize with trained networks: one on colour, or channels, local and global ones."""

    form: Literal["single", "two-stage", "three-stage"] = "single"
    threshold: float = 0.4
    strong: float = 0.95
    tile: int = 768
    overlap: float = 0.075
    blend: Literal["window", "minimum"] = "window"
    wavelet: bool = False
    fusion: Literal["veto", "weighted", "local"] = "local"
    flips: bool = False
    threads: int = 0
    scale: Scale = "auto"
    engine: Literal["fixed", "torch"] = "fixed"
    model: str = "shipped"

    PAPER: ClassVar[str] = (
        "Ju et al., Three-stage binarization of color document images based on discrete wavelet "
        "transform and generative adversarial networks, 2024"
    )
    SETTINGS: ClassVar[dict[str, str]] = {
        "form": "single: one colour network; two-stage, three-stage: channels, local and global",
        "threshold": "probability from which a pixel is ink, between 0 and 1",
        "strong": "a patch of ink must reach this probability somewhere, 0 keeps all, below 1",
        "tile": "largest side of a tile in pixels, a multiple of 16 and at least 64",
        "overlap": "share of a tile that neighbours have in common, 0 to 0.95",
        "blend": "join tiles by a window, or by the minimum as published (thins the ink)",
        "wavelet": "Haar-smooth the channels as in published training (three-stage only)",
        "fusion": "of local and global: veto as published, weighted, or local alone",
        "flips": "mean over four mirror images, four times the time",
        "threads": "processors for one page; 0: all, or one in each worker of a batch",
        "scale": "factor the page is resized by for the networks; auto: by its dpi or its letters",
        "engine": "fixed: whole numbers, without torch; torch: floats, for any generator",
        "model": "folder of the weight files",
    }

    def __post_init__(self) -> None:
        check_levels("three-stage", self.threshold, self.strong)
        if self.tile < 64 or self.tile % 16:
            raise SettingError(
                f"three-stage: tile must be a multiple of 16 and at least 64, got {self.tile}"
            )
        check_scale("three-stage", self.scale)
        check_threads("three-stage", self.threads)
        Tiling(self.tile, self.overlap, self.blend)

    def __call__(self, page: Page, /) -> Ink:
        """Return (h, w) bool, True where the probability of ink reaches the threshold.

        A connected patch that nowhere reaches `strong` is dropped: crumbs of show-through are
        doubtful all over, a stroke is certain somewhere.
        """
        return keep_strong(self.probability(page), self.threshold, self.strong)

    def probability(self, page: Page, /) -> NDArray[np.float32]:
        """Return the probability of ink, float32 (h, w), 0..1."""
        pipeline, networks = _open(self.model, self.form, self.fusion, self.engine)
        if is_blank(page):
            return np.zeros((page.height, page.width), np.float32)
        rgb = working_rgb(page, working_factor(page, self.scale))
        found = pipeline.page_probability(
            networks,
            rgb,
            Tiling(self.tile, self.overlap, self.blend),
            form=self.form,
            wavelet=self.wavelet,
            fusion=self.fusion,
            flips=self.flips,
            threads=threads_for(self.threads),
        )
        return enlarged(np.asarray(found, np.float32), page)

    def trained_on(self) -> Fingerprints:
        """Return the fingerprints of the pages the form's networks were trained on."""
        from docbin.networks.weight_file import GENERATORS, read_arrays

        parts = []
        for path in _files(self.model, self.form, self.fusion).values():
            pages = read_arrays(path, *GENERATORS, numbers=False).pages
            parts.append(Fingerprints.from_json(pages) if pages else Fingerprints())
        return merge(parts)


def _files(model: str, form: str, fusion: str) -> dict[str, Path]:
    """Role to file; a folder may hold four channel networks or one for all four.

    The global network is needed only where the fusion asks for it.
    """
    if model == "shipped":
        folder = Path(str(importlib.resources.files("docbin.models"))) / "three_stage"
    else:
        folder = Path(model)
    if form == "single":
        wanted = ["single"]
    else:
        own = [f"channel_{c}" for c in ("gray", "red", "green", "blue")]
        wanted = own if (folder / f"{own[0]}.safetensors").exists() else ["channel"]
        wanted += ["local"] if fusion == "local" else ["local", "global"]
    files = {role: folder / f"{role}.safetensors" for role in wanted}
    missing = [path.name for path in files.values() if not path.exists()]
    if missing:
        raise ModelError(
            f"{folder}: form {form!r} needs {', '.join(missing)}; train them with "
            "'docbin train three-stage', or choose another form"
        )
    return files


def _open(model: str, form: str, fusion: str, engine: str) -> tuple[Any, Any]:
    """Return the pipeline module and its Networks; every file is opened once a process."""
    from docbin.networks.three_stage import pipeline
    from docbin.networks.three_stage.fusion import FusionWeights
    from docbin.networks.three_stage.stages import CHANNELS

    opened = {role: _opened(path, engine) for role, path in _files(model, form, fusion).items()}
    nets = {role: net for role, (net, _) in opened.items()}
    if form == "single":
        return pipeline, pipeline.Networks(single=nets["single"])
    fitted = opened["global"][1].get("fusion") if "global" in opened else None
    channels = {c: nets.get(f"channel_{c}", nets.get("channel")) for c in CHANNELS}
    return pipeline, pipeline.Networks(
        channels={name: net for name, net in channels.items() if net is not None},
        local=nets["local"],
        whole=nets.get("global"),
        weights=FusionWeights() if fitted is None else FusionWeights.from_text(fitted),
    )


@functools.lru_cache(maxsize=16)
def _opened(path: Path, engine: str) -> tuple[Any, dict[str, str]]:
    """Open a generator, in fixed point where it is compact and nobody asked for torch.

    Returns it with its file's notes.
    """
    from docbin.networks.three_stage.fixed import fixed_generator
    from docbin.networks.weight_file import GENERATORS, THREE_STAGE, read_arrays

    file = read_arrays(path, *GENERATORS)
    if engine == "fixed" and file.architecture == THREE_STAGE:
        return fixed_generator(file, path), file.notes
    try:
        from docbin.networks.three_stage.build import generator_of
        from docbin.networks.weights import in_torch
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        raise MissingDependencyError(
            f"three-stage: {path.name} runs in torch, which is not installed: pip install "
            "'docbin[train]', or take compact networks with engine=fixed"
        ) from error
    return generator_of(in_torch(file), path, fold=True), file.notes
