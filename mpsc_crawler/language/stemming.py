"""Words as the search knows them: one spelling, one stem, gendered forms and truncated compounds made findable. Pure.

Stems are those of Snowball's German stemmer (https://snowballstem.org/algorithms/german/stemmer.html, with its reading of
``ae``, ``oe`` and ``ue``), but for a few persons that it would make equal to things (*Bürger* and *Burg*).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from mpsc_crawler.language.remembered import Remembered
from mpsc_crawler.language.words import WORD, normalize

ANALYSIS = "1"
"""Changes whenever the same text would be indexed otherwise."""

_LETTERS = str.maketrans({"ß": "ss", "ä": "a", "ö": "o", "ü": "u", "æ": "a", "ø": "o", "œ": "o", "ł": "l", "đ": "d"})
_DIGRAPH = re.compile(r"(?<![aeiouq])([aou])e")
_JOINT = re.compile(r"[-:*_/·'’]+")
# persons whose names the stemmer makes equal to something else: Bürger and Burg, Träger and träge, Minister and Minute
_PERSONS = re.compile(
    r"(burger|trager|nutzer|partner|minister|meister|meier|maurer|anbieter|helfer|lehrer|schuler|fahrer|mieter|forster|jager|bauer|kammer|dezerner)"
    r"(?:n|s|in|innen)?"
)
_FEMININE = re.compile(r"(.{4,}(?:er|ist|ent|ant|or|eur|loge|ekt|at))in(?:nen)?")
_LONGEST = 60
_TRUNCATED = re.compile(
    r"\b([^\W\d_]{3,})[-–]\s?(?:und|oder|bzw\.|sowie|,|/|&)\s?(?:[^\W\d_]+[-–],?\s?(?:und|oder|sowie)\s)?([^\W\d_]{7,})"
)
_TAIL = re.compile(r"\b([^\W\d_]{7,})\s(?:und|oder|sowie)\s[-–]([^\W\d_]{4,})")
_ONSET = re.compile(r"(?:[bcdfghjklmnpqrstvwxz]{0,2}|sch[lmnrtw]?|str|spr|spl|chr|pfl|pfr|scr)[aeiouy]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: its one spelling, its stem, where it stands, and as it is written there."""

    word: str
    stem: str
    start: int
    end: int
    written: str


def fold(word: str) -> str:
    """One spelling for all: lower case, ``ß`` as ``ss``, umlauts (also written ``ae``, ``oe``, ``ue``) and accents as their letters."""
    if word.isascii():
        word = word.lower()
    else:
        word = word.lower().translate(_LETTERS)
        if not word.isascii():
            plain = unicodedata.normalize("NFD", word)
            word = unicodedata.normalize("NFC", "".join(c for c in plain if not unicodedata.combining(c)))
    return _DIGRAPH.sub(r"\1", word) if "e" in word else word


def _stem(folded: str) -> str:
    person = _PERSONS.fullmatch(folded)
    if person is not None:
        return person[1] + "inn" * folded.endswith(("in", "innen"))
    return str(_snowball().stemWord(folded))


@cache
def _snowball() -> Any:  # noqa: ANN401 - a stemmer, of a library without types
    """Loaded with the first word: the library brings thirty languages, for which no other command is to wait."""
    import snowballstemmer

    return snowballstemmer.stemmer("german")


_STEMS: Remembered[str] = Remembered(_stem)
_FOLDED: Remembered[str] = Remembered(fold)


def stem(word: str) -> str:
    """The stem of a word in any spelling."""
    return _STEMS[_FOLDED[word]]


def tokens(text: str) -> Iterator[Token]:
    """Every word of a text. Hyphenated compounds are their words; gendered forms are one."""
    for match in WORD.finditer(text):
        whole, start = match.group(), match.start()
        if whole.isalnum():
            yield _token(whole, start, match.end())
            continue
        word = normalize(whole)
        if len(word) != len(whole):  # soft hyphens or a gendered form somewhere in it: positions of the whole
            for piece in filter(None, _JOINT.split(word)):
                yield _token(piece, start, match.end())
            continue
        begin = 0
        for joint in _JOINT.finditer(whole):
            if joint.start() > begin:
                yield _token(whole[begin : joint.start()], start + begin, start + joint.start())
            begin = joint.end()
        if begin < len(whole):
            yield _token(whole[begin:], start + begin, match.end())


def _token(written: str, start: int, end: int) -> Token:
    written = written[:_LONGEST]
    word = _FOLDED[written]
    return Token(word, _STEMS[word], start, end, written)


def also(text: str, words: Iterable[str]) -> list[str]:
    """Stems by which a text is to be found, too, though they do not stand in it.

    *Bürgerinnen* is found as *Bürger*; *Bürger- und Wirtschaftsbeteiligung* as *Bürgerbeteiligung*: where the compound
    parts is not known, so every place where a word could begin is taken.

    :param words: the text's words, folded.
    """
    found: dict[str, None] = {}
    for word in words:
        if word.endswith(("in", "innen")):
            person = _FEMININE.fullmatch(word)
            if person is not None:
                found[_STEMS[person[1]]] = None
    if "-" in text or "–" in text:
        for match in _TRUNCATED.finditer(text):
            first, whole = _FOLDED[match[1]], _FOLDED[match[2]]
            for cut in range(2, len(whole) - 3):
                if _ONSET.match(whole, cut):
                    found[_STEMS[first + whole[cut:]]] = None
        for match in _TAIL.finditer(text):
            whole, last = _FOLDED[match[1]], _FOLDED[match[2]]
            for cut in range(3, len(whole) - 3):
                if _ONSET.match(whole, cut):
                    found[_STEMS[whole[:cut] + last]] = None
    return list(found)
