"""Dates as machines write them (ISO 8601, RFC 5322), and dates inside addresses."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from email.utils import parsedate_to_datetime
from urllib.parse import unquote, urlsplit

from mpsc_crawler.items import BERLIN, DateValue
from mpsc_crawler.language.dates import parse_date
from mpsc_crawler.language.dates.calendar import day_or_none, month_end
from mpsc_crawler.language.dates.values import edtf

_ISO = re.compile(
    r"^\s*(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::\d{2}(?:[.,]\d+)?)?\s*(Z|[+-]\d{2}:?\d{2}(?::?\d{2})?)?)?"
)
_COMPACT = re.compile(r"^\s*(20\d{2})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?Z?)?\s*$")


def of_day(day: date, raw: str, rule: str, confidence: float) -> DateValue:
    """A publication date of day precision."""
    return DateValue(day, day, "day", day.isoformat(), raw, rule, confidence, None, "published")


def of_moment(moment: datetime, raw: str, rule: str, confidence: float) -> DateValue:
    """A publication date with a time; midnight, in whatever zone it was written, is a date without time.

    :param moment: naive means local time (Europe/Berlin).
    """
    if moment.time().replace(second=0, microsecond=0) == time(0, 0):
        return of_day(moment.date(), raw, rule, confidence)
    local = (moment.replace(tzinfo=BERLIN) if moment.tzinfo is None else moment.astimezone(BERLIN)).replace(
        second=0, microsecond=0
    )
    if local.time() == time(0, 0):
        return of_day(local.date(), raw, rule, confidence)
    return DateValue(local, local, "minute", edtf(local, local), raw, rule, confidence, None, "published")


def _zone(offset: str) -> timezone:
    """``Z``, ``+02:00`` or ``+0200`` as a time zone."""
    if offset == "Z":
        return UTC
    digits = offset[1:].replace(":", "")
    minutes = min(int(digits[:2]), 23) * 60 + min(int(digits[2:4]), 59)
    return timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))


def machine_date(raw: str, rule: str, confidence: float) -> DateValue | None:
    """Read an ISO 8601 or RFC 5322 date, else a German one; ``None`` if it is neither or out of bounds."""
    raw = raw.strip()
    match = _ISO.match(raw)
    if match:
        year, month, day, hour, minute, zone = match.groups()
        found = day_or_none(int(year), int(month), int(day))
        if found is None:
            return None
        if hour is None or int(hour) > 23 or int(minute) > 59:
            return of_day(found, raw, rule, confidence)
        moment = datetime.combine(found, time(int(hour), int(minute)))
        if zone:
            moment = moment.replace(tzinfo=_zone(zone))
        return of_moment(moment, raw, rule, confidence)
    compact = _COMPACT.match(raw)
    if compact:
        found = day_or_none(*(int(part) for part in compact.groups()[:3]))
        return of_day(found, raw, rule, confidence) if found else None
    if "," in raw and any(char.isdigit() for char in raw):
        try:
            moment = parsedate_to_datetime(raw)
        except (ValueError, TypeError, IndexError):
            pass  # not RFC 5322: the German grammar may know it
        else:
            return of_moment(moment, raw, rule, confidence) if 1990 < moment.year < 2100 else None
    value = parse_date(raw, None)
    if value is None or value.start is None or value.end is None:
        return None
    if value.precision in ("day", "minute") and value.start == value.end:
        return DateValue(
            value.start, value.end, value.precision, value.edtf, raw, rule, confidence * 0.95, None, "published"
        )
    return None


_IN_SCRIPTS = re.compile(
    rb"[\"'](?:datePublished|publishedAt|published_at|publication_?[dD]ate|publish_?[dD]ate|first-?[pP]ublication|uploadDate)\\?[\"']\s*:\s*\\?[\"']"
    rb"(\d{4}-\d\d-\d\d[T ]?[\d:.]{0,12}(?:Z|[+-]\d\d:?\d\d)?)"
)
# where to look for such a name, and how far before it begins: looking for all at once takes ten times as long
_MARKS = ((b"ublish", (2, 6)), (b"ublication", (2, 7, 8)), (b"uploadDate", (1,)))


def date_in_scripts(html: bytes) -> DateValue | None:
    """The date of publication that a page's own scripts carry; ``None`` where they name several days."""
    found: list[bytes] = []
    for mark, offsets in _MARKS:
        at = html.find(mark)
        while at >= 0 and len(found) < 50:
            for before in offsets:
                match = _IN_SCRIPTS.match(html, max(0, at - before))
                if match is not None:
                    found.append(match.group(1))
            at = html.find(mark, at + 6)
    told = [machine_date(raw.decode("ascii", "ignore"), "script", 0.65) for raw in found]
    values = [value for value in told if value is not None]
    return values[0] if len({value.day for value in values}) == 1 else None


def date_in_title(title: str) -> DateValue | None:
    """A date that stands by itself in the ``title`` element: "Headline | DW | 28.04.2023"."""
    for part in re.split(r"\s[|–•·-]\s", title):
        if 8 <= len(part.strip()) <= 18 and part.strip()[0].isdigit():
            value = machine_date(part, "title.date", 0.68)
            if value is not None:
                return value
    return None


_MONTH_NAMES = (
    "januar",
    "februar",
    "maerz",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "dezember",
)
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)} | {"märz": 3, "m%c3%a4rz": 3}
_YMD = re.compile(r"(?:^|/)(20[012]\d)[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?=[/_-]|$)")
_COMPACT_YMD = re.compile(r"/(20[012]\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])[-_](?=[a-z])")
_DMY = re.compile(r"(?:^|[/_-])(0[1-9]|[12]\d|3[01])[-_.](0[1-9]|1[0-2])[-_.](20[012]\d)(?=[/_-]|$)")
_NAMED = re.compile(
    r"(?:^|[/_-])(?:(20[012]\d)[/_-](?:\d{2}_)?)?(" + "|".join(_MONTHS) + r")(?:[/_-](20[012]\d))?(?=[/_.-]|$)"
)
_YM = re.compile(r"/(20[012]\d)/(0[1-9]|1[0-2])/")


def date_in_url(url: str) -> DateValue | None:
    """The date an address carries: day (``/2023/12/07/``, ``01-10-2021-titel``) or month (``/dezember-2024/``).

    Weak evidence: import dates and yearly folders lie. A month without a year gives nothing.
    """
    path = unquote(urlsplit(url).path).lower()
    match = _YMD.search(path) or _COMPACT_YMD.search(path)
    if match:
        day = day_or_none(*(int(part) for part in match.groups()))
        if day:
            return of_day(day, match.group().strip("/-_"), "url.day", 0.5)
    match = _DMY.search(path)
    if match:
        day = day_or_none(int(match.group(3)), int(match.group(2)), int(match.group(1)))
        if day:
            return of_day(day, match.group().strip("/-_"), "url.day", 0.5)
    match = _NAMED.search(path)
    if match and (match.group(1) or match.group(3)):
        return _of_month(int(match.group(1) or match.group(3)), _MONTHS[match.group(2)], match.group().strip("/-_"))
    match = _YM.search(path)
    if match:
        return _of_month(int(match.group(1)), int(match.group(2)), match.group().strip("/"))
    return None


def _of_month(year: int, month: int, raw: str) -> DateValue:
    start, end = date(year, month, 1), month_end(year, month)
    return DateValue(start, end, "month", f"{year:04d}-{month:02d}", raw, "url.month", 0.4, None, "published")
