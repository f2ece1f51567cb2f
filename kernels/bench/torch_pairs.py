"""What two threads give torch's convolutions (oneDNN): as bench_pairs.cpp, in two processes.

    python kernels/bench/torch_pairs.py [ROUNDS]

Prints `NAME CHANNELS SIDE alone_ms copies threads share`: a layer alone; `copies`, how many times
as much two processes do together, each with one thread on a processor of its own; `threads`, how
many times as fast one layer on two threads is; share = threads / copies. In turns, wall time,
medians of the rounds' ratios. ONEDNN_MAX_CPU_ISA is set by the caller.
"""

import multiprocessing
import os
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from threading import Barrier

from layer_timing import SHAPES

Layer = tuple[str, int, int, Callable[[], object]]


def layers() -> Iterator[Layer]:
    """Yield name, channels, side and a call of each layer."""
    import torch

    warnings.simplefilter("ignore")
    torch.manual_seed(1)
    torch.backends.quantized.engine = "onednn"
    for channels, side in SHAPES:
        x = torch.randn(1, channels, side, side).to(memory_format=torch.channels_last)
        layer = torch.nn.Conv2d(channels, channels, 3, padding=1).eval()
        layer = layer.to(memory_format=torch.channels_last)
        quantized = torch.ao.nn.quantized.Conv2d(channels, channels, 3, padding=1)
        weight = torch.quantize_per_tensor(layer.weight.detach(), 0.01, 0, torch.qint8)
        quantized.set_weight_bias(weight, None)
        q = torch.quantize_per_tensor(x, 0.05, 128, torch.quint8)
        q = q.contiguous(memory_format=torch.channels_last)
        yield "int8", channels, side, lambda q=q, quantized=quantized: quantized(q)
        yield "fp32", channels, side, lambda x=x, layer=layer: layer(x)


def copy(processor: int, rounds: int, meet: Barrier) -> None:
    """Run every layer beside the other process, `rounds` times, on one processor."""
    import torch

    os.sched_setaffinity(0, {processor})
    torch.set_num_threads(1)
    with torch.inference_mode():
        for *_, run in layers():
            run()
            for _ in range(rounds):
                meet.wait()
                run()
                meet.wait()


def seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    first, second, *_ = sorted(os.sched_getaffinity(0))
    meet = multiprocessing.Barrier(2)
    beside = multiprocessing.Process(target=copy, args=(second, rounds, meet), daemon=True)
    beside.start()
    import torch

    torch.set_num_threads(2)
    with torch.inference_mode():
        for name, channels, side, run in layers():
            figures = []
            for turn in range(rounds):
                os.sched_setaffinity(0, {first, second})
                torch.set_num_threads(2)
                run()  # wakes the second thread, and once makes what the layer needs
                both = seconds(run)
                os.sched_setaffinity(0, {first})
                torch.set_num_threads(1)
                if turn == 0:
                    run()
                time.sleep(0.01)  # until the second thread no longer spins
                alone = seconds(run)
                meet.wait()
                start = time.perf_counter()
                run()
                meet.wait()
                copies = time.perf_counter() - start
                figures.append((1e3 * alone, 2 * alone / copies, alone / both, copies / (2 * both)))
            columns = zip(*figures, strict=True)
            print(
                name, channels, side, *(f"{statistics.median(c):.3f}" for c in columns), flush=True
            )
    beside.join()


if __name__ == "__main__":
    main()
