"""What the window methods share: a window, threads, and the rule for pages without contrast.

A window method compares each pixel with a threshold T made of its window: the mean m, deviation s,
minimum or maximum of the pixels within. Windows are clipped at the page edge: m is the mean of the
pixels that exist. A pixel is ink where grey <= T. A window of one single grey value holds no ink:
it has no contrast to tell ink from paper by, although some of the formulas (Niblack: T = m) would
call all of it ink. So a blank page, of any grey, gives no ink.

Sums are exact on pages to 2^31 pixels and windows to the page; see docbin.native.window.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from docbin.classical.scale import WINDOW_DOC, check_window, window_pixels
from docbin.errors import SettingError
from docbin.native.window import threshold
from docbin.page import Ink, Page

__all__ = ["THREADS_DOC", "WindowMethod", "check_range", "check_threads"]

THREADS_DOC = "bands of rows worked on at once, 1 or more; the ink is the same for any number"
"""The doc line of every threads setting."""


@dataclass(frozen=True)
class WindowMethod:
    """Base of the window methods: their window and threads, checked."""

    window: int | str = 75
    threads: int = field(default=1, kw_only=True)

    SETTINGS: ClassVar[dict[str, str]] = {
        "window": WINDOW_DOC,
        "threads": THREADS_DOC,
    }

    def __post_init__(self) -> None:
        check_window(self.name(), self.window)
        check_threads(self.name(), self.threads)

    @classmethod
    def name(cls) -> str:
        """Return the method's name, as in the registry."""
        return cls.__name__.lower()

    def _ink(self, page: Page, formula: str, *settings: float) -> Ink:
        side = window_pixels(self.window, page)
        return threshold(page.gray, formula, side, *settings, threads=self.threads)

    def _check(self, setting: str, low: float, high: float) -> None:
        check_range(self.name(), setting, getattr(self, setting), low, high)


def check_range(method: str, setting: str, value: float, low: float, high: float) -> None:
    """Refuse a value that is not a number in low..high."""
    if not low <= value <= high:  # false for NaN too
        raise SettingError(f"{method}: {setting} must be {low:g} to {high:g}, got {value:g}")


def check_threads(method: str, threads: int) -> None:
    """Refuse a number of threads below 1."""
    if threads < 1:
        raise SettingError(f"{method}: threads must be at least 1, got {threads}")
