"""Words to set: sentences made from a seed, or the King James Bible where ``bible`` is installed.

What is made has the shape of prose (sentence lengths, capitals, commas, figures, names) and is the
same on every machine; it means nothing.
"""

import shutil
import subprocess
from functools import lru_cache

import numpy as np

__all__ = ["LANGUAGES", "prose", "sentence"]

ENGLISH = """
the of and to in that was his he it with is for as had you not be her on at by which have or from
this him but all she they were my are me one their so an said them we who would been will no when
there if more out up into do any your what has man could other than our some very time upon about
may its only now like little then can made should did us such great before must two these see know
over much down after first good men own never most old shall day where those came come himself way
work life without go make well through being long say might how am too even again many back here
think every people went same last thought away under take found hand eyes still place while just
also young yet though against things get ever give god years off face nothing right once another
left part saw house world head three took new love always mrs put night each king between tell
mind heart few because thing let far letter received honour servant county township deed mortgage
council assembly petition harbour vessel cargo voyage captain governor parish register witness
estate acre tenant weather morning evening february november river bridge mountain journey horse
wagon flour
"""
LATIN = """
et in est non ad cum ut quod qui sed si de ex per aut quae enim esse eius sunt autem ab etiam quam
nec atque hoc sic deus dominus rex terra caelum populus urbs bellum pax lex homo vita mors tempus
annus dies nox aqua ignis manus oculus verbum liber pater mater filius frater magnus bonus malus
novus omnis primus sanctus dicit facit venit habet potest debet scribit
"""
FRENCH = """
le la les de des du un une et est que qui dans pour sur avec par ne pas il elle nous vous ils son
sa ses ce cette mais ou plus tout comme fait bien sans temps jour homme monsieur lettre maison
ville pays année guerre roi ministre général bureau demande réponse honneur été agréer sentiments
dévoués présente objet suite février août décembre première département
"""
KANA = "".join(
    chr(code) for code in range(0x3042, 0x3094) if chr(code) not in "ぃぅぇぉっゃゅょゎゐゑ"
)
KANJI = "一二三四五六七八九十百千万人大小山川日月年水火木金土天地上下左右中出入立見行手足目口耳心力"
LANGUAGES = ("english", "french", "japanese", "latin")


def sentence(rng: np.random.Generator, language: str = "english") -> str:
    """Make one sentence of 4 to 20 words (a Japanese one: 12 to 50 characters)."""
    if language == "japanese":
        count = int(rng.integers(12, 50))
        picks = rng.random(count) < 0.3
        return "".join(
            KANJI[int(rng.integers(len(KANJI)))] if kanji else KANA[int(rng.integers(len(KANA)))]
            for kanji in picks
        )
    words = {"english": ENGLISH, "latin": LATIN, "french": FRENCH}[language].split()
    # Common words come first in the lists: a squared uniform number favours them.
    count = int(rng.integers(4, 21))
    chosen = [words[int(len(words) * u * u)] for u in rng.random(count)]
    for i, lot in enumerate(rng.random(count)):
        if lot < 0.03:
            chosen[i] = str(int(rng.integers(1, 1900)))
        elif lot < 0.08:
            chosen[i] = chosen[i].capitalize()
        elif lot < 0.16 and i < count - 1:
            chosen[i] += "," if lot < 0.14 else ";"
    text = " ".join(chosen)
    return text[0].upper() + text[1:] + "."


@lru_cache(maxsize=1)
def _bible() -> tuple[str, ...]:
    """Return Genesis verse by verse, or nothing where the program is not installed."""
    program = shutil.which("bible")
    if program is None:
        return ()
    try:
        done = subprocess.run([program, "-f", "Ge1:1-Ge50:26"], capture_output=True, text=True,
                              timeout=20, check=True)  # fmt: skip
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return ()
    return tuple(line.split(" ", 1)[1].strip() for line in done.stdout.splitlines() if " " in line)


def prose(
    rng: np.random.Generator, words: int, language: str = "english", *, packages: bool = True
) -> str:
    """Make at least ``words`` words; with ``packages`` English may come from ``bible``.

    Without ``packages`` the text depends on the generator alone.
    """
    lot = rng.random()
    verses = _bible() if packages and language == "english" and lot < 0.5 else ()
    parts: list[str] = []
    total, at = 0, int(rng.integers(0, 1 << 30))
    while total < words:
        part = verses[at % len(verses)] if verses else sentence(rng, language)
        at += 1
        parts.append(part)
        total += len(part) if language == "japanese" else part.count(" ") + 1
    return ("" if language == "japanese" else " ").join(parts)
