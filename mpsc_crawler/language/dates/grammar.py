"""The grammar of German dates over tokens: days, coarse dates, times, and how they are joined.

A reading is strict: what does not parse as a date is none. Every method takes a token index and returns what it
read with the index behind it, or ``None``; nothing here looks at the calendar of today.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import compress, pairwise

from mpsc_crawler.language.dates.coarse import CoarseReader
from mpsc_crawler.language.dates.lexer import misspelt_month
from mpsc_crawler.language.dates.recurrence import RecurrenceReader
from mpsc_crawler.language.dates.relative import RelativeReader
from mpsc_crawler.language.dates.tokens import SHIFTS
from mpsc_crawler.language.dates.values import Part

_FILLERS = frozenset("voraussichtlich etwa ca circa einschließlich ungefähr spätestens mindestens vorerst".split())
_DAYS = frozenset(("day", "feast", "nth"))
_MOST_ITEMS = 40
_BEHIND_NUMBERS = frozenset(". month - / bis und , other kw".split())
_LINKS = frozenset(("auf", "Monats"))
_OF_A_YEAR = tuple(
    "haushalt bericht bilanz haushalts statistik jahrgang wahl jahr start beginn ende budget rechnung kalender tarife tarif kosten"
    " umfrage ausgabe zahlen saison sommer herbst winter frühjahr rückblick ausblick überschuss abschluss ernte förderung"
    " programmjahr entgelte gebühren auftakt gründung eröffnung erhebung zensus".split()
)
_BEFORE_FEASTS = frozenset(
    "über an zu wegen christi mariä maria ab seit vor nach bis um mit kurz zum am und oder".split()
)
_OLD_YEARS = frozenset("seit anno wurde im jahr jahre war".split())
_NOT_BEHIND_YEARS = frozenset("€ % x ×".split())
_BEFORE_NUMBERS = frozenset(
    "rund etwa ungefähr über fast knapp gut mehr insgesamt circa ca unter die der den mit von als pro je nur exakt genau zirka nummer"
    " nr tel fon telefon fax um auf zu bei aus alle mindestens höchstens maximal dass".split()
)
_BEHIND_ORDINALS = frozenset(
    "weekday advent quartal halbjahr kw century und , bis - / article monat every number".split()
)
_BEFORE_COARSE = frozenset(("article", "bis", "ab", "seit", "von", "vor", "nach", "in", *SHIFTS))


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


class Grammar(RelativeReader, CoarseReader, RecurrenceReader):
    """Reads one text: items, and the groups that ranges and enumerations make of them."""

    _fruitless = 0  # where the last row of days ended that no month followed

    def groups(self) -> list[Group]:
        """Every group of dates, in order, none overlapping another."""
        found: list[Group] = []
        behind = 0
        kinds = self.kinds
        for index in compress(range(self.count), map(_READERS.__contains__, kinds)):
            if index < behind or kinds[index + 1] in _HOPELESS[kinds[index]]:
                continue
            if kinds[index] == "num" and not self._may_begin(index):
                continue
            group = self.group(index)
            if group is not None:
                found.append(group)
                behind = group.last
            elif self._fruitless > index:
                behind = self._fruitless  # from inside a row of days without a month there is none to be had either
        return found

    def _may_begin(self, index: int) -> bool:
        """Whether a number may begin a date at all, by its length and what follows; most numbers of a text may not."""
        length, following = len(self.words[index]), self.kinds[index + 1]
        if length == 4:
            return self.words[index][0] in "12"
        if length > 2 or following not in _BEHIND_NUMBERS:
            return False
        if following == "." and self.kinds[index + 2] == "other":
            word = self.words[index + 2]
            return (
                word[0].isupper() and (misspelt_month(word) is not None or word.startswith("Weihnachts"))
            ) or word in _LINKS
        return following != "other" or self.words[index + 1] in ("er", "ern")

    def group(self, index: int) -> Group | None:
        self._fruitless = 0
        item = self.item(index)
        if item is None:
            return None
        group = Group([item])
        between = "zwischen" in (self.kind(index - 1), self.kind(index - 2))
        while len(group.items) < _MOST_ITEMS and item.part.unit != "rule":
            joined = self._join(group.last, between=between and len(group.items) == 1)
            if joined is None:
                break
            join, after = joined
            following = self.item(after)
            if following is None or following.part.unit == "rule" or not self._fits(group.items[-1], join, following):
                break
            group.joins.append(join)
            group.items.append(following)
        self._fruitless = group.items[-1].first if not any(item.complete for item in group.items) else 0
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
        if self.words[index] == "an" and self.kind(index + 1) in ("bis", "und"):
            bis = self.skip(index + 1, "und")
            bis = bis + 1 if self.words[bis] in _FILLERS | {"zunächst"} else bis
            if self.kind(bis) == "bis":
                index = start = bis  # "von morgen an bis zum 8. September"
        auf = index + 1 if self.kind(index) == "," else index
        if self.words[auf] == "auf" and self.kind(auf + 1) in ("article", "num", "weekday"):
            return "shift", self.skip(auf + 1, "article")  # "in der Nacht vom 14. auf den 15. November"
        if kind == "und" and between:
            return "range", self.skip(index + 1, "article")
        if kind in ("und", ",", "/"):
            after = index + 1
            if kind == "," and self.kind(after) == "und":
                after += 1
            if kind == "und" or start != index:
                short = self.words[after - 1] in ("u", "bzw")
                after = self.skip(after, "article", "von", ".") if short else self.skip(after, "article", "von")
            return "list", after
        return None

    @staticmethod
    def _fits(left: Item, join: str, right: Item) -> bool:
        left_day, right_day = left.part.unit in _DAYS, right.part.unit in _DAYS
        if not left.complete or left_day == right_day:
            return left.complete or right_day
        return join == "range" and left.part.exact is None

    def _share(self, group: Group) -> None:
        """Give months and years to the items that leave them to their neighbour."""
        items = group.items
        for left, right, join in zip(items[-2::-1], items[:0:-1], group.joins[::-1], strict=True):
            a, b = left.part, right.part
            if a.unit == "day" and a.month is None and a.exact is None:
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
        bare = part.unit == "year" and part.exact is None and part.year_end is None and self.kind(item.first) == "num"
        if bare and item.last - item.first == 1:
            return self._is_year(item.first, item.last)
        before = self.kind(item.first - 1)
        if part.unit == "month" and part.year is None and not part.portion:
            if self.words[item.first - 1].lower() == "für":
                return True
            if self.words[item.first - 1].lower() in ("die", "das", "the") or (
                self.kind(item.last) == "-" and self.glued(item.last)
            ):
                return False  # "die März GmbH", "zur Mai-Bowle"
            return before in _BEFORE_COARSE and (len(self.words[item.first]) > 3 or self.words[item.first] == "Mai")
        if part.unit in ("season", "quarter", "half", "week") and part.year is None and part.exact is None:
            nominative = self.words[item.first - 1].lower() in ("der", "die", "das")  # „Der Sommer“
            return part.unit != "season" or (before in _BEFORE_COARSE and not nominative)
        word = self.words[item.first - 1].lower()
        named = part.unit == "feast" and part.year is None and self._noun(item.first - 1) and word not in _BEFORE_FEASTS
        return not named  # "Ortsvorsteher Silvester Brandl"

    def tense(self, item: Item) -> tuple[bool, bool]:
        """Whether a month or season without a year lies behind, or ahead, by the tense of its sentence."""
        coarse = item.part.unit in ("month", "season", "quarter", "half") and item.part.needs_year
        if not coarse or not self.strict or self.follows:
            return False, False
        past = self.tells_past(item.first)
        return past is True, past is False

    def far_off(self, item: Item, day: date) -> bool:
        """Whether a day without its year lies so far from the reference that the tense must tell the year."""
        if self.reference is None or not self.strict or item.part.unit != "day" or not item.part.needs_year:
            return False
        return abs((day - self.reference).days) > 120

    def _is_year(self, first: int, last: int) -> bool:
        """Whether a bare number of four figures is a year."""
        if self._year_of_months(first):
            return False
        before, word = self.kind(first - 1), self.words[first - 1]
        after, kind_after = self.words[last], self.kind(last)
        noun_behind = kind_after == "other" and after[:1].isupper()
        if before in ("bis", "ab", "seit", "jahr", "von", "zwischen", "nach", "vor", "in"):
            return not (noun_behind and before not in ("jahr", "seit")) and after not in _NOT_BEHIND_YEARS
        year = self.value(first)
        if (
            noun_behind
            or year % 100 == 0
            or after in _NOT_BEHIND_YEARS
            or kind_after in ("num", "number", "uhr", "-", "/")
        ):
            return False
        if before == "other" and word[:1].isupper():
            of_a_year = word.lower().endswith(_OF_A_YEAR) and not word.isupper()
            return of_a_year and (kind_after == "other" or self._ends_clause(last) or kind_after == ":")
        if self.glued(first) or before in ("num", "month") or word.lower() in _BEFORE_NUMBERS:
            return False
        if before in ("other", "und"):
            return bool(self._ends_clause(last)) or kind_after == "other"
        if before in (",", ";"):
            return kind_after in ("other", "article")
        opens = before in (".", ":", "!", "?", "end", "-") or self.broken(first)
        return opens and kind_after == "other"

    def _ends_clause(self, index: int) -> bool:
        return self.kind(index) in (".", ",", ";", "end", ")", "!", "?") and not self.glued(index + 1)

    def _counted(self, index: int) -> tuple[Part, int] | None:
        """What an ordinal may begin besides a day: "3. Advent", "2. Quartal", "12. KW", "zweiter Sonntag im Mai"."""
        read = self.ordinal(index, 53)
        if read is None:
            return None
        behind = self.kind(read[1])
        if behind not in _BEHIND_ORDINALS and not (behind == "other" and self.words[read[1]].startswith("Weihnachts")):
            return None
        return (
            self._recurrence(index)
            or self._feast(index)
            or self._nth_weekday(index)
            or self._quarter(index)
            or self._week(index)
            or self._century(index)
        )

    def item(self, index: int) -> Item | None:
        """One day, coarse date or recurrence that begins at ``index``, with the time that belongs to it."""
        read: tuple[Part, int] | None = None
        for reader in _READERS.get(self.kinds[index], ()):
            read = reader(self, index)
            if read is not None:
                break
        if read is None:
            return None
        part, after = read
        complete = part.unit != "day" or part.month is not None or part.exact is not None
        if complete and part.unit in _DAYS:
            clock = self.clock_after(after)
            if clock is not None:
                part.clock, part.clock_end, after = clock
        return Item(part, index, after, complete)


_R = Grammar
_Reading = Callable[[Grammar, int], "tuple[Part, int] | None"]
_READERS: dict[str, tuple[_Reading, ...]] = {
    "num": (_R._counted, _R._day, _R._coarse_number, _R._day_only),
    "ordinal": (_R._counted, _R._day, _R._ordinal_only),
    "weekday": (_R._recurrence, _R._day, _R._relative, _R._day_only, _R._bare_weekday),
    "month": (_R._day, _R._coarse),
    "holiday": (_R._day, _R._feast),
    "last": (_R._recurrence, _R._nth_weekday, _R._relative, _R._coarse),
    "jahr": (_R._coarse,),
    **dict.fromkeys(("holy", "tag"), (_R._feast,)),
    **dict.fromkeys(("this", "next", "overnext", "overlast"), (_R._relative, _R._coarse)),
    **dict.fromkeys(
        "weekdays every all often monthly yearly weekly fortnightly quarterly half-yearly".split(), (_R._recurrence,)
    ),
    **dict.fromkeys(
        "heute gestern vorgestern morgen uebermorgen vor seit in previous-month previous-week wochenende".split(),
        (_R._relative,),
    ),
    **dict.fromkeys(
        "season part1 part2 part3 jahresende jahresanfang jahresmitte jahreswechsel monatsende monatsanfang quartal q kw"
        " previous-year heuer decades decade schuljahr wintersemester sommersemester".split(),
        (_R._coarse,),
    ),
}
"""What may begin with a kind of token, in the order in which it is tried."""
_OTHERS = frozenset(("other",))
_HOPELESS: dict[str, frozenset[str]] = {
    **dict.fromkeys(_READERS, frozenset()),
    # "dieser Ort", "vor allem", "2000 Menschen", "erste Hilfe": the commonest beginnings, settled by the next word
    **dict.fromkeys("this next overnext overlast every all ordinal part1 part2 part3".split(), _OTHERS),
    **dict.fromkeys("vor seit in".split(), frozenset(("other", "article", "und", "von", ",", ".", "every", "this"))),
}
