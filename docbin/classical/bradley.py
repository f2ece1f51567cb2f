"""Bradley and Roth: a pixel t below the mean of a wide window.

    T = m (1 - t)

Derek Bradley, Gerhard Roth, "Adaptive thresholding using the integral image", Journal of Graphics
Tools 12(2), 2007, with its t = 0.15 and a window of an eighth of the page's width (here the next
odd number), which is the default.
"""

from dataclasses import dataclass
from typing import ClassVar

from docbin.classical.moments import THREADS_DOC, check_range, check_threads
from docbin.classical.scale import WINDOW_DOC, check_window, window_pixels
from docbin.native.window import threshold
from docbin.page import Ink, Page

__all__ = ["Bradley"]


@dataclass(frozen=True)
class Bradley:
    """Binarize by a share of the local mean."""

    window: int | str | None = None
    t: float = 0.15
    threads: int = 1

    PAPER: ClassVar[str] = (
        "Bradley, Roth, Adaptive thresholding using the integral image, "
        "Journal of Graphics Tools 12(2), 2007"
    )
    SETTINGS: ClassVar[dict[str, str]] = {
        "window": WINDOW_DOC + "; none: an eighth of the page's width",
        "t": "how far below the mean ink begins, as a share of it, 0.001 to 1",
        "threads": THREADS_DOC,
    }

    def __post_init__(self) -> None:
        if self.window is not None:
            check_window("bradley", self.window)
        check_range("bradley", "t", self.t, 0.001, 1.0)
        check_threads("bradley", self.threads)

    def __call__(self, page: Page, /) -> Ink:
        """Return (h, w) bool, True where there is ink."""
        if self.window is None:
            side = max(3, page.width // 8 | 1)
        else:
            side = window_pixels(self.window, page)
        return threshold(page.gray, "bradley", side, self.t, threads=self.threads)
