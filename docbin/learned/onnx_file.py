"""What an ONNX file says about itself, read without a runtime: its metadata, and if it is whole.

Only the outermost message is read (ModelProto: field 7 the graph, 14 the metadata); a file that
docbin wrote names the SHA-256 of its graph, so damage is told before a runtime is handed the file.
"""

import hashlib
from pathlib import Path

from docbin.errors import ModelError

__all__ = ["read_onnx"]

LARGEST = 1 << 30


def read_onnx(path: Path, kind: str) -> tuple[bytes, dict[str, str]]:
    """Return the file's bytes and its metadata; ModelError where it is not docbin's, or damaged."""
    try:
        if path.stat().st_size > LARGEST:
            raise ModelError(f"{path}: larger than 1 GiB, no detector of docbin is")
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: the model cannot be read, {error.strerror}") from error
    try:
        fields = _fields(data)
        notes = {}
        for number, value in fields:
            if number == 14:
                entry = dict(_fields(value))
                notes[entry[1].decode("utf-8")] = entry[2].decode("utf-8")
        graph = next(value for number, value in fields if number == 7)
    except (ValueError, KeyError, IndexError, StopIteration) as error:
        raise ModelError(f"{path}: not a whole ONNX file; fetch or export it again") from error
    if notes.get("kind") != kind:
        raise ModelError(f"{path}: an ONNX file, but not one of docbin's ({kind})")
    if hashlib.sha256(graph).hexdigest() != notes.get("sha256"):
        raise ModelError(f"{path}: the model is damaged; fetch or export it again")
    return data, notes


def _fields(data: bytes) -> list[tuple[int, bytes]]:
    """The fields of a message that are bytes; numbers are passed over."""
    found, at = [], 0
    while at < len(data):
        key, at = _varint(data, at)
        kind = key & 7
        if kind == 2:
            size, at = _varint(data, at)
            if at + size > len(data):
                raise ValueError("a field ends beyond the file")
            found.append((key >> 3, data[at : at + size]))
            at += size
        elif kind == 0:
            _, at = _varint(data, at)
        elif kind in (1, 5):
            at += 8 if kind == 1 else 4
        else:
            raise ValueError(f"a field of wire type {kind}")
    return found


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
        if shift > 63:
            raise ValueError("a number of more than 64 bits")
