"""What each role is shown: batches of crops, their page's view and the truth.

With `wavelet` the colour channels are Haar-smoothed as published, and a colour channel's truth also
holds what is darker than 0.30 of the patch's brightest value. Grey is never transformed.
"""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from docbin.data.page_crops import PageCrop, PageCrops
from docbin.errors import SettingError
from docbin.networks.plan import Batch
from docbin.networks.three_stage.stages import CHANNELS, GLOBAL
from docbin.wavelet import smooth_channel

__all__ = ["channel_target", "check_crops", "draw_batch", "plane", "smooth", "split"]


def draw_batch(
    crops: PageCrops, role: str, count: int, seed: int, step: int, *, wavelet: bool = False
) -> Batch:
    """Return the batch of a step: `crop`, `view`, `ink`, each (count, c, h, w) in 0..1.

    A function of seed and step alone.
    """
    samples = []
    for number in range(count):
        rng = np.random.default_rng([seed, step, number])
        crop = crops.draw_page(rng, GLOBAL) if role == "global" else crops.draw(rng)
        samples.append(_sample(role, wavelet, crop, rng))
    pixels, views, inks = zip(*samples, strict=True)
    return {"crop": _stack(pixels), "view": _stack(views), "ink": _stack(inks)}


def check_crops(
    role: str, roles: Sequence[str], batch: int, size: int, *, multiple: int, channels: int
) -> None:
    """Raise SettingError unless batches of crops fit a role and its network.

    `multiple` of the network's crops, and its `channels`.
    """
    if role not in roles:
        raise SettingError(f"train: role must be one of {', '.join(roles)}, got {role!r}")
    if batch < 1 or size % multiple:
        raise SettingError(
            f"train: size must be a multiple of {multiple} and batch at least 1, "
            f"got {size} and {batch}"
        )
    if role.startswith("channel") != (channels == 1):
        raise SettingError("train: a channel role has 1 channel, the others 3")


def channel_target(smooth: NDArray[Any], ink: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The published truth of a Haar-smoothed colour channel: ink, and all that is nearly black.

    True where there is ink or where the channel is at most 0.30 of the patch's brightest value.
    """
    return ink | (smooth <= 0.30 * float(smooth.max()))


def plane(pixels: NDArray[Any], channel: int) -> NDArray[Any]:
    """Return channel 0 (grey), 1, 2 or 3 (red, green, blue) of pixels (h, w, 3) as (h, w, 1)."""
    if channel:
        return pixels[..., channel - 1 : channel]
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY))[..., None]


def split(pixels: Tensor) -> list[Tensor]:
    """Return grey, red, green and blue of (n, 3, h, w), each (n, 1, h, w)."""
    luma = pixels.new_tensor([0.299, 0.587, 0.114])[None, :, None, None]
    return [(pixels * luma).sum(1, keepdim=True), *torch.chunk(pixels, 3, 1)]


def smooth(channel: Tensor) -> Tensor:
    """Haar-smooth every patch of (n, 1, h, w) in 0..1."""
    patches = (channel[:, 0] * 255).round().to(torch.uint8).cpu().numpy()
    done = torch.from_numpy(np.stack([smooth_channel(patch) for patch in patches]))
    return done[:, None].to(channel.device).float().div_(255)


def _sample(
    role: str, wavelet: bool, crop: PageCrop, rng: np.random.Generator
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    pixels, view, ink = crop.pixels, crop.view, crop.ink
    if role.startswith("channel"):
        own = role.removeprefix("channel_")
        channel = CHANNELS.index(own) if own in CHANNELS else int(rng.integers(4))
        pixels, view = plane(pixels, channel), plane(view, channel)
        if wavelet and channel:
            haar = smooth_channel(pixels[..., 0])
            pixels, ink = haar[..., None], channel_target(haar, ink)
    return pixels, view, np.where(ink, np.uint8(255), np.uint8(0))[..., None]


def _stack(arrays: tuple[NDArray[Any], ...]) -> Tensor:
    tensor = torch.from_numpy(np.stack(arrays)).permute(0, 3, 1, 2).float().div_(255)
    return tensor.contiguous(memory_format=torch.channels_last)
