"""The words around a date that open a side of it or say what it is: "seit", "bis", "Anmeldeschluss", "veröffentlicht"."""

from __future__ import annotations

import re

from mpsc_crawler.items import DateKind
from mpsc_crawler.language.dates.sentence import sentence
from mpsc_crawler.language.dates.tokens import Reader
from mpsc_crawler.language.dates.values import Part

_DEADLINES = ("schluss", "frist", "ablauf", "fristende", "deadline", "stichtag")
_UPDATED = frozenset(("aktualisiert", "aktualisierung", "geändert", "stand", "änderung"))
_PUBLISHED = frozenset(
    "veröffentlicht veröffentlichung publiziert erschienen eingestellt erstellt pressemitteilung pressemeldung meldung"
    " nachricht medieninformation medienservice presseinformation geschrieben verfasst beitrag gespeichert bekanntmachung".split()
)
_FILLERS = frozenset(
    "seinem ihrem start beginn etwa ca voraussichtlich einschließlich noch zum projektstart in nächsten kommenden aber jedoch also zunächst".split()
)
_PASSED = frozenset("article um weekday , ( : next last woche einschliesslich part1 part2 part3".split())
_DEADLINE = r"\b[\wäöüß-]*(?:schluss|frist|deadline|stichtag|Schluss|Frist|Deadline|Stichtag)\b"
_WITHIN = r"(?:[^.!?;]|\b(?:Nr|Abs|ca|Dr|St)\.|\d\.)*"
_FAR_BEFORE = re.compile(rf"{_DEADLINE}{_WITHIN}(?:\b(?:ist|war|endet|läuft|lautet|bleibt|wurde|wird)\b[^.!?;]*|:\s*)$")
_FAR_BEHIND = re.compile(rf"\s*(?:endet|läuft|ist)\b[^.!?;:]{{0,60}}?{_DEADLINE}")


def opening_of(reader: Reader, first: int, last: int, floor: int = 0) -> str:
    """The word that opens a side: ``seit``, ``ab``, ``bis``, ``nach``, ``vor`` or ``frist``; empty where none does.

    :param first: with ``last``, the tokens of the date.
    :param floor: what stands before this token belongs to another date.
    """
    index = first - 1
    others = 0
    if reader.words[last] == "an" and reader.kind(first - 1) == "von":
        return "ab"  # "vom 1. Juni an"
    if reader.words[last].lower() == "oder" and reader.words[last + 1].lower() == "später":
        return "ab"
    while index >= 0 and first - index <= 6:
        kind, word = reader.kind(index), reader.words[index].lower()
        if kind in ("bis", "ab", "seit"):
            return kind
        if word == "frühestens":
            return "ab"
        if word in ("spätestens", "längstens"):
            return "frist"
        if kind in ("nach", "vor") and first - index <= 2 and reader.words[index + 1] != "am":
            return kind
        if kind == "other" and word.endswith(_DEADLINES):
            return "frist"
        if kind in _PASSED or word in _FILLERS or (kind == "." and reader.kind(index - 1) == "um"):
            index -= 1
            continue
        if word in ("ist", "endet", "läuft", "war", "bleibt") and others < 1:
            others += 1
            index -= 1
            continue
        break
    return _deadline_far(reader, first, last, floor)


def _deadline_far(reader: Reader, first: int, last: int, floor: int) -> str:
    """``Einsendeschluss für den Wettbewerb ist der 15. August``, "Frist: 9. August", "in zwei Tagen endet die Frist"."""
    start, end = reader.starts[first], reader.end(max(first, last - 1))
    near = reader.text[max(0, start - 400) : end + 100]
    if not any(word in near for word in ("schluss", "frist", "eadline", "tichtag", "Schluss", "Frist")):
        return ""
    begin, stop = sentence(reader.text, start, end)
    if floor:
        begin = max(begin, reader.end(floor - 1))
    if _FAR_BEFORE.search(reader.text[begin:start]):
        return "frist"
    if _FAR_BEHIND.match(reader.text[end:stop]):
        return "frist"
    return ""


def words_before(reader: Reader, first: int) -> list[str]:
    """The five words before a date, in lower case."""
    return [reader.words[index].lower() for index in range(max(0, first - 5), first)]


def kind_of(opening: str, part: Part, words: list[str], *, ranged: bool, long: bool) -> DateKind:
    """What the date is, by what opens it and the words before it."""
    near = words[-4:]
    if any(word in _UPDATED for word in near):
        return "updated"
    if any(word in _PUBLISHED for word in near):
        return "published"
    if opening == "frist" or (opening in ("bis", "vor") and part.unit == "day"):
        return "deadline"
    if opening in ("seit", "ab", "bis", "nach"):
        return "period"
    if part.unit in ("day", "feast", "nth"):
        return "period" if long else "event"
    if not ranged and (part.unit == "week" or (part.unit == "month" and part.portion)):
        return "event"
    return "period"
