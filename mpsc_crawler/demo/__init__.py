"""The demo: eight made-up publishers in an archive that ships with the package, crawled like real ones."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, func, select

from mpsc_crawler.settings import Settings
from mpsc_crawler.sources.registry import Registry, read_folder
from mpsc_crawler.storage.models import Article, RunRow, SourceRow, SourceRun, Story
from mpsc_crawler.storage.session import open_database

FOLDER = Path(__file__).parent
ARCHIVE = FOLDER / "demo.warc.gz"
SOURCES = FOLDER / "data"
DAYS = tuple(datetime(2026, 3, day, 7, tzinfo=UTC) for day in (2, 16, 18))


class DemoError(RuntimeError):
    """The demo cannot run here. Fit to be shown."""


def prepare(engine: Engine) -> None:
    """Remove an earlier demo from the database, so that the demo starts afresh.

    :raises DemoError: the database holds articles of real sources; nothing was changed.
    """
    slugs = [source.slug for source in read_folder(SOURCES)]
    with engine.begin() as connection:
        real = connection.execute(
            select(func.count(Article.id))
            .join(SourceRow, SourceRow.id == Article.source_id)
            .where(SourceRow.slug.not_in(slugs))
        ).scalar_one()
        if real:
            raise DemoError(
                f"this database holds {real} articles of real sources, which the demo would mix with made-up ones; run it in an empty folder or set MPSC_DATABASE_URL"
            )
        _remove(connection, slugs)


def remove_demo(settings: Settings, registry: Registry) -> bool:
    """Remove the demo's made-up publishers from the database before real ones come in; says whether there were any."""
    slugs = [source.slug for source in read_folder(SOURCES)]
    if any(slug in registry for slug in slugs):
        return False
    engine = open_database(settings.database_url)
    try:
        with engine.begin() as connection:
            found = connection.execute(select(func.count(SourceRow.id)).where(SourceRow.slug.in_(slugs))).scalar_one()
            if found:
                _remove(connection, slugs)
    finally:
        engine.dispose()
    return bool(found)


def _remove(connection: Connection, slugs: list[str]) -> None:
    """Delete the demo's sources with all that belongs to them, and its runs that are empty then."""
    connection.execute(delete(SourceRow).where(SourceRow.slug.in_(slugs)))
    connection.execute(delete(Story).where(~select(Article.id).where(Article.story_id == Story.id).exists()))
    left = select(SourceRun.run_id)
    connection.execute(delete(RunRow).where(RunRow.replay == ARCHIVE.name, RunRow.id.not_in(left)))
