"""Brings the registry into the database, and tells the crawl what is already known of a source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update

from mpsc_crawler.sources.model import Source
from mpsc_crawler.sources.registry import POPULATION_DATE, POPULATION_ORIGIN, Municipality
from mpsc_crawler.storage.models import Article, MunicipalityRow, Page, RunRow, SourceMunicipality, SourceRow, SourceRun


@dataclass(frozen=True, slots=True)
class KnownPage:
    """What we know of an address; ``published`` and what follows are its article's."""

    url: str
    etag: str | None
    last_modified: str | None
    next_due: datetime | None
    decision: str | None
    role: str
    failures_in_row: int
    hints: dict[str, Any] | None = None
    told: dict[str, Any] | None = None
    published: date | None = None
    missing_reason: str | None = None
    gone_reason: str | None = None


def sync_registry(engine: Engine, sources: Iterable[Source], register: dict[str, Municipality]) -> None:
    """Write the sources and the municipalities they speak for; what is there already is updated, nothing is deleted."""
    sources = list(sources)
    with engine.begin() as connection:
        _sync_municipalities(connection, sources, register)
        known = {slug: ident for slug, ident in connection.execute(select(SourceRow.slug, SourceRow.id))}
        for source in sources:
            values = _source_values(source)
            if source.slug in known:
                connection.execute(update(SourceRow).where(SourceRow.id == known[source.slug]).values(values))
            else:
                result = connection.execute(
                    insert(SourceRow).values(slug=source.slug, **values).returning(SourceRow.id)
                )
                known[source.slug] = result.scalar_one()
        ids = [known[source.slug] for source in sources]
        connection.execute(delete(SourceMunicipality).where(SourceMunicipality.source_id.in_(ids)))
        links = [
            {"source_id": known[source.slug], "ags": member.ags, "verified": source.members_verified}
            for source in sources
            for member in {m.ags: m for m in source.members}.values()
            if member.ags in register
        ]
        if links:
            connection.execute(insert(SourceMunicipality), links)


def _source_values(source: Source) -> dict[str, Any]:
    return {
        "name": source.name,
        "kind": source.kind,
        "scope": source.scope,
        "publisher": source.publisher or None,
        "project": source.project or None,
        "form": source.form or None,
        "cohort": source.cohort,
        "states": list(source.states),
        "language": source.language,
        "platform": source.platform.name if source.platform else None,
        "website": source.website,
        "active": source.active,
        "notes": source.notes or None,
    }


def _sync_municipalities(connection: Connection, sources: list[Source], register: dict[str, Municipality]) -> None:
    wanted = {member.ags for source in sources for member in source.members if member.ags in register}
    known = (
        set(connection.execute(select(MunicipalityRow.ags).where(MunicipalityRow.ags.in_(wanted))).scalars())
        if wanted
        else set()
    )
    fresh = [
        {
            "ags": row.ags,
            "name": row.name,
            "kind": row.kind,
            "state": row.state,
            "district_ags": row.district_ags,
            "population": row.population,
            "population_date": date.fromisoformat(POPULATION_DATE) if row.population is not None else None,
            "population_origin": POPULATION_ORIGIN if row.population is not None else None,
            "area_km2": row.area_km2,
            "latitude": row.latitude,
            "longitude": row.longitude,
        }
        for row in (register[ags] for ags in sorted(wanted - known))
    ]
    if fresh:
        connection.execute(insert(MunicipalityRow), fresh)


def start_run(
    engine: Engine, slugs: Iterable[str], software: str, at: datetime, replay: str | None, holder: str | None = None
) -> int:
    """Open the record of a run over these sources; returns its number.

    :param holder: the process that it runs in, so that others can tell whether it has ended.
    """
    with engine.begin() as connection:
        run_id = connection.execute(
            insert(RunRow)
            .values(started_at=at, status="running", software=software, replay=replay, holder=holder, counts={})
            .returning(RunRow.id)
        ).scalar_one()
        ids = connection.execute(select(SourceRow.id).where(SourceRow.slug.in_(list(slugs)))).scalars()
        values = [{"run_id": run_id, "source_id": ident, "started_at": at, "status": "waiting"} for ident in ids]
        if values:
            connection.execute(insert(SourceRun), values)
    return run_id


def running(engine: Engine) -> dict[int, str]:
    """The runs that have not ended by their records, with the processes that they run in."""
    asked = select(RunRow.id, RunRow.holder).where(RunRow.status == "running", RunRow.holder.is_not(None))
    with engine.connect() as connection:
        return {number: str(holder) for number, holder in connection.execute(asked)}


def bury(connection: Connection, numbers: Iterable[int], at: datetime) -> None:
    """Note of those of these runs that have not ended by their records that they were killed."""
    still = select(RunRow.id).where(RunRow.id.in_(list(numbers)), RunRow.status == "running")
    sources = update(SourceRun).where(SourceRun.run_id.in_(still), SourceRun.ended_at.is_(None))
    runs = update(RunRow).where(RunRow.id.in_(still))
    for dead in (sources, runs):
        values = dead.values(status="killed", ended_at=at)
        connection.execute(values.execution_options(synchronize_session=False))


def end_run(engine: Engine, run_id: int, status: str, at: datetime, counts: dict[str, Any]) -> None:
    """Close the record of a run."""
    with engine.begin() as connection:
        connection.execute(update(RunRow).where(RunRow.id == run_id).values(ended_at=at, status=status, counts=counts))


def end_source(
    engine: Engine, run_id: int, slug: str, status: str, at: datetime, requests: int | None, size: int | None
) -> None:
    """Close the record of one source in a run; how much was asked and received stays where it is not known."""
    ident = select(SourceRow.id).where(SourceRow.slug == slug).scalar_subquery()
    with engine.begin() as connection:
        connection.execute(
            update(SourceRun)
            .where(SourceRun.run_id == run_id, SourceRun.source_id == ident)
            .values(
                status=status,
                ended_at=at,
                requests=SourceRun.requests if requests is None else requests,
                bytes=SourceRun.bytes if size is None else size,
            )
            .execution_options(synchronize_session=False)
        )


def known_pages(engine: Engine, slug: str) -> dict[str, KnownPage]:
    """Everything known of a source's addresses, by key."""
    columns = (
        Page.key,
        Page.url,
        Page.etag,
        Page.last_modified,
        Page.next_due,
        Page.decision,
        Page.role,
        Page.failures_in_row,
        Page.hints,
        Page.told,
        Article.published_date,
        Article.missing_reason,
        Article.gone_reason,
    )
    with engine.connect() as connection:
        result = connection.execute(
            select(*columns)
            .join(SourceRow, Page.source_id == SourceRow.id)
            .join(Article, Article.page_id == Page.id, isouter=True)
            .where(SourceRow.slug == slug)
        )
        return {row.key: KnownPage(*row[1:]) for row in result}
