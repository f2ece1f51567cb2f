"""Time ONNX Runtime and OpenVINO on the graph of `bench_xnor page`: a whole A4 page at 300 dpi.

    python kernels/bench/engines_page.py [ort_fp32|ort_int8|ov_fp32|ov_int8 ...] [--threads 1]

The network of torch_page.py as ONNX: signs and +-1 weights are floats, or with int8 quantized
exactly (step 1) before every convolution and its sum after it, as an engine without packed kernels
runs them. Prints CPU and wall seconds of each repeat's median. Needs onnx, onnxruntime, openvino.
"""

import argparse
import statistics
import time

import numpy as np
import onnx
from engines import onnx_runtime, openvino
from onnx import TensorProto, helper, numpy_helper

HEIGHT, WIDTH = 3508, 2480


class Graph:
    """An ONNX graph under construction; every step returns the name of its result."""

    def __init__(self, *, int8: bool) -> None:
        self.int8 = int8
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.random = np.random.default_rng(1)

    def constant(self, value: object) -> str:
        name = f"k{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def step(self, kind: str, *inputs: str, outputs: int = 1, **settings: object) -> str:
        names = [f"v{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, **settings))
        return names[0]

    def through_int8(self, x: str, scale: float) -> str:
        settings = self.constant(np.float32(scale)), self.constant(np.int8(0))
        return self.step("DequantizeLinear", self.step("QuantizeLinear", x, *settings), *settings)

    def numbers(self, *shape: int) -> str:
        return self.constant(self.random.normal(size=shape).astype(np.float32) / 8)

    def convolution(self, x: str, inputs: int, outputs: int) -> str:
        """3 x 3 with zero padding, real weights."""
        weight = self.random.normal(size=(outputs, inputs, 3, 3)) / (9 * inputs) ** 0.5
        return self.step("Conv", x, self.constant(weight.astype(np.float32)), pads=[1, 1, 1, 1])

    def unit(self, x: str, channels: int) -> str:
        """Add RPReLU(scale (sign(x - threshold) * w) + shift) to x, +1 outside the page."""
        below = self.step("Less", x, self.numbers(1, channels, 1, 1))
        one, minus = self.constant(np.float32(1)), self.constant(np.float32(-1))
        signs = self.step("Where", below, minus, one)
        pads = self.constant(np.array([0, 0, 1, 1, 0, 0, 1, 1], np.int64))
        signs = self.step("Pad", signs, pads, one)
        weight = np.where(self.random.random((channels, channels, 3, 3)) < 0.5, -1, 1)
        scale = np.float32((9 * channels) ** -0.5)
        if self.int8:
            steps = self.constant(scale), self.constant(np.int8(0))
            kernel = self.step("DequantizeLinear", self.constant(weight.astype(np.int8)), *steps)
            dot = self.step("Conv", self.through_int8(signs, 1.0), kernel)
            dot = self.through_int8(dot, 0.04)
        else:
            dot = self.step("Conv", signs, self.constant((weight * scale).astype(np.float32)))
        dot = self.step("Add", dot, self.numbers(1, channels, 1, 1))
        return self.step("Add", x, self.step("PRelu", dot, self.numbers(channels, 1, 1)))

    def units(self, x: str, channels: int, count: int) -> str:
        for _ in range(count):
            x = self.unit(x, channels)
        return x

    def down(self, x: str) -> str:
        mean = self.step("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2])
        return self.step("Concat", mean, mean, axis=1)

    def up(self, x: str) -> str:
        first = self.step("Split", x, outputs=2, axis=1)
        both = self.step("Add", first, first.removesuffix("_0") + "_1")
        half = self.step("Mul", both, self.constant(np.float32(0.5)))
        scales = self.constant(np.array([1, 1, 2, 2], np.float32))
        return self.step("Resize", half, "", scales, mode="nearest")


def page_network(shape: tuple[int, int, int, int], *, int8: bool) -> bytes:
    """The ONNX file of torch_page.Page."""
    g = Graph(int8=int8)
    top = g.units(g.convolution("x", 48, 64), 64, 3)
    middle = g.units(g.down(top), 128, 3)
    last = g.units(g.down(middle), 256, 6)
    last = g.units(g.step("Add", g.up(last), middle), 128, 3)
    last = g.units(g.step("Add", g.up(last), top), 64, 3)
    out = g.step("DepthToSpace", g.convolution(last, 64, 16), blocksize=4, mode="CRD")
    out = g.step("Sigmoid", out)
    page = [1, 1, 4 * shape[2], 4 * shape[3]]
    graph = helper.make_graph(
        g.nodes,
        "page",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(out, TensorProto.FLOAT, page)],
        g.constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "engines", nargs="*", default=["ort_fp32", "ort_int8", "ov_fp32", "ov_int8"]
    )
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    # Both sides up to multiples of 16; the bands' making is not timed.
    shape = (1, 48, (HEIGHT + 15) // 16 * 4, (WIDTH + 15) // 16 * 4)
    bands = np.random.default_rng(2).normal(size=shape).astype(np.float32)
    for name in options.engines:
        model = page_network(shape, int8=name.endswith("int8"))
        make = onnx_runtime if name.startswith("ort") else openvino
        run = make(model, options.threads)
        wall, used = [], []
        for _ in range(options.repeats):
            start, before = time.perf_counter(), time.process_time()
            run(bands)
            wall.append(time.perf_counter() - start)
            used.append(time.process_time() - before)
        middle = f"{statistics.median(used):.3f} CPU s, {statistics.median(wall):.3f} s"
        print(f"{name} page, {options.threads} threads: {middle}", flush=True)


if __name__ == "__main__":
    main()
