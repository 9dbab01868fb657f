"""Turns text into tokens that the grammar reads; what is no word of dates is ``other``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import accumulate

from mpsc_crawler.language.dates.vocabulary import LONG_MONTHS, spellings
from mpsc_crawler.language.remembered import Remembered

# letters as ranges: a named class is twice as slow
_SPLIT = re.compile(r"([A-Za-zÀ-ÖØ-öø-ɏ]+|\d+|[^\W\d_]+|[^\w\s])")
_SIGNS = {"–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "&": "und", "+": "und", "’": "'", "‘": "'"}

LEXICON = spellings()


# a letter that the eye or the scanner took for a figure: "l2. Mai", "3O. Oktober", "2O23"
SLIP = re.compile(
    r"(?<![A-Za-z\d])[lIO](?=\d\.)|(?<=(?<!\d)[0-3])l(?=\.)|(?<=(?<!\d)[123])[Oo](?=\.)|(?<=(?<!\d)2)[Oo](?=[\dOo]\d(?!\d))"
    r"|(?<=\d)\.\.(?=\d)|(?<=\d\.)oo(?![a-z])"
)


_MEANT = {"O": "0", "o": "0", "l": "1", "I": "1", "..": ". ", "oo": "00"}
_LONG_WEEKDAYS = (("dienstag", 1), ("mittwoch", 2), ("donnerstag", 3), ("freitag", 4), ("samstag", 5), ("sonntag", 6))
_LONGER_MONTHS = tuple(pair for pair in LONG_MONTHS if pair[0] not in ("april", "august"))


def misspelt_month(word: str) -> int | None:
    """The month that a word with one letter too many, too few, wrong or out of place stands for."""
    return _meant(word, LONG_MONTHS) if 4 <= len(word) <= 10 else None


def misspelt_alone(word: str) -> int | None:
    """As :func:`misspelt_month`, where no day stands before it: only longer names, and no letter too many."""
    return _meant(word, _LONGER_MONTHS, more=False) if word[0].isupper() and 5 <= len(word) <= 9 else None


def misspelt_weekday(word: str) -> int | None:
    """The weekday that a word with one letter too few, wrong or out of place stands for: "Donnestag", "Dienstab"."""
    return _meant(word, _LONG_WEEKDAYS, more=False) if word[0].isupper() and 6 <= len(word) <= 10 else None


def _meant(word: str, names: Iterable[tuple[str, int]], *, more: bool = True) -> int | None:
    """The number of the first name that differs from the word by one slip; ``more``: it may have a letter too many."""
    lower = word.lower()
    return next((n for name, n in names if (more or len(word) <= len(name)) and _one_slip(lower, name)), None)


def _one_slip(word: str, name: str) -> bool:
    if abs(len(word) - len(name)) > 1 or word[0] != name[0]:
        return False
    if len(word) == len(name):
        differing = [i for i, (a, b) in enumerate(zip(word, name, strict=True)) if a != b]
        if len(differing) == 2 and differing[1] == differing[0] + 1:
            i, j = differing
            return word[i] == name[j] and word[j] == name[i]
        return len(differing) == 1
    longer, shorter = (word, name) if len(word) > len(name) else (name, word)
    return any(longer[:i] + longer[i + 1 :] == shorter for i in range(1, len(longer)))


def _kind(word: str) -> str:
    """What is no word of dates is ``other``."""
    if word.isalpha():
        if misspelt_weekday(word) is not None:
            return "weekday"
        return "month" if misspelt_alone(word) is not None else "other"
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

    def __init__(self, text: str, begin: int = 0, *, slips: bool = True) -> None:
        """:param begin: where ``text`` begins in the text that positions are told for.

        :param slips: whether letters that stand for figures are looked for.
        """
        if slips and SLIP.search(text):
            text = SLIP.sub(lambda slip: _MEANT[slip.group()], text)
        # what stands between tokens and the tokens in turn; the positions are the sums of the lengths
        pieces = _SPLIT.split(text)
        self.words = words = pieces[1::2]
        self.count = len(words)
        self.starts = list(accumulate(map(len, pieces), initial=begin))[1::2]
        self.kinds = list(map(_KINDS.__getitem__, words))
        self.kinds += ["end"] * _PAD
        words += [""] * _PAD

    def value(self, index: int) -> int:
        """The number, month, weekday or key word that the token stands for."""
        word = self.words[index]
        if self.kinds[index] == "num":
            return int(word)
        value = _VALUES.get(word)
        return value if value is not None else misspelt_weekday(word) or misspelt_alone(word) or 0
