"""The leak guard: what a page and its truth are known by, small enough to travel inside a model.

A page is known by a hash of its decoded grey pixels (so its file format does not matter), by a
hash of its truth (so another photograph of the same lines, with the same truth, is caught), and by
its marks (`docbin.data.marks`: so a compressed, scaled, grey or cropped copy is caught).
A learned method says what it was trained on with ``trained_on()``.
"""

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

import numpy as np

from docbin.data.likeness import covers
from docbin.data.marks import MarkedImage
from docbin.data.signature import check_signature, signature
from docbin.errors import ModelError
from docbin.page import Gray, Ink, Page

__all__ = [
    "Fingerprint",
    "Fingerprints",
    "Leak",
    "Trained",
    "fingerprint",
    "fingerprint_all",
    "hash_gray",
    "hash_truth",
    "merge",
]

FORMAT = 1


@dataclass(frozen=True)
class Fingerprint:
    """One training page: its name, two hashes of 8 bytes (empty: none) and its marks."""

    name: str
    pixels: bytes
    truth: bytes
    marks: bytes


@dataclass(frozen=True)
class Leak:
    """A page that the method was trained on: its name there, and what gave it away."""

    page: str
    trained_as: str
    by: Literal["pixels", "truth", "likeness"]

    def __str__(self) -> str:
        proof = {
            "pixels": "the same pixels as",
            "truth": "the same truth as",
            "likeness": "a copy or part of",
        }
        return f"{self.page}: {proof[self.by]} training page {self.trained_as}"


@dataclass(frozen=True)
class Fingerprints:
    """The training pages of a model."""

    pages: tuple[Fingerprint, ...] = ()

    def __len__(self) -> int:
        return len(self.pages)

    def find(self, name: str, page: Page, truth: Ink | None = None) -> Leak | None:
        """Return how `page`, called `name`, is known from training; None where it is not.

        The hashes are compared first; the marks, some tenths of a second, only when they differ.
        """
        pixels, ink = hash_gray(page.gray), hash_truth(truth)
        for known in self.pages:
            if known.pixels == pixels:
                return Leak(name, known.name, "pixels")
        for known in self.pages:
            if ink and known.truth == ink:
                return Leak(name, known.name, "truth")
        if not self.pages:
            return None
        image = MarkedImage(page.gray)
        for known in self.pages:
            if covers(known.marks, image):
                return Leak(name, known.name, "likeness")
        return None

    def to_json(self) -> str:
        """Return compact ASCII text, about 720 bytes a page, for a model's metadata."""
        rows = [
            [p.name, *(b64encode(part).decode("ascii") for part in (p.pixels, p.truth, p.marks))]
            for p in self.pages
        ]
        return json.dumps({"fingerprints": FORMAT, "pages": rows}, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Fingerprints":
        """Read what `to_json` wrote; ModelError where it is damaged or of a newer format."""
        try:
            value = json.loads(text)
            version, rows = value["fingerprints"], value["pages"]
            if version != FORMAT:
                raise ModelError(
                    f"the model's list of training pages has format {version}, this docbin reads "
                    f"{FORMAT}: install a newer docbin"
                )
            pages = tuple(_from_row(row) for row in rows)
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError("the model's list of training pages is damaged") from error
        return cls(pages)


@runtime_checkable
class Trained(Protocol):
    """A learned method, which knows the pages it was trained on."""

    def trained_on(self) -> Fingerprints:
        """Return the training pages' fingerprints."""
        ...


def fingerprint(name: str, page: Page, truth: Ink | None = None) -> Fingerprint:
    """Take the fingerprint of a training page; about a second, most of it choosing the marks.

    ``name`` is what a refusal calls the page, such as ``dibco2009/H01``.
    """
    return Fingerprint(name, hash_gray(page.gray), hash_truth(truth), signature(page.gray))


def fingerprint_all(
    pages: Iterable[tuple[str, Page, Ink]], before: Fingerprints | None = None
) -> Fingerprints:
    """Take the fingerprints of training pages (name, page, truth), after those of a start.

    `before` are the pages that the weights trained on already: they stay in the list, and a page
    that is among them, pixel for pixel, is not taken twice.
    """
    known = {page.name: page for page in before.pages} if before is not None else {}
    taken = []
    for name, page, truth in pages:
        old = known.get(name)
        same = old is not None and old.pixels == hash_gray(page.gray)
        if old is None or not same or old.truth != hash_truth(truth):
            taken.append(fingerprint(name, page, truth))
    return merge([before or Fingerprints(), Fingerprints(tuple(taken))])


def merge(parts: Iterable[Fingerprints]) -> Fingerprints:
    """Join the lists of several models or stages, each page once."""
    return Fingerprints(tuple(dict.fromkeys(page for part in parts for page in part.pages)))


def _from_row(row: object) -> Fingerprint:
    if not isinstance(row, list) or len(row) != 4 or not all(isinstance(x, str) for x in row):
        raise ValueError("a row is a name and three parts")
    pixels, truth, marks = (b64decode(part, validate=True) for part in row[1:])
    check_signature(marks)
    return Fingerprint(row[0], pixels, truth, marks)


def hash_gray(gray: Gray) -> bytes:
    """Return 8 bytes that any file format of the same grey pixels gives."""
    return _digest(gray.shape, np.ascontiguousarray(gray).tobytes())


def hash_truth(truth: Ink | None) -> bytes:
    """Return 8 bytes; none for a truth without ink, or all ink, which says nothing."""
    if truth is None or truth.all() or not truth.any():
        return b""
    return _digest(truth.shape, np.packbits(truth).tobytes())


def _digest(shape: tuple[int, ...], data: bytes) -> bytes:
    return hashlib.sha256(repr(tuple(int(n) for n in shape)).encode() + data).digest()[:8]
