"""T.R. Singh: a Sauvola without deviations, from the mean alone.

    T = m (1 + k (d / (1 - d) - 1)),   d = g - m    grey g and mean m taken as 0 to 1

T. Romen Singh, Sudipta Roy, O. Imocha Singh, Tejmani Sinam, Kh. Manglem Singh, "A new local
adaptive thresholding technique in binarization", IJCSI 8(6), 2011, with its k = 0.06 to 0.5. The
paper calls d a deviation and does not say whether it is signed; doxapy takes |d|, and so does this
by default, since the signed one loses faint strokes. `signed` gives the formula as it is printed.
"""

from dataclasses import dataclass
from typing import ClassVar

from docbin.classical.moments import WindowMethod
from docbin.page import Ink, Page

__all__ = ["Singh"]


@dataclass(frozen=True)
class Singh(WindowMethod):
    """Binarize by Singh's local threshold."""

    k: float = 0.2
    signed: bool = False

    PAPER: ClassVar[str] = (
        "Singh, Roy, Singh, Sinam, Singh, A new local adaptive thresholding technique in "
        "binarization, IJCSI 8(6), 2011"
    )
    SETTINGS: ClassVar[dict[str, str]] = {
        **WindowMethod.SETTINGS,
        "k": "bias, 0 to 1; higher gives less ink",
        "signed": "whether a pixel below the mean has a negative deviation, as printed",
    }

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check("k", 0.0, 1.0)

    def __call__(self, page: Page, /) -> Ink:
        """Return (h, w) bool, True where there is ink."""
        return self._ink(page, "singh", self.k, 0.0 if self.signed else 1.0)
