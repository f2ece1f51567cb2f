"""What a step is: a page in; a page, or two, with their geometry, and a verdict out."""

from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

from docbin.page import Ink, Page
from docbin.prepare.geometry import Geometry

__all__ = ["Part", "Status", "Step", "StepResult", "Verdict", "empty", "size_of", "unchanged"]

Status = Literal["done", "left unchanged", "uncertain", "blank", "too coarse"]


@dataclass(frozen=True)
class Verdict:
    """What a step found: done, nothing to do, not sure (and so nothing done), or a blank page.

    "too coarse" is told of a whole page, whose text a method would lose: its step is "page".
    """

    step: str
    status: Status
    reason: str
    values: dict[str, float] = field(default_factory=dict)
    """What was measured: angles in degrees, lengths in pixels of the page the step was given."""


@dataclass(frozen=True, eq=False)
class Part:
    """A page that came out of a step, and its way back to the page that went in."""

    page: Page
    geometry: Geometry
    name: str = ""
    """"left" or "right" of a double page, else nothing."""


@dataclass(frozen=True, eq=False)
class StepResult:
    """Everything that came out of a step."""

    parts: tuple[Part, ...]
    verdict: Verdict

    @property
    def page(self) -> Page:
        """The page, or the first of two."""
        return self.parts[0].page

    @property
    def geometry(self) -> Geometry:
        """The way back from `page`."""
        return self.parts[0].geometry


@runtime_checkable
class Step(Protocol):
    """A frozen dataclass whose fields are its settings; calling it is pure."""

    def __call__(self, page: Page, /) -> StepResult:
        """Do the step, or leave the page as it is and say why."""
        ...


def size_of(page: Page) -> tuple[int, int]:
    """Return (width, height)."""
    return page.width, page.height


def empty(ink: Ink) -> Status:
    """Say what a page without letters is: blank without ink, and with some no case for a step."""
    return "uncertain" if ink.any() else "blank"


def unchanged(
    page: Page, step: str, status: Status, reason: str, values: dict[str, float] | None = None
) -> StepResult:
    """Return the page as it is, with the reason."""
    part = Part(page, Geometry.identity(size_of(page)))
    return StepResult((part,), Verdict(step, status, reason, values or {}))
