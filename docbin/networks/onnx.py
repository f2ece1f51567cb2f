"""Write a graph as an ONNX file, by hand: the few messages of its protobuf that a network needs.

Format: ONNX IR, ``onnx.proto3``, IR version 8, operator set 13. A message is a row of fields; a
field is a key (number · 8 + wire type) and a varint, or a length and bytes. Weights are stored as
fp16 with one Cast each, so that a runtime computes in fp32. The metadata holds `sha256`, of the
graph's bytes: a reader can tell a damaged file before it hands it to a runtime.

No exporter is needed, and no package beyond NumPy.
"""

import hashlib
import struct
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["Graph"]

IR_VERSION, OPSET = 8, 13
FLOAT, INT64, FLOAT16 = 1, 7, 10

Attribute = int | float | str | Sequence[int]


class Graph:
    """A graph in the making: every call adds nodes and returns the name of their output."""

    def __init__(self, input_name: str, channels: int) -> None:
        self._nodes: list[bytes] = []
        self._tensors: list[bytes] = []
        self._count = 0
        self._input = _value(input_name, (1, channels, "height", "width"))

    def node(self, operator: str, inputs: Sequence[str], **attributes: Attribute) -> str:
        """Add one operator with one output."""
        self._count += 1
        output = f"{operator.lower()}{self._count}"
        body = b"".join(_text(1, name) for name in inputs)
        body += _text(2, output) + _text(3, output) + _text(4, operator)
        body += b"".join(_bytes(5, _attribute(k, v)) for k, v in attributes.items())
        self._nodes.append(body)
        return output

    def weight(self, values: NDArray[np.float32]) -> str:
        """Add a weight, stored as fp16, and its Cast to fp32; a small one in fp32."""
        if values.size < 1024:  # OpenCV 5 does not fold the Cast of a single number
            return self.constant(values)
        name = self._tensor(np.ascontiguousarray(values, np.float16), FLOAT16)
        return self.node("Cast", [name], to=FLOAT)

    def constant(self, values: NDArray[np.float32]) -> str:
        """Add a small constant in fp32."""
        return self._tensor(np.ascontiguousarray(values, np.float32), FLOAT)

    def to_bytes(self, output: str, metadata: Mapping[str, str]) -> bytes:
        """Return the file: the graph from the input to `output`, and its metadata."""
        graph = b"".join(_bytes(1, node) for node in self._nodes) + _text(2, "docbin")
        graph += b"".join(_bytes(5, tensor) for tensor in self._tensors)
        graph += _bytes(11, self._input)
        graph += _bytes(12, _value(output, (1, 1, "height", "width")))
        model = _number(1, IR_VERSION) + _text(2, "docbin") + _bytes(7, graph)
        model += _bytes(8, _text(1, "") + _number(2, OPSET))
        notes = {**metadata, "sha256": hashlib.sha256(graph).hexdigest()}
        for key, value in notes.items():
            model += _bytes(14, _text(1, key) + _text(2, value))
        return model

    def _tensor(self, values: NDArray[np.generic], kind: int) -> str:
        name = f"w{len(self._tensors)}"
        body = b"".join(_number(1, side) for side in values.shape)
        body += _number(2, kind) + _text(8, name) + _bytes(9, values.tobytes())
        self._tensors.append(body)
        return name


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1  # negative numbers are 64-bit two's complement
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode("utf-8"))


def _attribute(name: str, value: Attribute) -> bytes:
    if isinstance(value, float):
        return _text(1, name) + _varint(2 << 3 | 5) + struct.pack("<f", value) + _number(20, 1)
    if isinstance(value, int):
        return _text(1, name) + _number(3, value) + _number(20, 2)
    if isinstance(value, str):
        return _text(1, name) + _text(4, value) + _number(20, 3)
    return _text(1, name) + b"".join(_number(8, v) for v in value) + _number(20, 7)


def _value(name: str, shape: Sequence[int | str]) -> bytes:
    sides = b""
    for side in shape:
        named = _text(2, side) if isinstance(side, str) else _number(1, side)
        sides += _bytes(1, named)
    tensor = _number(1, FLOAT) + _bytes(2, sides)
    return _text(1, name) + _bytes(2, _bytes(1, tensor))
