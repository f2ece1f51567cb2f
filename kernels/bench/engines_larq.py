"""Time the bench's layers as binary convolutions in larq-compute-engine, the published engine.

    python kernels/bench/engines_larq.py [--threads N] [--repeats 5]

Prints `NAME CHANNELS SIDE milliseconds` as engines.py does: `lce`, a fourth of a chain of four
binary 3x3 layers (+1 padding) with batch norm between, which its converter folds so that layers
hand on bits, and `lce_one`, a layer alone from floats to floats. Needs an environment of its own:

    pip install "numpy<2" tensorflow-cpu==2.16.2 tf_keras==2.16.0 larq larq-compute-engine

where larq's own requirements may be left out (--no-deps).
"""

import os

os.environ["TF_USE_LEGACY_KERAS"] = "1"  # larq's layers are of Keras 2
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import larq
import larq_compute_engine as lce
import numpy as np
import tf_keras as keras
from layer_timing import SHAPES, arguments, median_ms, show


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


def main() -> None:
    options = arguments(__doc__)
    for channels, side in SHAPES:
        page = np.random.default_rng(2).normal(size=(1, side, side, channels)).astype(np.float32)
        for name, layers in (("lce", 4), ("lce_one", 1)):
            model = chain(channels, side, layers)
            interpreter = lce.testing.Interpreter(model, num_threads=options.threads)
            spent = median_ms(lambda run=interpreter, page=page: run.predict(page), options)
            show(name, (channels, side), spent / layers)


if __name__ == "__main__":
    main()
