"""Writing TIFF: our own directories around our own G4 and zlib's deflate, streamed.

A page is written and forgotten, so memory does not grow with their number. Ink is G4 with
photometric 0, WhiteIsZero: a set bit is ink, which is what fax readers that ignore the tag assume.
Grey and RGB are deflated in strips. Resolution is the closest rational with a denominator up to a
million. Files beyond 4 GiB would need other offsets and are refused (TIFF 6.0, Adobe, 1992).
"""

import io
import struct
import zlib
from collections.abc import Mapping
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from docbin.errors import OutputError
from docbin.imageio.metadata import as_lines
from docbin.imageio.resolution import Dpi
from docbin.native.group4 import group4

__all__ = ["TiffEncoder"]

_ASCII, _SHORT, _LONG, _RATIONAL = 2, 3, 4, 5
_SIZES = {_ASCII: 1, _SHORT: 2, _LONG: 4, _RATIONAL: 8}
_CODES = {_SHORT: "H", _LONG: "I"}
_GROUP4, _ADOBE_DEFLATE = 4, 8
_STRIP_BYTES = 1 << 20
_MOST = 2**32 - 1


class TiffEncoder:
    """TIFF of any number of pages."""

    def __init__(self, file: IO[bytes], metadata: Mapping[str, str]) -> None:
        self._file = file
        self._software = metadata.get("Software", "")
        self._description = as_lines({k: v for k, v in metadata.items() if k != "Software"})
        self._next = 4  # where the offset of the next directory goes
        file.write(b"II*\0\0\0\0\0")

    def add(self, image: NDArray[Any], dpi: Dpi | None) -> None:
        """Encode a page and link it to the one before."""
        height, width = image.shape[:2]
        ink = image.dtype == np.bool_
        samples = image.shape[2] if image.ndim == 3 else 1
        if ink:
            rows, strips = height, [group4(image)]
        else:
            rows = max(1, min(height, _STRIP_BYTES // (width * samples)))
            strips = [_deflated(image[top : top + rows]) for top in range(0, height, rows)]
        offsets = [self._append(strip) for strip in strips]
        tags: list[tuple[int, int, Any]] = [
            (254, _LONG, [2 if self._next != 4 else 0]),
            (256, _LONG, [width]),
            (257, _LONG, [height]),
            (258, _SHORT, [1 if ink else 8] * samples),
            (259, _SHORT, [_GROUP4 if ink else _ADOBE_DEFLATE]),
            (262, _SHORT, [0 if ink else 2 if samples == 3 else 1]),
            (273, _LONG, offsets),
            (277, _SHORT, [samples]),
            (278, _LONG, [rows]),
            (279, _LONG, [len(strip) for strip in strips]),
        ]
        if self._description:
            tags.append((270, _ASCII, _ascii(self._description)))
        if dpi is not None:
            tags += [(282, _RATIONAL, _rational(dpi[0])), (283, _RATIONAL, _rational(dpi[1]))]
            tags.append((296, _SHORT, [2]))
        if ink:
            tags.append((293, _LONG, [0]))  # T6Options
        if self._software:
            tags.append((305, _ASCII, _ascii(self._software)))
        self._directory(sorted(tags))

    def finish(self) -> None:
        """The last directory says already that none follows."""

    def close(self) -> None:
        """Nothing is held."""

    def _directory(self, tags: list[tuple[int, int, Any]]) -> None:
        entries = b""
        for tag, kind, values in tags:
            data = values if isinstance(values, bytes) else _packed(kind, values)
            count = len(data) // _SIZES[kind]
            where = data.ljust(4, b"\0") if len(data) <= 4 else None
            if where is None:
                where = struct.pack("<I", self._append(data))
            entries += struct.pack("<HHI", tag, kind, count) + where
        start = self._append(struct.pack("<H", len(tags)) + entries + b"\0\0\0\0")
        self._file.seek(self._next)
        self._file.write(struct.pack("<I", start))
        self._next = start + 2 + len(entries)

    def _append(self, data: bytes) -> int:
        """Write at the end, at an even offset as TIFF wants, and return where."""
        start = self._file.seek(0, io.SEEK_END)
        if start % 2:
            self._file.write(b"\0")
            start += 1
        if start + len(data) > _MOST:
            raise OutputError("TIFF ends at 4 GiB; write fewer pages to a file, or choose pdf")
        self._file.write(data)
        return start


def _deflated(rows: NDArray[Any]) -> bytes:
    return zlib.compress(rows.data, 4)


def _packed(kind: int, values: list[int]) -> bytes:
    return struct.pack(f"<{len(values)}{_CODES[kind]}", *values)


def _ascii(text: str) -> bytes:
    return text.encode("ascii", "backslashreplace") + b"\0"


def _rational(value: float) -> bytes:
    if value == int(value) <= _MOST:
        return struct.pack("<II", int(value), 1)
    from fractions import Fraction

    most = max(1, min(1_000_000, int(_MOST / (value + 1))))  # keeps the numerator within 32 bits
    exact = Fraction(value).limit_denominator(most)
    return struct.pack("<II", exact.numerator, exact.denominator)
