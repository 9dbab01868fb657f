"""Every source held against its own past: reads the histories and asks :mod:`mpsc_crawler.operations.health`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import Engine

from mpsc_crawler.operations.health import Finding, History, Look, Seen, findings
from mpsc_crawler.storage import history
from mpsc_crawler.storage.history import SourcePast

Examined = list[tuple[SourcePast, list[Finding]]]


def examine(engine: Engine, now: datetime, slugs: Iterable[str] | None = None) -> Examined:
    """What is not well at every active source, or at those named, by slug.

    :param now: aware.
    """
    return [(past, findings(_history(past), now)) for past in history.past(engine, slugs)]


def _history(past: SourcePast) -> History:
    return History(
        past.slug,
        tuple(
            Look(row.started_at, row.status, row.links, past.failures.get(row.run_id), row.lists_unchanged)
            for row in past.runs
        ),
        past.published,
        tuple(
            Seen(row.first_seen, row.published_date is not None, row.headline, row.teaser, row.word_count)
            for row in past.articles
        ),
    )


def alarms(examined: Examined) -> dict[str, list[Finding]]:
    """What needs a person, by source."""
    found = {past.slug: [finding for finding in told if finding.alarm] for past, told in examined}
    return {slug: told for slug, told in found.items() if told}


def last_read(past: SourcePast) -> datetime | None:
    """When a list of the source was last read."""
    return max((row.started_at for row in past.runs if row.status in ("done", "partly")), default=None)


def newest(past: SourcePast) -> date | None:
    """The newest publication day."""
    return max(past.published, default=None)
