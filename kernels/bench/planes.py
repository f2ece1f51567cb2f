"""Count the bit-planes that each unit of a packed network adds, by the ways there are to add them.

    python kernels/bench/planes.py models/xnor/xnor.safetensors

Per output channel and tap: `direct` adds the taps of weight -1, `complement` the fewer of them and
the others, `tree` what differs along a minimum spanning tree, `grouped` (what runs) sums the taps
once for a few channels at a time. `grouped, signs chosen` is what `grouped` would be if each
channel could take its complement where that leaves the largest group of a share unadded.
"""

import sys

import numpy as np
from numpy.typing import NDArray

from docbin.native.packed import read_packed, unpack_weights
from docbin.native.xnor import plane_counts


def chosen_signs(weights: NDArray[np.bool_], share: int) -> int:
    """Planes of all shares but the largest group of each: some choice of complements frees it."""
    rows = weights.reshape(weights.shape[0], -1)
    total = 0
    for first in range(0, rows.shape[0], share):
        channels = rows[first : first + share]
        patterns = (channels << np.arange(channels.shape[0])[:, None]).sum(axis=0)
        total += rows.shape[1] - int(np.bincount(patterns).max())
    return total


def main() -> None:
    file = read_packed(sys.argv[1])
    names = ["direct", "complement", "tree", "grouped", "grouped, signs chosen"]
    print(f"| unit | share | {' | '.join(names)} |\n" + "|---" * (len(names) + 2) + "|")
    sums = np.zeros(len(names))
    everything = 0
    for unit in sorted(name for name in file.tensors if name.endswith(".weight")):
        packed = file.tensors[unit]
        if packed.dtype != np.uint8:
            continue  # the ends are not binary
        weights = unpack_weights(packed, packed.shape[0])  # a unit keeps its channels
        counts = plane_counts(weights)
        planes = np.array(
            [*(counts[name] for name in names[:-1]), chosen_signs(weights, counts["share"])]
        )
        sums += planes
        everything += counts["all"]
        shares = " | ".join(f"{n / counts['all']:.3f}" for n in planes)
        print(f"| {unit.removesuffix('.weight')} | {counts['share']} | {shares} |")
    print(f"| all | | {' | '.join(f'{n / everything:.3f}' for n in sums)} |")


if __name__ == "__main__":
    main()
