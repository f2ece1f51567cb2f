"""Pages to mix into training: made ones, and real ones with marks on them that are no ink.

>>> from docbin.data.mixing import made_pages, mix
>>> real = made_pages(2, seed=1)  # stands for pages on disk
>>> pages = mix(real, made_pages(3), share=0.3)
>>> round(sum(page.weight for page in pages[2:]) / sum(page.weight for page in pages), 3)
0.3

Pages are drawn once and kept: a made page takes about 5 MB and an eighth of a second, a marked one
what the page takes. Crops of them are drawn by ``docbin.data.page_crops.PageCrops`` like any
other, with its own layers laid on top, so what the camera does is left to it.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import fsum

import numpy as np

from docbin.data.augment import Photometric
from docbin.data.degrade import (
    BookEdge,
    DarkBoard,
    Erase,
    Frame,
    Layer,
    LibraryStamp,
    OfficeStamp,
    RedSeal,
    Ruling,
    TornCorner,
)
from docbin.data.recipe import draw_recipe
from docbin.data.sheet import Sheet
from docbin.data.synthetic import draw, on_paper, random_draft
from docbin.data.training_pages import TrainingPage
from docbin.errors import SettingError

__all__ = ["MARKS", "made_pages", "marked_pages", "mix"]

MARKS: tuple[tuple[type[Layer], float], ...] = (
    (RedSeal, 0.12),
    (Ruling, 0.15),
    (Frame, 0.3),
    (LibraryStamp, 0.4),
    (OfficeStamp, 0.2),
    (TornCorner, 0.25),
    (BookEdge, 0.25),
    (DarkBoard, 0.25),
)
"""What editors of truth leave out, in the order it comes to a page, with its odds on one."""

BARE = 0.06
"""Share of made pages that bear no ink: only their back shows through."""


def made_pages(count: int, *, seed: int = 0, photometric: float = 0.0) -> list[TrainingPage]:
    """Draw ``count`` degraded pages; page n depends on the seed and n only.

    ``photometric`` is the strength, 0 to 1, of a camera's tone curves, noise and blur on each
    (`docbin.data.augment`, which needs albumentations).
    They are named ``made/N`` and weigh 1 each. Which faces there are depends on the fonts of the
    machine; without any, all are set in Pillow's own.
    """
    _check(count)
    return [_made(seed, number, photometric) for number in range(count)]


def marked_pages(
    pages: Sequence[TrainingPage], count: int, *, seed: int = 0, photometric: float = 0.0
) -> list[TrainingPage]:
    """Put frames, stamps, torn corners, boards and edges of books on ``count`` of the pages.

    Pages are drawn by weight, with repetition; copies weigh 1 each and keep their page's name, so
    that whoever holds a page back or lists what was trained on sees it. A torn piece takes its ink
    out of the truth, everything else leaves the truth as it is. ``photometric`` as in `made_pages`.
    """
    _check(count)
    if not pages:
        raise SettingError("marked pages: there must be at least one page to mark")
    weights = np.array([page.weight for page in pages])
    if not weights.sum() > 0:
        raise SettingError("marked pages: no page has a weight above 0")
    marked = []
    for number in range(count):
        rng = np.random.default_rng([20_052, seed, number])
        page = pages[int(rng.choice(len(pages), p=weights / weights.sum()))]
        valid = np.ones(page.ink.shape, np.bool_)
        sheet = Sheet(page.pixels, page.ink, valid)
        for step in (*_marks(rng), Photometric(photometric)):
            sheet = step(sheet, rng)
        marked.append(TrainingPage(page.name, sheet.pixels, sheet.ink))
    return marked


def mix(
    pages: Sequence[TrainingPage], added: Sequence[TrainingPage], share: float
) -> list[TrainingPage]:
    """Join two lists so that a draw by weight is one of ``added`` with probability ``share``.

    Within each list the pages keep their proportions. Mixing again into the result dilutes both:
    ``mix(mix(real, made, 0.25), marked, 0.2)`` draws 60 % real, 20 % made, 20 % marked.
    """
    if not 0 <= share < 1:
        raise SettingError(f"mix: share must be at least 0 and below 1, got {share}")
    if share == 0:
        return list(pages)
    total, new = (fsum(page.weight for page in part) for part in (pages, added))
    if not (total > 0 and new > 0):
        raise SettingError("mix: both lists need a page with a weight above 0")
    factor = share / (1 - share) * total / new
    return [*pages, *(replace(page, weight=page.weight * factor) for page in added)]


def _check(count: int) -> None:
    if count < 0:
        raise SettingError(f"the number of pages must not be negative, got {count}")


def _made(seed: int, number: int, photometric: float) -> TrainingPage:
    rng = np.random.default_rng([20_051, seed, number])
    draft = random_draft(rng)
    back = draw(replace(draft, seed=draft.seed + 1))
    sheet = on_paper(replace(draw(draft), verso=back.ink), rng)
    if rng.random() < BARE:
        sheet = Erase(1.0)(sheet, rng)
    for step in draw_recipe(rng).page:
        after = step(sheet, rng)
        # Where the truth would be silent (pencil, what a turned page leaves) there is none to learn
        if after.valid.all():
            sheet = after
    sheet = Photometric(photometric)(sheet, rng)
    return TrainingPage(f"made/{number}", sheet.pixels, sheet.ink)


def _marks(rng: np.random.Generator) -> list[Layer]:
    """Draw one to all kinds of mark, none without."""
    while True:
        lots, strengths = rng.random(len(MARKS)), rng.uniform(0.3, 1.0, len(MARKS))
        chosen = [
            layer(round(float(strength), 3))
            for (layer, odds), lot, strength in zip(MARKS, lots, strengths, strict=True)
            if lot < odds
        ]
        if chosen:
            return chosen
