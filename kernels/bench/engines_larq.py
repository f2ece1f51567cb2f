"""Time the bench's layers as binary convolutions in larq-compute-engine, the published engine.

    python kernels/bench/engines_larq.py [--threads N] [--repeats 5]

Prints `NAME CHANNELS SIDE milliseconds` as engines.py does: `lce`, a fourth of a chain of four
binary 3x3 layers (+1 padding) with batch norm between, which its converter folds so that layers
hand on bits, and `lce_one`, a layer alone from floats to floats. Needs an environment of its own:

    pip install "numpy<2" tensorflow-cpu==2.16.2 tf_keras==2.16.0 larq larq-compute-engine

where larq's own requirements may be left out (--no-deps).
"""

import argparse
import os

os.environ["TF_USE_LEGACY_KERAS"] = "1"  # larq's layers are of Keras 2
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import statistics
import time

import larq
import larq_compute_engine as lce
import numpy as np
import tf_keras as keras

SHAPES = [(64, 256), (128, 128), (256, 64), (256, 128)]


def chain(channels: int, side: int, layers: int) -> bytes:
    """A converted model of binary layers with random weights."""
    model = keras.Sequential([keras.layers.Input((side, side, channels))])
    for _ in range(layers):
        model.add(
            larq.layers.QuantConv2D(
                channels,
                3,
                padding="same",
                pad_values=1.0,
                input_quantizer="ste_sign",
                kernel_quantizer="ste_sign",
                kernel_constraint="weight_clip",
                use_bias=False,
            )
        )
        model.add(keras.layers.BatchNormalization())
    return bytes(lce.convert_keras_model(model))


def median_ms(model: bytes, page: np.ndarray, repeats: int, threads: int) -> float:
    interpreter = lce.testing.Interpreter(model, num_threads=threads)
    clock = time.process_time if threads == 1 else time.perf_counter
    times = []
    for _ in range(repeats + 1):
        start = clock()
        interpreter.predict(page)
        times.append(1e3 * (clock() - start))
    return statistics.median(times[1:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    for channels, side in SHAPES:
        page = np.random.default_rng(2).normal(size=(1, side, side, channels)).astype(np.float32)
        for name, layers in (("lce", 4), ("lce_one", 1)):
            spent = median_ms(chain(channels, side, layers), page, options.repeats, options.threads)
            print(name, channels, side, f"{spent / layers:.4f}", flush=True)


if __name__ == "__main__":
    main()
