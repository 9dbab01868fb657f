"""The words of German dates. Turns text into tokens that the grammar reads; everything else is ``other``."""

from __future__ import annotations

import re
from typing import NamedTuple


class Token(NamedTuple):
    """A word, number or sign. ``value`` is the number, month, weekday or key word that it stands for."""

    kind: str
    value: int
    word: str
    start: int
    end: int


_SPLIT = re.compile(r"\d+|[^\W\d_]+|[^\w\s]")

_MONTHS = {
    1: "januar jan jänner jaenner feb_ january jän",
    2: "februar feb feber february febr",
    3: "märz mär maerz mrz march mar",
    4: "april apr",
    5: "mai may",
    6: "juni jun june",
    7: "juli jul july",
    8: "august aug",
    9: "september sep sept",
    10: "oktober okt october oct",
    11: "november nov",
    12: "dezember dez december dec",
}
_WEEKDAYS = {
    0: "montag mo monday kirmesmontag ostermontag pfingstmontag rosenmontag",
    1: "dienstag di tuesday",
    2: "mittwoch mi wednesday",
    3: "donnerstag do thursday",
    4: "freitag fr friday karfreitag",
    5: "samstag sa sonnabend saturday",
    6: "sonntag so sunday ostersonntag",
}
_DAY_PARTS = ("abend", "nachmittag", "vormittag", "mittag", "morgen", "nacht", "früh")
_SEASONS = {0: "frühjahr frühling spring fruehjahr", 1: "sommer summer", 2: "herbst autumn", 3: "winter"}
_NUMBER_WORDS = {
    1: "ein eine einem einer eines einen",
    2: "zwei",
    3: "drei",
    4: "vier",
    5: "fünf",
    6: "sechs",
    7: "sieben",
    8: "acht",
    9: "neun",
    10: "zehn",
    11: "elf",
    12: "zwölf",
}
_ORDINALS = {
    1: "erste ersten erstes erster i",
    2: "zweite zweiten zweites zweiter ii",
    3: "dritte dritten drittes iii",
    4: "vierte vierten viertes iv",
}
_KEYS = {
    "part1": "anfang beginn",
    "part2": "mitte",
    "part3": "ende end",
    "bis": "bis until till",
    "von": "von vom from",
    "und": "und sowie and oder",
    "ab": "ab beginnend startend",
    "seit": "seit since",
    "nach": "nach",
    "vor": "vor",
    "um": "um gegen circa ca etwa at",
    "jeweils": "jeweils",
    "uhr": "uhr h",
    "article": "der den dem des das die the of zum zur im am",
    "jahr": "jahr jahre jahres jahren",
    "monat": "monat monats monate monaten",
    "woche": "woche wochen",
    "tag": "tag tage tagen",
    "wochenende": "wochenende wochenendes",
    "jahresende": "jahresende jahresschluss",
    "jahresanfang": "jahresanfang jahresbeginn",
    "heute": "heute heutigen heutige today",
    "gestern": "gestern gestrigen gestrige yesterday",
    "vorgestern": "vorgestern",
    "morgen": "morgen morgigen tomorrow",
    "uebermorgen": "übermorgen",
    "this": "dieses diesen diesem diese dieser laufenden laufendes",
    "last": "letzten letztes letzte letzter letztem vergangenen vergangene vergangenes vergangener vergangenem vorigen voriges vorige",
    "next": "kommenden kommende kommendes kommender kommendem nächsten nächste nächstes nächster folgenden",
    "quartal": "quartal quartals quartale",
    "halbjahr": "halbjahr halbjahres halbjahrs",
    "kw": "kw kalenderwoche",
    "q": "q",
    "schuljahr": "schuljahr schuljahres wintersemester haushaltsjahr förderperiode",
    "zwischen": "zwischen between",
    "einschliesslich": "einschließlich einschliesslich inklusive inkl",
    "zeitraum": "zeitraum",
}


def _lexicon() -> dict[str, tuple[str, int]]:
    words: dict[str, tuple[str, int]] = {}
    for key, forms in _KEYS.items():
        for form in forms.split():
            words[form] = (key, 0)
    for kind, table in (("number", _NUMBER_WORDS), ("ordinal", _ORDINALS), ("season", _SEASONS)):
        for value, forms in table.items():
            for form in forms.split():
                words[form] = (kind, value)
    for value, forms in _MONTHS.items():
        for form in forms.split():
            words[form] = ("month", value)
    for value, forms in _WEEKDAYS.items():
        for form in forms.split():
            words[form] = ("weekday", value)
            if len(form) > 4:
                words.update({form + part: ("weekday", value) for part in _DAY_PARTS})
                words[form + "s"] = ("weekdays", value)
    for value, stem in enumerate(("frühjahrs", "sommer", "herbst", "winter")):
        words[stem + "ausgabe"] = ("season", value)
    return words


_SIGNS = {"–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "&": "und", "+": "und", "’": "'", "‘": "'"}


def _spellings() -> dict[str, tuple[str, int]]:
    """Every key word as it may be written, so that reading needs one look-up and no change of case."""
    spelled: dict[str, tuple[str, int]] = {}
    for word, entry in _lexicon().items():
        spelled[word.capitalize()] = spelled[word.upper()] = entry
        if entry[0] in ("month", "weekday") and len(word) < 5 and word != "mai":
            continue  # "so", "do", "mi", "mar" are only dates as abbreviations with a capital letter
        spelled[word] = entry
    return spelled


LEXICON = _spellings()


_DIGITS = re.compile(r"\d+")
# What dates without a digit hold; abbreviated months and years of two digits stand beside digits anyway.
_ANCHORS = (
    "uar März pril Mai Juni Juli ugust ember ktober UAR MÄRZ PRIL MAI JUN JUL UGUST EMBER KTOBER Quartal Halbjahr Jahr jahr Frühl Sommer"
    " Herbst Winter Woche Monat estern estrig eute orgen ommend olgend ächste etzte ergangen orige iese oday Tag"
).split()
_BEFORE, _BEHIND = 50, 60


def windows(text: str) -> list[tuple[int, int]]:
    """The stretches of a text that can hold a date: around digits and the words of dates. Linear."""
    places = [match.span() for match in _DIGITS.finditer(text)]
    for anchor in _ANCHORS:
        at = text.find(anchor)
        while at >= 0:
            places.append((at, at + len(anchor)))
            at = text.find(anchor, at + 1)
    places.sort()
    found: list[tuple[int, int]] = []
    length = len(text)
    for first, last in places:
        if found and first - _BEFORE <= found[-1][1]:
            start = found.pop()[0]
            end = last + _BEHIND
        else:
            start, end = max(0, first - _BEFORE), last + _BEHIND
            while start > 0 and not text[start - 1].isspace():
                start -= 1
        end = min(end, length)
        while end < length and not text[end].isspace():
            end += 1
        found.append((start, end))
    return found


def tokenize(text: str, start_at: int = 0, end_at: int | None = None) -> list[Token]:
    """Split a stretch of ``text`` into tokens with character positions in the whole. Linear in its length."""
    tokens: list[Token] = []
    append, find, make, signs = tokens.append, LEXICON.get, tuple.__new__, _SIGNS
    for match in _SPLIT.finditer(text, start_at, len(text) if end_at is None else end_at):
        word = match.group()
        start, end = match.span()
        entry = find(word)
        if entry is not None:
            append(make(Token, (entry[0], entry[1], word, start, end)))
        elif word.isalpha():
            append(make(Token, ("other", 0, word, start, end)))
        elif word.isdigit():
            plain = word.isascii() and len(word) <= 12
            append(make(Token, ("num" if plain else "other", int(word) if plain else 0, word, start, end)))
        else:
            append(make(Token, (signs.get(word, word), 0, word, start, end)))
    return tokens
