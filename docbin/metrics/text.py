"""Errors of recognised text: the edit distance, and one that does not ask for the order of lines.

edit_distance is Levenshtein's (1966): the least insertions, deletions and substitutions.

unordered_distance follows the idea of C. Clausner, S. Pletschacher and A. Antonacopoulos, "Flexible
character accuracy measure for reading-order-independent evaluation" (Pattern Recognition Letters
131, 2020): true lines are looked for in the text, what is found is taken out of it. A line g is
looked for by P. H. Sellers' search (1980): the place t where d(g, t) is least, of those the
shortest. The line with the greatest |g| + |t| - 2 d(g, t) goes first, so long ones that are read
well; no later place reaches across one that is taken. With M the lines that found a place,

    E = sum over M of d(g, t)  +  sum over the others of |g|  +  characters left, spaces apart.

The paper cuts the longer of two lines and searches over four weights; this takes one pass. E over
the characters of the lines is the error. Lines in another order, and columns read across line by
line, cost nothing; of a line read in two places the smaller part counts twice, as missing and as
too much.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["edit_distance", "unordered_distance"]

_TAKEN, _SPACE = -1, ord(" ")


def edit_distance(a: str, b: str) -> int:
    """Return the least number of characters to insert, delete or replace to make ``b`` of ``a``."""
    return int(_rows(a, _codes(b), np.arange(len(b) + 1))[-1][-1])


def unordered_distance(text: str, lines: Sequence[str]) -> int:
    """Return the errors of a text whose true ``lines`` may stand in it in any order.

    Spaces within a line count as characters; those of the text beside the lines found do not.
    Lines that hold nothing but spaces are left out.
    """
    rest = _codes(text)
    waiting = [line.strip() for line in lines if line.strip()]
    places = [_search(line, rest) for line in waiting]
    errors = 0
    while waiting:
        best = max(range(len(waiting)), key=lambda i: _weight(waiting[i], places[i]))
        waiting.pop(best)
        found, start, end = places.pop(best)
        errors += found
        if start == end:
            continue
        while start > 0 and rest[start - 1] == _SPACE:
            start -= 1
        while end < rest.size and rest[end] == _SPACE:
            end += 1
        rest[start:end] = _TAKEN
        for i, (_, other_start, other_end) in enumerate(places):
            if other_start < end and start < other_end:
                places[i] = _search(waiting[i], rest)
    return errors + int(np.count_nonzero((rest != _TAKEN) & (rest != _SPACE)))


def _weight(line: str, place: tuple[int, int, int]) -> int:
    errors, start, end = place
    return len(line) + end - start - 2 * errors


def _codes(text: str) -> NDArray[np.int64]:
    return np.array([ord(letter) for letter in text], np.int64)


def _rows(line: str, codes: NDArray[np.int64], first: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the table of Wagner and Fischer, (len(line) + 1, len(codes) + 1), below ``first``."""
    steps = np.arange(codes.size + 1)
    table = np.empty((len(line) + 1, codes.size + 1), np.int64)
    table[0] = first
    for i, letter in enumerate(line, 1):
        above = table[i - 1]
        table[i, 0] = above[0] + 1
        table[i, 1:] = np.minimum(above[:-1] + (codes != ord(letter)), above[1:] + 1)
        table[i] = np.minimum.accumulate(table[i] - steps) + steps
    return table


def _search(line: str, codes: NDArray[np.int64]) -> tuple[int, int, int]:
    """Return the errors of the place most like a line, its start and its end."""
    # What is taken would be crossed by insertions: parts between are searched one by one.
    edges = np.flatnonzero(np.diff(np.concatenate([[0], codes != _TAKEN, [0]]).astype(np.int8)))
    best = (len(line), 0, 0)
    for start, end in edges.reshape(-1, 2):
        # Looked for backwards, too: the last start of the ends with the fewest errors.
        forth = _rows(line, codes[start:end], np.zeros(end - start + 1, np.int64))[-1]
        errors = int(forth.min())
        if errors >= best[0]:
            continue
        stop = int(forth.argmin())
        back = _rows(line[::-1], codes[start : start + stop][::-1], np.arange(stop + 1))[-1]
        best = (errors, int(start) + stop - int(back.argmin()), int(start) + stop)
    return best
