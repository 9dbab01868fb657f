"""The stretches of a text that may hold a date: most of a text holds none, and is passed over piece by piece."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate, compress

from mpsc_crawler.language.dates.lexer import LEXICON, SLIP, misspelt_alone, misspelt_weekday
from mpsc_crawler.language.pieces import pieces_of
from mpsc_crawler.language.remembered import Remembered

_STRONG = frozenset(
    "month weekday weekdays season jahresende jahresanfang jahresmitte jahreswechsel monatsende monatsanfang heute gestern"
    " vorgestern morgen uebermorgen quartal halbjahr kw schuljahr wintersemester sommersemester holiday advent often heuer"
    " previous-year previous-month previous-week century decades monthly yearly weekly fortnightly quarterly half-yearly decade wochenende holy".split()
)
_SOFT = frozenset(
    "part1 part2 part3 this last next overnext overlast vor seit every all number ordinal q in tag".split()
)
_UNITS = frozenset("jahr monat woche tag".split())
_LETTERS = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏ]+")
_DIGIT = re.compile(r"\d")
# a day without its month, a count, a time: dates only beside other words of dates; amounts are none
_SOFT_NUMBER = re.compile(r"\W*(?:\d{1,3}\.?|\d{1,2}:\d\d)\W*")
_AMOUNT = re.compile(r"\W*(?:\d+(?:\.\d{3})*,\d+|\d{1,3}(?:\.\d{3})+|[03-9]\d{3}|\d{5,})\W*")
_BEFORE, _BEHIND = 7, 14  # pieces of context that the grammar may look at


def _judge(piece: str) -> int:
    """2: may be a date by itself (4: with letters for figures); 1: only with what follows; 3: a unit of time; 0: none."""
    if _DIGIT.search(piece):
        if SLIP.search(piece):
            return 4
        return 1 if _SOFT_NUMBER.fullmatch(piece) else 0 if _AMOUNT.fullmatch(piece) else 2
    best = 0
    for word in _LETTERS.findall(piece):
        kind = LEXICON.get(word, ("", 0))[0]
        if not kind and word.endswith(("tag", "ch", "ta", "tab")) and misspelt_weekday(word) is not None:
            return 2
        if not kind and word.endswith(("er", "ar", "r")) and misspelt_alone(word) is not None:
            return 2
        if kind in _STRONG or word == "Tag":  # "Tag der Deutschen Einheit"
            return 2
        if kind in _SOFT:
            best = 1
        elif kind in _UNITS and not best:
            best = 3
    return best


_JUDGED = Remembered(_judge)


def stretches(text: str) -> list[tuple[int, int, bool]]:
    """First and last position of every stretch in which a date may stand, in order; and whether a slip is in it."""
    pieces = pieces_of(text)
    flags = list(map(_JUDGED.__getitem__, pieces))
    flags += (0, 0)
    telling = [
        i
        for i in compress(range(len(flags)), flags)
        if (f := flags[i]) in (2, 4) or (f == 1 and (flags[i + 1] or flags[i + 2]))
    ]
    if not telling:
        return []
    ends = list(accumulate(map(len, pieces)))
    found: list[tuple[int, int, bool]] = []
    first, last, slips = telling[0] - _BEFORE, telling[0] + _BEHIND, False
    for place in telling:
        if place - _BEFORE > last:
            found.append((*_positions(pieces, ends, first, last), slips))
            first, slips = place - _BEFORE, False
        last = place + _BEHIND
        slips = slips or flags[place] == 4
    found.append((*_positions(pieces, ends, first, last), slips))
    return found


def _positions(pieces: Sequence[str], ends: list[int], first: int, last: int) -> tuple[int, int]:
    first, last = max(0, first), min(len(pieces) - 1, last)
    return ends[first] - len(pieces[first]) + first, ends[last] + last
