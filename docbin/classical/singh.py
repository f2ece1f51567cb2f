"""T.R. Singh: a Sauvola without deviations, from the mean alone.

    T = m (1 + k (d / (1 - d) - 1)),   d = g - m    grey g and mean m taken as 0 to 1

T. Romen Singh, Sudipta Roy, O. Imocha Singh, Tejmani Sinam, Kh. Manglem Singh, "A new local
adaptive thresholding technique in binarization", IJCSI 8(6), 2011. The paper calls d a deviation
and prints it signed, which is the default here; `absolute` takes |d|, as later versions of Doxa do
(doxapy 0.9.2 divides by the lowest double where an epsilon is meant, and so has T = m (1 - k)).
The paper's text was not at hand: the formula and k are from recall and from Doxa's account of it;
what it gives was computed by hand for one window (tests/classical).
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
    absolute: bool = False

    PAPER: ClassVar[str] = (
        "Singh, Roy, Singh, Sinam, Singh, A new local adaptive thresholding technique in "
        "binarization, IJCSI 8(6), 2011"
    )
    SETTINGS: ClassVar[dict[str, str]] = {
        **WindowMethod.SETTINGS,
        "k": "bias, 0 to 1; higher gives less ink",
        "absolute": "whether d is taken without its sign, which gives more ink",
    }

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check("k", 0.0, 1.0)

    def __call__(self, page: Page, /) -> Ink:
        """Return (h, w) bool, True where there is ink."""
        return self._ink(page, "singh", self.k, 1.0 if self.absolute else 0.0)
