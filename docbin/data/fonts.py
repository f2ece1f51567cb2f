"""Fonts: which ones a style is set in, where they lie, and whether they can write a text.

The fonts are Debian packages; none is part of docbin. A machine without any still draws: Pillow
carries one scalable Latin face, named ``built-in`` here.
"""

import os
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from PIL import ImageFont

from docbin.errors import MissingDependencyError, SettingError, UnknownNameError

__all__ = ["BUILT_IN", "FONTS", "Face", "can_write", "faces_of", "load_font"]

BUILT_IN = "built-in"


class Face(NamedTuple):
    """A font by name: its style, its file, the Debian package that has it, its size correction.

    ``scale`` makes faces of one nominal size look equally large.
    """

    style: str
    file: str
    package: str
    scale: float = 1.0


FONTS: dict[str, Face] = {
    "libertine": Face("roman", "LinLibertine_R.otf", "fonts-linuxlibertine"),
    "libertine-italic": Face("roman", "LinLibertine_RI.otf", "fonts-linuxlibertine"),
    "garamond": Face("roman", "EBGaramond12-Regular.otf", "fonts-ebgaramond"),
    "garamond-italic": Face("roman", "EBGaramond12-Italic.otf", "fonts-ebgaramond"),
    "oldstandard": Face("roman", "OldStandard-Regular.ttf", "fonts-oldstandard"),
    "goudy": Face("roman", "GoudyBookletter1911.otf", "fonts-goudybookletter"),
    "junicode": Face("roman", "JunicodeTwoBeta-Regular.otf", "fonts-junicode"),
    "cardo": Face("roman", "Cardo104s.ttf", "fonts-cardo"),
    "dejavu": Face("roman", "DejaVuSerif.ttf", "fonts-dejavu-core", 0.85),
    "gotico": Face("blackletter", "Rusch-GoticoAntiqua100G.otf", "fonts-gotico-antiqua", 1.1),
    "durandus": Face(
        "blackletter", "Fust&Schoeffer-Durandus-GoticoAntiqua118G.otf", "fonts-gotico-antiqua", 1.1
    ),
    "blankenburg": Face("blackletter", "Blankenburg_UNZ1A.ttf", "fonts-blankenburg", 1.1),
    "typewriter": Face("typewriter", "GNUTypewriter.ttf", "fonts-gnutypewriter", 0.95),
    "dejavu-mono": Face("typewriter", "DejaVuSansMono.ttf", "fonts-dejavu-core", 0.85),
    "courier-prime": Face("courier", "Courier Prime.otf", "fonts-courier-prime"),
    "nimbus-mono": Face("courier", "NimbusMonoPS-Regular.otf", "fonts-urw-base35"),
    "freemono": Face("courier", "FreeMono.ttf", "fonts-freefont-ttf"),
    "freemono-bold": Face("courier", "FreeMonoBold.ttf", "fonts-freefont-ttf"),
    "liberation-mono": Face("courier", "LiberationMono-Regular.ttf", "fonts-liberation"),
    "joscelyn": Face("hand", "Joscelyn-Regular.otf", "fonts-joscelyn", 1.3),
    "kristi": Face("hand", "Kristi.ttf", "fonts-kristi", 1.6),
    "breip": Face("hand", "Breip.ttf", "fonts-breip", 1.3),
    "kaisho": Face("japanese", "kouzan-mouhitsu.ttf", "fonts-kouzan-mouhitsu", 1.2),
    "gyosho": Face("japanese", "kouzan-mouhitsu-gyosho.ttf", "fonts-kouzan-mouhitsu", 1.2),
    "sosho": Face("japanese", "KouzanBrushFontSousyo.ttf", "fonts-kouzan-mouhitsu", 1.2),
    "aoyagi": Face("japanese", "AoyagiKouzanT.ttf", "fonts-aoyagi-kouzan-t", 1.2),
    "mincho": Face("japanese", "ipaexm.ttf", "fonts-ipaexfont-mincho"),
    "oradano": Face("japanese", "OradanoGSRR.ttf", "fonts-oradano-mincho-gsrr"),
}


@lru_cache(maxsize=1)
def _files() -> dict[str, Path]:
    """Find every font file below the system's and the user's font folders, by file name."""
    home = Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local/share"))
    found: dict[str, Path] = {}
    for root in (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / "fonts"):
        for folder, _, names in os.walk(root, followlinks=True):
            for name in names:
                found.setdefault(name, Path(folder) / name)
    return found


def faces_of(style: str) -> list[str]:
    """Name the installed faces of a style, in the table's order; ``built-in`` when none is.

    Japanese has no fallback: it then is MissingDependencyError.
    """
    styles = sorted({face.style for face in FONTS.values()})
    if style not in styles:
        raise UnknownNameError(f"no style of writing {style!r}: choose from {', '.join(styles)}")
    names = [n for n, face in FONTS.items() if face.style == style and face.file in _files()]
    if not names and style == "japanese":
        packages = sorted({f.package for f in FONTS.values() if f.style == style})
        raise MissingDependencyError(f"no Japanese font is installed: try {', '.join(packages)}")
    return names or [BUILT_IN]


@lru_cache(maxsize=64)
def load_font(name: str, pixels: int) -> ImageFont.FreeTypeFont:
    """Open a face so that its em is ``pixels`` high, corrected by the face's scale."""
    if pixels < 4:
        raise SettingError(f"a font must be at least 4 pixels high, got {pixels}: raise the dpi")
    # The simple layout engine gives the same advances with and without Raqm installed.
    if name == BUILT_IN:
        font = ImageFont.load_default(pixels)
        if not isinstance(font, ImageFont.FreeTypeFont):
            raise MissingDependencyError("Pillow was built without FreeType: install a wheel of it")
        return font
    if name not in FONTS:
        raise UnknownNameError(f"no font {name!r}: choose from {BUILT_IN}, {', '.join(FONTS)}")
    face = FONTS[name]
    if face.file not in _files():
        raise MissingDependencyError(
            f"the font {name} ({face.file}) is not installed: on Debian, apt-get install "
            f"{face.package}"
        )
    size = max(round(pixels * face.scale), 4)
    return ImageFont.truetype(str(_files()[face.file]), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=4096)
def _has_glyph(name: str, character: str) -> bool:
    font = load_font(name, 40)
    drawn = bytes(font.getmask(character))
    # What a font draws for a code point that no font has: the box that stands for "missing".
    boxes = {bytes(font.getmask(absent)) for absent in ("\U0010fffe", "\ufffe")}
    return bool(drawn.strip(b"\0")) and drawn not in boxes


def can_write(name: str, text: str) -> str:
    """Return the characters of ``text`` that the face lacks: empty when it can write it all."""
    return "".join(sorted({c for c in text if not c.isspace() and not _has_glyph(name, c)}))
