"""The grammar of German dates over tokens: days, coarse dates, times, and how they are joined.

A reading is strict: what does not parse as a date is none. Every method takes a token index and returns what it
read with the index behind it, or ``None``; nothing here looks at the calendar of today.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time, timedelta

from mpsc_crawler.language.dates.lexer import Token, tokenize
from mpsc_crawler.language.dates.values import Part, day_or_none

_END = Token("end", 0, "", -1, -1)

_FILLERS = frozenset("voraussichtlich etwa ca circa einschließlich ungefähr spätestens mindestens vorerst".split())
_TIME_WORDS = frozenset("vormittags nachmittags abends morgens mittags".split())
_OPENERS = frozenset(
    "num month weekday season part1 part2 part3 jahr jahresende jahresanfang this last next ordinal quartal q kw"
    " heute gestern vorgestern morgen uebermorgen vor seit".split()
)
_ISSUE_WORDS = frozenset(("ausgabe", "stand", "heft", "nr"))


@dataclass(slots=True)
class Item:
    """A day or coarse date with its token range."""

    part: Part
    first: int
    last: int
    complete: bool = True


@dataclass(slots=True)
class Group:
    """Items joined by ranges and enumerations, as one stretch of tokens: ``joins[i]`` stands after ``items[i]``."""

    items: list[Item]
    joins: list[str] = field(default_factory=list)

    @property
    def first(self) -> int:
        return self.items[0].first

    @property
    def last(self) -> int:
        return self.items[-1].last


class Grammar:
    """Reads one text. ``strict`` demands cues for bare years and months, as running text needs."""

    def __init__(self, text: str, reference: date | None, *, strict: bool, window: tuple[int, int] | None = None) -> None:
        self.text = text
        self.tokens = tokenize(text, *window) if window else tokenize(text)
        self.reference = reference
        self.strict = strict

    def tok(self, index: int) -> Token:
        return self.tokens[index] if 0 <= index < len(self.tokens) else _END

    def kind(self, index: int) -> str:
        return self.tokens[index].kind if 0 <= index < len(self.tokens) else "end"

    def glued(self, index: int) -> bool:
        """Whether the token follows the one before it without white space."""
        return 0 < index < len(self.tokens) and self.tokens[index].start == self.tokens[index - 1].end

    def number(self, index: int, low: int, high: int, digits: tuple[int, ...]) -> int | None:
        token = self.tok(index)
        if token.kind == "num" and len(token.word) in digits and low <= token.value <= high:
            return token.value
        return None

    def year(self, index: int) -> int | None:
        return self.number(index, 1900, 2100, (4,))

    def skip(self, index: int, *kinds: str) -> int:
        while self.kind(index) in kinds:
            index += 1
        return index

    # ------------------------------------------------------------------ groups

    def groups(self) -> list[Group]:
        """Every group of dates, in order, none overlapping another."""
        found, index = [], 0
        tokens, count = self.tokens, len(self.tokens)
        while index < count:
            if tokens[index].kind not in _OPENERS:
                index += 1
                continue
            group = self.group(index)
            if group is None:
                index += 1
            else:
                found.append(group)
                index = group.last
        return found

    def group(self, index: int) -> Group | None:
        item = self.item(index)
        if item is None:
            return None
        group = Group([item])
        between = "zwischen" in (self.kind(index - 1), self.kind(index - 2))
        while True:
            joined = self._join(group.last, between=between and len(group.items) == 1)
            if joined is None:
                break
            join, after = joined
            following = self.item(after)
            if following is None or not self._fits(group.items[-1], join, following):
                break
            group.joins.append(join)
            group.items.append(following)
        while group.items and not group.items[-1].complete:
            group.items.pop()
            if group.joins:
                group.joins.pop()
        if not group.items:
            return None
        self._share(group)
        if self.strict and len(group.items) == 1 and not self._has_cue(group.items[0]):
            return None
        return group

    def _join(self, index: int, *, between: bool) -> tuple[str, int] | None:
        start = index
        if self.kind(index) == "," and self.kind(index + 1) in ("bis", "und"):
            index += 1
        kind = self.kind(index)
        if kind == "-":
            return "range", self.skip(index + 1, "-")
        if kind == "bis":
            index = self.skip(index + 1, "article", "einschliesslich", "um", ".")
            if self.tok(index).word.lower() in _FILLERS:
                index = self.skip(index + 1, "article", ".")
            return "range", index
        if kind == "und" and between:
            return "range", self.skip(index + 1, "article")
        if kind in ("und", ",", "/"):
            after = index + 1
            if kind == "," and self.kind(after) == "und":
                after += 1
            if kind == "und" or start != index:
                after = self.skip(after, "article")
            return "list", after
        return None

    @staticmethod
    def _fits(left: Item, join: str, right: Item) -> bool:
        if not left.complete or (left.part.unit == "day") == (right.part.unit == "day"):
            return left.complete or right.part.unit == "day"
        return join == "range" and left.part.exact is None

    def _share(self, group: Group) -> None:
        """Give months and years to the items that leave them to their neighbour."""
        items = group.items
        for left, right, join in zip(items[-2::-1], items[:0:-1], group.joins[::-1], strict=True):
            a, b = left.part, right.part
            if a.unit == "day" and a.month is None:
                a.month, a.year = b.month, b.year
                if b.exact:
                    a.month, a.year = b.exact[0].month, b.exact[0].year
                continue
            if a.year is None and a.exact is None and b.year is not None:
                later = (a.month or 0, a.day or 0, a.index) > (b.month or 0, b.day or 0, b.index)
                a.year = b.year - 1 if later and (join == "range" or a.unit != "day") else b.year
        for left, right in zip(items, items[1:], strict=False):
            a, b = left.part, right.part
            if b.year is None and b.exact is None and a.year is not None:
                earlier = (b.month or 0, b.day or 0, b.index) < (a.month or 0, a.day or 0, a.index)
                b.year = a.year + 1 if earlier else a.year

    def _has_cue(self, item: Item) -> bool:
        part = item.part
        if part.unit == "year" and part.exact is None and part.year_end is None and item.last - item.first == 1:
            before = self.tok(item.first - 1)
            if before.kind in ("bis", "ab", "seit", "jahr", "von", "zwischen", "nach", "vor") or before.word.lower() == "in":
                after = self.tok(item.last)
                return not (after.kind == "other" and after.word[:1].isupper() and before.kind not in ("jahr", "seit")) and after.word not in ("€", "%")
            return False
        if part.unit == "month" and part.year is None and not part.portion:
            before = self.tok(item.first - 1)
            return before.kind in ("article", "bis", "ab", "seit", "von", "last", "next", "this", "vor", "nach") and len(
                self.tok(item.first).word
            ) > 3 - (self.tok(item.first).word == "Mai")
        if part.unit == "season" and part.year is None and part.exact is None:
            return self.kind(item.first - 1) in ("article", "bis", "ab", "seit", "von", "last", "next", "this")
        return True

    # ------------------------------------------------------------------- items

    def item(self, index: int) -> Item | None:
        """One day or coarse date that begins at ``index``, with the time that belongs to it."""
        read = self._day(index) or self._relative(index) or self._coarse(index) or self._day_only(index)
        if read is None:
            return None
        part, after = read
        complete = part.unit != "day" or part.month is not None or part.exact is not None
        if complete and (part.unit == "day"):
            clock = self.clock_after(after)
            if clock is not None:
                part.clock, part.clock_end, after = clock
        return Item(part, index, after, complete)

    def _day(self, index: int) -> tuple[Part, int] | None:
        start = index
        if self.kind(index) == "weekday":
            index = self.skip(index + 1, ".", ",")
            index = self.skip(index, "article", "(")
            if self.kind(index) == "weekday" or index - start > 4:
                return None
        read = self._day_core(index)
        if read is not None:
            return read
        # English and American order: "May 21, 2025", "June 13"
        if self.kind(index) == "month":
            day = self.number(index + 1, 1, 31, (1, 2))
            if day is not None and self.kind(index + 2) not in (".", ":", "uhr", "-", "bis"):
                after = self.skip(index + 2, ",")
                if self.kind(after) == "und" and self.number(after + 1, 1, 31, (1, 2)) is not None:
                    second = self.skip(after + 2, ",")
                    year = self.year(second)
                    last = self.tok(after + 1).value
                    first_day = day_or_none(year, self.tok(index).value, day) if year else None
                    last_day = day_or_none(year, self.tok(index).value, last) if year else None
                    if first_day and last_day:
                        return Part("day", exact=(first_day, last_day), rule="month-day-and-day"), second + 1
                year = self.year(after)
                if year is not None:
                    part = Part("day", year=year, month=self.tok(index).value, day=day, rule="month-day-year")
                    return part, after + 1
        return None

    def _day_core(self, index: int) -> tuple[Part, int] | None:
        if self.kind(index) != "num":
            return None
        if self.glued(index) and self.kind(index - 1) in (".", ":", ",") and self.kind(index - 2) == "num" and self.glued(index - 1):
            return None  # the tail of a longer number: version, address, account
        iso = self._iso(index)
        if iso is not None:
            return iso
        day = self.number(index, 1, 31, (1, 2))
        if day is None:
            return None
        dot = self.kind(index + 1)
        if dot == "month" or (dot == "." and self.kind(index + 2) == "month"):
            at = index + 1 if dot == "month" else index + 2
            return self._with_year(Part("day", month=self.tok(at).value, day=day, rule="day-month"), at + 1)
        if dot == "/" and self.glued(index + 2) and self.kind(index + 3) == "/":
            month, year = self.number(index + 2, 1, 12, (1, 2)), self.year(index + 4)
            if month and year and day_or_none(year, month, day):
                return Part("day", year=year, month=month, day=day, rule="d/m/y"), index + 5
        if dot != ".":
            return None
        month = self.number(index + 2, 1, 12, (1, 2))
        if month is None:
            return None
        if self.kind(index + 3) == ".":
            return self._dotted(index, day, month)
        two = len(self.tok(index).word) == 2 and len(self.tok(index + 2).word) == 2 and self.glued(index + 2)
        after = self.kind(index + 3)
        cued = self.kind(index - 1) in ("bis", "von", "ab", "weekday", "article") or self.kind(index - 2) == "weekday"
        timed = after == "," and self.kind(index + 4) == "num" and self.kind(index + 5) == ":"
        if two and (timed or (cued and after not in ("uhr", "num", ":", "-", "/", "other", "bis", "%", "month"))):
            return Part("day", month=month, day=day, rule="d.m"), index + 3
        return None

    def _dotted(self, index: int, day: int, month: int) -> tuple[Part, int] | None:
        """``d.m.`` with or without a year."""
        year_at = index + 4
        year = self.year(year_at)
        longer = self.kind(year_at + 1) in (".", ":") and self.glued(year_at + 1) and self.kind(year_at + 2) == "num" and self.glued(year_at + 2)
        if year is None and self.glued(year_at):
            short = self.number(year_at, 0, 99, (2,))
            if short is not None and not longer and self.kind(year_at + 1) not in ("uhr", "%"):
                year = 2000 + short if short < 70 else 1900 + short
            elif self.kind(year_at) == "num":
                return None
        if year is None:
            if self.kind(year_at) == "num" and self.kind(year_at + 1) == "." and self.glued(year_at):
                return None
            return Part("day", month=month, day=day, rule="d.m."), year_at
        if day_or_none(year, month, day) is None:
            return None
        return Part("day", year=year, month=month, day=day, rule="d.m.y"), year_at + 1

    def _iso(self, index: int) -> tuple[Part, int] | None:
        year = self.year(index)
        if year is None or self.kind(index + 1) != "-" or self.kind(index + 3) != "-":
            return None
        month, day = self.number(index + 2, 1, 12, (2,)), self.number(index + 4, 1, 31, (2,))
        if not (month and day and all(self.glued(index + step) for step in (1, 2, 3, 4))):
            return None
        if day_or_none(year, month, day) is None:
            return None
        after = index + 5
        if self.tok(after).word == "T" and self.glued(after):
            after += 1
        return Part("day", year=year, month=month, day=day, rule="iso"), after

    def _day_only(self, index: int) -> tuple[Part, int] | None:
        """A day that leaves its month to the next one: the "12." of "12.–14.06.2024"."""
        start = index
        if self.kind(index) == "weekday":
            index = self.skip(index + 1, ".", ",", "article")
        day = self.number(index, 1, 31, (1, 2))
        if day is None or (self.glued(index) and self.kind(index - 1) in (".", ":", "-") and self.kind(index - 2) == "num" and start == index):
            return None
        after = index + 1
        if self.kind(after) == ".":
            after += 1
        elif self.kind(after) not in ("-", "bis", "und", "/"):
            return None
        if self.kind(after) not in ("-", "bis", "und", ",", "/"):
            return None
        return Part("day", day=day, rule="shared-month"), after

    def _with_year(self, part: Part, index: int) -> tuple[Part, int]:
        """Read the year behind a month or season: "2024", "'24", "dieses Jahres", "des Jahres 2024"."""
        at = index
        if self.kind(at) == "." and (len(self.tok(at - 1).word) <= 4 and self.glued(at)) and (self.year(at + 1) or self.kind(at + 1) in ("this", "last", "next")):
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
                return self._filled(part, self.tok(at + 2).value), at + 3
            if self.reference is not None and self.tok(at + 1).word == "Jahres":
                return self._filled(part, self.reference.year), at + 2
        return part, index

    @staticmethod
    def _filled(part: Part, year: int) -> Part:
        part.year = year
        part.rule += "-year"
        return part

    # ------------------------------------------------------------------ coarse

    def _coarse(self, index: int) -> tuple[Part, int] | None:
        portion = {"part1": 1, "part2": 2, "part3": 3}.get(self.kind(index), 0)
        if self.kind(index) in ("jahresende", "jahresanfang"):
            part = Part("year", portion=3 if self.kind(index) == "jahresende" else 1, rule="year-part")
            return self._year_of(part, index + 1)
        at = index
        if portion:
            at = self.skip(index + 1, "article")
        shift = {"this": 0, "last": -1, "next": 1}.get(self.kind(at))
        if (
            shift is not None
            and self.reference is not None
            and self.kind(at + 1) == "jahr"
            and self.tok(at + 1).word.lower() != "jahren"
            and (shift or portion or self.tok(at + 1).word.lower() != "jahre")
        ):
            if self.year(at + 2) is not None:
                return Part("year", year=self.tok(at + 2).value, portion=portion, rule="year"), at + 3
            return Part("year", year=self.reference.year + shift, portion=portion, rule="relative-year"), at + 2
        kind = self.kind(at)
        if kind == "month":
            return self._with_year(Part("month", month=self.tok(at).value, portion=portion, rule="month"), at + 1)
        if kind == "season" and not portion:
            return self._with_year(Part("season", index=self.tok(at).value, rule="season"), at + 1)
        if kind == "jahr" and (portion or self.year(at + 1) is not None):
            return self._year_of(Part("year", portion=portion, rule="year-part" if portion else "year"), at)
        year = self.year(at)
        if year is not None:
            return self._bare_year(at, year, portion)
        if portion:
            return None
        return self._quarter(at) or self._week(at) or self._month_number(at)

    def _year_of(self, part: Part, index: int) -> tuple[Part, int] | None:
        at = self.skip(index, "article", "jahr")
        year = self.year(at)
        if year is None:
            if self.reference is None or self.kind(at) == "num":
                return None
            part.year = self.reference.year
            return part, self.skip(index, "jahr") if self.kind(index) == "jahr" else (at if self.kind(at - 1) == "jahr" else index)
        read = self._bare_year(at, year, part.portion)
        return read if read is not None else None

    def _bare_year(self, index: int, year: int, portion: int) -> tuple[Part, int] | None:
        if self.glued(index) and self.kind(index - 1) in ("-", ".", ",", "/", ":") and self.kind(index - 2) == "num" and self.strict:
            joined = self.year(index - 2) is not None
            if not joined:
                return None
        after = index + 1
        if self.kind(after) in (".", ",", ":") and self.glued(after) and self.kind(after + 1) == "num" and self.glued(after + 1):
            return None
        part = Part("year", year=year, portion=portion, rule="year")
        if self.kind(after) == "/" and self.glued(after) and self.glued(after + 1):
            full, short = self.year(after + 1), self.number(after + 1, 0, 99, (2,))
            second = full if full is not None else (year // 100 * 100 + short if short is not None else None)
            if second is not None and 0 < second - year <= 10:
                part.year_end, part.rule = second, "years"
                if self.kind(index - 1) == "schuljahr":
                    part.exact, part.rule = (date(year, 8, 1), date(second, 7, 31)), "school-year"
                return part, after + 2
            if full is None and self.kind(after + 1) == "num":
                return None
        return part, after

    def _quarter(self, index: int) -> tuple[Part, int] | None:
        ordinal = 0
        at = index
        if self.kind(at) == "ordinal":
            ordinal, at = self.tok(at).value, self.skip(at + 1, ".")
        elif self.number(at, 1, 4, (1,)) is not None and self.kind(at + 1) == ".":
            ordinal, at = self.tok(at).value, at + 2
        kind = self.kind(at)
        if kind in ("quartal", "halbjahr") and ordinal:
            unit = "quarter" if kind == "quartal" else "half"
            if unit == "half" and ordinal > 2:
                return None
            at += 1
            if self.kind(at) == "/":
                at += 1
            return self._with_year(Part("quarter" if unit == "quarter" else "half", index=ordinal, rule=unit), at)
        if kind in ("quartal", "q") and not ordinal:
            number = self.number(at + 1, 1, 4, (1,))
            if number is not None and (kind == "quartal" or self.glued(at + 1)):
                after = at + 2
                if self.kind(after) in ("/", "-"):
                    after += 1
                return self._with_year(Part("quarter", index=number, rule="quarter"), after)
        return None

    def _week(self, index: int) -> tuple[Part, int] | None:
        if self.kind(index) != "kw":
            return None
        at = self.skip(index + 1, ".")
        number = self.number(at, 1, 53, (1, 2))
        if number is None:
            return None
        after = at + 1
        if self.kind(after) == "/":
            after += 1
        return self._with_year(Part("week", index=number, rule="week"), after)

    def _month_number(self, index: int) -> tuple[Part, int] | None:
        """``11/2018``, ``03.2020`` and "Ausgabe 8-2021"."""
        month, year = self.number(index, 1, 12, (1, 2)), self.year(index + 2)
        if month is None or year is None or not (self.glued(index + 1) and self.glued(index + 2)):
            return None
        if self.glued(index) and self.kind(index - 1) in (".", "/", "-", ":", ","):
            return None
        sign, word = self.kind(index + 1), self.tok(index).word
        before = self.tok(index - 1).word.lower()
        if self.kind(index + 3) in ("-", ".", "/") and self.glued(index + 4) and self.kind(index + 4) == "num":
            return None
        if (sign == "/" and len(word) == 2) or (sign in ("/", "-", ".") and before in _ISSUE_WORDS) or (
            sign in ("/", ".") and len(word) == 2 and (self.kind(index - 1) in ("seit", "ab", "bis") or not self.strict)
        ):
            return Part("month", year=year, month=month, rule="m/y"), index + 3
        return None

    # ---------------------------------------------------------------- relative

    def _relative(self, index: int) -> tuple[Part, int] | None:
        """Dates told from the day of writing. An explicit day right behind ("gestern, am 10. September") wins."""
        if self.reference is None:
            return None
        read = self._relative_core(index)
        if read is None:
            return None
        part, after = read
        at = self.skip(after, ",", "(")
        at = self.skip(at, "article") if at > after else at
        if at > after or self.kind(after) == "weekday":
            explicit = self._day(at)
            if explicit is not None:
                behind = explicit[1]
                return explicit[0], behind + 1 if self.kind(behind) == ")" else behind
            if self.kind(at) == "weekday" and self.kind(at + 1) != "other":
                return part, at + 1
        return part, after

    def _relative_core(self, index: int) -> tuple[Part, int] | None:
        reference = self.reference
        if reference is None:
            return None
        kind = self.kind(index)
        days = {"heute": 0, "gestern": -1, "vorgestern": -2, "morgen": 1, "uebermorgen": 2}.get(kind)
        if days is not None:
            if kind == "morgen" and not self.tok(index).word.lower().startswith("morg"):
                return None
            if self.strict and kind in ("heute", "morgen"):
                # "heute" is mostly "nowadays", "Morgen" mostly the early day: in running text only before a day or time
                if self.kind(index + 1) not in ("(", ",", "um", "ab") or self._day(self.skip(index + 1, ",", "(", "article")) is None:
                    return None
            day = reference + timedelta(days=days)
            after = index + 1
            if self.kind(after) == "weekday":
                after += 1
            return Part("day", exact=(day, day), rule="relative-day"), after
        shift = {"this": 0, "last": -1, "next": 1}.get(kind)
        monday = reference - timedelta(days=reference.weekday())
        if shift is not None:
            return self._shifted(index, shift, monday)
        if kind == "weekday":
            at = self.skip(index + 1, "article")
            week = {"this": 0, "last": -1, "next": 1}.get(self.kind(at))
            if week is not None and self.kind(at + 1) == "woche":
                day = monday + timedelta(days=7 * week + self.tok(index).value)
                return Part("day", exact=(day, day), rule="weekday-of-week"), at + 2
            if self.kind(index + 1) == "(" and self._day(index + 2) is not None:
                return Part("day", exact=(reference, reference), rule="weekday"), index + 1
        if kind in ("vor", "seit") and self.kind(index + 1) in ("number", "num"):
            return self._ago(index, self.tok(index + 1).value)
        return None

    def _shifted(self, index: int, shift: int, monday: date) -> tuple[Part, int] | None:
        reference, target = self.reference, self.kind(index + 1)
        if reference is None:
            return None
        if target == "woche":
            start = monday + timedelta(days=7 * shift)
            return Part("week", exact=(start, start + timedelta(days=6)), rule="relative-week"), index + 2
        if target == "wochenende":
            start = monday + timedelta(days=7 * shift + 5)
            if shift > 0 and reference.weekday() < 5:
                start -= timedelta(days=7)
            return Part("day", exact=(start, start + timedelta(days=1)), rule="relative-weekend"), index + 2
        if target == "monat":
            month = reference.year * 12 + reference.month - 1 + shift
            return Part("month", year=month // 12, month=month % 12 + 1, rule="relative-month"), index + 2
        if target == "weekday":
            day = self._weekday(reference, self.tok(index + 1).value, shift)
            return Part("day", exact=(day, day), rule="relative-weekday"), index + 2
        if target in ("season", "month"):
            return self._shifted_part(index, shift, reference)
        return None

    def _shifted_part(self, index: int, shift: int, reference: date) -> tuple[Part, int] | None:
        from mpsc_crawler.language.dates.values import hull_in_year

        token = self.tok(index + 1)
        if self.year(index + 2) is not None:
            return None
        season = token.kind == "season"
        for year in (reference.year - 1, reference.year, reference.year + 1)[:: 1 if shift > 0 else -1]:
            part = Part(
                "season" if season else "month", year=year, index=token.value, month=token.value, rule="relative-part"
            )
            hull = hull_in_year(part, year)
            if hull is None:
                continue
            if (shift < 0 and hull[1] < reference) or (shift > 0 and hull[0] > reference) or (shift == 0 and year == reference.year):
                return part, index + 2
        return None

    @staticmethod
    def _weekday(reference: date, weekday: int, shift: int) -> date:
        if shift < 0:
            return reference - timedelta(days=(reference.weekday() - weekday - 1) % 7 + 1)
        if shift > 0:
            return reference + timedelta(days=(weekday - reference.weekday() - 1) % 7 + 1)
        return reference + timedelta(days=weekday - reference.weekday())

    def _ago(self, index: int, count: int) -> tuple[Part, int] | None:
        reference, unit = self.reference, self.kind(index + 2)
        if reference is None or not 0 < count <= 400:
            return None
        rule = "since-ago" if self.kind(index) == "seit" else "ago"
        days = {"tag": 1, "woche": 7}.get(unit)
        if days is not None:
            day = reference - timedelta(days=days * count)
            return Part("day", exact=(day, day), rule=rule), index + 3
        if unit == "monat":
            month = reference.year * 12 + reference.month - 1 - count
            return Part("month", year=month // 12, month=month % 12 + 1, rule=rule), index + 3
        if unit == "jahr" and self.kind(index) == "vor":
            return Part("year", year=reference.year - count, rule="ago"), index + 3
        return None

    # -------------------------------------------------------------------- time

    def clock_after(self, index: int) -> tuple[time, time | None, int] | None:
        """The time that belongs to the day read before ``index``."""
        at, words, cued = index, 0, False
        while True:
            kind, word = self.kind(at), self.tok(at).word.lower()
            if kind in ("um", "ab", "von", "jeweils", "zwischen") or word in _TIME_WORDS:
                cued = True
            elif kind in (",", "|", "·", ")", "…", "/", "-", "article", "(") or (kind == "." and self.kind(at - 1) == "um"):
                pass
            elif kind == "other" and words < 3 and word.isalpha():
                words += 1
            else:
                break
            at += 1
            if at - index > 8:
                return None
        if self.kind(at) != "num" or (words and not cued):
            return None
        clock = self.clock(at)
        if clock is None or (words and not clock[3]):
            return None
        if at == index and not self.tok(at).start > self.tok(at - 1).end and self.tok(at - 1).word != "T":
            return None
        return clock[0], clock[1], clock[2]

    def clock(self, index: int) -> tuple[time, time | None, int, bool] | None:
        """A time or range of times: start, end, index behind, and whether "Uhr" was said."""
        first = self._moment(index)
        if first is None:
            return None
        start, after, colon, uhr = first
        join = after
        if self.kind(join) in ("-", "bis"):
            join = self.skip(join + 1, "um", ".")
            second = self._moment(join)
            if second is not None and (second[3] or uhr or (colon and second[2])):
                return start, second[0], second[1], uhr or second[3]
        if uhr or colon:
            return start, None, after, uhr
        return None

    def _moment(self, index: int) -> tuple[time, int, bool, bool] | None:
        hour = self.number(index, 0, 23, (1, 2))
        if hour is None:
            return None
        minute, after, colon = 0, index + 1, False
        if self.kind(after) in (":", ".") and self.glued(after) and self.glued(after + 1):
            value = self.number(after + 1, 0, 59, (2,))
            if value is not None:
                dotted = self.kind(after) == "."
                minute, colon, after = value, not dotted, after + 2
                if self.kind(after) == ":" and self.number(after + 1, 0, 59, (2,)) is not None:
                    after += 2
                if dotted and self.kind(after) == "." and self.glued(after) and self.kind(after + 1) == "num":
                    return None
        uhr = self.kind(after) == "uhr"
        return time(hour, minute), after + 1 if uhr else after, colon, uhr

    def clock_before(self, index: int) -> tuple[time, int] | None:
        """The time right before a day: "11:47 10.07.2019"."""
        for start in (index - 5, index - 4, index - 3, index - 2):
            if start < 0:
                continue
            moment = self._moment(start)
            if moment is not None and self.skip(moment[1], "|", "article", ",") == index and (moment[2] or moment[3]):
                return moment[0], start
        return None
