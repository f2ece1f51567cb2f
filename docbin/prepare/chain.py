"""Steps one after the other: a page in; one page or two, each with its way back, out."""

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from numpy.typing import NDArray

from docbin.errors import InputError, UnknownNameError, UsageError
from docbin.page import Page, as_page
from docbin.prepare.borders import Borders
from docbin.prepare.coarse import STEADY, too_coarse
from docbin.prepare.crop import Crop
from docbin.prepare.deskew import Deskew
from docbin.prepare.dewarp import Dewarp
from docbin.prepare.geometry import Geometry
from docbin.prepare.orientation import Orientation
from docbin.prepare.resolution import Resolution
from docbin.prepare.seals import Seals
from docbin.prepare.shading import Shading
from docbin.prepare.specks import Despeckle
from docbin.prepare.split import Split
from docbin.prepare.step import Step, StepResult, Verdict, size_of

__all__ = ["STEPS", "Prepared", "keeping", "named_steps", "prepare"]

STEPS: dict[str, type[Step]] = {
    "orientation": Orientation,
    "borders": Borders,
    "split": Split,
    "seals": Seals,
    "shading": Shading,
    "deskew": Deskew,
    "dewarp": Dewarp,
    "despeckle": Despeckle,
    "crop": Crop,
    "resolution": Resolution,
}
"""Every step by its name, in the order in which they serve one another."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """A prepared page, its way back to the original, and what every step found."""

    page: Page
    geometry: Geometry
    verdicts: tuple[Verdict, ...] = ()
    name: str = ""
    """"left" or "right" of a double page, else nothing."""

    @property
    def too_coarse(self) -> bool:
        """Whether its text has too few pixels for a method, which would lose it."""
        return any(verdict.status == "too coarse" for verdict in self.verdicts)


def prepare(page: Page | NDArray[Any], steps: Sequence[Step]) -> list[Prepared]:
    """Take a page through steps, in the order given; a split page goes on as two.

    A page with letters of five pixels or fewer is enlarged, if that is among the steps, and nothing
    else is done to it. An array serves as a page too: uint8, (h, w) grey or (h, w, 3) RGB. Raises
    UsageError for what are no steps, InputError for one that gives no result.
    """
    page, steps = as_page(page), _checked(steps)
    prepared = [Prepared(page, Geometry.identity(size_of(page)))]
    if steps and (verdict := too_coarse(page)) is not None:
        prepared = [dataclasses.replace(prepared[0], verdicts=(verdict,))]
        if verdict.values["letter_height"] < STEADY:
            steps = [step for step in steps if isinstance(step, Resolution)]
    for step in steps:
        prepared = [part for before in prepared for part in _applied(step, before)]
    return prepared


def named_steps(names: Sequence[str], *, keep_everything: bool = False) -> tuple[Step, ...]:
    """Build steps from their names, in the order given, with their usual settings."""
    steps = []
    for name in names:
        if name not in STEPS:
            raise UnknownNameError(f"no step {name!r}: choose from {', '.join(STEPS)}")
        steps.append(STEPS[name]())
    return keeping(steps) if keep_everything else tuple(steps)


def keeping(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return the steps with ``keep_everything`` set wherever they have it."""
    return tuple(
        dataclasses.replace(cast(Any, step), keep_everything=True)
        if hasattr(step, "keep_everything")
        else step
        for step in steps
    )


def _checked(steps: object) -> list[Step]:
    if isinstance(steps, str) or not isinstance(steps, Iterable):
        raise UsageError(f"prepare: steps must be a list of steps, got {steps!r}")
    steps = list(steps)
    for step in steps:
        if isinstance(step, type) or not isinstance(step, Step):
            raise UsageError(
                f"prepare: a step is made like Deskew(), or of its name by "
                f"named_steps(['deskew']), got {step!r}"
            )
    return steps


def _applied(step: Step, before: Prepared) -> list[Prepared]:
    result = step(before.page)
    if not isinstance(result, StepResult):
        raise InputError(
            f"step {step!r} must return a StepResult, it returned {type(result).__name__}"
        )
    verdicts = (*before.verdicts, result.verdict)
    return [
        Prepared(
            part.page, part.geometry.after(before.geometry), verdicts, part.name or before.name
        )
        for part in result.parts
    ]
