"""Made pages: drawn from a seed, with the truth of every pixel and every line.

``draw`` makes a clean page from a ``Draft``; ``docbin.data.degrade`` then treats it as time does.
The ink of the truth is where the drawn coverage is above one half at the page's own resolution.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import isfinite

import numpy as np

from docbin.data.canvas import Canvas, Pen
from docbin.data.degrade import LAYERS, Layer
from docbin.data.fields import mix, smooth
from docbin.data.fonts import BUILT_IN, FONTS, faces_of
from docbin.data.layouts import LAYOUTS
from docbin.data.recipe import draw_recipe
from docbin.data.sheet import Sheet
from docbin.data.text import LANGUAGES
from docbin.errors import SettingError, UnknownNameError

__all__ = [
    "A4",
    "Draft",
    "degraded",
    "demo_page",
    "draw",
    "on_paper",
    "random_draft",
    "random_page",
    "random_typescript",
]

A4 = (2480, 3508)
"""Width and height of A4 at 300 dpi."""


@dataclass(frozen=True)
class Draft:
    """What a page is to be: everything that decides its pixels, none of it random but by seed.

    ``width`` and ``height`` in pixels, ``points`` the size of the running text, ``font`` a name of
    ``docbin.data.fonts.FONTS`` or ``built-in``; with ``packages`` the words may come from a text
    that the system has, without they are the same everywhere.
    """

    seed: int = 0
    width: int = A4[0]
    height: int = A4[1]
    dpi: float = 300
    layout: str = "book"
    font: str = BUILT_IN
    points: float = 11
    language: str = "english"
    unsteady: float = 0.0
    color: tuple[int, int, int] = (25, 22, 20)
    packages: bool = field(default=False)

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise SettingError(
                f"a page must be at least 1 x 1 pixels, got {self.width} x {self.height}"
            )
        for name in ("dpi", "points"):
            value = getattr(self, name)
            if not (isfinite(value) and value > 0):
                raise SettingError(f"{name} must be above 0, got {value}")
        if self.layout not in LAYOUTS:
            raise UnknownNameError(f"no layout {self.layout!r}: choose from {', '.join(LAYOUTS)}")
        if self.language not in LANGUAGES:
            raise UnknownNameError(
                f"no language {self.language!r}: choose from {', '.join(LANGUAGES)}"
            )
        if self.font != BUILT_IN and self.font not in FONTS:
            raise UnknownNameError(f"no font {self.font!r}: choose from {BUILT_IN}, "
                                   f"{', '.join(FONTS)}")  # fmt: skip
        if (self.language == "japanese") != (self.layout == "vertical"):
            raise SettingError("the vertical layout and the Japanese language go together")
        if not 0 <= self.unsteady <= 1:
            raise SettingError(f"unsteady must lie in 0..1, got {self.unsteady}")


def draw(draft: Draft) -> Sheet:
    """Draw a clean page: ink of one colour on white paper."""
    rng = np.random.default_rng([draft.seed, 0])
    canvas = Canvas(draft.height, draft.width, rng)
    size = max(round(draft.points * draft.dpi / 72), 1)
    pen = Pen(draft.font, size, draft.unsteady)
    LAYOUTS[draft.layout](canvas, pen, draft.language, draft.packages)
    coverage = canvas.coverage
    ink = coverage > 127
    # A pen runs dry and is dipped again; type takes ink unevenly.
    press = smooth((draft.height, draft.width), 3 * size, rng) if draft.unsteady else None
    white = np.full((draft.height, draft.width, 3), 255, np.uint8)
    stroke = np.empty_like(white)
    stroke[:] = draft.color
    if press is not None:
        lighter = np.clip(np.asarray(draft.color) + 70, 0, 255).astype(np.uint8)
        pale = np.empty_like(white)
        pale[:] = lighter
        stroke = mix(stroke, pale, press)
    return Sheet(
        mix(white, stroke, coverage), ink, np.ones(ink.shape, np.bool_), None, float(draft.dpi),
        tuple(canvas.lines), tuple(canvas.regions),
    )  # fmt: skip


STYLES = {"roman": 0.4, "hand": 0.3, "typewriter": 0.12, "blackletter": 0.1, "japanese": 0.08}


def random_draft(
    rng: np.random.Generator, *, width: int | None = None, height: int | None = None,
    dpi: float | None = None,
) -> Draft:  # fmt: skip
    """Choose style, face, layout, size, language and ink; sides not given are drawn too."""
    names = list(STYLES)
    style = str(rng.choice(names, p=[STYLES[n] for n in names]))
    if style == "japanese" and not any(f.style == style for f in FONTS.values()):
        style = "roman"
    resolution = float(rng.choice([120, 150, 200, 300])) if dpi is None else dpi
    wide = int(rng.integers(700, 1500)) if width is None else width
    high = int(rng.integers(600, 1600)) if height is None else height
    layouts = {"roman": ["book", "book", "table", "form", "illustrated"],
               "hand": ["letter", "letter", "table"], "typewriter": ["letter", "form", "table"],
               "blackletter": ["book", "book", "illustrated"],
               "japanese": ["vertical"]}[style]  # fmt: skip
    faces = _faces_or_roman(style)
    if faces == [BUILT_IN] and style == "japanese":
        style, layouts, faces = "roman", ["book"], faces_of("roman")
    inks = [(20, 18, 16), (60, 40, 25), (90, 62, 35), (35, 40, 70), (45, 45, 45)]
    low, high_points = (12, 22) if style in ("hand", "japanese") else (8, 14)
    language = {"japanese": "japanese", "blackletter": "latin"}.get(style)
    return Draft(
        seed=int(rng.integers(0, 2**31)), width=wide, height=high, dpi=resolution,
        layout=layouts[int(rng.integers(len(layouts)))],
        font=faces[int(rng.integers(len(faces)))],
        points=round(float(rng.uniform(low, high_points)), 1),
        language=language or ["english", "english", "french", "latin"][int(rng.integers(4))],
        unsteady={"hand": 1.0, "typewriter": 0.3, "japanese": 0.5}.get(style, 0.0),
        color=inks[int(rng.integers(len(inks)))],
        packages=True,
    )  # fmt: skip


def _faces_or_roman(style: str) -> list[str]:
    """Name the faces of a style, or the built-in one where the machine has none of it."""
    from docbin.errors import MissingDependencyError

    try:
        return faces_of(style)
    except MissingDependencyError:
        return [BUILT_IN]


def on_paper(sheet: Sheet, rng: np.random.Generator) -> Sheet:
    """Lay white paper's page on paper of some tint, its ink dark or, on one page in three, pale.

    Half of those are grey all over, as single bands of a spectral scan are.
    """
    light = float(rng.uniform(175, 250))
    green = float(rng.uniform(0.86, 1.0))
    tone = np.array([light, light * green, light * green * (green - float(rng.uniform(0, 0.2)))])
    strength = 1.0
    pale = rng.random() < 0.33
    if pale:
        strength = float(rng.uniform(0.2, 0.7))
    if rng.random() < (0.5 if pale else 0.25):
        tone[:] = light * (float(rng.uniform(0.5, 0.9)) if pale else 1.0)
        # One grey for the three channels: the ink's own colour goes too.
        gray = sheet.pixels.mean(axis=2, keepdims=True, dtype=np.float32)
        share = 1 - strength * (1 - np.repeat(gray, 3, axis=2) / 255)
    else:
        share = 1 - strength * (1 - sheet.pixels.astype(np.float32) / 255)
    return sheet.with_pixels(np.rint(share * tone.astype(np.float32)).astype(np.uint8))


def degraded(sheet: Sheet, layers: dict[str, float], seed: int) -> Sheet:
    """Lay named layers with their strengths over a sheet, in the order given."""
    for number, (name, strength) in enumerate(layers.items()):
        if name not in LAYERS:
            raise UnknownNameError(f"no degradation {name!r}: choose from {', '.join(LAYERS)}")
        sheet = LAYERS[name](strength)(sheet, np.random.default_rng([seed, number]))
    return sheet


def demo_page(seed: int = 0) -> Sheet:
    """Draw an A4 page at 300 dpi as an archive has it: stained, shaded, its back showing through.

    It needs no fonts beside Pillow's own, so it is the same page everywhere.
    """
    page = draw(Draft(seed=seed, points=12))
    back = draw(Draft(seed=seed + 1, points=12))
    tinted = replace(page, verso=back.ink)
    treatment = {"fade": 0.45, "tint": 0.7, "texture": 0.6, "show-through": 0.55,
                 "stains": 0.7, "foxing": 0.6, "folds": 0.5, "gradient": 0.55, "blur": 0.2,
                 "noise": 0.25}  # fmt: skip
    return degraded(tinted, treatment, seed)


def random_page(seed: int | Sequence[int], *, width: int | None = None, height: int | None = None,
                dpi: float | None = None) -> tuple[Draft, Sheet, tuple[Layer, ...]]:  # fmt: skip
    """Draw and degrade a page by chance; return its draft, the sheet and the layers laid on it."""
    rng = _chance(20_032, seed)
    draft = random_draft(rng, width=width, height=height, dpi=dpi)
    return draft, *_aged(draft, rng)


def random_typescript(seed: int | Sequence[int], *, width: int | None = None,
                      height: int | None = None, dpi: float | None = None,
                      ) -> tuple[Draft, Sheet, tuple[Layer, ...]]:  # fmt: skip
    """Do the same with a typed page, in the faces of typewriters that are installed."""
    rng = _chance(20_261, seed)
    draft = random_draft(rng, width=width, height=height, dpi=dpi)
    faces = [*_faces_or_roman("typewriter"), *_faces_or_roman("courier")]
    draft = replace(
        draft,
        layout="typescript",
        font=faces[int(rng.integers(len(faces)))],
        points=round(float(rng.uniform(7, 14)), 1),
        language="french" if draft.language == "japanese" else draft.language,
        unsteady=0.3,
    )
    return draft, *_aged(draft, rng)


def _chance(stream: int, seed: int | Sequence[int]) -> np.random.Generator:
    """The generator of a made page: one stream of pages does not repeat another's."""
    return np.random.default_rng([stream, *([seed] if isinstance(seed, int) else seed)])


def _aged(draft: Draft, rng: np.random.Generator) -> tuple[Sheet, tuple[Layer, ...]]:
    """The page of a draft on paper, with another behind it, as time and a camera leave it."""
    back = draw(replace(draft, seed=draft.seed + 1))
    sheet = replace(draw(draft), verso=back.ink)
    sheet = on_paper(sheet, rng)
    recipe = draw_recipe(rng)
    layers = recipe.page + recipe.camera
    for step in layers:
        sheet = step(sheet, rng)
    return sheet, layers
