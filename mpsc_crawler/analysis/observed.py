"""When was a source looked at? Observed time, so that "no article" can be told from "nobody looked". Pure.

The rule: a list that was read to its end observes back to its oldest entry; from then on each look goes on from the one before, unless
the list showed less than what lay between them: the days between the look before and its oldest entry are unobserved.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

Span = tuple[date, date]
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Look:
    """One run at one source whose lists could be read.

    :param day: the run's day (Europe/Berlin).
    :param oldest: the day of the oldest entry that a list showed; ``None`` where its entries are undated.
    :param complete: a list was read to its end.
    :param nothing_new: every entry was known, or the lists were unchanged.
    """

    day: date
    oldest: date | None
    complete: bool
    nothing_new: bool


def observed(looks: Iterable[Look]) -> list[Span]:
    """The observed days of a source as closed spans, in order, none touching another."""
    spans: list[Span] = []
    last: date | None = None
    for look in sorted(looks, key=lambda look: look.day):
        start = look.day
        if last is not None:
            reached = look.oldest is not None and look.oldest <= last
            if look.nothing_new or look.complete or reached:
                start = last
            elif look.oldest is not None:
                start = min(look.oldest, look.day)
        if look.complete and look.oldest is not None:
            start = min(start, look.oldest)
        spans.append((start, look.day))
        last = look.day
    return joined(spans)


def joined(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, with those that overlap or touch made one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1] + _DAY:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def gaps(spans: Sequence[Span]) -> list[Span]:
    """The unobserved days between the first and the last observed one."""
    return [(before[1] + _DAY, after[0] - _DAY) for before, after in pairwise(spans)]


def days_within(spans: Iterable[Span], start: date, end: date) -> int:
    """How many observed days lie between two days, both included."""
    return sum(max(0, (min(end, last) - max(start, first)).days + 1) for first, last in spans)


def covers(spans: Iterable[Span], day: date) -> bool:
    """Whether a day is observed."""
    return any(first <= day <= last for first, last in spans)
