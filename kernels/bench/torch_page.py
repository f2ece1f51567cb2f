"""Time torch on the graph of `bench_xnor page`: a whole A4 page at 300 dpi, channels last.

Two Haar levels as a stem, 18 residual units over 64-128-256 channels, sigmoid head; signs and +-1
weights are floats, as an engine without packed kernels runs them. Prints CPU and wall seconds.

    python kernels/bench/torch_page.py [fp32|bf16] [THREADS] [REPEATS]
"""

import statistics
import sys
import time

import torch
from torch import Tensor, nn
from torch.nn import functional

HEIGHT, WIDTH = 3508, 2480


class Unit(nn.Module):
    """stream + RPReLU(scale (sign(x - threshold) * w) + shift), as the packed unit."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.threshold = nn.Parameter(torch.randn(1, channels, 1, 1) / 8)
        weight = torch.where(torch.rand(channels, channels, 3, 3) < 0.5, -1.0, 1.0)
        # Scale and shift of the folded normalisation are the convolution's own weights and bias.
        self.convolution = nn.Conv2d(channels, channels, 3)
        self.convolution.weight = nn.Parameter(weight / (9 * channels) ** 0.5)
        self.slope = nn.PReLU(channels)

    def forward(self, x: Tensor) -> Tensor:
        signs = torch.where(x < self.threshold, -1.0, 1.0).to(x.dtype)
        # +1 outside the page
        return x + self.slope(self.convolution(functional.pad(signs, (1, 1, 1, 1), value=1.0)))


class Page(nn.Module):
    """The network of kernels/tests/random_network.hpp: build(64, 3, 3)."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(48, 64, 3, padding=1)
        counts = [(64, 3), (128, 3), (256, 6), (128, 3), (64, 3)]
        self.levels = nn.ModuleList(nn.Sequential(*(Unit(c) for _ in range(n))) for c, n in counts)
        self.head = nn.Conv2d(64, 16, 3, padding=1)

    def forward(self, bands: Tensor) -> Tensor:
        top = self.levels[0](self.stem(bands))
        middle = self.levels[1](self.down(top))
        last = self.levels[2](self.down(middle))
        last = self.levels[3](self.up(last) + middle)
        last = self.levels[4](self.up(last) + top)
        return functional.pixel_shuffle(self.head(last), 4).sigmoid()

    @staticmethod
    def down(x: Tensor) -> Tensor:
        mean = functional.avg_pool2d(x, 2)
        return torch.cat([mean, mean], dim=1)

    @staticmethod
    def up(x: Tensor) -> Tensor:
        first, second = x.chunk(2, dim=1)
        return functional.interpolate((first + second) / 2, scale_factor=2)


def main() -> None:
    words = [*sys.argv[1:], *["fp32", "1", "3"][len(sys.argv) - 1 :]]
    kind, threads, repeats = torch.float32, int(words[1]), int(words[2])
    if words[0] == "bf16":
        kind = torch.bfloat16
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    network = Page().eval().to(kind).to(memory_format=torch.channels_last)
    # The bands of a page, both sides up to multiples of 16: their making is not timed.
    shape = (1, 48, (HEIGHT + 15) // 16 * 4, (WIDTH + 15) // 16 * 4)
    bands = torch.randn(shape).to(kind).to(memory_format=torch.channels_last)
    wall, used = [], []
    with torch.inference_mode():
        for i in range(repeats + 1):
            start, before = time.perf_counter(), time.process_time()
            network(bands)
            if i > 0:
                wall.append(time.perf_counter() - start)
                used.append(time.process_time() - before)
    middle = f"{statistics.median(used):.3f} CPU s, {statistics.median(wall):.3f} s"
    print(f"torch {words[0]} page, {threads} threads: {middle}")


if __name__ == "__main__":
    main()
