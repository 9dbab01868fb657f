"""Days, weekdays and months of the calendar (proleptic Gregorian, ISO 8601): arithmetic without any text."""

from __future__ import annotations

import calendar
from datetime import date, timedelta


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def day_or_none(year: int, month: int, day: int) -> date | None:
    """The day, or ``None`` where the calendar has no such day."""
    if not 1 <= month <= 12 or not 1000 <= year <= 2100 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return date(year, month, day)


def nth_weekday(year: int, month: int, weekday: int, number: int) -> date | None:
    """The first to fifth (or -1: last) such weekday of a month; ``None`` where there is none."""
    if number < 0:
        last = month_end(year, month)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    day = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))
    return day if day.month == month else None


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last of a shorter month."""
    month = day.year * 12 + day.month - 1 + months
    year, month = month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
