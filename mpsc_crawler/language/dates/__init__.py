"""Dates and times in German text: what is told, where it stands, and what it means.

:func:`find_dates` reads running text, :func:`parse_date` a single expression. Both are pure: the reference (the day
the text was written) is passed in, nothing reads the clock. Local time is Europe/Berlin.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from mpsc_crawler.items import DateValue
from mpsc_crawler.language.dates.cues import kind_of, opening_of, words_before
from mpsc_crawler.language.dates.grammar import Grammar, Group, Item
from mpsc_crawler.language.dates.values import Part, at, edtf, precision_of, resolve
from mpsc_crawler.language.dates.windows import stretches

__all__ = ["find_dates", "parse_date"]

_EARLIEST, _LATEST = 1950, 2095
_YEAR = re.compile(r"(?:19|20)\d\d")
_ENDS = re.compile(r"[a-zäöüß]{3}[.!?]\s|\n")
_BETWEEN_RULE_AND_SPAN = re.compile(
    r"^[\s,;:(–-]*(?:jeweils|immer|und zwar|im|in der|zeit|zwischen|von|vom|ab|bis|zum|dem|der|den|\s|,)*[\s(]*$", re.I
)


def find_dates(text: str, reference: date | None, field: str = "") -> list[DateValue]:
    """Every date, range and period told in ``text``, in order, each day or range by itself.

    :param text: running text.
    :param reference: the day the text was written, for missing years and relative words; ``None`` if unknown,
        or outside the years 1950 to 2095, then what needs it is left out.
    :param field: noted in the values: where the text stands.
    :returns: values whose ``span`` gives the character positions in ``text``.
    """
    reference = _usable(reference)
    found: list[DateValue] = []
    for begin, end, slips in stretches(text):
        found += _read(Grammar(text, reference, strict=True, begin=begin, end=end, slips=slips), field)
    return found


def parse_date(expression: str, reference: date | None) -> DateValue | None:
    """What a single expression covers: the hull from the first to the last of its days.

    :param expression: a short text such as "am 31. Mai und 21. Juni" or "bis Mitte 2026".
    :param reference: as for :func:`find_dates`.
    :returns: ``None`` where the expression tells no date.
    """
    reference = _usable(reference)
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


def _usable(reference: date | None) -> date | None:
    """A reference of an age in which pages are written; any other tells nothing."""
    return reference if reference is not None and _EARLIEST <= reference.year <= _LATEST else None


def _sortable(value: date | datetime) -> str:
    return value.isoformat()[:16].ljust(16, "~" if not isinstance(value, datetime) else "0")


def _read(grammar: Grammar, field: str = "") -> list[DateValue]:
    values: list[DateValue] = []
    floor = 0
    written = grammar.reference
    for group in grammar.groups():
        opening = opening_of(grammar, group.first, group.last, floor)
        kind_words = words_before(grammar, group.first)
        _take_year(grammar, group, values)
        before = _told_before(grammar, group, values)
        grammar.reference, grammar.follows = before or written, before is not None
        _share_time(grammar, group)
        index = 0
        while index < len(group.items):
            last = index
            while last < len(group.joins) and group.joins[last] == "range":
                last += 1
            ranged = last > index
            while (
                not ranged
                and last < len(group.joins)
                and group.joins[last] in ("list", "shift")
                and _consecutive(group.items[last], group.items[last + 1], grammar.reference)
            ):
                last += 1
            value = _value(
                grammar,
                group,
                index,
                last,
                opening if last == index else "",
                kind_words,
                field,
                floor,
            )
            if value is not None:
                values.append(value)
            index = last + 1
        floor = group.last
    grammar.reference, grammar.follows = written, False
    return _bounded(grammar.text, _timed_alike(grammar.text, values))


def _told_before(grammar: Grammar, group: Group, values: list[DateValue]) -> date | None:
    """The day that a date without a year goes by: one told with its year before, in the same sentence.

    "Im dritten Quartal 2024 waren es 412, im ersten Halbjahr 690."
    """
    last = values[-1] if values else None
    if last is None or last.span is None or last.day is None or last.rrule or not _YEAR.search(last.raw):
        return None
    coarse = ("month", "season", "quarter", "half")
    if last.precision not in ("month", "quarter") or any(
        item.part.unit not in coarse or not item.part.needs_year for item in group.items
    ):
        return None
    between = grammar.text[last.span[1] : grammar.starts[group.first]]
    return last.day if len(between) < 120 and not _ENDS.search(between) else None


def _take_year(grammar: Grammar, group: Group, values: list[DateValue]) -> None:
    """``kam 2023 fünfmal zusammen: am 8. Februar, 10. Mai …``: the year before the colon is that of the days behind it."""
    last = values[-1] if values else None
    if last is None or last.span is None or last.precision != "year" or last.day is None or last.start is None:
        return
    between = grammar.text[last.span[1] : grammar.starts[group.first]]
    if ":" in between and len(between) < 60 and not _ENDS.search(between):
        for item in group.items:
            if item.part.unit == "day" and item.part.needs_year:
                item.part.year = last.day.year


def _timed_alike(text: str, values: list[DateValue]) -> list[DateValue]:
    """``am 14. März in Ost, am 16. März in West …, Beginn jeweils 19 Uhr``: the time of each is that of the last."""
    last = values[-1] if values else None
    if last is None or last.span is None or not isinstance(last.start, datetime) or "jeweils" not in last.raw:
        return values
    alike: list[DateValue] = []
    for value in values[:-1]:
        same = value.span and not _ENDS.search(text[value.span[0] : last.span[0]])
        if (
            same
            and value.start == value.end
            and isinstance(value.start, date)
            and not isinstance(value.start, datetime)
        ):
            end = last.end.timetz() if isinstance(last.end, datetime) else last.start.timetz()
            start_at = datetime.combine(value.start, last.start.timetz())
            end_at = datetime.combine(value.start, end)
            value = replace(value, start=start_at, end=end_at, precision="minute", edtf=edtf(start_at, end_at))
        alike.append(value)
    return [*alike, last]


def _share_time(grammar: Grammar, group: Group) -> None:
    """``am 5. und 12. Mai, jeweils 18 Uhr``: the time behind an enumeration is that of every day in it."""
    last = group.items[-1].part
    if last.clock is None or len(group.items) < 2 or last.unit != "day":
        return
    if any(item.part.clock is not None for item in group.items[:-1]) or group.joins[-1] != "list":
        return
    for item in group.items[:-1]:
        if item.part.unit == "day":
            item.part.clock, item.part.clock_end = last.clock, last.clock_end


def _bounded(text: str, values: list[DateValue]) -> list[DateValue]:
    """Give recurrences the span that is told beside them: "ab dem 5. März jeden Dienstag"."""
    if not any(value.rrule for value in values):
        return values
    kept: list[DateValue] = []
    for value in values:
        before = kept[-1] if kept else None
        if before is None or bool(before.rrule) == bool(value.rrule) or before.span is None or value.span is None:
            kept.append(value)
            continue
        rule, span = (value, before) if value.rrule else (before, value)
        spanning = span.start is None or span.end is None or span.start != span.end
        gap = text[before.span[1] : value.span[0]]
        if rule.start is not None or rule.end is not None or not spanning or not _BETWEEN_RULE_AND_SPAN.match(gap):
            kept.append(value)
            continue
        begin, end = before.span[0], value.span[1]
        start, last = _days_only(span)
        rrule = rule.rrule or ""
        if isinstance(span.start, datetime) and "BYHOUR" not in rrule:
            rrule += f";BYHOUR={span.start.hour};BYMINUTE={span.start.minute}"
        kept[-1] = replace(
            rule, start=start, end=last, edtf=edtf(start, last), raw=text[begin:end], span=(begin, end), rrule=rrule
        )
    return kept


def _days_only(value: DateValue) -> tuple[date | None, date | None]:
    """First and last day without their times."""
    start, end = value.start, value.end
    return (
        start.date() if isinstance(start, datetime) else start,
        end.date() if isinstance(end, datetime) else end,
    )


def _consecutive(left: Item, right: Item, reference: date | None) -> bool:
    """Whether two enumerated days or months are one span: "18. und 19.11.2025", "Februar/März 2023"."""
    a, b = left.part, right.part
    if (
        a.unit != b.unit
        or a.unit not in ("day", "month", "season", "year", "quarter")
        or (a.exact and a.unit == "day" and a.rule not in ("weekday", "relative-weekday", "relative-day"))
    ):
        return False
    if a.clock != b.clock:
        return False
    first, second = resolve(a, reference), resolve(b, reference)
    return first is not None and second is not None and second[0] - first[1] == timedelta(days=1)


def _value(
    grammar: Grammar, group: Group, index: int, last: int, opening: str, words: list[str], field: str, floor: int
) -> DateValue | None:
    left, right = group.items[index], group.items[last]
    if left.part.unit == "rule":
        begin, stop = grammar.starts[left.first], grammar.end(left.last - 1)
        raw, rrule = grammar.text[begin:stop], left.part.rrule
        return DateValue(None, None, "day", "../..", raw, "recurrence", 0.9, (begin, stop), "event", field, rrule=rrule)
    ranged = last > index
    past, future = grammar.tense(left) if opening not in ("bis", "frist", "ab") else (False, False)
    a = resolve(
        left.part,
        grammar.reference,
        past=(past or opening == "seit") and not ranged and not grammar.follows,
        ahead=future or (opening in ("bis", "frist") and not ranged),
        follows=grammar.follows,
    )
    if a is not None and not ranged and grammar.far_off(left, a[0]):
        behind = grammar.tells_past(left.first)
        if behind is not None:
            a = resolve(left.part, grammar.reference, past=behind, ahead=not behind)
    b = resolve(right.part, grammar.reference, follows=grammar.follows) if ranged else a
    if a is None or b is None:
        return None
    if ranged and b[1] < a[0]:
        if right.part.rule == "weekday":
            b = (b[0] + timedelta(days=7), b[1] + timedelta(days=7))
        elif right.part.needs_year:
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
    if left.part.clock is None and left.part.unit in ("day", "feast", "nth") and not ranged and a[0] == a[1]:
        before = grammar.clock_before(first, floor)
        if before is not None:
            left.part.clock = before[0]
            ending = grammar.kind(before[2] - 1) == "bis"  # "bis 23:59 Uhr am 15. September"
            opened = (None if ending else at(a[0], before[0]), at(a[0], before[1] or before[0]))
            raw_start = grammar.starts[before[2]]
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
        0.6 if not (left.part.sure and right.part.sure) else 0.8 if inferred else 1.0,
        (raw_start, raw_end),
        kind_of(opening if not ranged else "", left.part, words, ranged=ranged, long=b[1] - a[0] > timedelta(days=14)),
        field,
    )


def _end(left: Part, right: Part, day: date, ranged: bool) -> date | datetime:
    if not ranged:
        if left.clock is not None and left.clock_end is not None and left.clock_end < left.clock:
            day += timedelta(days=1)  # "von 18 bis 1 Uhr"
        return at(day, left.clock_end or left.clock)
    return at(day, right.clock_end or right.clock)


def _open(
    opening: str, part: Part, start: date | datetime, end: date | datetime
) -> tuple[date | datetime | None, date | datetime | None]:
    if opening in ("seit", "ab"):
        return start, None
    if opening in ("bis", "frist"):
        if part.unit == "year" and part.portion == 2 and part.year is not None:
            return None, date(part.year, 6, 30)
        return None, end
    if opening == "nach" and part.unit in ("day", "feast") and not isinstance(end, datetime):
        return end + timedelta(days=1), None
    if opening == "vor" and part.unit in ("day", "feast") and not isinstance(start, datetime):
        return None, start - timedelta(days=1)
    return start, end


def _time_only(grammar: Grammar) -> DateValue | None:
    """A time without a day: the reference is the day of the event."""
    if grammar.reference is None:
        return None
    for index in range(grammar.count):
        clock = grammar.clock(index)
        if clock is None or not (clock[3] or clock[1]):
            continue
        opening = opening_of(grammar, index, clock[2])
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
