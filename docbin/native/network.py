"""PackedNetwork: a binarized network from one file, on packed bits, without torch.

    ink = PackedNetwork("xnor.safetensors")(page) >= 0.5

The page is cut into bands for the threads, two a band; inside a band every layer rolls over the
rows, so memory does not grow with the page and nothing but a band's surroundings is computed twice.
All arithmetic is integer: the answer is the same bit for bit on every target, for every number of
threads and every size of band.
"""

import os

import numpy as np
from numpy.typing import NDArray

from docbin.errors import ArrayError, SettingError
from docbin.native import _native
from docbin.native.packed import PackedFile, read_packed
from docbin.native.reference_context import VIEW, context_features, fold_film
from docbin.native.reference_xnor import LOGIT_LIMIT, probability_table

__all__ = ["PackedNetwork", "area_view"]

Folded = list[tuple[int, NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]]


def area_view(page: NDArray[np.uint8], size: int = VIEW) -> NDArray[np.uint8]:
    """Reduce a page to (c, size, size) by exact area averages: see the twin."""
    pixels = np.ascontiguousarray(page if page.ndim == 3 else page[..., None])
    view = np.empty((pixels.shape[2], size, size), np.uint8)
    _native.area_view(pixels, view)
    return view


class PackedNetwork:
    """A loaded network. Calling it is pure, and safe from several threads at once."""

    def __init__(self, source: str | os.PathLike[str] | PackedFile) -> None:
        self.file = source if isinstance(source, PackedFile) else read_packed(source)
        graph, tensors = self.file.graph, self.file.tensors
        network = _native.Network(graph.page_channels, graph.stream_bits, graph.digits)
        numbers = {graph.nodes[0].name: 0}
        for node in graph.nodes[1:]:
            name, source_number = node.name, numbers[node.inputs[0]]

            def part(key: str, dtype: type[np.generic], name: str = name) -> NDArray[np.generic]:
                return np.ascontiguousarray(tensors[f"{name}.{key}"], dtype)

            if node.op in ("convolution", "head"):
                weight, bias = part("weight", np.int16), part("bias", np.int32)
                shift = part("shift", np.uint8)
                if node.op == "head":
                    number = network.add_head(source_number, weight, bias, shift)  # type: ignore[arg-type]
                else:
                    limit = node.settings["limit"]
                    number = network.add_convolution(source_number, weight, bias, shift, limit)  # type: ignore[arg-type]
            elif node.op == "unit":
                keys = ("bias", "positive", "negative", "threshold")
                vectors = [part(key, np.int32) for key in keys]
                number = network.add_unit(source_number, part("weight", np.uint8), *vectors)  # type: ignore[arg-type]
            elif node.op == "pool":
                number = network.add_pool(source_number, node.settings["interleave"])
            elif node.op == "up":
                number = network.add_up(source_number, node.settings["interleave"])
            else:
                number = network.add_add(source_number, numbers[node.inputs[1]])
            numbers[name] = number
        self._network = network
        self._numbers = numbers
        self._table = probability_table()

    @property
    def training_pages(self) -> tuple[str, ...]:
        """Fingerprints of the pages it was trained on."""
        return self.file.training_pages

    def logits(
        self,
        page: NDArray[np.uint8],
        *,
        threads: int | None = None,
        band: int = 0,
        column: int = 0,
        seen: NDArray[np.uint8] | None = None,
    ) -> NDArray[np.int16]:
        """Return the logits of ink, int16 (h, w), in 1/256, -2048 to 2047.

        `page` (h, w) or (h, w, 3) uint8, as the network was trained; one on colour takes grey for
        three equal channels, at a lower cost. `threads`: all processors when None. `band` and
        `column`: the page pixels cut off at a time, 0 to choose; they do not change the answer.
        `seen`: the page whose view steers the network, of any size, where `page` is a part or a
        map of it.
        """
        pixels = self._checked(page)
        context = pixels if seen is None else self._checked(seen)
        if threads is None:
            threads = os.cpu_count() or 1
        for name, value, least in (
            ("threads", threads, 1),
            ("band", band, 0),
            ("column", column, 0),
        ):
            if value < least:
                raise SettingError(f"packed network: {name} must be at least {least}, got {value}")
        out = np.empty(pixels.shape[:2], np.int16)
        self._network.run(pixels, self._folded(context), threads, band, column, out)
        return out

    def __call__(
        self,
        page: NDArray[np.uint8],
        *,
        threads: int | None = None,
        seen: NDArray[np.uint8] | None = None,
    ) -> NDArray[np.float32]:
        """Return the probability of ink, float32 (h, w): see `logits`."""
        logits = self.logits(page, threads=threads, seen=seen)
        return self._table[logits.astype(np.intp) + LOGIT_LIMIT]

    def _checked(self, page: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return a page as (h, w, channels), or say what is wrong with it."""
        channels = self.file.graph.page_channels
        pixels = np.asarray(page)
        if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3) or 0 in pixels.shape:
            raise ArrayError(
                f"packed network: a page is (h, w) or (h, w, 3) uint8 and not empty, "
                f"got {pixels.dtype} {pixels.shape}"
            )
        if pixels.ndim == 2:
            pixels = pixels[..., None]
        if pixels.shape[2] not in (1, channels):
            raise ArrayError(
                f"packed network: this one reads {channels} channels, got {pixels.shape[2]}"
            )
        return np.ascontiguousarray(pixels)

    def _folded(self, pixels: NDArray[np.uint8]) -> Folded:
        """This page's numbers of the units that listen to its context."""
        graph, tensors = self.file.graph, self.file.tensors
        if not graph.context_layers:
            return []
        layers = [self.file.affine(f"context{i}") for i in range(graph.context_layers)]
        view = area_view(pixels)
        if view.shape[0] < graph.page_channels:
            view = np.repeat(view, graph.page_channels, axis=0)
        features = context_features(view, layers)
        folded: Folded = []
        for node in graph.nodes:
            if node.op != "unit" or not node.settings["film"]:
                continue
            own = [tensors[f"{node.name}.{key}"] for key in ("bias", "positive", "negative")]
            film = self.file.affine(f"{node.name}.film")
            bias, positive, negative = fold_film(features, film, *own)
            vectors = [np.ascontiguousarray(v, np.int32) for v in (bias, positive, negative)]
            folded.append((self._numbers[node.name], *vectors))  # type: ignore[arg-type]
        return folded
