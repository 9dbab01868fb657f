"""From what a date says to what it means: missing years, hulls of coarse dates, EDTF strings.

Conventions: Anfang, Mitte, Ende of a month are days 1 to 10, 11 to 20, 21 to the last; of a year January to March,
June and July ("bis Mitte" ends on 30 June), October to December. Frühjahr is March to May, Sommer June to August,
Herbst September to November, Winter December to February. Weeks run Monday to Sunday (ISO 8601).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from mpsc_crawler.items import BERLIN, Precision
from mpsc_crawler.language.dates.calendar import day_or_none, month_end, nth_weekday
from mpsc_crawler.language.dates.feasts import feast

Unit = Literal["day", "feast", "nth", "month", "season", "quarter", "half", "year", "week", "rule"]
_PRECISION: dict[Unit, Precision] = {
    "day": "day",
    "feast": "day",
    "nth": "day",
    "rule": "day",
    "month": "month",
    "season": "quarter",
    "quarter": "quarter",
    "half": "quarter",
    "year": "year",
    "week": "week",
}


@dataclass(slots=True)
class Part:
    """One date as it is written: what is told and what is not.

    ``index`` is the number of a season, quarter, half-year, week or (unit ``nth``) of the weekday ``day`` in its month;
    ``index_end`` the last of a range of weeks or quarters. ``sure`` is false where the reference and the tense of the
    sentence settled the day.
    """

    unit: Unit
    year: int | None = None
    month: int | None = None
    day: int | None = None
    index: int = 0
    portion: int = 0
    year_end: int | None = None
    exact: tuple[date, date] | None = None
    clock: time | None = None
    clock_end: time | None = None
    rule: str = ""
    feast: str = ""
    index_end: int = 0
    rrule: str = ""
    sure: bool = True

    @property
    def needs_year(self) -> bool:
        return self.year is None and self.exact is None


def _portion_of_month(year: int, month: int, portion: int) -> tuple[date, date]:
    last = month_end(year, month)
    return {
        0: (date(year, month, 1), last),
        1: (date(year, month, 1), date(year, month, 10)),
        2: (date(year, month, 11), date(year, month, 20)),
        3: (date(year, month, 21), last),
    }[portion]


def _months(year: int, first: int, last: int) -> tuple[date, date]:
    return date(year, first, 1), month_end(year, last)


def hull_in_year(part: Part, year: int) -> tuple[date, date] | None:
    """First and last day of what ``part`` covers if it lies in ``year``; ``None`` for an impossible day."""
    if part.unit == "day":
        day = day_or_none(year, part.month or 0, part.day or 0)
        return (day, day) if day else None
    if part.unit == "feast":
        return feast(part.feast, year) if 1900 <= year <= 2100 else None
    if part.unit == "nth":
        nth = nth_weekday(year, part.month or 1, part.day or 0, part.index)
        return (nth, nth) if nth else None
    if part.unit == "month":
        return _portion_of_month(year, part.month or 1, part.portion)
    if part.unit == "season":
        start, end = (
            (date(year, 12, 1), month_end(year + 1, 2))
            if part.index == 3
            else _months(year, 3 + 3 * part.index, 5 + 3 * part.index)
        )
        if part.portion:
            month = start.month + part.portion - 1
            start, end = _months(start.year + (month > 12), (month - 1) % 12 + 1, (month - 1) % 12 + 1)
        return start, end
    if part.unit == "quarter":
        return _months(year, 3 * part.index - 2, 3 * (part.index_end or part.index))
    if part.unit == "half":
        return _months(year, 6 * part.index - 5, 6 * part.index)
    if part.unit == "week":
        if not 1 <= part.index <= date(year, 12, 28).isocalendar().week:
            return None
        monday = date.fromisocalendar(year, part.index, 1)
        return monday, monday + timedelta(days=6 + 7 * max(0, part.index_end - part.index))
    last = part.year_end or year
    first, final = {0: (1, 12), 1: (1, 3), 2: (6, 7), 3: (10, 12)}[part.portion]
    return date(year, first, 1), month_end(last, final)


def resolve(
    part: Part, reference: date | None, *, past: bool = False, ahead: bool = False, follows: bool = False
) -> tuple[date, date] | None:
    """The days that ``part`` covers, a missing year being the one nearest to ``reference``.

    ``past`` asks for the latest one that has begun by the reference ("seit dem Frühjahr"), ``ahead`` for the first
    one that has not long ended ("bis zum 31. Dezember"); ``follows`` says that ``reference`` is a date told before in the
    same sentence, after which no earlier year can be meant.
    ``None`` where nothing tells the year or no such day exists.
    """
    if part.exact is not None:
        return part.exact
    if part.year is not None:
        return hull_in_year(part, part.year)
    if reference is None:
        return None
    best: tuple[date, date] | None = None
    best_distance = 10**6
    for year in (reference.year - 1, reference.year, reference.year + 1)[follows:]:
        hull = hull_in_year(part, year)
        if hull is None or (past and hull[0] > reference):
            continue
        if ahead and hull[1] >= reference - timedelta(days=45):
            return hull
        start, end = hull
        distance = 0 if start <= reference <= end else min(abs((start - reference).days), abs((end - reference).days))
        if (start, end) > (reference, reference):
            distance -= 14  # an event is more often ahead than behind
        if distance < best_distance or best is None:
            best, best_distance = hull, distance
    return best


def precision_of(part: Part) -> Precision:
    """The precision that the words tell."""
    if part.clock is not None:
        return "minute"
    return _PRECISION[part.unit]


def at(day: date, clock: time | None) -> date | datetime:
    """The day, or the local time on it where one is told."""
    return day if clock is None else datetime.combine(day, clock, tzinfo=BERLIN)


def _plain(value: date | datetime) -> str:
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


def edtf(start: date | datetime | None, end: date | datetime | None) -> str:
    """The EDTF (ISO 8601-2) string of an inclusive span; ``..`` is an open side."""
    if start is None or end is None:
        return f"{'..' if start is None else _plain(start)}/{'..' if end is None else _plain(end)}"
    if not isinstance(start, datetime) and not isinstance(end, datetime):
        if start == end:
            return start.isoformat()
        if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
            return f"{start.year:04d}" if start.year == end.year else f"{start.year:04d}/{end.year:04d}"
        if start.day == 1 and end == month_end(end.year, end.month):
            first, last = f"{start:%Y-%m}", f"{end:%Y-%m}"
            return first if first == last else f"{first}/{last}"
    if start == end:
        return _plain(start)
    return f"{_plain(start)}/{_plain(end)}"
