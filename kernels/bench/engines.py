"""Time the bench's convolutions in ONNX Runtime and OpenVINO, whose kernels no cap reaches.

Prints `NAME CHANNELS SIDE milliseconds` as torch_convolution.py does. A chain of four layers with
ReLU, so that what converts the page at its ends weighs little; a fourth of the chain's time. CPU
time of one thread, wall time of several. Needs onnx, and onnxruntime or openvino.
"""

import importlib.util
from collections.abc import Callable

import numpy as np
import onnx
from layer_timing import SHAPES, arguments, median_ms, show
from onnx import TensorProto, helper, numpy_helper

LAYERS = 4


def chain(channels: int, side: int, *, int8: bool) -> bytes:
    """An ONNX graph of convolutions; with int8, quantized and dequantized around each (QDQ)."""
    generator = np.random.default_rng(1)
    nodes, constants = [], []

    def constant(name: str, value: np.ndarray) -> str:
        constants.append(numpy_helper.from_array(value, name))
        return name

    def through_int8(name: str) -> str:
        nodes.append(helper.make_node("QuantizeLinear", [name, "step", "zero"], [f"{name}_q"]))
        nodes.append(
            helper.make_node("DequantizeLinear", [f"{name}_q", "step", "zero"], [f"{name}_d"])
        )
        return f"{name}_d"

    if int8:
        constant("step", np.float32(0.05))
        constant("zero", np.uint8(0))
        constant("weight_step", np.float32(0.01))
        constant("weight_zero", np.int8(0))
    last = "x"
    for i in range(LAYERS):
        if int8:
            last = through_int8(last)
            shape = (channels, channels, 3, 3)
            weight = constant(f"q{i}", generator.integers(-100, 100, shape).astype(np.int8))
            nodes.append(
                helper.make_node(
                    "DequantizeLinear", [weight, "weight_step", "weight_zero"], [f"w{i}"]
                )
            )
        else:
            constant(f"w{i}", generator.normal(size=(channels, channels, 3, 3)).astype(np.float32))
        nodes.append(helper.make_node("Conv", [last, f"w{i}"], [f"c{i}"], pads=[1, 1, 1, 1]))
        nodes.append(helper.make_node("Relu", [f"c{i}"], [f"r{i}"]))
        last = f"r{i}"
    if int8:
        last = through_int8(last)
    shape = [1, channels, side, side]
    graph = helper.make_graph(
        nodes,
        "chain",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(last, TensorProto.FLOAT, shape)],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def onnx_runtime(model: bytes, threads: int) -> Callable[[np.ndarray], object]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return lambda x: session.run(None, {"x": x})


def openvino(model: bytes, threads: int, precision: str = "f32") -> Callable[[np.ndarray], object]:
    import openvino

    core = openvino.Core()
    settings = {
        "INFERENCE_NUM_THREADS": threads,
        "NUM_STREAMS": 1,
        "ENABLE_CPU_PINNING": False,
        "INFERENCE_PRECISION_HINT": precision,
    }
    request = core.compile_model(core.read_model(model), "CPU", settings).create_infer_request()
    return lambda x: request.infer({"x": x})


def main() -> None:
    options = arguments(__doc__)
    for channels, side in SHAPES:
        x = np.random.default_rng(2).normal(size=(1, channels, side, side)).astype(np.float32)
        real = chain(channels, side, int8=False)
        quantized = chain(channels, side, int8=True)
        runs: dict[str, Callable[[np.ndarray], object]] = {}
        if importlib.util.find_spec("onnxruntime"):
            runs["ort_fp32"] = onnx_runtime(real, options.threads)
            runs["ort_int8"] = onnx_runtime(quantized, options.threads)
        if importlib.util.find_spec("openvino"):
            runs["ov_fp32"] = openvino(real, options.threads, "f32")
            runs["ov_bf16"] = openvino(real, options.threads, "bf16")
            runs["ov_int8"] = openvino(quantized, options.threads, "f32")
        for name, run in runs.items():
            spent = median_ms(lambda run=run, x=x: run(x), options)
            show(name, (channels, side), spent / LAYERS)


if __name__ == "__main__":
    main()
