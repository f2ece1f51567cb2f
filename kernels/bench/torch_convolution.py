"""Time torch's convolutions of the bench's shapes, one capped instruction set a process.

Prints `NAME CHANNELS SIDE milliseconds`, medians: CPU time of one thread, wall time of several.
ONEDNN_MAX_CPU_ISA is set by the caller; bf16 is timed only where it leaves instructions for it.
"""

import os
import statistics
import sys
import time
import warnings
from collections.abc import Callable

import torch
from layer_timing import SHAPES


def median_ms(run: Callable[[], object], repeats: int) -> float:
    """Median milliseconds of a call, after two that are not counted."""
    clock = time.process_time if torch.get_num_threads() == 1 else time.perf_counter
    times = []
    for i in range(repeats + 2):
        start = clock()
        run()
        if i > 1:
            times.append(1e3 * (clock() - start))
    return statistics.median(times)


def main() -> None:
    warnings.simplefilter("ignore")
    torch.set_num_threads(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
    repeats = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    torch.manual_seed(1)
    for channels, side in SHAPES:
        x = torch.randn(1, channels, side, side).to(memory_format=torch.channels_last)
        layer = torch.nn.Conv2d(channels, channels, 3, padding=1).eval()
        layer = layer.to(memory_format=torch.channels_last)
        with torch.inference_mode():
            found = {"fp32": median_ms(lambda x=x, layer=layer: layer(x), repeats)}
            if "AMX" in os.environ.get("ONEDNN_MAX_CPU_ISA", "AMX"):
                half = torch.nn.Conv2d(channels, channels, 3, padding=1).eval().bfloat16()
                half = half.to(memory_format=torch.channels_last)
                y = x.bfloat16()
                found["bf16"] = median_ms(lambda y=y, half=half: half(y), repeats)
            torch.backends.quantized.engine = "onednn"
            quantized = torch.ao.nn.quantized.Conv2d(channels, channels, 3, padding=1)
            weight = torch.quantize_per_tensor(layer.weight.detach(), 0.01, 0, torch.qint8)
            quantized.set_weight_bias(weight, None)
            q = torch.quantize_per_tensor(x, 0.05, 128, torch.quint8)
            q = q.contiguous(memory_format=torch.channels_last)
            found["int8"] = median_ms(lambda q=q, quantized=quantized: quantized(q), repeats)
        for name, milliseconds in found.items():
            print(name, channels, side, f"{milliseconds:.4f}", flush=True)


if __name__ == "__main__":
    main()
