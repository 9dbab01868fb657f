"""The tokens of a text and what every part of the grammar asks of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from mpsc_crawler.language.dates.lexer import Tokens
from mpsc_crawler.language.dates.values import Part


class Reader:
    """The tokens of one text. ``strict`` demands cues for bare years and months, as running text needs."""

    def __init__(self, text: str, reference: date | None, *, strict: bool) -> None:
        self.text = text
        tokens = Tokens(text)
        self.count, self.kinds, self.words, self.starts = tokens.count, tokens.kinds, tokens.words, tokens.starts
        self.value = tokens.value
        self.kind: Callable[[int], str] = tokens.kinds.__getitem__
        self.reference = reference
        self.strict = strict

    def end(self, index: int) -> int:
        """Where the token ends."""
        return self.starts[index] + len(self.words[index])

    def glued(self, index: int) -> bool:
        """Whether the token follows the one before it without white space."""
        return 0 < index < self.count and self.starts[index] == self.starts[index - 1] + len(self.words[index - 1])

    def number(self, index: int, low: int, high: int, digits: tuple[int, ...]) -> int | None:
        if self.kinds[index] != "num" or len(self.words[index]) not in digits:
            return None
        value = int(self.words[index])
        return value if low <= value <= high else None

    def year(self, index: int) -> int | None:
        return self.number(index, 1900, 2100, (4,))

    def skip(self, index: int, *kinds: str) -> int:
        while self.kind(index) in kinds:
            index += 1
        return index

    def _with_year(self, part: Part, index: int) -> tuple[Part, int]:
        """Read the year behind a month or season: "2024", "'24", "dieses Jahres", "des Jahres 2024"."""
        at = index
        if (
            self.kind(at) == "."
            and (len(self.words[at - 1]) <= 4 and self.glued(at))
            and (self.year(at + 1) or self.kind(at + 1) in ("this", "last", "next"))
        ):
            at += 1
        if self.kind(at) == "," and part.unit == "day" and self.year(at + 1) and self.kind(at + 2) not in ("other",):
            at += 1
        year = self.year(at)
        if year is not None:
            if self.kind(at + 1) == "/" and self.glued(at + 2) and part.unit == "season":
                return self._filled(part, year), at + 3
            return self._filled(part, year), at + 1
        if self.kind(at) == "'" and self.glued(at + 1):
            short = self.number(at + 1, 0, 99, (2,))
            if short is not None:
                return self._filled(part, 2000 + short), at + 2
        if self.reference is not None and self.kind(at) in ("this", "last", "next") and self.kind(at + 1) == "jahr":
            shift = {"this": 0, "last": -1, "next": 1}[self.kind(at)]
            return self._filled(part, self.reference.year + shift), at + 2
        if self.kind(at) == "article" and self.kind(at + 1) == "jahr":
            if self.year(at + 2) is not None:
                return self._filled(part, self.value(at + 2)), at + 3
            if self.reference is not None and self.words[at + 1] == "Jahres":
                return self._filled(part, self.reference.year), at + 2
        return part, index

    @staticmethod
    def _filled(part: Part, year: int) -> Part:
        part.year = year
        part.rule += "-year"
        return part
