"""Dates and times in German text: what is told, where it stands, and what it means.

:func:`find_dates` reads running text, :func:`parse_date` a single expression. Both are pure: the reference (the day
the text was written) is passed in, nothing reads the clock. Local time is Europe/Berlin.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from mpsc_crawler.items import DateKind, DateValue
from mpsc_crawler.language.dates.grammar import Grammar, Group, Item
from mpsc_crawler.language.dates.values import Part, at, edtf, precision_of, resolve

__all__ = ["find_dates", "parse_date"]

_DEADLINE_ENDINGS = ("schluss", "frist", "ablauf", "fristende")
_UPDATED = frozenset(("aktualisiert", "aktualisierung", "geändert", "stand", "änderung"))
_PUBLISHED = frozenset(
    "veröffentlicht veröffentlichung publiziert erschienen eingestellt erstellt pressemitteilung pressemeldung meldung"
    " nachricht medieninformation medienservice presseinformation geschrieben verfasst beitrag gespeichert".split()
)
_HULL_FILLERS = frozenset(
    "seinem ihrem start beginn etwa ca spätestens voraussichtlich einschließlich noch zum projektstart".split()
)
_LONGEST = 200_000


def find_dates(text: str, reference: date | None, field: str = "") -> list[DateValue]:
    """Every date, range and period told in ``text``, in order, each day or range by itself.

    :param text: running text; only its first 200,000 characters are read.
    :param reference: the day the text was written, for missing years and relative words; ``None`` if unknown,
        then what needs it is left out.
    :param field: noted in the values: where the text stands.
    :returns: values whose ``span`` gives the character positions in ``text``.
    """
    return _read(Grammar(text[:_LONGEST], reference, strict=True), field)


def parse_date(expression: str, reference: date | None) -> DateValue | None:
    """What a single expression covers: the hull from the first to the last of its days.

    :param expression: a short text such as "am 31. Mai und 21. Juni" or "bis Mitte 2026".
    :param reference: as for :func:`find_dates`.
    :returns: ``None`` where the expression tells no date.
    """
    grammar = Grammar(expression[:2000], reference, strict=False)
    values = _read(grammar)
    if not values:
        return _time_only(grammar) or _by_dateparser(expression, reference)
    if len(values) == 1:
        return values[0]
    starts, ends = [v.start for v in values], [v.end for v in values]
    start = None if None in starts else min((s for s in starts if s is not None), key=_sortable)
    end = None if None in ends else max((e for e in ends if e is not None), key=_sortable)
    first, last = values[0].span or (0, 0), values[-1].span or (0, 0)
    return DateValue(
        start,
        end,
        values[0].precision,
        edtf(start, end),
        expression[first[0] : last[1]],
        "+".join(dict.fromkeys(v.rule for v in values)),
        min(v.confidence for v in values),
        (first[0], last[1]),
        values[0].kind,
    )


def _sortable(value: date | datetime) -> str:
    return value.isoformat()[:16].ljust(16, "~" if not isinstance(value, datetime) else "0")


def _read(grammar: Grammar, field: str = "") -> list[DateValue]:
    values: list[DateValue] = []
    for group in grammar.groups():
        opening, cue = _opening(grammar, group.first)
        kind_words = _words_before(grammar, group.first)
        index = 0
        while index < len(group.items):
            last = index
            while last < len(group.joins) and group.joins[last] == "range":
                last += 1
            if (
                last == index
                and last < len(group.joins)
                and _consecutive(group.items[index], group.items[index + 1], grammar.reference)
            ):
                last += 1
            value = _value(
                grammar,
                group,
                index,
                last,
                opening if len(group.items) == 1 or last == index else "",
                kind_words,
                field,
            )
            if value is not None and not (values and cue < 0):
                values.append(value)
            index = last + 1
    return values


def _consecutive(left: Item, right: Item, reference: date | None) -> bool:
    """Whether two enumerated days are one two-day event: "18. und 19.11.2025"."""
    if left.part.unit != "day" or right.part.unit != "day" or left.part.clock or left.part.exact or right.part.exact:
        return False
    a, b = resolve(left.part, reference), resolve(right.part, reference)
    return a is not None and b is not None and b[0] - a[1] == timedelta(days=1)


def _opening(grammar: Grammar, first: int) -> tuple[str, int]:
    """The word that opens a side: ``seit``, ``ab``, ``bis``, ``nach``, ``vor`` or ``frist``; and where it stands."""
    index = first - 1
    others = 0
    while index >= 0 and first - index <= 6:
        kind, word = grammar.kind(index), grammar.words[index].lower()
        if kind in ("bis", "ab", "seit"):
            return kind, index
        if kind in ("nach", "vor") and first - index <= 2 and grammar.words[index + 1] != "am":
            return kind, index
        if kind == "other" and word.endswith(_DEADLINE_ENDINGS):
            return "frist", index
        if (
            kind in ("article", "um", "weekday", ",", "(", ":", "next", "last", "woche", "einschliesslich", "part1")
            or word in _HULL_FILLERS
        ):
            index -= 1
            continue
        if kind == "." and grammar.kind(index - 1) == "um":
            index -= 1
            continue
        if word in ("ist", "endet", "läuft", "war", "bleibt") and others < 1:
            others += 1
            index -= 1
            continue
        break
    return "", 0


def _words_before(grammar: Grammar, first: int) -> list[str]:
    return [grammar.words[index].lower() for index in range(max(0, first - 5), first)]


def _value(
    grammar: Grammar, group: Group, index: int, last: int, opening: str, words: list[str], field: str
) -> DateValue | None:
    left, right = group.items[index], group.items[last]
    ranged = last > index
    a = resolve(
        left.part,
        grammar.reference,
        past=opening == "seit" and not ranged,
        ahead=opening in ("bis", "frist") and not ranged,
    )
    b = resolve(right.part, grammar.reference) if ranged else a
    if a is None or b is None:
        return None
    if ranged and b[1] < a[0]:
        if right.part.needs_year:
            b = (b[0].replace(year=b[0].year + 1), b[1].replace(year=b[1].year + 1)) if b[0].day < 29 else b
        if b[1] < a[0]:
            a, b, ranged = a, a, False
            right = left
    if ranged and left.part.clock is None and right.part.clock_end is not None:
        # "4. bis 6. Juni, 10 bis 17 Uhr": the first opening belongs to the first day, the last closing to the last
        left.part.clock = right.part.clock
    start, end = at(a[0], left.part.clock), _end(left.part, right.part, b[1], ranged)
    opened: tuple[date | datetime | None, date | datetime | None] = (start, end)
    if not ranged and left.part.rule == "since-ago":
        opened = (start, None)
    elif not ranged:
        opened = _open(opening, left.part, start, end)
    first = left.first
    raw_start = grammar.starts[first]
    if left.part.clock is None and left.part.unit == "day" and not ranged:
        before = grammar.clock_before(first)
        if before is not None:
            clock = before[0]
            opened = (at(a[0], clock), at(a[0], clock))
            left.part.clock = clock
            raw_start = grammar.starts[before[1]]
    raw_end = grammar.end(right.last - 1)
    rule = left.part.rule if left is right else f"{left.part.rule}..{right.part.rule}"
    inferred = left.part.needs_year or right.part.needs_year
    return DateValue(
        opened[0],
        opened[1],
        precision_of(left.part),
        edtf(*opened),
        grammar.text[raw_start:raw_end],
        f"{opening}:{rule}" if opening and not ranged else rule,
        0.8 if inferred else 1.0,
        (raw_start, raw_end),
        _kind(opening if not ranged else "", left.part, words, ranged=ranged, long=b[1] - a[0] > timedelta(days=14)),
        field,
    )


def _end(left: Part, right: Part, day: date, ranged: bool) -> date | datetime:
    if not ranged:
        return at(day, left.clock_end or left.clock)
    return at(day, right.clock_end or (right.clock if left.clock else None))


def _open(
    opening: str, part: Part, start: date | datetime, end: date | datetime
) -> tuple[date | datetime | None, date | datetime | None]:
    if opening in ("seit", "ab"):
        return start, None
    if opening in ("bis", "frist"):
        if part.unit == "year" and part.portion == 2 and part.year is not None:
            return None, date(part.year, 6, 30)
        return None, end
    if opening == "nach" and part.unit == "day" and not isinstance(start, datetime):
        return start + timedelta(days=1), None
    if opening == "vor" and part.unit == "day" and not isinstance(start, datetime):
        return None, start - timedelta(days=1)
    return start, end


def _kind(opening: str, part: Part, words: list[str], *, ranged: bool, long: bool) -> DateKind:
    near = words[-4:]
    if any(word in _UPDATED for word in near):
        return "updated"
    if any(word in _PUBLISHED for word in near):
        return "published"
    if opening == "frist" or (opening in ("bis", "vor") and part.unit == "day"):
        return "deadline"
    if opening in ("seit", "ab", "bis", "nach"):
        return "period"
    if part.unit == "day":
        return "period" if long else "event"
    return "period" if ranged or part.year_end else "other"


def _time_only(grammar: Grammar) -> DateValue | None:
    """A time without a day: the reference is the day of the event."""
    if grammar.reference is None:
        return None
    for index in range(grammar.count):
        clock = grammar.clock(index)
        if clock is None or not (clock[3] or clock[1]):
            continue
        opening, _ = _opening(grammar, index)
        start, end = at(grammar.reference, clock[0]), at(grammar.reference, clock[1] or clock[0])
        span = grammar.starts[index], grammar.end(clock[2] - 1)
        first = None if opening == "bis" else start
        return DateValue(
            first, end, "minute", edtf(first, end), grammar.text[span[0] : span[1]], "time", 0.6, span, "event"
        )
    return None


def _by_dateparser(expression: str, reference: date | None) -> DateValue | None:
    """What is relative and rare ("vor anderthalb Wochen") is left to dateparser; numbers and names of months never."""
    words = expression.strip()
    if reference is None or not words or len(words) > 40 or any(sign in words for sign in ".:/") or "Uhr" in words:
        return None
    if not any(cue in words.lower() for cue in ("vor ", "in ", "gestern", "morgen", "letzte", "nächste")):
        return None
    import dateparser  # slow to import, and hardly ever needed

    found = dateparser.parse(
        words,
        languages=["de"],
        settings={
            "RELATIVE_BASE": datetime.combine(reference, time(12)),
            "PARSERS": ["relative-time"],
            "RETURN_AS_TIMEZONE_AWARE": False,
        },
    )
    if found is None:
        return None
    day = found.date()
    return DateValue(day, day, "day", day.isoformat(), words, "dateparser", 0.5, (0, len(words)))
