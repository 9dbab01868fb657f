"""The words of German dates. Turns text into tokens that the grammar reads; everything else is ``other``."""

from __future__ import annotations

import re
from itertools import accumulate

from mpsc_crawler.language.remembered import Remembered

# letters as ranges: a named class is twice as slow
_SPLIT = re.compile(r"([A-Za-zÀ-ÖØ-öø-ɏ]+|\d+|[^\W\d_]+|[^\w\s])")

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


def _kind(word: str) -> str:
    """What is no word of dates is ``other``."""
    if word.isalpha():
        return "other"
    if word.isdigit():
        return "num" if word.isascii() and len(word) <= 12 else "other"
    return _SIGNS.get(word, word)


_KINDS = Remembered(_kind, {word: kind for word, (kind, _) in LEXICON.items()})
_VALUES = {word: value for word, (_, value) in LEXICON.items()}
_PAD = 16  # the grammar looks so far beyond the ends at most


class Tokens:
    """The tokens of a text as columns: token ``i`` is ``words[i]``, a ``kinds[i]``, from ``starts[i]`` on.

    Behind the last token, and so at negative indices, stand empty ones of the kind ``end``.
    """

    __slots__ = ("count", "kinds", "starts", "words")

    def __init__(self, text: str) -> None:
        # what stands between tokens and the tokens in turn; the positions are the sums of the lengths
        pieces = _SPLIT.split(text)
        self.words = words = pieces[1::2]
        self.count = len(words)
        self.starts = list(accumulate(map(len, pieces)))[::2]
        self.kinds = list(map(_KINDS.__getitem__, words))
        self.kinds += ["end"] * _PAD
        words += [""] * _PAD

    def value(self, index: int) -> int:
        """The number, month, weekday or key word that the token stands for."""
        word = self.words[index]
        return int(word) if self.kinds[index] == "num" else _VALUES.get(word, 0)
