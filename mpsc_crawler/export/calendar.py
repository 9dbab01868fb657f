"""iCalendar (RFC 5545): what the articles announce, for a calendar program."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from mpsc_crawler.export.files import ExportError, atomic_bytes
from mpsc_crawler.items import BERLIN


def write_calendar(path: Path, events: Iterable[Any], title: str = "Modellprojekte Smart Cities") -> int:
    """Write one event for each row; returns how many.

    :param events: rows with ``start`` and ``end`` (days), ``start_at`` and ``end_at`` (aware, or ``None``), ``name``, ``place``, ``headline``, ``url``,
        ``source``, ``rrule``, ``stamp`` (aware: when it was first seen). An event of whole days ends with its last day (exclusive in RFC 5545).
    :raises ExportError: the library is missing, or the file cannot be written.
    """
    try:
        from icalendar import Calendar, Event
    except ModuleNotFoundError as error:
        raise ExportError(
            "a calendar needs icalendar; install it with: pip install 'mpsc-crawler[research]'"
        ) from error
    calendar = Calendar()
    calendar.add("prodid", "-//MPSC Crawler//DE")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", title)
    number = 0
    for row in events:
        event = Event()
        begin: date | datetime = row.start_at.astimezone(BERLIN) if row.start_at is not None else row.start
        event.add("uid", _uid(row, begin))
        event.add("dtstamp", row.stamp.astimezone(UTC))
        event.add("dtstart", begin)
        if row.end_at is not None and row.start_at is not None and row.end_at > row.start_at:
            event.add("dtend", row.end_at.astimezone(BERLIN))
        elif row.start_at is None:
            event.add("dtend", (row.end or row.start) + timedelta(days=1))
        event.add("summary", row.name or row.headline or row.url)
        if row.place:
            event.add("location", row.place)
        event.add("description", f"{row.headline or ''}\n{row.url}".strip())
        event.add("url", row.url)
        event.add("categories", [row.source])
        if row.rrule:
            event.add("rrule", _rule(row.rrule))
        calendar.add_component(event)
        number += 1
    with atomic_bytes(path) as stream:
        stream.write(calendar.to_ical())
    return number


def _uid(row: Any, begin: date) -> str:  # noqa: ANN401 - a row
    told = f"{row.identity} {begin.isoformat()} {row.edtf}"
    return f"{hashlib.sha256(told.encode()).hexdigest()[:32]}@mpsc-crawler"


def _rule(told: str) -> dict[str, list[str]]:
    return {name: value.split(",") for name, _, value in (part.partition("=") for part in told.split(";")) if value}
