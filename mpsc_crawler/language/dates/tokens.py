"""The tokens of a text and what every part of the grammar asks of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from mpsc_crawler.language.dates.lexer import Tokens
from mpsc_crawler.language.dates.sentence import tells_past
from mpsc_crawler.language.dates.values import Part

SHIFTS = {"this": 0, "last": -1, "next": 1, "overlast": -2, "overnext": 2}
_BEHIND_SHORT = frozenset((",", ")", "(", "num", "-", "/", "um", "ab", "von", "bis", "und", "|", ":"))
_LONGEST_SKIP = 12  # so that no run of signs is walked again and again


class Reader:
    """The tokens of one stretch of a text. ``strict`` demands cues for bare years and months, as running text needs."""

    def __init__(
        self,
        text: str,
        reference: date | None,
        *,
        strict: bool,
        begin: int = 0,
        end: int | None = None,
        slips: bool = True,
    ) -> None:
        """:param begin: with ``end``, the stretch of ``text`` that is read; positions are told for the whole text.

        :param slips: whether letters may stand for figures in it.
        """
        self.text = text
        tokens = Tokens(text if not begin and end is None else text[begin:end], begin, slips=slips)
        self.count, self.kinds, self.words, self.starts = tokens.count, tokens.kinds, tokens.words, tokens.starts
        self.value = tokens.value
        self.kind: Callable[[int], str] = tokens.kinds.__getitem__
        self.reference = reference
        self.follows = False  # whether the reference is a date told before in the same sentence
        self.strict = strict

    def end(self, index: int) -> int:
        """Where the token ends."""
        return self.starts[index] + len(self.words[index])

    def glued(self, index: int) -> bool:
        """Whether the token follows the one before it without white space."""
        return 0 < index < self.count and self.starts[index] == self.starts[index - 1] + len(self.words[index - 1])

    def broken(self, index: int) -> bool:
        """Whether a line ends between this token and the one before it."""
        return 0 < index < self.count and "\n" in self.text[self.end(index - 1) : self.starts[index]]

    def number(self, index: int, low: int, high: int, digits: tuple[int, ...]) -> int | None:
        if self.kinds[index] != "num" or len(self.words[index]) not in digits:
            return None
        value = int(self.words[index])
        return value if low <= value <= high else None

    def year(self, index: int, earliest: int = 1900) -> int | None:
        return self.number(index, earliest, 2100, (4,))

    def _noun(self, index: int) -> bool:
        """Whether a word with a capital letter stands here that is none of dates."""
        return self.kind(index) == "other" and self.words[index][:1].isupper()

    def count_of(self, index: int) -> int | None:
        """A small number, in figures or as a word."""
        return self.value(index) if self.kinds[index] == "number" else self.number(index, 1, 400, (1, 2, 3))

    def ordinal(self, index: int, most: int) -> tuple[int, int] | None:
        """An ordinal ("dritten", "3.", "III.") up to ``most``, with the index behind it."""
        if self.kinds[index] == "ordinal":
            value, after = self.value(index), index + 1
            if len(self.words[index]) <= 3 and self.kinds[after] == ".":
                after += 1
        else:
            number = self.number(index, 1, most, (1, 2))
            if number is None or self.kinds[index + 1] != ".":
                return None
            value, after = number, index + 2
        return (value, after) if 1 <= value <= most else None

    def skip(self, index: int, *kinds: str) -> int:
        most = index + _LONGEST_SKIP
        while index < most and self.kind(index) in kinds:
            index += 1
        return index

    def tells_past(self, index: int) -> bool | None:
        """Whether the sentence that holds the token tells of something past; ``None`` where nothing shows it."""
        return tells_past(self.text, self.starts[index], self.end(index))

    def _with_year(self, part: Part, index: int) -> tuple[Part, int]:
        """Read the year behind a month or season: "2024", "'24", "dieses Jahres", "des Jahres 2024"."""
        at = index
        if (
            self.kind(at) == "."
            and (len(self.words[at - 1]) <= 5 and self.glued(at))
            and (self.year(at + 1) or self.kind(at + 1) in SHIFTS)
        ):
            at += 1
        if self.kind(at) == "," and part.unit == "day" and self.year(at + 1) and self.kind(at + 2) not in ("other",):
            at += 1
        year = self.year(at, 1500 if part.unit in ("day", "month") else 1900)
        if year is not None:
            return self._filled(part, year), self._behind_season(part, at + 1, year)
        short_at = at + 1 if self.kind(at) == "." and self.glued(at) else at
        if self.kind(short_at) == "'" and self.glued(short_at + 1):
            short = self.number(short_at + 1, 0, 99, (2,))
            if short is not None:
                return self._filled(part, 2000 + short), short_at + 2
        if part.unit in ("season", "month", "quarter", "half", "week") and self._short_year(short_at):
            return self._filled(part, 2000 + self.value(short_at)), self._behind_season(part, short_at + 1, 2000)
        behind = at + 1 if self.kind(at) == "article" else at
        if self.reference is not None and self.kind(behind) in SHIFTS and self.kind(behind + 1) == "jahr":
            return self._filled(part, self.reference.year + SHIFTS[self.kind(behind)]), behind + 2
        if self.reference is not None and self.kind(behind) == "previous-year":
            return self._filled(part, self.reference.year - 1), behind + 1
        if self.kind(at) == "article" and self.kind(at + 1) == "jahr":
            if self.year(at + 2) is not None:
                return self._filled(part, self.value(at + 2)), at + 3
            if self.reference is not None and self.words[at + 1] == "Jahres":
                return self._filled(part, self.reference.year), at + 2
        if (
            self.kind(index) == "."
            and self.glued(index)
            and len(self.words[index - 1]) <= 4
            and part.unit in ("day", "month")
        ):
            # the point of "5. Nov.," is no end of the sentence
            return part, index + 1 if self.kind(index + 1) in _BEHIND_SHORT else index
        return part, index

    def _behind_season(self, part: Part, after: int, year: int) -> int:
        """Behind the second year of "Winter 2023/24"."""
        if part.unit != "season" or self.kind(after) not in ("/", "-") or not self.glued(after + 1):
            return after
        following = self.year(after + 1) or self.number(after + 1, 0, 99, (2,))
        return after + 2 if following is not None and (following - year) % 100 == 1 else after

    def _short_year(self, index: int) -> bool:
        """Whether a two-figure year stands here: "Sept. 23", "Winter 23/24"; only where nothing else can be meant."""
        if self.number(index, 10, 49, (2,)) is None or self.glued(index):
            return False
        behind = self.kind(index + 1)
        if behind in (".", ":") and not self.glued(index + 2):
            return True
        if behind in ("-", "bis"):
            return self.kind(index + 2) == "month"
        return behind not in (".", ":", "uhr", "%", "num", "month", "other", "weekday", "number")

    @staticmethod
    def _filled(part: Part, year: int) -> Part:
        part.year = year
        part.rule += "-year"
        return part
