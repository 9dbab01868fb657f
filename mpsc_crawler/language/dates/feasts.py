"""Feast days of all German states and of church and carnival, by year.

The movable ones hang on Easter Sunday (Gregorian; python-dateutil), on the fourth Sunday of Advent, or on a Sunday of
their month. That they agree with the official days of all sixteen states is tested against the library `holidays`,
which knows only those: what town halls write about besides (Rosenmontag, Totensonntag, 1. Advent) is no public holiday.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from dateutil.easter import easter

from mpsc_crawler.language.dates.calendar import nth_weekday

_FIXED = {
    "neujahr": (1, 1),
    "dreikönig": (1, 6),
    "valentin": (2, 14),
    "frauentag": (3, 8),
    "walpurgis": (4, 30),
    "tag der arbeit": (5, 1),
    "friedensfest": (8, 8),
    "mariä himmelfahrt": (8, 15),
    "weltkindertag": (9, 20),
    "tag der deutschen einheit": (10, 3),
    "reformationstag": (10, 31),
    "halloween": (10, 31),
    "allerheiligen": (11, 1),
    "allerseelen": (11, 2),
    "martinstag": (11, 11),
    "nikolaus": (12, 6),
    "heiligabend": (12, 24),
    "1. weihnachtstag": (12, 25),
    "2. weihnachtstag": (12, 26),
    "silvester": (12, 31),
}
_FROM_EASTER = {
    "weiberfastnacht": -52,
    "rosenmontag": -48,
    "fastnacht": -47,
    "aschermittwoch": -46,
    "palmsonntag": -7,
    "gründonnerstag": -3,
    "karfreitag": -2,
    "karsamstag": -1,
    "ostersonntag": 0,
    "ostermontag": 1,
    "himmelfahrt": 39,
    "pfingstsamstag": 48,
    "pfingstsonntag": 49,
    "pfingstmontag": 50,
    "fronleichnam": 60,
}
_FROM_FIRST_ADVENT = {"volkstrauertag": -14, "buß- und bettag": -11, "totensonntag": -7}
_SUNDAYS = {"muttertag": (5, 2), "erntedank": (10, 1)}
_SPANS = {
    "ostern": ("ostersonntag", "ostermontag"),
    "osterwochenende": ("karsamstag", "ostermontag"),
    "pfingsten": ("pfingstsonntag", "pfingstmontag"),
    "pfingstwochenende": ("pfingstsamstag", "pfingstmontag"),
    "weihnachten": ("1. weihnachtstag", "2. weihnachtstag"),
}


@lru_cache(maxsize=256)
def first_advent(year: int) -> date:
    """The first Sunday of Advent: three weeks before the last Sunday ahead of Christmas."""
    eve = date(year, 12, 24)
    return eve - timedelta(days=(eve.weekday() + 1) % 7 + 21)


def feast(name: str, year: int) -> tuple[date, date] | None:
    """First and last day of a feast in a year from 1900 to 2100; ``None`` for a name that is no feast's.

    :param name: a value of :data:`~mpsc_crawler.language.dates.vocabulary.HOLIDAYS`, or "1. advent" to "4. advent".
    """
    if name in _SPANS:
        first, last = (feast(part, year) for part in _SPANS[name])
        return (first[0], last[1]) if first and last else None
    if name in _FIXED:
        day = date(year, *_FIXED[name])
    elif name in _FROM_EASTER:
        day = _easter(year) + timedelta(days=_FROM_EASTER[name])
    elif name in _FROM_FIRST_ADVENT:
        day = first_advent(year) + timedelta(days=_FROM_FIRST_ADVENT[name])
    elif name in _SUNDAYS:
        month, number = _SUNDAYS[name]
        sunday = nth_weekday(year, month, 6, number)
        return (sunday, sunday) if sunday is not None else None
    elif name.endswith(". advent") and name[0] in "1234":
        day = first_advent(year) + timedelta(days=7 * (int(name[0]) - 1))
    else:
        return None
    return day, day


@lru_cache(maxsize=256)
def _easter(year: int) -> date:
    return easter(year)
