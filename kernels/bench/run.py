"""Run the kernel benchmark: one table, one picture, every figure of one run.

    cmake -S kernels -B build/bench -DDOCBIN_PYTHON=OFF -DDOCBIN_BENCH=ON
    cmake --build build/bench
    python kernels/bench/run.py --binary build/bench/bench_xnor [--picture bars.png]

Packed layers (padding, threshold and packing included) and residual units on each target, beside
torch's convolutions (oneDNN) under the same instruction-set cap: one thread, CPU-time medians,
GMAC/s. torch, and matplotlib for the picture, are not dependencies of docbin.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

# A packed target, the cap that gives torch the same instructions.
PAIRS = [("avx2", "AVX2"), ("avx512", "AVX512_CORE_VNNI")]
Rates = dict[tuple[str, int, int], float]


def macs(channels: int, side: int) -> float:
    return 9.0 * channels * channels * side * side


def packed_rates(binary: Path, target: str) -> Rates:
    """GMAC/s of `bare` and `unit` layers."""
    command = [str(binary), "layers", target]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    rates: Rates = {}
    for line in lines:
        _, channels, side, bare, unit, *_ = line.split()
        shape = int(channels), int(side)
        rates["bare", *shape] = macs(*shape) / float(bare) / 1e6
        rates["unit", *shape] = macs(*shape) / float(unit) / 1e6
    return rates


def torch_rates(cap: str) -> Rates:
    """GMAC/s of torch's convolutions, in a process of its own (the cap is read once)."""
    script = Path(__file__).with_name("torch_convolution.py")
    environment = {**os.environ, "ONEDNN_MAX_CPU_ISA": cap, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(script), "1", "3"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    rates: Rates = {}
    for line in done.stdout.splitlines():
        name, channels, side, milliseconds = line.split()
        shape = int(channels), int(side)
        rates[name, *shape] = macs(*shape) / float(milliseconds) / 1e6
    return rates


def draw(results: dict[str, Rates], path: Path) -> None:
    """Bars a target: fp32, int8, the packed unit and the bare packed layer."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    names = ["fp32", "int8", "unit", "bare"]
    labels = ["oneDNN fp32", "oneDNN int8", "packed residual unit", "packed layer"]
    colours = ["#c9c9c9", "#8a8a8a", "#7fb2d6", "#1f6fa8"]
    figure, axes = plt.subplots(1, len(results), figsize=(9, 3.4), sharey=True, squeeze=False)
    for axis, (target, rates) in zip(axes[0], results.items(), strict=True):
        shapes = sorted({key[1:] for key in rates})
        for k, (name, label, colour) in enumerate(zip(names, labels, colours, strict=True)):
            heights = [rates[name, *shape] for shape in shapes]
            spots = [i + 0.2 * (k - 1.5) for i in range(len(shapes))]
            axis.bar(spots, heights, 0.2, label=label, color=colour)
        axis.set_xticks(range(len(shapes)), [f"{c} ch\n{s} x {s}" for c, s in shapes])
        axis.set_title(target)
        axis.spines[["top", "right"]].set_visible(False)
    axes[0][0].set_ylabel("GMAC/s, one thread")
    axes[0][0].legend(frameon=False, fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=150)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, required=True)
    parser.add_argument("--picture", type=Path)
    options = parser.parse_args()
    results: dict[str, Rates] = {}
    print("| target | layer | packed | unit | of packed | int8 | x int8 | fp32 | x fp32 | bf16 |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for target, cap in PAIRS:
        rates = results[target] = packed_rates(options.binary, target) | torch_rates(cap)
        for shape in sorted({key[1:] for key in rates}):
            bare, unit, int8, fp32, bf16 = (
                rates[name, *shape] for name in ("bare", "unit", "int8", "fp32", "bf16")
            )
            print(
                f"| {target} | {shape[0]}@{shape[1]} | {bare:.0f} | {unit:.0f} | {unit / bare:.0%} "
                f"| {int8:.0f} | {bare / int8:.1f} | {fp32:.0f} | {bare / fp32:.1f} | {bf16:.0f} |"
            )
    if options.picture:
        draw(results, options.picture)


if __name__ == "__main__":
    main()
