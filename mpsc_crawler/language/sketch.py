"""Is it the same text? A text's runs of three long words as numbers, and the few smallest of them as its sketch.

The smallest hashes of two texts are equal as often as their runs are (bottom-k sketches; Broder 1997, "On the resemblance
and containment of documents"), so that texts which share a good part share an entry of their sketches almost always. Umlauts
count as their transliterations, and letters as small ones. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import nsmallest
from itertools import chain
from re import compile as pattern
from zlib import crc32

from mpsc_crawler.language.pieces import pieces_of
from mpsc_crawler.language.remembered import Remembered

SIZE = 12
"""Entries of a sketch: two texts that share two fifths of their runs miss each other about once in 460 times."""
FEWEST = 8
"""A text with fewer runs is too short to be told from others."""
_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "\xad": None})
# words of five letters and more carry a text's content; the short ones are its grammar
_WORD = pattern(r"\w{5,}")
_A, _B, _C, _MIX, _MASK = 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93, (1 << 64) - 1
_MOST_RUNS = 4000

# the hashes of the long words between two spaces
_HASHES: Remembered[tuple[int, ...]] = Remembered(
    lambda piece: tuple(crc32(word.encode()) for word in _WORD.findall(piece.lower().translate(_LETTERS)))
)


def runs_of(text: str) -> list[int]:
    """Every run of three long words as a number of 64 bits, in the order of the text."""
    hashes = list(chain.from_iterable(map(_HASHES.__getitem__, pieces_of(text))))[: _MOST_RUNS + 2]
    mask, mix = _MASK, _MIX
    runs = []
    for a, b, c in zip(hashes, hashes[1:], hashes[2:], strict=False):
        value = (a * _A + b * _B + c * _C) & mask
        runs.append(((value ^ value >> 32) * mix) & mask)
    return runs


def sketch(text: str) -> tuple[int, ...]:
    """The smallest runs of a text as signed numbers of 64 bits, smallest first; empty for a text that is too short."""
    runs = set(runs_of(text))
    if len(runs) < FEWEST:
        return ()
    return tuple([value - (1 << 63) for value in nsmallest(SIZE, runs)])


def alike(a: Sequence[int], b: Sequence[int]) -> float:
    """How much of two texts is the same, estimated by their sketches: 0 to 1, and 0 where one has none."""
    size = min(len(a), len(b))
    if not size:
        return 0.0
    first, second = set(a), set(b)
    return sum(1 for value in nsmallest(size, first | second) if value in first and value in second) / size


def shared(a: frozenset[int], b: frozenset[int]) -> float:
    """How much of the smaller set of runs the larger one holds: 0 to 1."""
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0
