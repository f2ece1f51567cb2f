"""Run an ONNX network: by OpenCV, which is always there, or by ONNX Runtime where it is installed.

Both give the same to rounding; ONNX Runtime takes about four fifths of the network's time, and is
what the extra ``docbin[detect]`` installs. Threads are OpenCV's number, one in a batch's workers.
"""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from docbin.errors import MissingDependencyError, ModelError

__all__ = ["ENGINES", "Engine", "Run", "open_network"]

Engine = Literal["auto", "opencv", "onnxruntime"]
ENGINES = ("auto", "opencv", "onnxruntime")

Run = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""From (1, channels, h, w) to (1, 1, h, w)."""


def open_network(data: bytes, path: Path, engine: Engine) -> Run:
    """Build a network from the bytes of its file; `path` is for messages.

    Raises ModelError where the engine cannot build it, MissingDependencyError where the engine
    that was asked for is not installed.
    """
    there = importlib.util.find_spec("onnxruntime") is not None
    if engine == "onnxruntime" and not there:
        raise MissingDependencyError(
            "dbnet: engine onnxruntime is not installed: pip install 'docbin[detect]'"
        )
    if there and engine != "opencv":
        return _by_onnxruntime(data, path)
    return _by_opencv(data, path)


def _by_opencv(data: bytes, path: Path) -> Run:
    try:
        net = cv2.dnn.readNetFromONNX(np.frombuffer(data, np.uint8))
    except cv2.error as error:
        raise ModelError(f"{path}: OpenCV cannot build this detector: {error}") from error

    def run(x: NDArray[np.float32]) -> NDArray[np.float32]:
        net.setInput(x)
        return np.asarray(net.forward(), np.float32)

    return run


def _by_onnxruntime(data: bytes, path: Path) -> Run:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = max(1, cv2.getNumThreads())
    options.enable_cpu_mem_arena = False  # or the largest page's memory would be kept
    try:
        session: Any = onnxruntime.InferenceSession(
            data, options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # its errors have no common class
        raise ModelError(f"{path}: ONNX Runtime cannot build this detector: {error}") from error
    name = session.get_inputs()[0].name

    def run(x: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(session.run(None, {name: x})[0], np.float32)

    return run
