"""Files that tests of the commands share."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from docbin import imageio

METS = """<?xml version="1.0"?>
<mets:mets xmlns:mets="http://www.loc.gov/METS/" xmlns:xlink="http://www.w3.org/1999/xlink">
<mets:fileSec><mets:fileGrp USE="OCR-D-IMG">{files}</mets:fileGrp></mets:fileSec>
<mets:structMap TYPE="PHYSICAL"><mets:div TYPE="physSequence">{pages}</mets:div></mets:structMap>
</mets:mets>"""
FILE = ('<mets:file ID="IMG_{n}" MIMETYPE="image/png"><mets:FLocat LOCTYPE="OTHER" '
        'OTHERLOCTYPE="FILE" xlink:href="OCR-D-IMG/{n}.png"/></mets:file>')  # fmt: skip
DIV = '<mets:div TYPE="page" ID="P{n}"><mets:fptr FILEID="IMG_{n}"/></mets:div>'


@pytest.fixture
def scan() -> Callable[..., Path]:
    """Write a scan of one or more pages."""

    def make(path: Path, pages: int = 1) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        gray = np.full((40, 60), 220, np.uint8)
        gray[5:9, 5:20] = 10
        imageio.write(path, [gray] * pages if pages > 1 else gray, dpi=(300, 300))
        return path

    return make


@pytest.fixture
def workspace() -> Callable[..., Path]:
    """Write an OCR-D workspace of some pages, and return its METS."""

    def make(folder: Path, count: int = 2) -> Path:
        (folder / "OCR-D-IMG").mkdir()
        for n in range(count):
            gray = np.full((60, 80), 230, np.uint8)
            gray[20:40, 30 + n : 34 + n] = 40
            imageio.write(folder / f"OCR-D-IMG/{n}.png", gray, dpi=(300, 300))
        numbers = range(count)
        mets = folder / "mets.xml"
        mets.write_text(METS.format(files="".join(FILE.format(n=n) for n in numbers),
                                    pages="".join(DIV.format(n=n) for n in numbers)))  # fmt: skip
        return mets

    return make
