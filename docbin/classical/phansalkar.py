"""Phansalkar: Sauvola's threshold, kept from falling too low where the window is dark.

    T = m (1 + p exp(-q m) + k (s / R - 1))        grey taken as 0 to 1

Neerad Phansalkar, Sumit More, Ashish Sabale, Madhuri Joshi, "Adaptive local thresholding for
detection of nuclei in diversely stained cytology images", ICCSP 2011, with its k = 0.25, R = 0.5,
p = 2, q = 10; they also use a second, colour channel, which is left out: this works on grey. The
paper gives no window for documents; 75 is that of the other methods.
"""

from dataclasses import dataclass
from typing import ClassVar

from docbin.classical.moments import WindowMethod
from docbin.page import Ink, Page

__all__ = ["Phansalkar"]


@dataclass(frozen=True)
class Phansalkar(WindowMethod):
    """Binarize by Phansalkar's local threshold."""

    k: float = 0.25
    R: float = 0.5
    p: float = 2.0
    q: float = 10.0

    PAPER: ClassVar[str] = (
        "Phansalkar, More, Sabale, Joshi, Adaptive local thresholding for detection of nuclei in "
        "diversely stained cytology images, ICCSP 2011"
    )
    SETTINGS: ClassVar[dict[str, str]] = {
        **WindowMethod.SETTINGS,
        "k": "share of the mean taken away where there is no contrast, -1 to 1",
        "R": "the deviation, of grey 0 to 1, at which nothing is taken away, 0.004 to 4",
        "p": "how much dark windows are raised, 0 to 100",
        "q": "how dark a window must be to be raised, 0 to 100",
    }

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check("k", -1.0, 1.0)
        self._check("R", 0.004, 4.0)
        self._check("p", 0.0, 100.0)
        self._check("q", 0.0, 100.0)

    def __call__(self, page: Page, /) -> Ink:
        """Return (h, w) bool, True where there is ink."""
        return self._ink(page, "phansalkar", self.k, 255.0 * self.R, self.p, self.q)
