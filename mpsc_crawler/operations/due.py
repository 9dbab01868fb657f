"""Is it time? When an article is looked at again. Pure: ``now`` is passed in."""

from __future__ import annotations

from datetime import date, datetime, timedelta

SHORTEST = timedelta(days=2)
LONGEST = timedelta(days=90)
UNDATED = timedelta(days=14)
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


def failed_next_due(failure: str, at: datetime) -> datetime:
    """When an article page that could not be read is tried again: soon if it may pass, late if it is a matter of the page."""
    return at + (UNDATED if failure in LASTING else timedelta(days=1))


def is_due(next_due: datetime | None, now: datetime) -> bool:
    """Whether the time has come; what has no date is due."""
    return next_due is None or next_due <= now
