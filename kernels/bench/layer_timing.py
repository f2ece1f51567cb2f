"""What the benches of other engines share: the layers' shapes, their arguments, the clock.

Imports nothing but the standard library, so that an engine's script runs in an environment of its
own: `from layer_timing import ...` beside it.
"""

import argparse
import statistics
import time
from collections.abc import Callable

SHAPES = [(64, 256), (128, 128), (256, 64), (256, 128)]
"""Channels, side of a square map."""


def arguments(description: str) -> argparse.Namespace:
    """Parse --threads and --repeats; the description's first line is shown by --help."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=5)
    return parser.parse_args()


def median_ms(run: Callable[[], object], options: argparse.Namespace) -> float:
    """Median milliseconds of a call after a first one: CPU time of one thread, wall of several."""
    clock = time.process_time if options.threads == 1 else time.perf_counter
    times = []
    for _ in range(options.repeats + 1):
        start = clock()
        run()
        times.append(1e3 * (clock() - start))
    return statistics.median(times[1:])


def show(name: str, shape: tuple[int, int], milliseconds: float) -> None:
    """Print a line as `run.py` reads it."""
    print(name, *shape, f"{milliseconds:.4f}", flush=True)
