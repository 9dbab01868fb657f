"""Is it time? When a list, an article or a host is asked again. Pure: ``now`` is passed in, moments are aware."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise
from statistics import median

SHORTEST = timedelta(days=2)
LONGEST = timedelta(days=90)
UNDATED = timedelta(days=14)
LIST_SHORTEST, LIST_LONGEST, LIST_UNKNOWN = timedelta(hours=1), timedelta(days=1), timedelta(hours=6)
"""A list is looked at ten times in the usual pause between two days with news, within these bounds."""
RIGHTS = timedelta(days=30)
_PAUSES, _LOOKS_IN_A_PAUSE = 20, 10
_LONGEST_RETRY = timedelta(days=180)
LONGEST_CRAWL_DELAY = 120.0
"""Seconds; a robots.txt that asks for more is not followed further."""
PATIENCE = timedelta(seconds=60)
"""A pause that a server asks for is waited for within a run up to this; longer ones are left to a later run."""
_REST, _LONGEST_REST, _LONGEST_ASKED = timedelta(seconds=30), timedelta(days=1), timedelta(days=7)
LASTING = frozenset(
    (
        "protected",
        "content-type",
        "no-article",
        "needs-javascript",
        "soft-404",
        "http-404",
        "http-410",
        "redirect-elsewhere",
        "robots",
    )
)


def article_next_due(published: date | None, checked: datetime) -> datetime:
    """When an article that was just read should be read again: young ones often, old ones rarely.

    :param published: the publication day, ``None`` if unknown.
    :param checked: when it was read (aware).
    :returns: a quarter of its age from now, but at least two and at most ninety days.
    """
    if published is None:
        return checked + UNDATED
    age = max(0, (checked.date() - published).days)
    return checked + min(LONGEST, max(SHORTEST, timedelta(days=age / 4)))


def failed_next_due(failure: str, at: datetime, before: int = 0) -> datetime:
    """When an article page that could not be read is tried again: soon if it may pass, late if it is a matter of the page.

    :param before: how often in a row it has failed before; each time doubles the pause, up to half a year.
    """
    pause = UNDATED if failure in LASTING else timedelta(days=1)
    return at + min(_LONGEST_RETRY, pause * (1 << min(before, 8)))


def failed_list_next_due(at: datetime, before: int = 0) -> datetime:
    """When a list that could not be read is tried again: at once the first two times, then after an hour, two, up to a day.

    :param before: how often in a row it has failed before.
    """
    return at if before < 2 else at + min(LIST_LONGEST, LIST_SHORTEST * (1 << min(before - 2, 8)))


def rhythm(days: Iterable[date | None]) -> timedelta | None:
    """The usual pause between two days with news: the median of the last twenty, or ``None`` for fewer than three.

    :param days: the publication days of a source's articles; unknown ones do not count.
    """
    last = sorted({day for day in days if day is not None})[-_PAUSES - 1 :]
    pauses = [later - earlier for earlier, later in pairwise(last)]
    return timedelta(days=median(pause.days for pause in pauses)) if len(pauses) >= 3 else None


def list_next_due(usual: timedelta | None, checked: datetime, wish: timedelta | None = None) -> datetime:
    """When a list that was just read is looked at again: ten times in the source's usual pause, between an hour and a day.

    :param usual: what :func:`rhythm` tells.
    :param wish: how long the answer itself asks not to be asked for; respected up to a day.
    """
    pause = min(LIST_LONGEST, max(LIST_SHORTEST, usual / _LOOKS_IN_A_PAUSE)) if usual is not None else LIST_UNKNOWN
    return checked + max(pause, min(LIST_LONGEST, wish or timedelta()))


def rights_next_due(at: datetime) -> datetime:
    """When a site is asked again what it reserves: once a month."""
    return at + RIGHTS


def wish_of(headers: Mapping[str, str], now: datetime, ttl: timedelta | None = None) -> timedelta | None:
    """How long an answer may be kept: ``Cache-Control: max-age`` less ``Age``, else ``Expires`` (RFC 9111), or a feed's ttl.

    :param headers: by name in lower case.
    :param ttl: what a feed says of itself (RSS ``ttl``).
    :returns: the longer of both, ``None`` where nothing is said, or storing is forbidden.
    """
    control = headers.get("cache-control", "").lower()
    found = re.search(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", control)
    kept: timedelta | None = None
    if "no-store" in control or "no-cache" in control:
        pass
    elif found:
        age = headers.get("age", "").strip()
        kept = timedelta(seconds=max(0, int(found.group(1)) - (int(age) if re.fullmatch(r"[0-9]{1,9}", age) else 0)))
    elif "expires" in headers:
        moment = _http_date(headers["expires"])
        kept = max(timedelta(), moment - now) if moment is not None else None
    told = [pause for pause in (kept, ttl) if pause is not None]
    return max(told, default=None)


def retry_after(header: str | None, now: datetime) -> timedelta | None:
    """The pause that ``Retry-After`` asks for, in seconds or up to a moment (RFC 9110, 10.2.3); ``None`` for none or nonsense."""
    told = (header or "").strip()
    if re.fullmatch(r"\d{1,9}", told):
        return timedelta(seconds=int(told))
    moment = _http_date(told)
    return max(timedelta(), moment - now) if moment is not None else None


def rest(refusals: int, asked: timedelta | None) -> timedelta:
    """How long a host that refuses (429, 503) is left alone: as it asks, and longer each time it refuses again.

    :param refusals: how often in a row it has refused, this time included.
    :param asked: what ``Retry-After`` says.
    :returns: half a minute doubled with each refusal, up to a day; what is asked for beyond that, up to a week.
    """
    own = min(_LONGEST_REST, _REST * (1 << min(max(0, refusals - 1), 16)))
    return max(own, min(asked, _LONGEST_ASKED)) if asked is not None else own


def is_due(next_due: datetime | None, now: datetime) -> bool:
    """Whether the time has come; what has no date is due."""
    return next_due is None or next_due <= now


def _http_date(told: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(told)
    except (ValueError, TypeError, IndexError):
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
