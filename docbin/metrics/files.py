"""Ink from a file: what a prediction or a truth on disk says, and how it had to be read."""

from os import PathLike
from pathlib import Path

from docbin.imageio import read_one
from docbin.page import Ink

__all__ = ["read_ink"]


def read_ink(path: str | PathLike[str], role: str = "prediction") -> tuple[Ink, list[str]]:
    """Return the ink of a file of one page, and what to know about how it was taken.

    What is not black and white is thresholded at 128 and noted; `role` is what the notes call it.
    Raises InputError where the file cannot be read or holds several pages.
    """
    path = Path(path)
    page = read_one(path)
    notes: list[str] = []
    if page.is_color and (page.pixels != page.pixels[:, :, :1]).any():
        notes.append(f"colour {role}: scored after thresholding its grey at 128")
    gray = page.gray
    if not notes and ((gray != 0) & (gray != 255)).any():
        notes.append(f"grey {role}: scored after thresholding at 128")
    if path.suffix.lower() in (".jpg", ".jpeg"):
        notes.append(f"JPEG {role}: edges are not what the method made")
    return gray < 128, notes
