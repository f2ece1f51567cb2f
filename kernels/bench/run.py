"""Run the kernel benchmark: one table, one picture, every figure of one run.

    cmake -S kernels -B build/bench -DDOCBIN_PYTHON=OFF -DDOCBIN_BENCH=ON
    cmake --build build/bench
    python kernels/bench/run.py --binary build/bench/bench_xnor [--picture bars.png] [--threads 2]
    python kernels/bench/run.py --binary build/bench/bench_xnor --pairs avx2

Packed layers (padding, threshold and packing included) and residual units on each target, beside
torch's convolutions (oneDNN) under the same instruction-set cap, GMAC/s: CPU-time medians on one
thread, wall-time medians on several. `limit` is the rate of the target's own operations in
registers. `--engines PYTHON` adds ONNX Runtime and OpenVINO, whose kernels no cap reaches, in an
environment of their own. `--pairs TARGET` asks instead what two threads can give at most here: a
layer on two threads beside two copies of it that share nothing. None of torch,
matplotlib and these is a dependency of docbin.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

# A packed target, the cap that gives torch the same instructions.
PAIRS = [
    ("avx2", "AVX2"),
    ("avx512", "AVX512_CORE_VNNI"),
    ("vpopcntdq", "AVX512_CORE_VNNI"),
    ("avx512", "AVX512_CORE_AMX"),
    ("amx", "AVX512_CORE_AMX"),
]
Shape = tuple[int, int]
Rates = dict[tuple[str, int, int], float]


def macs(channels: int, side: int) -> float:
    return 9.0 * channels * channels * side * side


def rates_of(command: list[str], **environment: str) -> Rates:
    """GMAC/s from lines of `NAME CHANNELS SIDE milliseconds`; empty if the command refuses."""
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, env={**os.environ, **environment}
    )
    if done.returncode != 0:
        print(f"left out: {' '.join(command)}: {done.stderr.strip()[-200:]}", file=sys.stderr)
        return {}
    rates: Rates = {}
    for line in done.stdout.splitlines():
        name, channels, side, *times = line.split()
        shape = int(channels), int(side)
        for part, milliseconds in zip(("bare", "unit", "limit"), times, strict=False):
            key = part if len(times) > 1 else name
            rates[key, *shape] = macs(*shape) / float(milliseconds) / 1e6
    return rates


def torch_rates(cap: str, threads: int) -> Rates:
    """GMAC/s of torch's convolutions, in a process of its own (the cap is read once)."""
    script = str(Path(__file__).with_name("torch_convolution.py"))
    return rates_of(
        [sys.executable, script, str(threads), "3"],
        ONEDNN_MAX_CPU_ISA=cap,
        OMP_NUM_THREADS=str(threads),
    )


def show_pairs(binary: Path, target: str) -> None:
    """Print what two copies and two threads give, ours and oneDNN's in turns of one run."""
    print("| layer | alone, ms | two copies | two threads | threads / copies | woken |")
    print("|---|--:|--:|--:|--:|--:|", flush=True)
    script = str(Path(__file__).with_name("torch_pairs.py"))
    environment = {**os.environ, "ONEDNN_MAX_CPU_ISA": dict(PAIRS)[target]}
    packed = [str(binary.with_name("bench_pairs")), target]
    for command in (packed, [sys.executable, script], packed):
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
        for line in done.stdout.splitlines():
            name, channels, side, alone, copies, *rest = line.split()
            threads, share, *woken = rest or ["", "", ""]
            layer = f"{name} {channels}@{side}" if int(channels) else name
            cells = [layer, alone, copies, threads, f"{float(share):.1%}" if share else "", *woken]
            print(f"| {' | '.join(cells)} |", flush=True)


def shapes(rates: Rates) -> list[Shape]:
    return sorted({key[1:] for key in rates})


def show(target: str, cap: str, rates: Rates) -> None:
    """Print one target's rows."""
    for shape in shapes(rates):
        bare, unit, limit = (rates[name, *shape] for name in ("bare", "unit", "limit"))
        cells = [f"{bare:.0f}", f"{bare / limit:.0%}", f"{unit:.0f}", f"{unit / bare:.0%}"]
        for name in ("int8", "fp32", "bf16"):
            rate = rates.get((name, *shape))
            cells += [f"{rate:.0f}", f"{bare / rate:.1f}"] if rate else ["", ""]
        print(f"| {target} | {cap} | {shape[0]}@{shape[1]} | {' | '.join(cells)} |", flush=True)


def draw(results: dict[str, Rates], path: Path) -> None:
    """Bars a target: fp32, bf16, int8, the packed unit and the bare packed layer."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    bars = [
        ("fp32", "oneDNN fp32", "#d5d5d5"),
        ("bf16", "oneDNN bf16", "#b3b3b3"),
        ("int8", "oneDNN int8", "#8a8a8a"),
        ("unit", "packed residual unit", "#7fb2d6"),
        ("bare", "packed layer", "#1f6fa8"),
    ]
    figure, axes = plt.subplots(1, len(results), figsize=(11, 3.6), sharey=True, squeeze=False)
    for axis, (title, rates) in zip(axes[0], results.items(), strict=True):
        for k, (name, label, colour) in enumerate(bars):
            heights = [rates.get((name, *shape), 0.0) for shape in shapes(rates)]
            spots = [i + 0.16 * (k - 2) for i in range(len(heights))]
            axis.bar(spots, heights, 0.16, label=label, color=colour)
        labels = [f"{channels}\n@{side}" for channels, side in shapes(rates)]
        axis.set_xticks(range(len(labels)), labels, fontsize=8)
        axis.set_title(title, fontsize=10)
        axis.spines[["top", "right"]].set_visible(False)
    axes[0][0].set_ylabel("GMAC/s, 3x3, channels @ side")
    axes[0][0].legend(frameon=False, fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=110)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, required=True)
    parser.add_argument("--picture", type=Path)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--engines", metavar="PYTHON", help="has onnxruntime, openvino, onnx")
    parser.add_argument("--pairs", metavar="TARGET", choices=[target for target, _ in PAIRS])
    options = parser.parse_args()
    if options.pairs:
        show_pairs(options.binary, options.pairs)
        return
    if options.picture:
        import matplotlib  # noqa: F401  before the minutes, not after
    threads = str(options.threads)
    print("| target | cap | layer | packed | of limit | unit | of packed", end="")
    print(" | int8 | x int8 | fp32 | x fp32 | bf16 | x bf16 |\n" + "|---" * 13 + "|")
    capped: dict[str, Rates] = {}
    results: dict[str, Rates] = {}
    for target, cap in PAIRS:
        packed = rates_of([str(options.binary), "layers", target, threads])
        if not packed or ("AMX" in cap and not rates_of([str(options.binary), "runs", "amx"])):
            continue
        if cap not in capped:
            capped[cap] = torch_rates(cap, options.threads)
        rates = packed | capped[cap]
        show(target, cap, rates)
        results[f"{target}\noneDNN: {cap.removeprefix('AVX512_CORE_')}"] = rates
    if options.engines:
        script = str(Path(__file__).with_name("engines.py"))
        rates = rates_of([options.engines, script, "--threads", threads])
        names = sorted({key[0] for key in rates})
        print(f"\n| layer | {' | '.join(names)} |\n" + "|---" * (len(names) + 1) + "|")
        for shape in shapes(rates):
            found = " | ".join(f"{rates[name, *shape]:.0f}" for name in names)
            print(f"| {shape[0]}@{shape[1]} | {found} |")
    if options.picture:
        draw(results, options.picture)


if __name__ == "__main__":
    main()
