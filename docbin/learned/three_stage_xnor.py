"""The three-stage pipeline on packed 1-bit networks. Needs no torch.

R.-Y. Ju, Y.-S. Lin, Y. Jin, C.-C. Chen, C.-T. Chien, J.-S. Chiang, "Three-stage binarization of
color document images based on discrete wavelet transform and generative adversarial networks"
(2024), as in `three-stage`, every generator a packed one (`docbin.native.network`):

    channels   grey, red, green and blue through one network, merged: (gray + colour) / 2
    local      a network on the merged maps, steered by the page's view
    global     a network on the page at 512 x 512, fused with the local map

A role without a network of its own is played by the colour network of `xnor`, which reads a
channel as a grey page. Pages are run whole: nothing is tiled, so the Haar stage stretches a
channel over the page where the published one does over a patch. By default the merged channels are
the result: on pages held back the other two stages, with the networks shipped, made it worse.
"""

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from docbin.data.fingerprint import Fingerprints, merge
from docbin.errors import ModelError
from docbin.learned.packed import open_packed, shipped_folder
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
from docbin.native.network import PackedNetwork
from docbin.page import Ink, Page

__all__ = ["ThreeStageXnor"]

Array = NDArray[np.float32]
LAST = ("channels", "local", "global")


@dataclass(frozen=True)
class ThreeStageXnor:
    """Binarize with packed networks: four channels merged, then a local and a global network."""

    stages: Literal["channels", "local", "global"] = "channels"
    fusion: Literal["veto", "weighted"] = "weighted"
    wavelet: bool = True
    threshold: float = 0.4
    strong: float = 0.98
    threads: int = 0
    scale: Scale = "auto"
    model: str = "shipped"

    PAPER: ClassVar[str] = (
        "Ju et al., Three-stage binarization of color document images based on discrete wavelet "
        "transform and generative adversarial networks, 2024; units after Liu et al., 2020"
    )
    SETTINGS: ClassVar[dict[str, str]] = {
        "stages": "the last one that runs: channels, local or global",
        "fusion": "of local and global: veto as published, or weighted",
        "wavelet": "Haar-smooth the colour channels as in published training",
        "threshold": "probability from which a pixel is ink, between 0 and 1",
        "strong": "a patch of ink must reach this probability somewhere, 0 keeps all, below 1",
        "threads": "processors for one page; 0: all, or one in each worker of a batch",
        "scale": "factor the page is resized by for the networks; auto: by its dpi or its letters",
        "model": "folder of packed networks: channel, local, global, and xnor for those missing",
    }

    def __post_init__(self) -> None:
        name = "three-stage-xnor"
        check_levels(name, self.threshold, self.strong)
        check_threads(name, self.threads)
        check_scale(name, self.scale)

    def __call__(self, page: Page, /) -> Ink:
        """Return (h, w) bool, True where the probability of ink reaches the threshold.

        A connected patch that nowhere reaches `strong` is dropped: crumbs of show-through are
        doubtful all over, a stroke is certain somewhere.
        """
        return keep_strong(self.probability(page), self.threshold, self.strong)

    def probability(self, page: Page, /) -> Array:
        """Return the probability of ink, float32 (h, w), 0..1."""
        networks = {role: open_packed(path) for role, path in self._files().items()}
        if is_blank(page):
            return np.zeros((page.height, page.width), np.float32)
        rgb = working_rgb(page, working_factor(page, self.scale))
        found = _page(networks, rgb, self.fusion, self.wavelet, threads_for(self.threads))
        return enlarged(found, page)

    def trained_on(self) -> Fingerprints:
        """Return the fingerprints of the pages the networks and their teachers were trained on."""
        texts = {
            text for path in self._files().values() for text in open_packed(path).training_pages
        }
        return merge([Fingerprints.from_json(text) for text in sorted(texts)])

    def _files(self) -> dict[str, Path]:
        """Role to file, of the roles that `stages` needs."""
        folder = shipped_folder() if self.model == "shipped" else Path(self.model)
        roles = ("channel", "local", "global")[: LAST.index(self.stages) + 1]
        files = {role: folder / f"{role}.safetensors" for role in roles}
        spare = folder / "xnor.safetensors"
        files = {role: path if path.exists() else spare for role, path in files.items()}
        if spare in files.values() and not spare.exists():
            missing = [role for role, path in files.items() if path == spare]
            raise ModelError(
                f"{folder}: no packed network for {', '.join(missing)}: export one each with "
                "docbin export, or one xnor.safetensors for all"
            )
        return files


def _page(
    networks: dict[str, PackedNetwork],
    rgb: NDArray[np.uint8],
    fusion: Literal["veto", "weighted"],
    wavelet: bool,
    threads: int,
) -> Array:
    """Run the stages there are networks for, float32 (h, w)."""
    from docbin.networks.three_stage.fusion import FusionWeights, fuse
    from docbin.networks.three_stage.stages import (
        has_whole,
        merge_channels,
        packed_channels,
        whole_map,
    )

    found = packed_channels(networks["channel"], rgb, rgb, wavelet=wavelet, threads=threads)
    if "local" not in networks:
        colors = (found["red"] + found["green"] + found["blue"]) / 3
        return np.asarray((found["gray"] + colors) / 2, np.float32)
    local = networks["local"](merge_channels(found), seen=rgb, threads=threads)
    if "global" not in networks or not has_whole(*rgb.shape[:2]):
        return local
    fitted = networks["global"].file.about.get("fusion")
    weights = FusionWeights.from_text(str(fitted)) if fitted else FusionWeights()
    whole = whole_map(rgb, functools.partial(networks["global"], threads=threads))
    return fuse(local, whole, fusion, weights)
