"""The grammar of German dates over tokens: days, coarse dates, times, and how they are joined.

A reading is strict: what does not parse as a date is none. Every method takes a token index and returns what it
read with the index behind it, or ``None``; nothing here looks at the calendar of today.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import compress, pairwise

from mpsc_crawler.language.dates.clock import ClockReader
from mpsc_crawler.language.dates.coarse import CoarseReader
from mpsc_crawler.language.dates.days import DayReader
from mpsc_crawler.language.dates.values import Part

_FILLERS = frozenset("voraussichtlich etwa ca circa einschließlich ungefähr spätestens mindestens vorerst".split())
_OPENERS = frozenset(
    "num month weekday season part1 part2 part3 jahr jahresende jahresanfang this last next ordinal quartal q kw"
    " heute gestern vorgestern morgen uebermorgen vor seit".split()
)
# "dieser Ort", "vor allem": the commonest openers, settled by the next word
_NEVER_BEFORE_OTHERS = frozenset(("this", "last", "next", "vor", "seit"))


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


class Grammar(DayReader, CoarseReader, ClockReader):
    """Reads one text: items, and the groups that ranges and enumerations make of them."""

    def groups(self) -> list[Group]:
        """Every group of dates, in order, none overlapping another."""
        found: list[Group] = []
        behind = 0
        kinds = self.kinds
        for index in compress(range(self.count), map(_OPENERS.__contains__, kinds)):
            if index < behind or (kinds[index + 1] == "other" and kinds[index] in _NEVER_BEFORE_OTHERS):
                continue
            group = self.group(index)
            if group is not None:
                found.append(group)
                behind = group.last
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
            if self.words[index].lower() in _FILLERS:
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
        for left, right in pairwise(items):
            a, b = left.part, right.part
            if b.year is None and b.exact is None and a.year is not None:
                earlier = (b.month or 0, b.day or 0, b.index) < (a.month or 0, a.day or 0, a.index)
                b.year = a.year + 1 if earlier else a.year

    def _has_cue(self, item: Item) -> bool:
        part = item.part
        if part.unit == "year" and part.exact is None and part.year_end is None and item.last - item.first == 1:
            before, word = self.kind(item.first - 1), self.words[item.first - 1]
            if before in ("bis", "ab", "seit", "jahr", "von", "zwischen", "nach", "vor") or word.lower() == "in":
                after = self.words[item.last]
                return not (
                    self.kind(item.last) == "other" and after[:1].isupper() and before not in ("jahr", "seit")
                ) and after not in ("€", "%")
            return False
        if part.unit == "month" and part.year is None and not part.portion:
            return self.kind(item.first - 1) in (
                "article",
                "bis",
                "ab",
                "seit",
                "von",
                "last",
                "next",
                "this",
                "vor",
                "nach",
            ) and len(self.words[item.first]) > 3 - (self.words[item.first] == "Mai")
        if part.unit == "season" and part.year is None and part.exact is None:
            return self.kind(item.first - 1) in ("article", "bis", "ab", "seit", "von", "last", "next", "this")
        return True

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
