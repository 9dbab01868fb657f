"""What past runs did: the runs themselves, one run by source with its failures, and the raw material of health."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, func, select

from mpsc_crawler.storage.models import Article, HostLock, IssueLog, RunRow, SourceRow, SourceRun
from mpsc_crawler.storage.queries import NothingFoundError


@dataclass(frozen=True, slots=True)
class SourcePast:
    """What is stored of a source's past: runs oldest first, publication days, articles in the order they were first seen."""

    slug: str
    runs: Sequence[Any]
    failures: dict[int, str]
    published: tuple[date, ...]
    articles: Sequence[Any]
    count: int


def runs(engine: Engine, limit: int | None = None) -> list[dict[str, Any]]:
    """The runs, newest first, each with the number of its sources by status."""
    with engine.connect() as connection:
        found = [
            dict(row) for row in connection.execute(
                select(RunRow.__table__).order_by(RunRow.id.desc()).limit(limit)
            ).mappings()
        ]  # fmt: skip
        statuses: dict[int, dict[str, int]] = defaultdict(dict)
        counted = (
            select(SourceRun.run_id, SourceRun.status, func.count())
            .where(SourceRun.run_id.in_([run["id"] for run in found]))
            .group_by(SourceRun.run_id, SourceRun.status)
        )
        for run_id, status, number in connection.execute(counted):
            statuses[run_id][status] = number
    for run in found:
        run["sources"] = statuses[run["id"]]
    return found


def run(engine: Engine, number: int) -> dict[str, Any]:
    """One run with its sources and its failures, in the order of their sources.

    :raises NothingFoundError: there is no such run.
    """
    with engine.connect() as connection:
        row = connection.execute(select(RunRow.__table__).where(RunRow.id == number)).mappings().first()
        if row is None:
            raise NothingFoundError(f"no run has number {number}; `mpsc runs` lists the numbers")
        sources = connection.execute(
            select(SourceRun.__table__, SourceRow.slug.label("source"))
            .join(SourceRow, SourceRow.id == SourceRun.source_id)
            .where(SourceRun.run_id == number)
            .order_by(SourceRow.slug)
        ).mappings()
        whole = dict(row) | {"sources": [dict(source) for source in sources]}
        failures = connection.execute(
            select(IssueLog.__table__, SourceRow.slug.label("source"))
            .join(SourceRow, SourceRow.id == IssueLog.source_id, isouter=True)
            .where(IssueLog.run_id == number)
            .order_by(SourceRow.slug, IssueLog.id)
        ).mappings()
        whole["failures"] = [dict(failure) for failure in failures]
    return whole


def past(engine: Engine, slugs: Iterable[str] | None = None, looks: int = 40, articles: int = 150) -> list[SourcePast]:
    """The past of every active source, or of those named, by slug.

    :param looks: the newest so many runs of each; ``articles`` likewise. Replays are no looks at a site, unless there
        was never another (the demo's publishers have no site).
    """
    wanted = select(SourceRow.id, SourceRow.slug).order_by(SourceRow.slug)
    wanted = wanted.where(SourceRow.active) if slugs is None else wanted.where(SourceRow.slug.in_(list(slugs)))
    found = []
    with engine.connect() as connection:
        for ident, slug in connection.execute(wanted).all():
            done = connection.execute(
                select(
                    SourceRun.run_id,
                    SourceRun.started_at,
                    SourceRun.status,
                    SourceRun.links,
                    SourceRun.lists_unchanged,
                    RunRow.replay,
                )
                .join(RunRow, RunRow.id == SourceRun.run_id)
                .where(SourceRun.source_id == ident)
                .order_by(SourceRun.id.desc())
                .limit(looks)
            ).all()[::-1]
            looked = [row for row in done if row.replay is None] or done
            failed = [row.run_id for row in looked if row.status == "failed"]
            issues = connection.execute(
                select(IssueLog.run_id, IssueLog.failure)
                .where(IssueLog.run_id.in_(failed), IssueLog.source_id == ident, IssueLog.role == "list")
                .order_by(IssueLog.id)
            ).all()
            seen = connection.execute(
                select(
                    Article.first_seen,
                    Article.published_date,
                    Article.word_count,
                    Article.headline.is_not(None).label("headline"),
                    Article.teaser.is_not(None).label("teaser"),
                )
                .where(Article.source_id == ident)
                .order_by(Article.first_seen.desc(), Article.id.desc())
                .limit(articles)
            ).all()[::-1]
            days = connection.execute(
                select(Article.published_date)
                .where(Article.source_id == ident, Article.published_date.is_not(None))
                .order_by(Article.published_date.desc())
                .limit(articles)
            ).scalars()
            count = connection.execute(select(func.count()).where(Article.source_id == ident)).scalar_one()
            found.append(
                SourcePast(
                    slug,
                    looked,
                    {run_id: failure for run_id, failure in issues},
                    tuple(day for day in days if day is not None),
                    seen,
                    count,
                )
            )
    return found


def resting(engine: Engine, now: datetime) -> dict[str, datetime]:
    """The hosts that want to be left alone, and until when: those that have refused, or named a long pause."""
    asked = select(HostLock.host, HostLock.free_at).where(HostLock.holder.is_(None), HostLock.refusals > 0)
    with engine.connect() as connection:
        return {host: until for host, until in connection.execute(asked) if until is not None and until > now}


def held(engine: Engine) -> list[tuple[str, str, datetime, datetime]]:
    """The hosts that a run has taken: host, holder, since when, its last sign of life."""
    with engine.connect() as connection:
        rows = connection.execute(
            select(HostLock.host, HostLock.holder, HostLock.since, HostLock.beat).where(HostLock.holder.is_not(None))
        )
        return [(host, holder or "", since, beat) for host, holder, since, beat in rows]
